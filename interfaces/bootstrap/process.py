"""What one process of the server runs: every organisation of the database behind one HTTP application."""

import asyncio
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import NamedTuple

from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from infra.exports.mattermost import mattermost_lines
from infra.postgres.access import Access, connect_as_owner
from infra.postgres.connections import Connections
from infra.postgres.errors import DatabaseNotPrepared
from infra.postgres.migrations import Organisation, organisations, pending
from infra.postgres.roles import become_application
from infra.telemetry.structured import configure_logs
from interfaces.bootstrap.deliveries import ways
from interfaces.bootstrap.documents import gate
from interfaces.bootstrap.guests import guest_desk
from interfaces.bootstrap.keys import key_ring
from interfaces.bootstrap.serving import Served, Shared, served
from interfaces.bootstrap.together import together
from interfaces.graphql.schema.build import build_schema
from interfaces.http.app import Guests, PublicLedger, create_app
from interfaces.http.tokens import DevelopmentIssuer, GuestIssuer, Tokens
from interfaces.settings import Settings


class Process(NamedTuple):
    """The application, and what it serves by name."""

    app: FastAPI
    organisations: Mapping[str, Served]
    issuer: DevelopmentIssuer | None


def log_to_stderr() -> None:
    """Structured logs: lines for a person where a terminal is, JSON elsewhere."""
    configure_logs(pretty=sys.stderr.isatty())


@asynccontextmanager
async def running(settings: Settings, access: Access) -> AsyncIterator[Process]:
    """Everything started, for as long as the block. Raises EXPECTED, KeyUnusable, LogUnavailable."""
    registered = await asyncio.to_thread(_registered, access)
    ring = await asyncio.to_thread(key_ring, settings, access)
    registry, dsn = CollectorRegistry(), access.application
    async with AsyncExitStack() as started:
        connections = await started.enter_async_context(Connections(dsn))
        joint = await started.enter_async_context(together(settings))
        shared = Shared(settings, dsn, connections, ring, build_schema(), registry, joint, gate(settings))
        found = {one.name: await started.enter_async_context(served(shared, one)) for one in registered}
        issuer = DevelopmentIssuer(settings.data_dir) if settings.dev_issuer else None
        guests = GuestIssuer(settings.data_dir)
        tokens = Tokens(guests.trusted | (issuer.trusted if issuer else {}), frozenset(found))
        desks = {name: guest_desk(one.organisation, joint.rates, ways(settings, name)) for name, one in found.items()}
        services = {name: one.service for name, one in found.items()}
        checks = {name: one.wrong for name, one in found.items()}
        ledgers = {name: PublicLedger(one.ledger, one.organisation.is_primary_administrator) for name, one in found.items()}
        app = create_app(services, tokens, registry, checks, ledgers, Guests(desks, guests), mattermost_lines)
        yield Process(app, found, issuer)


def _registered(access: Access) -> list[Organisation]:
    """Raises DatabaseUnusable: not prepared, not up to date, or made by a newer release."""
    with connect_as_owner(access.application) as connection:
        become_application(connection)
        if pending(connection):
            raise DatabaseNotPrepared("The database isn't up to date. Run `onrecord migrate` as its owner.")
        return list(organisations(connection))
