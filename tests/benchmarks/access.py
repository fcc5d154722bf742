"""What authorisation costs: commands with and without it, lists of what one may see, permissions of the past, and how soon a
revocation is felt elsewhere."""

import os
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import cycle
from uuid import UUID

import orjson
import psycopg
from graphql import OperationType

from application.envelope import Asked
from application.ports.moments import Moment
from domain.access.commands.administration import AppointAdministrator, DismissAdministrator
from domain.kernel.commands import Command
from domain.kernel.events import Authority
from domain.kernel.identifiers import PersonId
from domain.messaging.commands.channel import ChangeTopic
from domain.messaging.commands.message import PostMessage
from domain.messaging.ids import MessageId
from infra.postgres.connections import Connections
from infra.postgres.projections.store import PostgresStore
from infra.postgres.queries import PooledQueries
from infra.system import random_id
from interfaces.bootstrap.organisation import OpenOrganisation
from interfaces.bootstrap.service import HISTORY_READERS, READERS
from interfaces.graphql.answers import Request, Session
from interfaces.graphql.compiler.rows import Tables
from interfaces.graphql.limits import Limits
from interfaces.graphql.schema.build import build_schema
from interfaces.graphql.service import Checked, Service
from projections.access.module import OFF
from projections.engine.registry import models
from tests.benchmarks.clients import Loop, loop
from tests.benchmarks.company import PEOPLE, company
from tests.benchmarks.harness import Figure, Pair, Server, Side
from tests.benchmarks.query_data import ID, insert, table
from tests.graphql.club import AlwaysLevel, NothingDone
from tests.support.organisations import channel, opened, person
from tests.support.postgres import Database

ROWS = int(os.environ.get("ONRECORD_BENCH_PERSONS", "100000"))
"""People, and as many private channels; ten times as many grants."""
WITHOUT, ROOT = Authority("benchmark"), person(PEOPLE[0])
TEXT = "The second batch of housings leaves 上海 on Friday. " * 3
LIST = "{ channels(first: 50) { nodes { id name } } }"
HELD = "{ viewer { permissions(first: 50) { nodes { action resource until } } } }"
HELD_THEN = f"query ($p: Position!) {{ at(asOf: {{position: $p}}) {HELD} }}"

BY_HAND = """
select coalesce(json_agg(json_build_object('id', id, 'name', name) order by name, id), '[]')::text from (
    select c.id, c.name from {channel} c
    where exists (select from {person} p where p.id = $1::uuid and p.standing = 'active') and c.id = any(array(
        select channel_id from {membership} where person_id = $1::uuid
        union select resource from {grant} where person_id = $1::uuid and action = 'messaging.channel.read'
            and revoked_at is null and since <= now() and (until is null or until >= now())
        union select id from {channel} where visibility = 'public'
        union select c.id from {channel} c join {belonging} d on d.department_id = c.department_id and d.person_id = $1::uuid
    ))
    order by c.name, c.id limit 51) page
"""
"""The plan: the ids of what is seen, hashed, and the channels in the order of their names until 51 are found, or sorted."""


def per_cpu(on: Loop, clients: int, once: Callable[[], Awaitable[None]]) -> Side:
    """Operations per second of this process's own time: what it does, whatever the disk and its neighbours do meanwhile."""
    side = on.side(clients, once)

    def work(seconds: float) -> float:
        began = time.process_time()
        rate = side(seconds)
        return rate * seconds / (time.process_time() - began)

    return work


@contextmanager
def commands(server: Server) -> Iterator[Pair]:
    """Messages of 32 people in one channel, 16 in flight: by the rules, and on an authority that was given."""
    with loop() as on, server.scratch() as database, on.within(company(database)) as organisation:
        people = cycle(map(person, PEOPLE))

        def posting(authority: Authority | None) -> Callable[[], Awaitable[None]]:
            async def once() -> None:
                wish = PostMessage(channel=channel("general"), message=MessageId(random_id()), text=TEXT)
                outcome = await organisation.platform.handle(wish, Asked(next(people), random_id()), authority)
                assert outcome.refusal is None

            return once

        yield Pair(per_cpu(on, 16, posting(None)), per_cpu(on, 16, posting(WITHOUT)), {"per": "CPU second of the process"})


def listing(number: int, share: str) -> Callable[[Server], AbstractContextManager[Pair]]:
    """The first 50 channels by name, for the viewer of that number, who may see that share of them."""

    @contextmanager
    def prepare(server: Server) -> Iterator[Pair]:
        with loop() as on, filled(server, on) as (service, queries, database):
            viewer, names = PersonId(UUID(int=number)), {
                "channel": "Channel", "person": "Person", "membership": "ChannelMembership", "grant": "Grant",
                "belonging": "DepartmentMembership",
            }  # fmt: skip
            sql = BY_HAND.format(**{key: table(database.organisation, model) for key, model in names.items()})

            async def by_hand() -> None:
                assert await queries.value(sql, [str(viewer)])

            asked = _checked(service, LIST)

            async def ours() -> None:
                answer = await service.execute(asked, Session(viewer))
                assert not answer.errors

            found = orjson.loads(on.run(service.execute(asked, Session(viewer))).encoded())["data"]["channels"]["nodes"]
            expected = orjson.loads(on.run(queries.value(sql, [str(viewer)])) or "[]")
            assert [each["name"] for each in found] == [each["name"] for each in expected[:50]]
            notes = {"people": ROWS, "channels": ROWS, "grants": ROWS * 10, "seen": share}
            yield Pair(on.side(2, ours), on.side(2, by_hand), notes)

    return prepare


@contextmanager
def asof(server: Server) -> Iterator[Pair]:
    """What somebody with a hundred grants holds, as of half of history, against now."""
    with loop() as on, filled(server, on) as (service, _, _):
        viewer = PersonId(UUID(int=1))

        def side(query: str, **variables: str) -> Side:
            asked = _checked(service, query, **variables)

            async def once() -> None:
                answer = await service.execute(asked, Session(viewer))
                assert not answer.errors, answer.errors

            return on.side(2, once)

        yield Pair(side(HELD_THEN, p="50"), side(HELD), {"people": ROWS, "grants": ROWS * 10})


@contextmanager
def revoke(server: Server) -> Iterator[Pair]:
    """From the answer to a revocation until another writer of the log, with a memory of its own, refuses: against a second."""
    with loop() as on, server.scratch() as database, on.within(company(database)) as here, on.within(opened(database)) as there:
        who = person(PEOPLE[1])
        on.run(_done(here, AppointAdministrator(person=ROOT)))

        def never(seconds: float) -> float:
            assert seconds
            return 1.0

        def measured(seconds: float) -> float:
            taken = [on.run(_felt(here, there, who)) for _ in range(max(3, int(seconds * 3)))]
            return 1 / max(taken)

        yield Pair(measured, never, {"unit": "1/s: the slowest of each run"})


async def _felt(here: OpenOrganisation, there: OpenOrganisation, who: PersonId) -> float:
    """Seconds between the answer to a revocation and a refusal by the other writer, which had allowed it just before."""
    await _done(here, AppointAdministrator(person=who))
    assert await _allowed(there, who)
    await _done(here, DismissAdministrator(person=who))
    began = time.perf_counter()
    while await _allowed(there, who):
        pass
    return time.perf_counter() - began


async def _done(organisation: OpenOrganisation, command: Command) -> None:
    outcome = await organisation.platform.handle(command, Asked(ROOT, random_id()), WITHOUT)
    assert outcome.refusal is None, outcome.refusal


async def _allowed(organisation: OpenOrganisation, who: PersonId) -> bool:
    wish = ChangeTopic(channel=channel("general"), topic=str(random_id()))
    return (await organisation.platform.handle(wish, Asked(who, random_id()))).refusal is None


@contextmanager
def filled(server: Server, on: Loop) -> Iterator[tuple[Service, PooledQueries, Database]]:
    """Tables with people, private channels and grants: the first person has 100 channels, the second a tenth, the third all."""
    with ExitStack() as stack:
        database = stack.enter_context(server.scratch())
        on.run(_tables(database))
        with psycopg.connect(database.owner, autocommit=True) as owner:
            for statement in _statements(database):
                owner.execute(statement.encode())
            owner.execute("VACUUM (ANALYZE)")
        connections = stack.enter_context(on.within(Connections(database.application, size=4)))
        queries = PooledQueries(connections)
        tables = Tables(database.organisation.schema, READERS, HISTORY_READERS, OFF)
        service = Service(build_schema(), tables, queries, AlwaysLevel(), NothingDone(), Limits(), moments=At())
        yield service, queries, database


class At:
    """Moments without a log: a position is a second of 2026."""

    async def at(self, position: int) -> Moment:
        return Moment(position, datetime(2026, 6, 1, tzinfo=UTC) + timedelta(seconds=position))

    async def recorded(self, time: datetime) -> Moment:
        raise NotImplementedError

    async def effective(self, time: datetime) -> Moment:
        raise NotImplementedError


async def _tables(database: Database) -> None:
    store = PostgresStore(database.application, database.organisation)
    await store.prepare(list(models().values()))
    await store.close()


def _statements(database: Database) -> Iterator[str]:
    schema, number = database.organisation, ID.format("n")
    yield insert(schema, "Person", f"generate_series(1, {ROWS}) n", id=number, kind="'employee'", standing="'active'",
                 name="'Person ' || n", valid_from="1")  # fmt: skip
    yield insert(schema, "Channel", f"generate_series(1, {ROWS}) n", id=number, kind="'group'", visibility="'private'",
                 name="'Channel ' || lpad(((n * 7919) % 1000003)::text, 8, '0')", history="'all'", valid_from="1")  # fmt: skip
    granted = {"action": "'messaging.channel.read'", "since": "timestamptz '2026-01-01'", "granted_by_id": ID.format("9"),
               "valid_from": "1"}  # fmt: skip
    for viewer, every in ((1, ROWS // 100), (2, 10), (3, 1)):
        yield insert(schema, "Grant", f"generate_series({every}, {ROWS}, {every}) n", id=f"md5('{viewer} ' || n)::uuid",
                     person_id=ID.format(viewer), resource=number, **granted)  # fmt: skip
    rest = ROWS * 10 - ROWS - ROWS // 10 - 100
    yield insert(schema, "Grant", f"generate_series(1, {rest}) n", id="md5('others ' || n)::uuid",
                 person_id=ID.format(f"4 + n % {ROWS - 4}"), resource=ID.format(f"1 + (n * 31) % {ROWS}"), **granted)  # fmt: skip
    yield f"UPDATE {schema.schema}.projections SET position = 100"


def _checked(service: Service, query: str, **variables: str) -> Checked:
    checked = service.check(Request(query, variables))
    assert isinstance(checked, Checked), checked
    assert checked.kind is OperationType.QUERY
    return checked


FIGURES = (
    Figure("access.commands", "messages by the rules, against on a given authority", "per CPU second", 0.85, commands),
    Figure(
        "access.list",
        "50 of 100,000 channels by name, for who sees 0.1 %, against SQL by hand",
        "lists/s",
        0.5,
        listing(1, "0.1 %"),
    ),
    Figure("access.list_some", "the same for who sees 10 %", "lists/s", 0.5, listing(2, "10 %")),
    Figure("access.list_all", "the same for who sees all", "lists/s", 0.5, listing(3, "100 %")),
    Figure("access.asof", "what somebody holds as of the past, against now", "lists/s", 0.33, asof),
    Figure("access.revoke_s", "revoked here, refused by another writer: against a second", "1/s", 1.0, revoke),
)
