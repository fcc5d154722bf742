"""The chart and the reporting lines as a client sees them: now, and as of any date."""

from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from domain.access.commands.administration import AppointAdministrator
from infra.telemetry.structured import StructuredTelemetry
from tests.support.serving import Client, Served

pytestmark = pytest.mark.anyio

CHART = """query ($position: Position!, $then: Position!) @waitFor(position: $position) {
    now: at(asOf: {position: $position}) { ...Chart } before: at(asOf: {position: $then}) { ...Chart }
}
fragment Chart on Past {
    topDepartments(first: 9) { nodes { name headCount level children(first: 9) { nodes { name size headCount closed level
        mergedInto { name } everybody(first: 9) { totalCount nodes { level person { name } } } } } } }
}"""
LINES = """query ($position: Position!, $then: Position!, $who: ID!, $boss: ID!) @waitFor(position: $position) {
    now: at(asOf: {position: $position}) { ...Lines } before: at(asOf: {position: $then}) { ...Lines }
}
fragment Lines on Past {
    person(id: $who) { reportsTo { name } managers(first: 9) { nodes { level manager { name } } }
        dottedLines(first: 9) { nodes { to { name } } } posts(first: 9) { nodes { post { name } } } }
    boss: person(id: $boss) { staffSize staff(first: 9) { nodes { level person { name } } } reports(first: 9) { nodes { name } } }
}"""

MERGED = """query ($id: ID!) {
    department(id: $id) { size closed mergedInto { name } parent { name } members(first: 9) { totalCount } }
}"""


async def administrator(served: Served) -> Client:
    root = await served.person("Root")
    await served.do(AppointAdministrator(person=root.person))
    return root


async def department(root: Client, name: str, parent: str | None = None) -> str:
    done = await root.done("openDepartment", "position department { id }", name=name, parent=parent)
    return str(done["department"]["id"])


async def settle(served: Served) -> int:
    """Lets the policies act on all that has happened; the position after that."""
    telemetry = StructuredTelemetry(CollectorRegistry())
    await served.organisation.policies(telemetry, served.service.queries.progress).advance(0)
    return await served.organisation.log.reader.head()


def names(found: Any, *path: str) -> list[Any]:
    return [node[path[0]]["name"] if path else node["name"] for node in found["nodes"]]


async def test_the_chart_as_of_a_date(served: Served) -> None:
    root = await administrator(served)
    people = {name: await served.person(name) for name in ("Ann", "Bo", "陈")}
    top = await department(root, "青岚 Qinglan")
    sales, service, south = [await department(root, name, top) for name in ("销售 Sales", "Service", "South")]
    for name, where in (("Ann", sales), ("Bo", service), ("Bo", top), ("陈", south)):
        await root.done("joinDepartment", department=where, person=people[name].id, primary=True)
    before = await settle(served)
    await root.done("mergeDepartment", department=service, into=sales)
    await root.done("renameDepartment", department=sales, name="Customers")
    await root.done("moveDepartment", department=south, parent=sales)
    found = await root.ask(CHART, {"position": str(await settle(served)), "then": str(before)})

    [was] = found["before"]["topDepartments"]["nodes"]
    assert (was["name"], was["level"], was["headCount"]) == ("青岚 Qinglan", 0, 3)
    assert [(each["name"], each["size"], each["closed"]) for each in was["children"]["nodes"]] == [
        ("Service", 1, False),
        ("South", 1, False),
        ("销售 Sales", 1, False),
    ]
    [now] = found["now"]["topDepartments"]["nodes"]
    [customers] = now["children"]["nodes"]
    assert (customers["name"], customers["size"], customers["headCount"], customers["level"]) == ("Customers", 2, 3, 1)
    assert customers["everybody"]["totalCount"] == 3
    assert {(node["level"], node["person"]["name"]) for node in customers["everybody"]["nodes"]} == {
        (0, "Ann"),
        (0, "Bo"),
        (1, "陈"),
    }

    merged = await root.ask(MERGED, {"id": service})
    customers_name = {"name": "Customers"}
    assert merged["department"] == {
        "size": 0, "closed": True, "mergedInto": customers_name, "parent": customers_name, "members": {"totalCount": 0},
    }  # fmt: skip


async def test_what_was_said_in_a_merged_departments_channel_is_read_by_both(served: Served) -> None:
    root = await administrator(served)
    ann, bo = await served.person("Ann"), await served.person("Bo")
    old, new = await department(root, "Old"), await department(root, "New")
    await root.done("joinDepartment", department=old, person=ann.id)
    await root.done("joinDepartment", department=new, person=bo.id)
    position = await settle(served)
    channels = "query ($position: Position!) @waitFor(position: $position) { channels(first: 9) { nodes { id name } } }"
    [channel] = (await ann.ask(channels, {"position": str(position)}))["channels"]["nodes"]
    await ann.done("postMessage", channel=channel["id"], text="合并之前 before the merge")
    await root.done("mergeDepartment", department=old, into=new)
    position = await settle(served)
    for reader in (ann, bo):
        assert names((await reader.ask(channels, {"position": str(position)}))["channels"]) == ["New", "Old"]
    said = "query ($id: ID!) { channel(id: $id) { messages(first: 9) { nodes { text } } } }"
    assert (await bo.ask(said, {"id": channel["id"]}))["channel"]["messages"]["nodes"] == [{"text": "合并之前 before the merge"}]


async def test_reporting_lines_as_of_a_date(served: Served) -> None:
    root = await administrator(served)
    ann, bo, chen, di = [await served.person(name) for name in ("Ann", "Bo", "陈", "Di")]
    for who, manager in ((ann, bo), (bo, chen), (chen, di)):
        await root.done("changeManager", person=who.id, manager=manager.id)
    post = (await root.done("openPost", "position post { id }", name="Buyer"))["post"]["id"]
    before = int((await root.done("assignPost", post=post, person=ann.id))["position"])
    await root.done("drawDottedLine", person=ann.id, to=di.id)
    await root.done("withdrawPost", post=post, person=ann.id)
    now = (await root.done("offboardPerson", person=bo.id, successor=chen.id))["position"]
    found = await root.ask(LINES, {"position": now, "then": str(before), "who": ann.id, "boss": di.id})

    was, boss = found["before"]["person"], found["before"]["boss"]
    assert was["reportsTo"] == {"name": "Bo"}
    assert [(node["level"], node["manager"]["name"]) for node in was["managers"]["nodes"]] == [(1, "Bo"), (2, "陈"), (3, "Di")]
    assert (names(was["dottedLines"], "to"), names(was["posts"], "post")) == ([], ["Buyer"])
    assert (boss["staffSize"], names(boss["staff"], "person"), names(boss["reports"])) == (3, ["陈", "Bo", "Ann"], ["陈"])

    is_, boss = found["now"]["person"], found["now"]["boss"]
    assert is_["reportsTo"] == {"name": "Bo"}
    assert [(node["level"], node["manager"]["name"]) for node in is_["managers"]["nodes"]] == [(1, "陈"), (2, "Di")]
    assert (names(is_["dottedLines"], "to"), names(is_["posts"], "post")) == (["Di"], [])
    assert (boss["staffSize"], names(boss["staff"], "person")) == (2, ["陈", "Ann"])


async def test_who_takes_over_from_their_own_manager_reports_to_the_next_one(served: Served) -> None:
    root = await administrator(served)
    ann, bo, chen = [await served.person(name) for name in ("Ann", "Bo", "陈")]
    for who, manager in ((ann, bo), (bo, chen)):
        await root.done("changeManager", person=who.id, manager=manager.id)
    now = (await root.done("offboardPerson", person=bo.id, successor=ann.id))["position"]
    found = await root.ask(LINES, {"position": now, "then": now, "who": ann.id, "boss": chen.id})
    assert [(node["level"], node["manager"]["name"]) for node in found["now"]["person"]["managers"]["nodes"]] == [(1, "陈")]
