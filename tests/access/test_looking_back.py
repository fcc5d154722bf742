"""Who could do and see what, asked of history: with the chain that decided it, or what was lacking."""

from typing import Any

import pytest

from application.envelope import moment
from domain.directory.commands.department import OpenDepartment
from domain.directory.commands.membership import JoinDepartment, LeaveDepartment
from domain.directory.ids import DepartmentId
from interfaces.bootstrap import looking
from interfaces.graphql.ids import global_id
from tests.access.test_grants_served import MANAGE, READ, administrator, head, secret_channel
from tests.story import an_id
from tests.support.serving import Client, Served

COULD = """query ($who: ID!, $what: String!, $on: ID, $at: Position!, $also: [ID!]) {
    couldHave(person: $who, action: $what, resource: $on, also: $also, at: {position: $at}) {
        could command rule chain scope lacking unsaid
    }
}"""
EXPOSURE = """query ($on: ID!, $from: DateTime!, $to: DateTime!) {
    exposure(resource: $on, from: $from, until: $to) { __typename person name reason from until }
}"""


async def could(by: Client, who: Client, what: str, on: str | None, at: str, *also: str) -> Any:
    return (await by.ask(COULD, {"who": who.id, "what": what, "on": on, "at": at, "also": list(also)}))["couldHave"]


async def time_of(served: Served, position: str) -> str:
    [row] = await served.organisation.log.reader.read(int(position) - 1, 1)
    return moment(row.recorded_at).isoformat()


async def test_the_deciding_chain_or_what_was_missing(served: Served) -> None:
    root, ann, di = await administrator(served), await served.person("Ann"), await served.person("Di")
    channel = await secret_channel(ann)
    before = await head(root)
    granted = await root.done(
        "grantPermission", "position grant { id }", person=di.id, action=MANAGE, resource=channel, reason="r"
    )
    revoked = await root.done("revokeGrant", grant=granted["grant"]["id"])

    for at, holds in ((before, False), (granted["position"], True), (revoked["position"], False)):
        found = await could(root, di, MANAGE, channel, at)
        assert found["could"] is holds, found
        assert (found["lacking"] is None) is holds
    found = await could(root, di, MANAGE, channel, granted["position"])
    assert found["rule"] == f"active person and grant of {MANAGE}"
    assert any(stream.startswith("access.grant/") for stream in found["chain"])
    assert found["scope"].startswith("resource/")
    owner = await could(root, ann, "RenameChannel", channel, before)
    assert (owner["could"], owner["rule"], owner["command"]) == (True, "active person and owner of the channel", "RenameChannel")
    assert (await could(root, root, "OpenDepartment", None, before))["scope"] == "organisation"
    assert not (await could(root, ann, "OpenDepartment", None, before))["could"]


async def test_who_could_see_is_answered_by_the_ways_that_reading_goes(served: Served) -> None:
    root, ann, di = await administrator(served), await served.person("Ann"), await served.person("Di")
    channel = await secret_channel(ann)
    said = await ann.done("postMessage", "position message { id }", channel=channel, text="hello")
    granted = await root.done("grantPermission", person=di.id, action=READ, resource=channel, reason="r")
    for thing in (channel, said["message"]["id"]):
        assert (await could(root, ann, "see", thing, said["position"]))["rule"] == "member of the channel"
        assert not (await could(root, di, "see", thing, said["position"]))["could"]
        found = await could(root, di, "see", thing, granted["position"])
        assert (found["rule"], len(found["chain"])) == (f"grant of {READ}", 1)


LINKS = "chain links { __typename stream version event position at by reason since until }"


async def test_a_chain_says_who_gave_what_when_and_why_and_leaves_out_what_does_not_reach(served: Served) -> None:
    root, ann, di = await administrator(served), await served.person("Ann"), await served.person("Di")
    channel, other = await secret_channel(ann), await secret_channel(ann)
    sales, east = DepartmentId(an_id("Sales")), DepartmentId(an_id("East"))
    await served.do(OpenDepartment(department=sales, name="Sales"))
    await served.do(OpenDepartment(department=east, name="East", parent=sales))
    await served.do(JoinDepartment(department=east, person=di.person))
    role = (await root.done("defineRole", "role { id }", name="Reader", actions=[READ]))["role"]["id"]
    await root.done("redefineRole", role=role, name="Reader", actions=[READ, MANAGE])
    begin = await time_of(served, await head(root))
    to = {"department": global_id("Department", sales), "role": role, "until": "2090-01-01T00:00:00+00:00"}
    granted = await root.done("grantPermission", resource=channel, reason="they sell it", **to)
    await root.done("grantPermission", resource=other, reason="not this one", **to)
    at = await head(root)
    query = f"""query ($who: ID!, $on: ID!, $at: Position!, $from: DateTime!, $to: DateTime!) {{
        see: couldHave(person: $who, action: "see", resource: $on, at: {{position: $at}}) {{ could {LINKS} }}
        rename: couldHave(person: $who, action: "RenameChannel", resource: $on, at: {{position: $at}}) {{ could {LINKS} }}
        exposure(resource: $on, from: $from, until: $to) {{ name {LINKS} }}
    }}"""
    end = await time_of(served, at)
    found = await root.ask(query, {"who": di.id, "on": channel, "at": at, "from": begin, "to": end})
    shown = next(each for each in found["exposure"] if each["name"] == "Di")
    for each in (found["see"], shown):
        kinds = [stream.partition("/")[0] for stream in each["chain"]]
        assert kinds == ["access.grant", "access.role", "directory.membership", "directory.department", "directory.department"]
    for each in (found["see"], found["rename"], shown):
        links = {link["stream"].partition("/")[0]: link for link in each["links"]}
        assert [link["stream"] for link in each["links"]] == each["chain"]
        grant = links["access.grant"]
        assert (grant["by"], grant["reason"], grant["position"]) == (root.id, "they sell it", granted["position"])
        assert (grant["until"], grant["event"]) == ("2090-01-01T00:00:00+00:00", "access.permission_granted.v2")
        assert (links["access.role"]["version"], links["access.role"]["by"], links["access.role"]["reason"]) == (2, root.id, None)
        assert links["directory.membership"]["event"].startswith("directory.department_joined")
    nobody = await root.ask(query, {"who": ann.id, "on": other, "at": at, "from": begin, "to": end})
    assert (nobody["see"]["could"], nobody["see"]["links"]) == (True, [])


async def test_everybody_who_could_see_it_in_a_time_and_why(served: Served) -> None:
    root, ann, di = await administrator(served), await served.person("Ann"), await served.person("Di")
    channel = await secret_channel(ann)
    begin = await time_of(served, await head(root))
    granted = await root.done("grantPermission", "position grant { id }", person=di.id, action=READ, resource=channel, reason="r")
    revoked = await root.done("revokeGrant", grant=granted["grant"]["id"])
    added = await ann.done("addMember", channel=channel, person=di.id)
    end = await time_of(served, added["position"])
    found = (await root.ask(EXPOSURE, {"on": channel, "from": begin, "to": end}))["exposure"]
    assert [(each["name"], each["reason"]) for each in found] == [
        ("Ann", "member of the channel"),
        ("Di", f"grant of {READ}"),
        ("Di", "member of the channel"),
    ]
    grant, member = found[1], found[2]
    assert grant["from"] < grant["until"] <= member["from"]
    assert (found[0]["from"], found[0]["__typename"], int(revoked["position"]) > 0) == (begin, "Exposure", True)


async def test_only_those_who_may_ask(served: Served) -> None:
    root, ann, di = await administrator(served), await served.person("Ann"), await served.person("Di")
    channel, at = await secret_channel(ann), await head(root)
    for query, variables in (
        (COULD, {"who": di.id, "what": "see", "on": channel, "at": at}),
        (EXPOSURE, {"on": channel, "from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z"}),
    ):
        [error] = (await ann.post(query, variables)).json()["errors"]
        assert error["extensions"]["code"] == "NOT_PERMITTED"
    granted = await root.done("grantPermission", person=di.id, builtIn="AUDITOR", reason="audit")
    await di.ask("query ($p: Position) @waitFor(position: $p) { viewer { name } }", {"p": granted["position"]})
    assert (await could(di, ann, "see", channel, at))["could"]


async def test_of_departments_as_they_were(served: Served) -> None:
    root, di = await administrator(served), await served.person("Di")
    sales = DepartmentId(an_id("Sales"))
    await served.do(OpenDepartment(department=sales, name="Sales"))
    department = (await root.ask("{ departments { nodes { id } } }"))["departments"]["nodes"][0]["id"]
    wish = {"department": department, "action": "directory.department.manage", "within": department}
    await root.done("grantPermission", reason="r", **wish)
    joined = await served.do(JoinDepartment(department=sales, person=di.person))
    left = await served.do(LeaveDepartment(department=sales, person=di.person))
    found = await could(root, di, "RenameDepartment", department, str(joined))
    assert found["could"]
    assert any(stream.startswith("directory.membership/") for stream in found["chain"])
    assert not (await could(root, di, "RenameDepartment", department, str(left)))["could"]


async def test_what_else_the_act_would_name_is_said_or_asked_for(served: Served) -> None:
    root, ann, di = await administrator(served), await served.person("Ann"), await served.person("Di")
    group = (await ann.done("createUserGroup", "group { id }", name="on call"))["group"]["id"]
    at = await head(root)
    unsaid = await could(root, di, "RemoveFromUserGroup", group, at)
    assert (unsaid["could"], unsaid["unsaid"]) == (False, ["person"])
    herself = await could(root, di, "RemoveFromUserGroup", group, at, di.id)
    assert (herself["could"], herself["unsaid"]) == (True, [])
    another = await could(root, di, "RemoveFromUserGroup", group, at, ann.id)
    assert (another["could"], another["unsaid"]) == (False, [])
    [error] = (
        await root.post(COULD, {"who": di.id, "what": "RemoveFromUserGroup", "on": group, "at": at, "also": [group]})
    ).json()["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"


async def test_a_time_in_which_too_much_changed_is_asked_in_parts(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    root, ann = await administrator(served), await served.person("Ann")
    channel = await secret_channel(ann)
    begin = await time_of(served, await head(root))
    people = [await served.person(name) for name in ("Bo", "Chen", "Di", "Eve")]
    added = [await ann.done("addMember", channel=channel, person=person.id) for person in people]
    end = await time_of(served, added[-1]["position"])
    whole = (await root.ask(EXPOSURE, {"on": channel, "from": begin, "to": end}))["exposure"]
    monkeypatch.setattr(looking, "MOST", 4)
    parts: list[Any] = []
    while True:
        body = (await root.post(EXPOSURE, {"on": channel, "from": begin, "to": end})).json()
        if "errors" not in body:
            break
        [error] = body["errors"]
        assert error["extensions"]["code"] == "TOO_MUCH_CHANGED"
        until = error["extensions"]["until"]
        assert begin < until < end
        parts += (await root.ask(EXPOSURE, {"on": channel, "from": begin, "to": until}))["exposure"]
        begin = until
    assert parts
    parts += body["data"]["exposure"]
    assert {(each["name"], each["reason"]) for each in parts} == {(each["name"], each["reason"]) for each in whole}
    since = {name: min(each["from"] for each in parts if each["name"] == name) for name in ("Bo", "Eve")}
    assert since == {each["name"]: each["from"] for each in whole if each["name"] in since}


async def test_a_moment_that_is_still_to_come_is_refused_as_a_whole(served: Served) -> None:
    root = await administrator(served)
    asked = {"who": root.id, "what": "see", "on": root.id, "at": "99999999", "also": []}
    answer = (await root.post(COULD, asked)).json()
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["AHEAD"]
    assert "data" not in answer
    assert "path" not in answer["errors"][0]
