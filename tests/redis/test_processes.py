"""Two processes of one installation: what one does, the sockets of the other hear of; with Redis, and when it dies."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from prometheus_client import CollectorRegistry

from domain.directory.commands.person import AddPerson
from domain.kernel.identifiers import PersonId
from infra.postgres.access import Access
from infra.postgres.log import notifications
from infra.redis import client as client_module
from interfaces.bootstrap.keys import create_key_file
from interfaces.bootstrap.process import Process, running
from interfaces.settings import Settings
from projections.engine.registry import models
from tests.live.clients import talking
from tests.live.test_following import FOLLOW, channel, say
from tests.live.test_presence import PRESENCE, seen
from tests.support.postgres import ORGANISATION, Database
from tests.support.serving import Client, Served, listening
from tests.support.valkey import Valkey


async def begun(stack: AsyncExitStack, settings: Settings, database: Database) -> Served:
    """A process of its own connections, in this one's loop."""
    process: Process = await stack.enter_async_context(running(settings, Access(database.owner, database.application)))
    url = await stack.enter_async_context(listening(process.app))
    http = await stack.enter_async_context(httpx2.AsyncClient(base_url=url, timeout=30))
    served = process.organisations[ORGANISATION]
    assert process.issuer
    never: Any = None  # nothing falls due here, and nothing is delivered
    return Served(url, http, process.issuer, served.organisation, served.service, CollectorRegistry(), never, never)


@pytest.fixture
async def two(database: Database, tmp_path: Path, clean_environment: None, valkey: Valkey) -> AsyncIterator[Sequence[Served]]:
    """Both, on one database and one Redis."""
    settings = Settings(
        database_url=database.owner, data_dir=tmp_path, redis_url=valkey.url, dev_issuer=True, cost_per_minute=5_000
    )
    await asyncio.to_thread(create_key_file, settings)
    async with AsyncExitStack() as stack:
        yield [await begun(stack, settings, database) for _ in range(2)]


async def at_both(two: Sequence[Served], name: str) -> tuple[Client, Client]:
    """Somebody as a client of each."""
    person = PersonId(uuid4())
    position = await two[0].do(AddPerson(person=person, name=name))
    for served in two:
        await served.service.queries.progress.wait_for(position, list(models().values()), 30)
    return two[0].client(person), two[1].client(person)


async def test_redis_alone_wakes_the_other_process(two: Sequence[Served], monkeypatch: pytest.MonkeyPatch) -> None:
    for served in two:
        monkeypatch.setattr(served.organisation.log._notifier, "reached", lambda _: None)
    monkeypatch.setattr(notifications, "_POLL_EVERY", 3_600)
    head = await two[0].organisation.log.reader.head()
    waiting = asyncio.ensure_future(two[1].organisation.log.reader.wait(head + 5, 3_600))
    async with asyncio.timeout(30):
        while not waiting.done():
            await two[0].do(AddPerson(person=PersonId(uuid4()), name="Somebody"))
    assert len(await two[1].organisation.log.reader.read(head, 100)) > 5


async def test_a_lie_about_the_head_is_only_looked_into(two: Sequence[Served]) -> None:
    log = two[1].organisation.log
    head = await log.reader.head()
    waiting = asyncio.ensure_future(log.reader.wait(head, 30))
    await asyncio.sleep(0)
    log.hint(head + 1_000)
    await waiting
    assert log.reader._arrivals.head == head
    assert not await log.reader.wait(head, 0.01), "nobody runs in circles"


async def test_sockets_of_the_other_process_go_on_when_redis_dies(
    two: Sequence[Served], valkey: Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "PAUSE", 0.05)
    ann, _ = await at_both(two, "Ann")
    bo_here, bo_there = await at_both(two, "Bo")
    where = await channel(ann, bo_here)
    position = await two[0].head()
    await two[1].service.queries.progress.wait_for(int(position), list(models().values()), 30)
    async with talking(bo_there) as line:
        await line.follow("1", FOLLOW, {"channel": where, "after": position})
        for number, event in enumerate(["with it", "with it", "dies", "without", "without", "comes back", "with it again"]):
            if event == "dies":
                valkey.stop()
            if event == "comes back":
                valkey.start()
            _, said = await say(ann, where, f"{number} {event}")
            heard = (await line.next("1"))["messages"]
            assert (heard["position"], heard["message"]["text"]) == (said, f"{number} {event}")


async def test_presence_is_seen_across_processes_and_costs_are_counted_together(two: Sequence[Served]) -> None:
    ann, _ = await at_both(two, "Ann")
    bo_here, bo_there = await at_both(two, "Bo")
    where = await channel(ann, bo_here)
    async with talking(ann) as line:
        await line.follow("1", PRESENCE, {"channel": where})
        assert await seen(line) == {ann.id: "ONLINE"}
        async with talking(bo_there):
            assert await seen(line) == {bo_here.id: "ONLINE"}
            await bo_there.do("showPresence", state="AWAY")
            assert await seen(line) == {bo_here.id: "AWAY"}
    dear = "{ channels(first: 62) { nodes { messages(first: 62) { nodes { id } } } } }"
    assert (await bo_here.post(dear)).headers["Operation-Cost"] == "3907"
    left = (await bo_there.post("{ viewer { name } }")).headers["RateLimit"]
    assert int(left.partition("r=")[2].partition(";")[0]) < 2_000


async def test_guessing_codes_is_counted_across_processes(two: Sequence[Served], valkey: Valkey) -> None:
    """Twenty from one address in all, whichever process is asked; when Redis is gone, twenty for each."""

    async def guess(number: int) -> int:
        code = {"code": f"{number:04d}{uuid4().hex}", "name": "x"}  # each begins otherwise
        return int((await two[number % 2].http.post("/guests", json=code)).status_code)

    together = await asyncio.gather(*(guess(number) for number in range(30)))
    assert sorted(together) == [403] * 20 + [429] * 10
    assert [await guess(number) for number in (30, 31)] == [429, 429]
    valkey.stop()
    alone = [await guess(number) for number in range(40, 82)]
    assert (alone.count(403), alone[-2:]) == (40, [429, 429])
    counted = sum([await served.organisation.record_refusals(everything=True) for served in two])
    assert counted == 2, "that it was too much is on record, once for each process"
