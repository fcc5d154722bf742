"""One organisation as a process serves it: its platform, its API, and the followers of its log."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any, NamedTuple

from graphql import GraphQLSchema
from prometheus_client import CollectorRegistry

from application.ports.log import ClockJumped, LogUnavailable
from application.ports.rates import Rate
from application.ports.telemetry import Telemetry
from application.tasks import stopped
from infra.crypto.key_file import KeyRing
from infra.ledger.service import OrganisationLedger
from infra.postgres.agenda import PostgresAgenda
from infra.postgres.checkpoints import PostgresCheckpoints
from infra.postgres.connections import Connections
from infra.postgres.log.moments import PostgresMoments
from infra.postgres.migrations import Organisation
from infra.postgres.projections.progress import PostgresProgress
from infra.postgres.projections.store import PostgresStore
from infra.postgres.projections.swap import PostgresRebuildStore
from infra.postgres.queries import PooledQueries
from infra.system import utc_now
from infra.telemetry.commands import Watched, command_metrics
from infra.telemetry.structured import StructuredTelemetry
from interfaces.bootstrap.deliveries import deliveries, ways
from interfaces.bootstrap.ledger import organisation_ledger
from interfaces.bootstrap.organisation import OpenOrganisation
from interfaces.bootstrap.service import open_service
from interfaces.bootstrap.together import Together
from interfaces.graphql.costs import Charges
from interfaces.graphql.service import Service
from interfaces.graphql.trusted import Gate
from interfaces.settings import Settings
from projections.engine.follower import Follower
from projections.engine.lag import Lag
from projections.engine.members import Declared
from projections.engine.mending import Mender
from projections.engine.progress import NotReached, NotRegistered
from projections.engine.rebuild import Rebuild
from projections.engine.registry import models
from projections.engine.store import StoreUnavailable

MOMENTS = 10.0
"""Seconds between two sums of the log's moments."""
COUNTING = 30.0
"""Seconds between two looks for refusals that were counted and are to be recorded."""


class Shared(NamedTuple):
    """What all organisations of a process share."""

    settings: Settings
    dsn: str
    connections: Connections
    ring: KeyRing
    schema: GraphQLSchema
    registry: CollectorRegistry
    together: Together
    gate: Gate


class Served(NamedTuple):
    """A running organisation; `start` is what its log had come to when it began to be served here."""

    organisation: OpenOrganisation
    service: Service
    follower: Follower
    progress: PostgresProgress
    ledger: OrganisationLedger
    work: Mapping[str, asyncio.Task[None]]
    start: int

    async def level(self, position: int, seconds: float) -> None:
        """Waits until every read model has come to a position. Raises NotReached."""
        await self.progress.wait_for(position, models().values(), seconds)

    async def wrong(self) -> str | None:
        """Why requests can't be answered as they should be now; None where they can."""
        try:
            await self.organisation.log.reader.head()
        except LogUnavailable:
            return "the database can't be reached"
        for name, task in self.work.items():
            if task.done() and not task.cancelled() and (fault := task.exception()):
                return f"{name} ended with a fault: {type(fault).__name__}"
        health = self.follower.health
        if health.state == "stopped":
            return f"the read models have stopped: {health.reason}"
        return await self._still_filling()

    async def _still_filling(self) -> str | None:
        """Until they show what the log held at the start, people may be missing who are there."""
        if self.progress.shows(self.start, models().values()):
            return None
        try:
            await self.level(self.start, 0)
        except NotReached as behind:
            return f"the read models are being filled: {behind}"
        except (NotRegistered, StoreUnavailable):
            return "the read models are being filled"
        return None


@asynccontextmanager
async def served(shared: Shared, registered: Organisation) -> AsyncIterator[Served]:
    """Starts what belongs to one organisation, and stops it. Of several processes that serve it, one runs each follower.

    Raises KeyUnusable, LogUnavailable, LedgerError.
    """
    async with AsyncExitStack() as running:
        telemetry = StructuredTelemetry(shared.registry, organisation=registered.name)
        dsn, connections = shared.dsn, shared.connections
        organisation = await running.enter_async_context(
            OpenOrganisation(dsn, connections, shared.ring, registered.name, registered.id)
        )
        watched = command_metrics(shared.registry).watched
        watched[registered.name] = Watched(organisation.platform.counts, organisation.log)
        running.callback(watched.pop, registered.name)
        progress = PostgresProgress(dsn, connections, organisation.schema)
        progress.start()
        running.push_async_callback(progress.close)
        store = PostgresStore(dsn, organisation.schema)
        running.push_async_callback(store.close)
        ledger = organisation_ledger(shared.settings, dsn, connections, registered.name, registered.id, telemetry)
        await running.enter_async_context(ledger)
        presence = await running.enter_async_context(shared.together.of(registered.id, organisation.log))
        service = await running.enter_async_context(
            open_service(
                shared.schema,
                organisation,
                connections,
                progress,
                ledger=ledger,
                charges=_charges(shared, telemetry),
                gate=shared.gate,
                presence=presence,
            )
        )
        follower = Follower(
            list(models().values()),
            organisation.log.reader,
            organisation.codec,
            organisation.keys,
            store,
            PostgresCheckpoints(connections, dsn, organisation.schema.schema),
            telemetry,
            progress.moved,
        )
        rebuilds = PostgresRebuildStore(dsn, organisation.schema)
        running.push_async_callback(rebuilds.close)

        def rebuild(chosen: Sequence[Declared]) -> Rebuild:
            return Rebuild(chosen, organisation.log.reader, organisation.codec, organisation.keys, rebuilds)

        agenda = PostgresAgenda(PooledQueries(connections), progress, organisation.schema, models())
        offered = ways(shared.settings, registered.name)
        policies = organisation.policies(telemetry, progress, offered.offered)
        bringing = deliveries(organisation, service.reads.tables, service.reads.queries, agenda, offered, telemetry, presence)
        mender = Mender(list(models().values()), rebuilds, rebuild, telemetry)
        moments = PostgresMoments(connections, organisation.schema)
        lag = Lag(list(models().values()), organisation.log.reader, progress.positions, telemetry, utc_now)
        work = {
            "following": await running.enter_async_context(_in_background(follower.run())),
            "measuring lag": await running.enter_async_context(_in_background(lag.run())),
            "mending": await running.enter_async_context(_in_background(mender.run())),
            "timers": await running.enter_async_context(_in_background(organisation.timers(telemetry, agenda).run())),
            "policies": await running.enter_async_context(_in_background(policies.run())),
            "deliveries": await running.enter_async_context(_in_background(bringing.run())),
            "keeping moments": await running.enter_async_context(_in_background(_keep_moments(moments))),
            "counting refusals": await running.enter_async_context(_in_background(_count_refusals(organisation))),
        }
        yield Served(organisation, service, follower, progress, ledger, work, service.queries.start)


def _charges(shared: Shared, telemetry: Telemetry) -> Charges:
    """What counts the costs of operations, by the settings."""
    points = shared.settings.cost_per_minute
    return Charges(shared.together.rates, Rate(points), telemetry) if points else Charges()


async def _count_refusals(organisation: OpenOrganisation) -> None:
    while True:
        await asyncio.sleep(COUNTING)
        with suppress(LogUnavailable, ClockJumped):
            await organisation.record_refusals()


async def _keep_moments(moments: PostgresMoments) -> None:
    """The log's moments are summed as it grows: the first who asks for a time after a long while doesn't pay for all of it."""
    while True:
        with suppress(LogUnavailable):
            await moments.keep()
        await asyncio.sleep(MOMENTS)


@asynccontextmanager
async def _in_background(work: Coroutine[Any, Any, None]) -> AsyncIterator[asyncio.Task[None]]:
    """Runs beside the block and is stopped after it; a fault that ended it earlier is raised there."""
    task = asyncio.create_task(work)
    try:
        yield task
    finally:
        await stopped(task)
