"""Grants through GraphQL: given, used, read by, looked up as of before, ended and revoked, with several people at once."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.access.commands.administration import AppointAdministrator
from domain.directory.commands.department import OpenDepartment
from domain.directory.commands.membership import JoinDepartment
from domain.directory.ids import DepartmentId
from interfaces.graphql.ids import global_id
from tests.story import an_id
from tests.support.serving import Client, Served

MANAGE, READ = "messaging.channel.manage", "messaging.channel.read"
NAME = "query ($id: ID!, $after: Position) @waitFor(position: $after) { channel(id: $id) { name } }"
HELD = """query ($after: Position) @waitFor(position: $after) {
    viewer { permissions { nodes { action resource within { name } through { name } grant { reason grantedBy { name } } } } }
}"""


async def administrator(served: Served) -> Client:
    client = await served.person("Root")
    await served.do(AppointAdministrator(person=client.person))
    return client


async def secret_channel(owner: Client) -> str:
    done = await owner.done("openChannel", "channel { id }", name="Orders", visibility="PRIVATE")
    return str(done["channel"]["id"])


async def head(client: Client) -> str:
    return await client.served.head()


async def test_a_role_on_a_channel_lets_somebody_read_and_keep_it_until_it_is_revoked(served: Served) -> None:
    root, ann, di = await administrator(served), await served.person("Ann"), await served.person("Di")
    channel = await secret_channel(ann)
    rename: dict[str, Any] = {"channel": channel, "name": "Orders of spring"}
    assert (await di.do("renameChannel", **rename))["__typename"] == "NotFound"
    assert (await di.ask(NAME, {"id": channel, "after": await head(di)}))["channel"] is None

    role = (await root.done("defineRole", "role { id }", name="Helper", actions=[MANAGE, READ]))["role"]["id"]
    given = await root.done(
        "grantPermission",
        "position grant { id active role { name actions { nodes { action } } } }",
        person=di.id,
        role=role,
        resource=channel,
        reason="looks after it in spring",
    )
    assert given["grant"]["active"]
    assert [each["action"] for each in given["grant"]["role"]["actions"]["nodes"]] == [MANAGE, READ]
    before = await head(di)
    assert (await di.ask(NAME, {"id": channel, "after": before}))["channel"] == {"name": "Orders"}
    held = (await di.ask(HELD, {"after": before}))["viewer"]["permissions"]["nodes"]
    assert [each["action"] for each in held] == [MANAGE, READ]
    assert held[0]["grant"] == {"reason": "looks after it in spring", "grantedBy": {"name": "Root"}}

    done = await di.done("renameChannel", "position channel { name }", **rename)
    assert done["channel"] == {"name": "Orders of spring"}
    [row] = await served.organisation.log.reader.read(int(done["position"]) - 1, 1)
    context = served.organisation.codec.finish(served.organisation.codec.parse(row), {}).context
    assert context.authority is not None
    assert context.authority.rule == f"active person and grant of {MANAGE}"
    assert {stream.partition("/")[0] for stream in context.authority.streams} >= {"access.grant", "access.role"}

    refused = await ann.do("revokeGrant", grant=given["grant"]["id"])
    assert refused["__typename"] == "NotPermitted"
    revoked = await root.done("revokeGrant", "position grant { active revokedBy { name } }", grant=given["grant"]["id"])
    assert revoked["grant"] == {"active": False, "revokedBy": {"name": "Root"}}
    assert (await di.do("renameChannel", **rename | {"name": "Mine"}))["__typename"] == "NotFound"
    assert (await di.ask(NAME, {"id": channel, "after": revoked["position"]}))["channel"] is None
    past = "query ($p: Position!, $id: ID!) { at(asOf: {position: $p}) { channel(id: $id) { name } } }"
    assert (await di.ask(past, {"p": before, "id": channel}))["at"]["channel"] is None
    count = "query ($p: Position!, $id: ID!) { at(asOf: {position: $p}) { person(id: $id) { permissions { totalCount } } } }"
    for position, held_then in ((before, 2), (revoked["position"], 0)):
        found = await root.ask(count, {"p": position, "id": di.id})
        assert found["at"]["person"]["permissions"]["totalCount"] == held_then


async def test_a_grant_ends_at_its_last_moment_without_an_event(served: Served) -> None:
    root, ann, di = await administrator(served), await served.person("Ann"), await served.person("Di")
    channel = await secret_channel(ann)
    last = datetime.now(UTC) + timedelta(seconds=3)
    ask = {"person": di.id, "resource": channel, "until": last.isoformat(), "reason": "for a moment"}
    await root.done("grantPermission", action=READ, **ask)
    given = await root.done("grantPermission", "position", action=MANAGE, **ask)
    assert (await di.ask(NAME, {"id": channel, "after": given["position"]}))["channel"]
    await di.done("changeTopic", channel=channel, topic="while it lasts")
    position = await head(di)

    async with asyncio.timeout(20):
        while (await di.ask(NAME, {"id": channel}))["channel"] is not None:
            pass
    assert datetime.now(UTC) > last
    assert (await di.do("changeTopic", channel=channel, topic="too late"))["__typename"] == "NotFound"
    assert [row.type for row in await served.organisation.log.reader.read(int(position), 9)] == ["access.command_refused.v1"]


async def test_a_department_has_what_it_was_granted_through_those_below_it_too(served: Served) -> None:
    root, ann, di = await administrator(served), await served.person("Ann"), await served.person("Di")
    sales, east = DepartmentId(an_id("Sales")), DepartmentId(an_id("East"))
    await served.do(OpenDepartment(department=sales, name="Sales"))
    await served.do(OpenDepartment(department=east, name="East", parent=sales))
    channel = await secret_channel(ann)
    granted = await root.done(
        "grantPermission", department=global_id("Department", sales), action=READ, resource=channel, reason="they sell it"
    )
    assert (await di.ask(NAME, {"id": channel, "after": granted["position"]}))["channel"] is None
    joined = await served.do(JoinDepartment(department=east, person=di.person))
    assert (await di.ask(NAME, {"id": channel, "after": str(joined)}))["channel"] == {"name": "Orders"}
    [held] = (await di.ask(HELD, {"after": str(joined)}))["viewer"]["permissions"]["nodes"]
    assert (held["action"], held["through"]) == (READ, {"name": "East"})


async def test_the_history_is_for_those_to_whom_it_was_granted(served: Served) -> None:
    root, ann, di = await administrator(served), await served.person("Ann"), await served.person("Di")
    channel = (await ann.done("openChannel", "channel { id }", name="Open", visibility="PUBLIC"))["channel"]["id"]
    said = await ann.done("postMessage", "position message { id }", channel=channel, text="what I said first")
    await ann.done("editMessage", message=said["message"]["id"], text="what I said then")
    past = """query ($p: Position!, $id: ID!, $after: Position) @waitFor(position: $after) {
        at(asOf: {position: $p}) { message(id: $id) { text } }
    }"""
    ask = {"p": said["position"], "id": said["message"]["id"]}
    assert (await di.ask(past, ask | {"after": await head(di)}))["at"]["message"]["text"] is None
    granted = await root.done("grantPermission", person=di.id, builtIn="AUDITOR", reason="the yearly audit")
    found = await di.ask(past, ask | {"after": granted["position"]})
    assert found["at"]["message"]["text"] == "what I said first"


async def test_whoever_holds_a_post_has_what_it_was_granted_then_and_now(served: Served) -> None:
    root, ann, di = await administrator(served), await served.person("Ann"), await served.person("Di")
    channel = await secret_channel(ann)
    post = (await root.done("openPost", "post { id }", name="Channel desk 频道管理岗"))["post"]["id"]
    await root.done("grantPermission", post=post, builtIn="KEEPER", resource=channel, reason="the desk keeps it")
    assert (await di.ask(NAME, {"id": channel, "after": await head(di)}))["channel"] is None
    assert (await di.do("renameChannel", channel=channel, name="Mine"))["__typename"] == "NotFound"
    given = await root.done("assignPost", post=post, person=di.id)
    assert (await di.ask(NAME, {"id": channel, "after": given["position"]}))["channel"] == {"name": "Orders"}
    await di.done("renameChannel", channel=channel, name="Orders of spring")
    shown = await di.ask("{ grants { nodes { post { name } person { name } } } }")
    assert shown["grants"]["nodes"] == [{"post": {"name": "Channel desk 频道管理岗"}, "person": None}]
    taken = await root.done("withdrawPost", post=post, person=di.id)
    assert (await di.ask(NAME, {"id": channel, "after": taken["position"]}))["channel"] is None
    assert (await di.do("renameChannel", channel=channel, name="Mine"))["__typename"] == "NotFound"
    count = "query ($p: Position!, $id: ID!) { at(asOf: {position: $p}) { person(id: $id) { permissions { totalCount } } } }"
    for position, held_then in ((given["position"], 2), (taken["position"], 0)):
        found = await root.ask(count, {"p": position, "id": di.id})
        assert found["at"]["person"]["permissions"]["totalCount"] == held_then


async def test_grants_of_what_was_merged_are_listed(served: Served) -> None:
    root, di = await administrator(served), await served.person("Di")
    sales, east = [
        (await root.done("openDepartment", "department { id }", name=name))["department"]["id"] for name in ("Sales", "East")
    ]
    reasons = {
        "to": {"department": east},
        "within": {"person": di.id, "within": east},
        "else": {"person": di.id, "within": sales},
    }
    for reason, terms in reasons.items():
        await root.done("grantPermission", action=READ, reason=reason, **terms)
    merged = await root.done("mergeDepartment", department=east, into=sales)
    listed = "query ($p: Position) @waitFor(position: $p) { grantsLeftBehind { nodes { id reason department { name } } } }"
    found = (await root.ask(listed, {"p": merged["position"]}))["grantsLeftBehind"]["nodes"]
    assert {each["reason"] for each in found} == {"to", "within"}
    await root.done("revokeGrant", grant=found[0]["id"])
    left = await root.ask(listed, {"p": await head(root)})
    assert len(left["grantsLeftBehind"]["nodes"]) == 1
    refused = await root.do("grantPermission", department=east, action=READ, reason="again")
    assert refused["__typename"] == "DepartmentIsClosed"
