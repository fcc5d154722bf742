"""A whole server for tests: a database, an organisation, the follower, the API on 127.0.0.1, and people who use it."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
from prometheus_client import CollectorRegistry

from application.deliveries.carriers import Ways
from application.deliveries.runner import DeliveryRunner
from application.envelope import Asked
from application.ports.clock import Clock
from application.ports.rates import Rates
from application.tasks import stopped
from application.timers.runner import TimerRunner
from domain.directory.commands.person import AddPerson
from domain.kernel.commands import Command
from domain.kernel.events import Authority
from domain.kernel.identifiers import PersonId, service
from domain.kernel.refusals import Refusal
from infra.crypto.key_file import KeyRing
from infra.exports.mattermost import mattermost_lines
from infra.memory.rates import MemoryRates
from infra.postgres.agenda import PostgresAgenda
from infra.postgres.connections import Connections
from infra.postgres.projections.progress import PostgresProgress
from infra.system import utc_now
from infra.telemetry.structured import StructuredTelemetry
from interfaces.bootstrap.deliveries import deliveries
from interfaces.bootstrap.guests import guest_desk
from interfaces.bootstrap.organisation import OpenOrganisation
from interfaces.bootstrap.service import open_service
from interfaces.graphql.ids import global_id
from interfaces.graphql.limits import Limits
from interfaces.graphql.service import Service
from interfaces.http.app import Guests, create_app
from interfaces.http.server import Server, listen, url_of
from interfaces.http.tokens import DevelopmentIssuer, GuestIssuer, Tokens
from projections.engine.members import MODELS
from projections.engine.registry import models
from tests.support.following import following
from tests.support.postgres import ORGANISATION, ORGANISATION_ID, Database
from tests.support.schemas import whole_schema

SETUP = service("test")
NO_WAY = Ways()


@dataclass
class Served:
    """A running server. `http` is a client without a token."""

    url: str
    http: httpx2.AsyncClient
    issuer: DevelopmentIssuer
    organisation: OpenOrganisation
    service: Service
    registry: CollectorRegistry
    timers: TimerRunner
    deliveries: DeliveryRunner

    async def person(self, name: str) -> "Client":
        """Somebody who is there already, with a token."""
        person = PersonId(uuid4())
        position = await self.do(AddPerson(person=person, name=name))
        await self.service.queries.progress.wait_for(position, [MODELS["Person"]], 30)
        return self.client(person)

    async def level(self) -> None:
        """Waits until every read model shows everything that has happened."""
        await self.service.queries.progress.wait_for(await self.organisation.log.reader.head(), models().values(), 30)

    async def acted(self) -> None:
        """Lets the policies act on everything that has happened, and waits until every read model shows what came of it."""
        telemetry, progress = StructuredTelemetry(CollectorRegistry()), self.service.queries.progress
        await self.organisation.policies(telemetry, progress).advance(0)
        await self.level()

    async def head(self) -> str:
        """The position that somebody who follows from now on has."""
        return str(await self.organisation.log.reader.head())

    async def attached(self, subscribers: int) -> None:
        """Waits until so many subscriptions are told of what happens by the live reader."""
        hub = self.service.following.hub  # type: ignore[union-attr]  # a served organisation can be followed
        async with asyncio.timeout(20):
            while len(hub.audiences) < subscribers:  # noqa: ASYNC110 (nothing tells of it)
                await asyncio.sleep(0.005)

    def client(self, person: PersonId, lifetime: timedelta = timedelta(hours=1)) -> "Client":
        return Client(self, person, self.issuer.issue(person, ORGANISATION, lifetime))

    async def do(self, command: Command, actor: PersonId = SETUP) -> int:
        """Has a command done by the platform itself; its position."""
        outcome = await self.organisation.platform.handle(command, Asked(actor, uuid4()), Authority("test"))
        assert not isinstance(outcome.refusal, Refusal), outcome.refusal
        return outcome.position


@dataclass
class Client:
    """Somebody who uses the API."""

    served: Served
    person: PersonId
    token: str

    @property
    def id(self) -> str:
        return global_id("Person", self.person)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def post(self, query: str, variables: Mapping[str, Any] | None = None, **headers: str) -> httpx2.Response:
        body = {"query": query, "variables": dict(variables or {})}
        return await self.served.http.post("/graphql", json=body, headers={**self.headers, **headers})

    async def ask(self, query: str, variables: Mapping[str, Any] | None = None) -> Any:
        """The data of an answer without errors."""
        body = (await self.post(query, variables)).json()
        assert "errors" not in body, body
        return body["data"]

    async def do(self, mutation: str, selection: str = "", /, **given: Any) -> Any:
        """What comes of one mutation."""
        name = mutation[0].upper() + mutation[1:]
        query = f"mutation ($input: {name}Input!) {{ {mutation}(input: $input) {{ __typename {selection} }} }}"
        return (await self.ask(query, {"input": given}))[mutation]

    async def done(self, mutation: str, selection: str = "position", /, **given: Any) -> Any:
        """The result of a mutation that is not refused."""
        name = mutation[0].upper() + mutation[1:]
        result = await self.do(mutation, f"... on {name}Done {{ {selection} }} ... on Refused {{ explanation }}", **given)
        assert result["__typename"] == f"{name}Done", result
        return result


@asynccontextmanager
async def serving(
    database: Database,
    folder: Path,
    limits: Limits | None = None,
    *,
    policies: bool = False,
    ways: Ways = NO_WAY,
    clock: Clock = utc_now,
    ring: KeyRing | None = None,
    rates: Rates | None = None,
) -> AsyncIterator[Served]:
    """A server over a fresh database, with the follower that runs beside it and, if asked for, the one that acts on events.

    Timers and deliveries are left to the test: it looks what is due when it has moved the clock. `ways` are those in which
    notifications may leave the platform.
    """
    async with AsyncExitStack() as stack:
        dsn = database.application
        connections = await stack.enter_async_context(Connections(dsn, size=4))
        organisation = OpenOrganisation(dsn, connections, ring or KeyRing.new(), ORGANISATION, ORGANISATION_ID, clock)
        await stack.enter_async_context(organisation)
        progress = PostgresProgress(dsn, connections, database.organisation)
        progress.start()
        stack.push_async_callback(progress.close)
        registry = CollectorRegistry()
        await stack.enter_async_context(following(organisation, progress, registry))
        if policies:
            await stack.enter_async_context(
                _beside(organisation.policies(StructuredTelemetry(registry), progress, ways.offered).run())
            )
        api = await stack.enter_async_context(
            open_service(whole_schema(), organisation, connections, progress, limits or Limits())
        )
        issuer = DevelopmentIssuer(folder)
        guests = GuestIssuer(folder)
        tokens = Tokens(issuer.trusted | guests.trusted, frozenset({ORGANISATION}))
        desks = {ORGANISATION: guest_desk(organisation, rates or MemoryRates(), ways)}
        app = create_app({ORGANISATION: api}, tokens, registry, {}, guests=Guests(desks, guests), exports=mattermost_lines)
        url = await stack.enter_async_context(listening(app))
        http = await stack.enter_async_context(httpx2.AsyncClient(base_url=url, timeout=30))
        agenda = PostgresAgenda(api.reads.queries, progress, database.organisation, models())
        timers = organisation.timers(StructuredTelemetry(registry), agenda)
        telemetry = StructuredTelemetry(registry)
        bringing = deliveries(organisation, api.reads.tables, api.reads.queries, agenda, ways, telemetry, api.presence)
        yield Served(url, http, issuer, organisation, api, registry, timers, bringing)
        assert "onrecord_projections_held_events" not in {each.name for each in registry.collect()}, "a read model took no event"


@asynccontextmanager
async def _beside(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        await stopped(task)


@asynccontextmanager
async def listening(app: Any) -> AsyncIterator[str]:
    """An application on a free port; its address."""
    ready = asyncio.Event()
    with listen("127.0.0.1", 0, exactly=True) as bound:
        server = Server(app, ready.set)
        task = asyncio.create_task(server.serve([bound]))
        await ready.wait()
        try:
            yield url_of(bound)
        finally:
            server.should_exit = True
            await task


def group_channel(name: str) -> dict[str, Any]:
    """The input of a channel that everybody may join."""
    return {"name": name, "visibility": "PUBLIC"}
