"""Through the API: a channel whose owner left is kept by another and given back; whoever shows a code comes to one channel; and
what else is refused by name around channels."""

import asyncio
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from domain.access.commands.administration import AppointAdministrator
from domain.directory.commands.department import CloseDepartment, OpenDepartment
from domain.directory.ids import DepartmentId
from domain.messaging.calling import CALLS
from interfaces.graphql.ids import global_id, read_global_id
from tests.messaging.scenes import level, opened, said, same_after_rebuild
from tests.messaging.test_refusals_served import refused
from tests.story import an_id
from tests.support.clocks import MovedClock
from tests.support.postgres import Database
from tests.support.serving import Client, Served, serving

MEMBERS = "members { nodes { role person { name } } }"
NOW = f"query ($c: ID!) {{ channel(id: $c) {{ {MEMBERS} }} }}"
THEN = f"query ($c: ID!, $p: Position!) {{ at(asOf: {{ position: $p }}) {{ channel(id: $c) {{ {MEMBERS} }} }} }}"
CODE = "ABCDEFGHJKMNPQRSTVWXYZ2345"


@pytest.fixture
async def acting(database: Database, tmp_path: Path, clock: MovedClock) -> AsyncIterator[Served]:
    """A server with policies: one of them lets guests take part."""
    async with serving(database, tmp_path, policies=True, clock=clock) as served:
        yield served


async def administrator(served: Served, name: str = "Root") -> Client:
    root = await served.person(name)
    await served.do(AppointAdministrator(person=root.person))
    return root


def keeping(answer: Any) -> dict[str, str]:
    return {each["person"]["name"]: each["role"] for each in answer["channel"]["members"]["nodes"]}


async def test_a_channel_is_taken_over_and_given_back(served: Served) -> None:
    root = await administrator(served)
    ann, bo, chen, gone = [await served.person(name) for name in ("Ann", "Bo", "Chen", "Gone")]
    channel, direct = await opened(ann, bo), await bo.done("openDirectChannel", "channel { id }", people=[ann.id, bo.id])
    for who in (ann, gone):
        await root.done("offboardPerson", person=who.id)
    over = {"channel": channel, "person": bo.id, "predecessor": ann.id}
    await refused(
        ("NotPermitted", (bo, "takeOverChannel", over)),
        ("NotPermitted", (chen, "takeOverChannel", over)),
        ("DirectChannelIsFixed", (root, "takeOverChannel", over | {"channel": direct["channel"]["id"]})),
        ("HasLeft", (root, "takeOverChannel", over | {"person": gone.id})),
        ("NotPermitted", (bo, "handBackChannel", over)),
    )
    before = await served.head()
    await root.done("takeOverChannel", **over)
    await level(served)
    assert keeping(await bo.ask(NOW, {"c": channel}))["Bo"] == "OWNER"
    await bo.done("renameChannel", channel=channel, name="Bo's")
    after = await served.head()
    await root.done("handBackChannel", **over)
    await level(served)
    assert keeping(await bo.ask(NOW, {"c": channel}))["Bo"] == "MEMBER"
    await refused(("NotPermitted", (bo, "renameChannel", {"channel": channel, "name": "again"})))
    for position, role in ((before, "MEMBER"), (after, "OWNER")):
        assert keeping((await bo.ask(THEN, {"c": channel, "p": position}))["at"])["Bo"] == role
    await same_after_rebuild(served)


async def test_whoever_shows_a_code_comes_to_one_channel(acting: Served) -> None:
    ann, bo = await acting.person("Ann"), await acting.person("Bo")
    channel, other = await opened(ann, bo, name="Orders"), await opened(ann, name="Own")
    terms = {"channel": channel, "digest": sha256(CODE.encode()).hexdigest(), "reason": "they deliver"}
    await refused(
        ("NotPermitted", (bo, "inviteGuest", terms)),
        ("NotFound", (bo, "inviteGuest", terms | {"channel": other})),
        ("InvalidInput", (ann, "inviteGuest", terms | {"digest": "short"})),
        ("AlreadyOver", (ann, "inviteGuest", terms | {"until": "2020-01-01T00:00:00Z"})),
    )
    await ann.done("inviteGuest", **terms)
    await refused(("IdTaken", (ann, "inviteGuest", terms | {"channel": other})))
    come = await acting.http.post("/guests", json={"code": CODE, "name": "Gustav"})
    assert come.status_code == 200, come.text
    _, person = read_global_id(come.json()["person"]) or ("", None)
    guest = Client(acting, person, come.json()["token"])  # type: ignore[arg-type]  # the id of a person
    async with asyncio.timeout(20):  # the policy that lets them take part follows the log
        while (await guest.do("postMessage", channel=channel, text="hello"))["__typename"] != "PostMessageDone":
            pass
    await refused(("NotFound", (guest, "postMessage", {"channel": other, "text": "hello"})))
    await level(acting)
    assert [each["name"] for each in (await guest.ask("{ channels { nodes { name } } }"))["channels"]["nodes"]] == ["Orders"]
    await ann.done("archiveChannel", channel=other)
    closed = {"channel": other, "digest": sha256(b"another").hexdigest(), "reason": "x"}
    await refused(("ChannelIsArchived", (ann, "inviteGuest", closed)))
    await same_after_rebuild(acting)


async def test_everybody_is_called_so_often_and_no_more(served: Served, clock: MovedClock) -> None:
    ann, bo = await served.person("Ann"), await served.person("Bo")
    channel = await opened(ann, bo)
    for n in range(CALLS):
        await said(bo, channel, f"all {n}", calls="ALL")
    call = {"channel": channel, "text": "all of you", "calls": "ALL"}
    answer = await bo.do("postMessage", "... on TooManyCalls { limit again explanation }", **call)
    assert (answer["__typename"], answer["limit"]) == ("TooManyCalls", CALLS)
    await said(ann, channel, "of another", calls="ALL")
    await said(bo, channel, "nobody is called")
    clock.move(hours=1)
    await said(bo, channel, "again", calls="ALL")


async def test_what_is_taken_gone_or_half_said_is_refused_by_name(served: Served) -> None:
    root = await administrator(served)
    ann, bo, gone = [await served.person(name) for name in ("Ann", "Bo", "Gone")]
    channel, taken = await opened(ann, bo), await opened(bo)
    sales = DepartmentId(an_id("closed"))
    await served.do(OpenDepartment(department=sales, name="Sales"))
    await served.do(CloseDepartment(department=sales))
    await root.done("offboardPerson", person=gone.id)
    message = global_id("Message", uuid4())
    await ann.done("postMessage", channel=channel, text="first", message=message)
    group = global_id("UserGroup", uuid4())
    await ann.done("createUserGroup", group=group, name="crew")
    rules = {"afterMinutes": 60, "everyMinutes": 60, "untilHours": 48, "workingDays": ["MONDAY"], "timeZone": "UTC"}
    of_sales = {"department": global_id("Department", sales), "name": "Sales"}
    await refused(
        ("QuietHoursIncomplete", (root, "changeReminderRules", rules | {"quietFrom": "20:00"})),
        ("DepartmentIsClosed", (root, "openDepartmentChannel", of_sales)),
        ("HasLeft", (ann, "addMember", {"channel": channel, "person": gone.id})),
        ("HasLeft", (ann, "inviteToChannel", {"channel": channel, "person": gone.id})),
        ("HasLeft", (ann, "addToUserGroup", {"group": group, "person": gone.id})),
        ("IdTaken", (ann, "postMessage", {"channel": channel, "text": "second", "message": message})),
        ("IdTaken", (ann, "openChannel", {"channel": taken, "name": "Mine"})),
    )
    await root.done("changeReminderRules", **rules, quietFrom="20:00", quietUntil="07:00")
    await same_after_rebuild(served)
