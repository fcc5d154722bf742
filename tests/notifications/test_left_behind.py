"""Who administers what a merge left behind is told of it: once, while there is something to do about it, and nobody else."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from application.deliveries.wording import letter
from domain.access.commands.administration import AppointAdministrator
from domain.kernel.events import Recorded
from domain.notifications.events.notification import PeopleNotified
from domain.notifications.ids import NotificationId
from interfaces.bootstrap.deliveries import ReadInboxes
from tests.support.rebuilding import differences
from tests.support.serving import Client, Served

READ = "messaging.channel.read"
SEEN = """
    viewer { inbox { nodes { unread notification { kind by { name } thing { __typename ... on Department {
        id name mergedInto { name } grants { nodes { reason } } grantsWithin { nodes { reason } }
    } } } } } }
    grantsLeftBehind(orderBy: SINCE_ASC) { nodes { id reason department { id } within { id } } }
"""
NOW = f"query ($after: Position) @waitFor(position: $after) {{ {SEEN} }}"
PAST = f"query ($when: AsOf!) {{ at(asOf: $when) {{ {SEEN} }} }}"


async def primary(served: Served) -> Client:
    client = await served.person("Root")
    await served.do(AppointAdministrator(person=client.person))
    return client


async def department(root: Client, name: str, **more: Any) -> str:
    identifier: str = (await root.done("openDepartment", "department { id }", name=name, **more))["department"]["id"]
    return identifier


async def administrator(root: Client, name: str, of: str) -> Client:
    client = await root.served.person(name)
    await root.done("appointAdministrator", person=client.id, department=of)
    return client


async def grant(root: Client, reason: str, **terms: Any) -> str:
    done = await root.done("grantPermission", "grant { id }", action=READ, reason=reason, **terms)
    identifier: str = done["grant"]["id"]
    return identifier


async def merge(root: Client, one: str, into: str) -> str:
    """The position at which nobody is told yet; the policies have acted when this is answered."""
    merged = await root.done("mergeDepartment", "position", department=one, into=into)
    await root.served.acted()
    position: str = merged["position"]
    return position


async def notified(served: Served) -> list[Recorded[Any]]:
    """Who was told of anything, from the log."""
    codec, rows = served.organisation.codec, await served.organisation.log.reader.read(0, 1000)
    return [codec.finish(codec.parse(row), {}) for row in rows if row.type == PeopleNotified.wire]


async def seen(who: Client) -> tuple[list[Any], list[Any]]:
    """Their inbox, and what they see of the grants that were left behind."""
    found = await who.ask(NOW, {"after": await who.served.head()})
    return [each["notification"] for each in found["viewer"]["inbox"]["nodes"]], found["grantsLeftBehind"]["nodes"]


async def test_administrators_are_told_and_are_led_to_what_was_left_behind(served: Served) -> None:
    root, di = await primary(served), await served.person("Di")
    sales, other = await department(root, "Sales 销售部"), await department(root, "Other")
    east = await department(root, "East 东区", parent=other)
    await root.done("joinDepartment", department=east, person=di.id)
    bo, cai, eve = [await administrator(root, name, of) for name, of in (("Bo", sales), ("Cai", other), ("Eve", east))]
    to_east = await grant(root, "to", department=east)
    within_east = await grant(root, "within", person=di.id, within=east)
    await grant(root, "else", person=di.id, within=other)
    merged = await merge(root, east, sales)

    (item,), left = await seen(root)
    assert item == {
        "kind": "LEFT_BEHIND",
        "by": {"name": "Root"},
        "thing": {
            "__typename": "Department",
            "id": east,
            "name": "East 东区",
            "mergedInto": {"name": "Sales 销售部"},
            "grants": {"nodes": [{"reason": "to"}]},
            "grantsWithin": {"nodes": [{"reason": "within"}]},
        },
    }
    assert [each["id"] for each in left] == [to_east, within_east]
    assert all(item["thing"]["id"] in ((each["department"] or {}).get("id"), (each["within"] or {}).get("id")) for each in left)
    for administers_it in (bo, eve):
        (item,), left = await seen(administers_it)
        assert (item["kind"], item["thing"]["id"], [each["id"] for each in left]) == ("LEFT_BEHIND", east, [within_east])
    for nobody in (di, cai):
        assert (await seen(nobody))[0] == []
    [said] = await notified(served)
    assert set(said.event.people) == {root.person, bo.person, eve.person}
    reads = served.service.reads
    [entry] = await ReadInboxes(reads.tables, reads.queries).unread(root.person, [NotificationId(said.thing)])
    assert (entry.thing, entry.place, entry.by_name) == (east, "East 东区", "Root")
    written = letter(said.id, "root@example.com", "zh", [entry], content=False, opens_at="https://onrecord.example")
    assert written.subject == "Root把“East 东区”并入了另一个部门,原有的授权没有随之转移"
    assert [link.url for link in written.links] == [f"https://onrecord.example/go/{east}"]

    told = {"position": await served.head()}
    assert (await root.ask(PAST, {"when": {"position": merged}}))["at"]["viewer"]["inbox"]["nodes"] == []
    before = await root.ask(PAST, {"when": told})
    assert len(before["at"]["viewer"]["inbox"]["nodes"]) == 1
    assert await differences(served, "Notification", "InboxItem", "Grant") == []
    assert (await seen(root))[0][0]["thing"]["id"] == east
    assert await root.ask(PAST, {"when": told}) == before


async def test_it_is_no_news_to_who_can_do_nothing_about_it_any_more(served: Served) -> None:
    root, di = await primary(served), await served.person("Di")
    sales, east = await department(root, "Sales"), await department(root, "East")
    bo, eve = await administrator(root, "Bo", sales), await administrator(root, "Eve", east)
    first, last = [await grant(root, reason, person=di.id, within=east) for reason in ("one", "two")]
    await merge(root, east, sales)
    assert [len((await seen(each))[0]) for each in (root, bo, eve)] == [1, 1, 1]

    await root.done("dismissAdministrator", person=eve.id, department=east)
    assert await seen(eve) == ([], [])
    await bo.done("revokeGrant", grant=first)
    assert len((await seen(bo))[0]) == 1
    await bo.done("revokeGrant", grant=last)
    assert [await seen(each) for each in (root, bo)] == [([], [])] * 2
    await root.served.acted()
    assert (await seen(root))[0] == []


async def test_a_merge_that_leaves_nothing_behind_tells_nobody(served: Served) -> None:
    root, di = await primary(served), await served.person("Di")
    sales, east, west = [await department(root, name) for name in ("Sales", "East", "West")]
    below = await department(root, "Below West", parent=west)
    await administrator(root, "Bo", sales)
    for each in (sales, below):
        await grant(root, "still reaches whom it is for", department=each)
    await root.done("revokeGrant", grant=await grant(root, "over", department=west))
    last = datetime.now(UTC) + timedelta(seconds=2)
    short = await grant(root, "over by then", person=di.id, within=east, until=last.isoformat())
    active = "query ($id: ID!) { grant(id: $id) { active } }"
    async with asyncio.timeout(20):
        while (await root.ask(active, {"id": short}))["grant"]["active"]:
            pass
    for each in (east, west):
        await merge(root, each, sales)
    assert await seen(root) == ([], [])
    assert await notified(served) == []
