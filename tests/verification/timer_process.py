"""A process that does what is due, again and again, whoever else does.

It looks without holding the right to, so several of them fire at once; it feeds the read models if nobody else does.
"""

import asyncio
from contextlib import suppress
from pathlib import Path

from prometheus_client import CollectorRegistry

from application.ports.agenda import AgendaUnavailable
from application.ports.log import LogUnavailable
from infra.crypto.key_file import KeyRing, read
from infra.postgres.agenda import PostgresAgenda
from infra.postgres.connections import Connections
from infra.postgres.projections.progress import PostgresProgress
from infra.postgres.queries import PooledQueries
from infra.telemetry.structured import StructuredTelemetry
from interfaces.bootstrap.organisation import OpenOrganisation
from projections.engine.registry import models
from tests.support.following import following
from tests.support.postgres import ORGANISATION, ORGANISATION_ID


def main(dsn: str, keys: Path) -> None:
    """Runs until it is killed."""
    asyncio.run(_fire(dsn, read(keys)))


async def _fire(dsn: str, ring: KeyRing) -> None:
    telemetry = StructuredTelemetry(CollectorRegistry())
    async with (
        Connections(dsn, size=4) as connections,
        OpenOrganisation(dsn, connections, ring, ORGANISATION, ORGANISATION_ID) as organisation,
    ):
        schema, reader = organisation.schema, organisation.log.reader
        progress = PostgresProgress(dsn, connections, schema)
        progress.start()
        timers = organisation.timers(telemetry, PostgresAgenda(PooledQueries(connections), progress, schema, models()))
        async with following(organisation, progress) as feeding:
            while not feeding.done():
                with suppress(AgendaUnavailable, LogUnavailable):
                    position, _ = await timers.look()
                    await reader.wait(position, 0.5)
