"""The API of one organisation, wired: reads on the pool, commands through its platform, subscriptions from its log."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from graphql import GraphQLSchema

from application.ports.ledger import Ledger
from domain.access.auditing import HISTORY
from infra.postgres.connections import Connections
from infra.postgres.log.moments import PostgresMoments
from infra.postgres.projections.progress import PostgresProgress
from infra.postgres.queries import PooledQueries
from infra.system import utc_now
from interfaces.bootstrap.organisation import OpenOrganisation
from interfaces.bootstrap.proving import LedgerProofs
from interfaces.graphql.compiler.rows import Tables
from interfaces.graphql.costs import Charges
from interfaces.graphql.limits import Limits
from interfaces.graphql.service import Service
from interfaces.graphql.trusted import Gate
from interfaces.live.changes import Changes
from interfaces.live.followed import FOLLOWED
from interfaces.live.following import Following
from interfaces.live.hub import Hub
from projections.access.people import PRIMARY, holds

READERS = "exists (select from {person} v where v.id = {viewer} and v.standing = 'active')"
"""Whoever is suspended or has left reads nothing from that instant on, whatever their token says."""

HISTORY_READERS = f"({PRIMARY} or {holds(HISTORY)})"
"""Who reads what was since changed, taken back or ended: primary administrators, and to whom it was granted everywhere, as of
now."""


@asynccontextmanager
async def open_service(
    schema: GraphQLSchema,
    organisation: OpenOrganisation,
    connections: Connections,
    progress: PostgresProgress,
    limits: Limits = Limits(),  # noqa: B008 (immutable)
    ledger: Ledger | None = None,
    charges: Charges = Charges(),  # noqa: B008 (immutable)
    gate: Gate | None = None,
) -> AsyncIterator[Service]:
    """The service of a started organisation, for as long as the block; subscriptions end with it. Raises LogUnavailable."""
    organisation.proposals.progress = progress
    tables, queries = Tables(organisation.schema.schema, READERS, HISTORY_READERS), PooledQueries(connections)
    changes = {each.name: Changes(each, organisation.codec, queries, tables) for each in FOLLOWED}
    hub = Hub(organisation.log.reader, progress, queries, changes)
    await hub.start()
    try:
        yield Service(
            schema,
            tables,
            queries,
            progress,
            organisation.platform,
            limits,
            lambda reads: Following(reads, organisation.log.reader, hub, utc_now, charges),
            LedgerProofs(ledger, organisation) if ledger else None,
            PostgresMoments(connections, organisation.schema),
            charges,
            gate,
        )
    finally:
        await hub.close()
