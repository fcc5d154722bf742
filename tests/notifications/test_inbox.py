"""People are told of what concerns them, each once, and of nothing that they may not see."""

import asyncio
from typing import Any

from infra.postgres.projections.swap import PostgresRebuildStore
from projections.engine.rebuild import Rebuild
from projections.engine.registry import models
from tests.live.clients import talking
from tests.notifications.inboxes import everything_told, inbox, items, reasons, told
from tests.support.serving import Client, Served

FOLLOW = """
subscription ($after: Position) {
    myInboxItems(after: $after) {
        __typename
        ... on InboxItemChange { position event inboxItem { unread notification { kind thing { ... on Message { text } } } } }
        ... on ResyncRequired { position explanation }
        ... on NotFound { kind explanation }
    }
}
"""
PAST = """
query ($when: AsOf!) { at(asOf: $when) { viewer { inbox { nodes { unread notification { kind } } } } } }
"""


async def channel(owner: Client, *members: Client, visibility: str = "PRIVATE") -> str:
    made = await owner.done("openChannel", "position channel { id }", name="Design", visibility=visibility)
    for member in members:
        await owner.done("addMember", channel=made["channel"]["id"], person=member.id)
    identifier: str = made["channel"]["id"]
    return identifier


async def say(who: Client, where: str, text: str, **more: Any) -> str:
    done = await who.done("postMessage", "position message { id }", channel=where, text=text, **more)
    identifier: str = done["message"]["id"]
    return identifier


async def test_each_is_told_for_the_reason_that_concerns_them_most(served: Served) -> None:
    ann, bo, chen = [await served.person(name) for name in ("安", "博", "Chen")]
    where = await channel(ann, bo, chen)
    await asyncio.gather(told(bo, 1), told(chen, 1))  # facts of different streams are told at the same time, in any order
    root = await say(ann, where, "谁来看看?", mentions=[bo.id, ann.id])
    await told(bo, 2)
    await say(chen, where, "我来", thread=root)
    await asyncio.gather(told(bo, 3), told(ann, 1))
    await say(bo, where, "我也来", thread=root, mentions=[chen.id])
    await say(bo, where, "nobody by name")
    direct = await ann.done("openDirectChannel", "position channel { id }", people=[ann.id, bo.id])
    await say(ann, direct["channel"]["id"], "悄悄话", mentions=[bo.id])
    await told(bo, 4)
    await say(ann, direct["channel"]["id"], "只有你")
    assert reasons(await told(bo, 5)) == [
        ("DIRECT", "只有你"),
        ("MENTION", "悄悄话"),
        ("REPLY", "我来"),
        ("MENTION", "谁来看看?"),
        ("ADDED", "Design"),
    ]
    assert reasons(await told(ann, 2)) == [("REPLY", "我也来"), ("REPLY", "我来")]
    assert reasons(await told(chen, 2)) == [("MENTION", "我也来"), ("ADDED", "Design")]
    found = await items(chen)
    assert found[0]["notification"]["by"] == {"name": "博"}


async def test_an_edit_tells_those_it_mentions_anew_and_nobody_twice(served: Served) -> None:
    ann, bo, chen = [await served.person(name) for name in ("Ann", "Bo", "Chen")]
    where = await channel(ann, bo, chen, visibility="PUBLIC")
    message = await say(ann, where, "hello", mentions=[bo.id])
    await told(bo, 2)
    await ann.done("editMessage", message=message, text="hello both", mentions=[bo.id, chen.id])
    assert reasons(await told(chen, 2)) == [("MENTION", "hello both"), ("ADDED", "Design")]
    assert reasons(await items(bo)) == [("MENTION", "hello both"), ("ADDED", "Design")]


async def test_taking_note_of_it_one_by_one_and_all_at_once(served: Served) -> None:
    ann, bo = await served.person("Ann"), await served.person("Bo")
    where = await channel(ann, bo)
    for number, text in enumerate(("one", "two", "three"), start=1):
        await told(bo, number)
        await say(ann, where, text, mentions=[bo.id])
    three, two, one, added = await told(bo, 4)
    assert (await inbox(bo))["inbox"] == {"unread": 4, "upto": "0"}
    await bo.done("readNotification", notification=two["notification"]["id"])
    done = await bo.done("dismissNotification", notification=one["notification"]["id"])
    found = await inbox(bo, done["position"])
    assert (found["inbox"]["unread"], found["viewer"]["unreadInbox"]["totalCount"]) == (2, 2)
    assert [item["unread"] for item in found["viewer"]["inbox"]["nodes"]] == [True, False, True]
    done = await bo.done("readInbox", upto=three["position"])
    assert (await inbox(bo, done["position"]))["inbox"] == {"unread": 0, "upto": three["position"]}
    done = await bo.done("markNotificationUnread", notification=added["notification"]["id"])
    assert (await inbox(bo, done["position"]))["inbox"]["unread"] == 1
    far = await bo.done("readInbox", upto=str(2**63 - 1))
    assert (await inbox(bo, far["position"]))["inbox"] == {"unread": 0, "upto": far["position"]}
    await say(ann, where, "four", mentions=[bo.id])
    await told(bo, 4)
    assert (await inbox(bo))["inbox"]["unread"] == 1


async def test_an_inbox_is_its_persons_own(served: Served) -> None:
    ann, bo, chen = [await served.person(name) for name in ("Ann", "Bo", "Chen")]
    where = await channel(ann, bo, chen)
    assert reasons([*await told(bo, 1), *await told(chen, 1)]) == [("ADDED", "Design")] * 2
    await say(ann, where, "for Bo and Chen", mentions=[bo.id, chen.id])
    (item, _), (shared, _) = await told(bo, 2), await told(chen, 2)
    assert (item["notification"], item["id"] == shared["id"]) == (shared["notification"], False)
    nodes = "a: node(id: $a) { id } b: node(id: $b) { id }"
    query = f"query ($a: ID!, $b: ID!, $p: ID!) {{ {nodes} person(id: $p) {{ inbox {{ totalCount }} }} }}"
    given = {"a": item["id"], "b": item["notification"]["id"], "p": bo.id}
    assert (await bo.ask(query, given))["person"]["inbox"]["totalCount"] == 2
    assert await ann.ask(query, given) == {"a": None, "b": None, "person": {"inbox": {"totalCount": 0}}}
    alike = {"a": None, "b": {"id": item["notification"]["id"]}, "person": {"inbox": {"totalCount": 0}}}
    assert await chen.ask(query, given) == alike
    for mutation in ("readNotification", "markNotificationUnread", "dismissNotification"):
        refused = await ann.do(mutation, "... on NotFound { kind }", notification=item["notification"]["id"])
        assert refused == {"__typename": "NotFound", "kind": "Notification"}


async def test_what_one_may_not_see_any_more_is_not_shown(served: Served) -> None:
    ann, bo = await served.person("Ann"), await served.person("Bo")
    where = await channel(ann, bo)
    await say(ann, where, "stays", mentions=[bo.id])
    gone = await say(ann, where, "taken back", mentions=[bo.id])
    await told(bo, 3)
    done = await ann.done("retractMessage", message=gone)
    assert reasons(await items(bo, done["position"])) == [("MENTION", "stays"), ("ADDED", "Design")]
    done = await ann.done("removeMember", channel=where, person=bo.id)
    found = await inbox(bo, done["position"])
    assert (found["inbox"]["unread"], found["viewer"]["inbox"]["nodes"]) == (0, [])
    outsider = await say(ann, where, "to an outsider", mentions=[bo.id])
    await everything_told(ann)
    assert reasons(await items(bo)) == []
    assert outsider


async def test_who_muted_a_channel_is_told_where_they_are_mentioned(served: Served) -> None:
    ann, bo = await served.person("Ann"), await served.person("Bo")
    direct = (await ann.done("openDirectChannel", "channel { id }", people=[ann.id, bo.id]))["channel"]["id"]
    await bo.done("muteChannel", channel=direct)
    await say(ann, direct, "unheard")
    await say(ann, direct, "but this", mentions=[bo.id])
    assert reasons(await told(bo, 1)) == [("MENTION", "but this")]
    await bo.done("unmuteChannel", channel=direct)
    await say(ann, direct, "heard")
    assert reasons(await told(bo, 2)) == [("DIRECT", "heard"), ("MENTION", "but this")]


async def test_groups_and_threads_are_told_as_they_are_at_that_moment(served: Served) -> None:
    ann, bo, chen = [await served.person(name) for name in ("Ann", "Bo", "Chen")]
    where = await channel(ann, bo, chen, visibility="PUBLIC")
    group = (await ann.done("createUserGroup", "userGroup: group { id }", name="on call"))["userGroup"]["id"]
    await ann.done("addToUserGroup", group=group, person=bo.id)
    root = await say(ann, where, "help", groups=[group])
    await say(bo, where, "coming", thread=root)
    assert reasons(await told(bo, 2)) == [("MENTION", "help"), ("ADDED", "Design")]
    await ann.done("unfollowThread", message=root)
    await chen.done("followThread", message=root)
    await say(bo, where, "done", thread=root)
    assert reasons(await told(chen, 2)) == [("REPLY", "done"), ("ADDED", "Design")]
    await everything_told(bo)
    assert reasons(await items(ann)) == [("REPLY", "coming")]


async def test_who_is_invited_is_told_until_they_answer(served: Served) -> None:
    ann, bo = await served.person("Ann"), await served.person("Bo")
    where = await channel(ann)
    await ann.done("inviteToChannel", channel=where, person=bo.id)
    [item] = await told(bo, 1)
    assert (item["notification"]["kind"], item["notification"]["thing"]["__typename"]) == ("INVITED", "ChannelInvitation")
    done = await bo.done("declineInvitation", channel=where)
    assert await items(bo, done["position"]) == []


async def test_it_is_followed_live_by_its_owner_alone(served: Served) -> None:
    ann, bo = await served.person("Ann"), await served.person("Bo")
    where = await channel(ann, bo)
    await told(bo, 1)
    head = await served.head()
    async with talking(bo) as own, talking(ann) as other:
        for line in (own, other):
            await line.follow("1", FOLLOW, {"after": head})
        await say(ann, where, "look", mentions=[bo.id])
        news = (await own.next("1"))["myInboxItems"]
        assert (news["__typename"], news["event"]) == ("InboxItemChange", "PEOPLE_NOTIFIED")
        item = {"unread": True, "notification": {"kind": "MENTION", "thing": {"text": "look"}}}
        assert news["inboxItem"] == item
        (first, _) = await told(bo, 2)
        await bo.done("readNotification", notification=first["notification"]["id"])
        assert (await own.next("1"))["myInboxItems"]["inboxItem"] == item | {"unread": False}
        await other.follow("2", "{ viewer { name } }")
        assert await other.next("2") == {"viewer": {"name": "Ann"}}


async def test_as_of_before_and_after_a_rebuild_it_is_the_same(served: Served) -> None:
    ann, bo = await served.person("Ann"), await served.person("Bo")
    where = await channel(ann, bo)
    await say(ann, where, "one", mentions=[bo.id])
    (first, _) = await told(bo, 2)
    before = await served.head()
    await bo.done("readNotification", notification=first["notification"]["id"])
    position = (await bo.done("readInbox", upto=await served.head()))["position"]
    now = await inbox(bo, position)
    past = await bo.ask(PAST, {"when": {"position": before}})
    assert [i["unread"] for i in past["at"]["viewer"]["inbox"]["nodes"]] == [True, True]
    organisation = served.organisation
    store = PostgresRebuildStore(organisation.dsn, organisation.schema)
    ours = [model for model in models().values() if model.context == "notifications" and model.view is None]
    try:
        rebuild = Rebuild(ours, organisation.log.reader, organisation.codec, organisation.keys, store)
        assert await rebuild.run(lambda done, total: None, compare=True) == []
    finally:
        await store.close()
    assert await inbox(bo, position) == now
    assert await bo.ask(PAST, {"when": {"position": before}}) == past
