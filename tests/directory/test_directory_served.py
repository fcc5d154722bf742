"""The directory and the rights through the API, as administrators use them: each act, and each refusal by its name."""

from datetime import timedelta
from hashlib import sha256
from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest

from domain.access.commands.administration import AppointAdministrator
from domain.directory.department import LEVELS
from domain.directory.reporting import LEVELS as MANAGERS
from infra.system import utc_now
from interfaces.graphql.ids import global_id
from tests.messaging.test_refusals_served import refused
from tests.support.serving import Client, Served

pytestmark = pytest.mark.anyio
PEOPLE = """query ($p: Position) @waitFor(position: $p) { people { nodes { name standing kind title reportsTo { name } } } }"""
WAS = """query ($p: Position!) { at(asOf: { position: $p }) { people { nodes { name standing kind reportsTo { name } } } } }"""


def new(kind: str) -> str:
    return global_id(kind, uuid4())


async def come(served: Served, *names: str) -> list[Client]:
    root, *others = [await served.person(name) for name in ("Root", *names)]
    await served.do(AppointAdministrator(person=root.person))
    return [root, *others]


async def opened(root: Client, name: str, parent: str | None = None) -> str:
    department = new("Department")
    await root.done("openDepartment", department=department, name=name, parent=parent)
    return department


async def standing(who: Client, query: str, position: str) -> dict[str, Any]:
    found = await who.ask(query, {"p": position})
    people = (found.get("at") or found)["people"]["nodes"]
    return {each["name"]: each for each in people}


async def test_people_come_change_and_go(served: Served) -> None:
    root, ann, bo = await come(served, "Ann", "Bo")
    person = new("Person")
    await root.done("addPerson", person=person, name="陈晨", email="chen@example.com", title="Buyer")
    await root.done("changeProfile", person=person, email="chen@example.com", title="Head buyer")
    await root.done("changeKind", person=person, kind="CONTRACTOR")
    await root.done("suspendPerson", person=ann.id)
    before = await served.head()
    assert (await ann.post("{ viewer { name } }")).json()["errors"][0]["extensions"]["code"] == "NOT_ACTIVE"
    await root.done("reinstatePerson", person=ann.id)
    await root.done("removePerson", person=person)
    soon = (utc_now() + timedelta(days=1)).isoformat()
    await refused(
        ("NotPermitted", (ann, "suspendPerson", {"person": bo.id})),
        ("CannotTakeOver", (root, "offboardPerson", {"person": bo.id, "successor": bo.id, "undoUntil": soon})),
        ("HasLeft", (root, "offboardPerson", {"person": person, "successor": bo.id})),
        ("CannotBeUndone", (root, "undoOffboarding", {"person": person})),
    )
    await root.done("offboardPerson", person=bo.id, successor=ann.id, undoUntil=soon)
    await root.done("undoOffboarding", person=bo.id)
    supplier = new("Person")
    await root.done("addPerson", person=supplier, name="Hook", kind="BOT")
    await refused(("WorksElsewhere", (root, "changeKind", {"person": supplier, "kind": "EMPLOYEE"})))
    now, then = await standing(ann, PEOPLE, await served.head()), await standing(ann, WAS, before)
    assert (now["Ann"]["standing"], now["陈晨"]["standing"], now["陈晨"]["title"]) == ("ACTIVE", "LEFT", "Head buyer")
    assert (then["Ann"]["standing"], then["陈晨"]["kind"]) == ("SUSPENDED", "CONTRACTOR")


async def test_departments_and_reporting_lines(served: Served) -> None:
    root, ann, bo, chen = await come(served, "Ann", "Bo", "Chen")
    sales = await opened(root, "Sales")
    north = await opened(root, "North", sales)
    for who in (ann, bo):
        await root.done("joinDepartment", department=sales, person=who.id)
    await root.done("appointLeader", department=sales, person=ann.id)
    await root.done("dismissLeader", department=sales, person=ann.id)
    await root.done("leaveDepartment", department=sales, person=bo.id)
    line = north
    for n in range(LEVELS - 1):
        line = await opened(root, f"{n}", line)
    await refused(
        ("NotInDepartment", (root, "appointLeader", {"department": sales, "person": chen.id})),
        ("WouldBeCircular", (root, "moveDepartment", {"department": sales, "parent": north})),
        ("TooDeep", (root, "openDepartment", {"name": "too deep", "parent": line})),
        ("NotPermitted", (ann, "closeDepartment", {"department": north})),
    )
    await root.done("mergeDepartment", department=north, into=sales)
    await root.done("followMerge", department=north, person=ann.id)
    empty = await opened(root, "Empty")
    await root.done("closeDepartment", department=empty)
    await refused(("DepartmentIsClosed", (root, "joinDepartment", {"department": empty, "person": bo.id})))
    await root.done("changeManager", person=bo.id, manager=ann.id)
    await root.done("drawDottedLine", person=bo.id, to=chen.id)
    await root.done("eraseDottedLine", person=bo.id, to=chen.id)
    await refused(("WouldReportToThemselves", (root, "changeManager", {"person": ann.id, "manager": bo.id})))
    before = await served.head()
    managers = [ann.id]
    for n in range(MANAGERS + 1):
        managers.append(new("Person"))
        await root.done("addPerson", person=managers[-1], name=f"manager {n}")
    for person, manager in reversed([*pairwise(managers[1:])]):
        await root.done("changeManager", person=person, manager=manager)
    await refused(("TooManyManagers", (root, "changeManager", {"person": ann.id, "manager": managers[1]})))
    await root.done("changeManager", person=ann.id, manager=managers[2])
    found, then = await standing(bo, PEOPLE, await served.head()), await standing(bo, WAS, before)
    assert (found["Bo"]["reportsTo"], found["Ann"]["reportsTo"]) == ({"name": "Ann"}, {"name": "manager 1"})
    assert then["Ann"]["reportsTo"] is None


async def test_roles_posts_and_administrators(served: Served) -> None:
    root, ann, bo = await come(served, "Ann", "Bo")
    sales = await opened(root, "Sales")
    role, post, retired = new("Role"), new("Post"), new("Role")
    for each in (role, retired):
        await root.done("defineRole", role=each, name=f"Reader {each[-6:]}", actions=["messaging.channel.read"])
    await root.done("redefineRole", role=role, name="Readers", actions=["messaging.channel.read"])
    await root.done("retireRole", role=retired)
    await root.done("openPost", post=post, name="Buyer", department=sales)
    await root.done("renamePost", post=post, name="Head buyer")
    await root.done("closePost", post=post)
    await root.done("appointAdministrator", person=ann.id, department=sales)
    await root.done("dismissAdministrator", person=ann.id, department=sales)
    past, give = "2020-01-01T00:00:00Z", {"person": ann.id, "reason": "she reads"}
    channel = (await root.done("openChannel", "channel { id }", name="Orders", visibility="PRIVATE"))["channel"]["id"]
    code = sha256(b"a code of more than 128 bits").hexdigest()
    await refused(
        ("NotPermitted", (bo, "defineRole", {"name": "Mine", "actions": ["messaging.channel.read"]})),
        ("UnknownAction", (root, "defineRole", {"name": "Wrong", "actions": ["no.such.action"]})),
        ("RoleIsRetired", (root, "grantPermission", give | {"role": retired})),
        ("AlreadyOver", (root, "grantPermission", give | {"action": "messaging.channel.read", "until": past})),
        ("PostIsClosed", (root, "assignPost", {"post": post, "person": bo.id})),
        ("AnotherMustDismiss", (root, "dismissAdministrator", {"person": root.id})),
        ("UnknownModule", (root, "switchModule", {"module": "weather", "switch": "ON"})),
        ("NotPermitted", (bo, "issueInvitation", {"resource": channel, "digest": code, "reason": "x"})),
        ("NoGuest", (root, "offerSignIn", {"person": ann.id, "digest": code})),
    )
    await root.done("issueInvitation", resource=channel, digest=code, reason="they deliver")


async def test_cases_that_are_not_opened(served: Served) -> None:
    root, ann, di = await come(served, "Ann", "Di")
    later = (utc_now() + timedelta(days=2)).isoformat()
    case = {"purpose": "complaint", "auditors": [di.id], "endsAt": later}
    await refused(
        ("ScopeIsEmpty", (root, "openCase", case)),
        ("EndsTooLate", (root, "openCase", case | {"people": [ann.id], "endsAt": "2099-01-01T00:00:00Z"})),
        ("Concerned", (root, "openCase", case | {"people": [di.id]})),
        ("NotPermitted", (ann, "openCase", case | {"people": [di.id]})),
    )
