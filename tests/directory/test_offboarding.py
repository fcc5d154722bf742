"""Offboarding from end to end: what ends at once, in every process; what goes to another; and what comes back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import timedelta
from pathlib import Path
from time import monotonic

import pytest

from domain.access.commands.administration import AppointAdministrator
from infra.crypto.key_file import KeyRing
from infra.system import utc_now
from projections.engine.registry import models
from tests.directory.test_chart import administrator, settle
from tests.live.clients import events, raw, talking
from tests.live.test_following import FOLLOW, channel
from tests.support.postgres import Database
from tests.support.serving import Client, Served, serving

pytestmark = pytest.mark.anyio
AT_ONCE = 1.0
"""Seconds within which nothing of somebody who left works any more."""
KEEPERS = """query ($id: ID!, $position: Position!) @waitFor(position: $position) {
    channel(id: $id) { members(first: 9) { nodes { role person { name } } } }
}"""


@pytest.fixture
async def processes(database: Database, tmp_path: Path) -> AsyncIterator[tuple[Served, Served]]:
    """Two API processes of one organisation, with the same keys and the same issuer."""
    ring = KeyRing.new()
    async with serving(database, tmp_path, ring=ring) as one, serving(database, tmp_path, ring=ring) as other:
        yield one, other


@pytest.mark.parametrize(
    ("ends", "comes_back"),
    [("offboardPerson", "undoOffboarding"), ("suspendPerson", "reinstatePerson"), ("removePerson", "reinstatePerson")],
)
async def test_what_somebody_has_open_ends_in_every_process(processes: tuple[Served, Served], ends: str, comes_back: str) -> None:
    one, other = processes
    root, bo = await administrator(one), await one.person("Bo")
    elsewhere = Client(other, bo.person, bo.token)
    where = await channel(root, bo)
    await settle(one)
    variables = {"channel": where}
    async with talking(bo) as silent, talking(elsewhere) as following, aclosing(events(elsewhere, FOLLOW, variables)) as stream:
        await following.follow("1", FOLLOW, variables)
        heard = asyncio.ensure_future(anext(stream, None))
        await other.attached(2)
        began = monotonic()
        until = {"undoUntil": (utc_now() + timedelta(days=1)).isoformat()} if ends == "offboardPerson" else {}
        await root.done(ends, person=bo.id, **until)
        for conversation in (silent, following):
            assert await conversation.closed() == (4401, "Taking part has ended")
        async with asyncio.timeout(20):
            assert await heard is None
        assert monotonic() - began < AT_ONCE
    for process in (bo, elsewhere):
        response = await process.post("{ viewer { name } }", Accept="application/graphql-response+json")
        assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (403, "NOT_ACTIVE")
        refused = await process.do("openChannel", "... on NotPermitted { authority }", name="x", visibility="PUBLIC")
        assert refused == {"__typename": "NotPermitted", "authority": "active person"}
        async with raw(process.served.url) as again:
            await again.say(type="connection_init", payload={"token": bo.token})
            assert (await again.closed())[0] == 4401
    position = int((await root.done(comes_back, person=bo.id))["position"])
    for served, process in ((one, bo), (other, elsewhere)):
        await served.service.queries.progress.wait_for(position, [models()["Person"]], 20)
        assert (await process.ask("{ viewer { standing } }"))["viewer"] == {"standing": "ACTIVE"}, (
            "the same token, while it is valid"
        )
        async with talking(process):
            pass


async def test_it_is_undone_until_the_moment_that_was_said_and_not_after(served: Served) -> None:
    root, bo, di = await administrator(served), await served.person("Bo"), await served.person("Di")
    soon = utc_now() + timedelta(seconds=1)
    await root.done("offboardPerson", person=bo.id, undoUntil=soon.isoformat())
    await root.done("offboardPerson", person=di.id)
    refused = "... on CannotBeUndone { undoUntil }"
    assert (await root.do("undoOffboarding", refused, person=di.id)) == {"__typename": "CannotBeUndone", "undoUntil": None}
    async with asyncio.timeout(30):
        while utc_now() <= soon:
            await bo.post("{ viewer { name } }")
    late = await root.do("undoOffboarding", refused, person=bo.id)
    assert late["__typename"] == "CannotBeUndone"
    assert late["undoUntil"]


async def test_a_process_that_starts_later_knows_it(database: Database, tmp_path: Path) -> None:
    ring = KeyRing.new()
    async with serving(database, tmp_path, ring=ring) as one:
        root, bo, di = await administrator(one), await one.person("Bo"), await one.person("Di")
        for who in (bo, di):
            await root.done("offboardPerson", person=who.id, undoUntil=(utc_now() + timedelta(days=1)).isoformat())
        position = int((await root.done("undoOffboarding", person=di.id))["position"])
        await one.service.queries.progress.wait_for(position, [models()["Person"]], 20)
        async with serving(database, tmp_path, ring=ring) as later:
            async with raw(later.url) as conversation:
                await conversation.say(type="connection_init", payload={"token": bo.token})
                assert (await conversation.closed())[0] == 4401
            async with talking(Client(later, di.person, di.token)):
                pass


async def test_what_was_theirs_is_handed_over_and_comes_back(served: Served) -> None:
    root = await administrator(served)
    ann, bo, chen = [await served.person(name) for name in ("Ann", "Bo", "陈")]
    await served.do(AppointAdministrator(person=ann.person))
    alone, shared = await channel(ann, chen), await channel(ann, bo)
    await ann.done("changeRole", channel=shared, person=bo.id, role="OWNER")
    department = (await root.done("openDepartment", "position department { id }", name="Sales"))["department"]["id"]
    await root.done("joinDepartment", department=department, person=ann.id, primary=True)

    async def keepers(where: str, asked: Client) -> set[tuple[str, str]]:
        found = await asked.ask(KEEPERS, {"id": where, "position": str(await settle(served))})
        return {(member["role"], member["person"]["name"]) for member in found["channel"]["members"]["nodes"]}

    before = await keepers(alone, chen), await keepers(shared, bo)
    until = (utc_now() + timedelta(days=14)).isoformat()
    await root.done("offboardPerson", person=ann.id, successor=bo.id, undoUntil=until)
    assert await keepers(alone, chen) == {("OWNER", "Bo"), ("MEMBER", "陈")}
    assert await keepers(shared, bo) == {("OWNER", "Bo")}
    sizes = "query ($id: ID!) { department(id: $id) { size headCount members(first: 9) { totalCount } } }"
    assert (await root.ask(sizes, {"id": department}))["department"] == {"size": 0, "headCount": 0, "members": {"totalCount": 0}}
    [row] = [
        row for row in await served.organisation.log.reader.read(0, 10_000) if row.type == "messaging.channel_handed_over.v1"
    ]
    [left] = [row for row in await served.organisation.log.reader.read(0, 10_000) if row.type == "directory.person_offboarded.v1"]
    assert row.causation_id == left.event_id

    await root.done("undoOffboarding", person=ann.id)
    assert (await keepers(alone, chen), await keepers(shared, bo)) == before
    assert (await root.ask(sizes, {"id": department}))["department"] == {"size": 1, "headCount": 1, "members": {"totalCount": 1}}
    assert (await ann.ask("{ viewer { standing successor { name } undoUntil } }"))["viewer"] == {
        "standing": "ACTIVE", "successor": None, "undoUntil": None,
    }  # fmt: skip
    await ann.done("renamePerson", person=bo.id, name="Bob")
