"""A process that brings notifications out. It feeds the read models if nobody else does."""

import asyncio
from email.headerregistry import Address
from pathlib import Path

from prometheus_client import CollectorRegistry

from application.deliveries.carriers import Ways
from infra.crypto.key_file import KeyRing, read
from infra.mail.smtp import SmtpMailer, SmtpServer
from infra.postgres.agenda import PostgresAgenda
from infra.postgres.connections import Connections
from infra.postgres.projections.progress import PostgresProgress
from infra.postgres.queries import PooledQueries
from infra.system import utc_now
from infra.telemetry.structured import StructuredTelemetry
from interfaces.bootstrap.deliveries import deliveries
from interfaces.bootstrap.organisation import OpenOrganisation
from interfaces.bootstrap.service import READERS
from interfaces.graphql.compiler.rows import Tables
from projections.engine.registry import models
from tests.support.following import following
from tests.support.postgres import ORGANISATION, ORGANISATION_ID


def main(dsn: str, keys: Path, port: int) -> None:
    """Runs until it is killed; `port` is the mail server's."""
    asyncio.run(_bring(dsn, read(keys), port))


async def _bring(dsn: str, ring: KeyRing, port: int) -> None:
    telemetry = StructuredTelemetry(CollectorRegistry())
    mailer = SmtpMailer(SmtpServer(host="127.0.0.1", port=port, encryption="none"), Address(addr_spec="or@example.com"), utc_now)
    async with (
        Connections(dsn, size=4) as connections,
        OpenOrganisation(dsn, connections, ring, ORGANISATION, ORGANISATION_ID) as organisation,
    ):
        schema, queries = organisation.schema, PooledQueries(connections)
        progress = PostgresProgress(dsn, connections, schema)
        progress.start()
        agenda, tables = PostgresAgenda(queries, progress, schema, models()), Tables(schema.schema, READERS)
        bringing = deliveries(organisation, tables, queries, agenda, Ways(mailer), telemetry)
        async with following(organisation, progress):
            await bringing.run()
