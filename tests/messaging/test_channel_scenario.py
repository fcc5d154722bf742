"""Channels through the API: settings, invitations, muting, and what newcomers see, with several clients."""

from typing import Any

from domain.directory.commands.department import OpenDepartment
from domain.directory.commands.membership import JoinDepartment
from domain.directory.ids import DepartmentId
from domain.messaging.commands.channel import ChangeHistoryVisibility, OpenDepartmentChannel
from domain.messaging.ids import ChannelId
from domain.messaging.membership import Membership
from domain.messaging.message import Message
from interfaces.graphql.ids import global_id, read_id
from tests.live.clients import talking
from tests.messaging.scenes import level, opened, said, same_after_rebuild
from tests.story import an_id
from tests.support.serving import Client, Served

TEXTS = """query ($channel: ID!, $at: Position) @waitFor(position: $at) {
  channel(id: $channel) { messages(orderBy: SENT_AT_ASC) { totalCount nodes { text } } }
  messages(orderBy: SENT_AT_ASC) { nodes { text } }
}"""
THEN = """query ($channel: ID!, $when: AsOf!) {
  at(asOf: $when) { channel(id: $channel) { messages(orderBy: SENT_AT_ASC) { nodes { text } } } }
}"""
MESSAGE = "query ($id: ID!) { message(id: $id) { text } }"
REFUSED = "... on Refused { explanation }"
FOLLOW = """subscription ($channel: ID!, $after: Position) {
  messages(channel: $channel, after: $after) { ... on MessageChange { event message { text } } }
}"""


async def texts(who: Client, channel: str) -> list[str]:
    answer = await who.ask(TEXTS, {"channel": channel, "at": await who.served.head()})
    found = [node["text"] for node in answer["channel"]["messages"]["nodes"]]
    assert answer["channel"]["messages"]["totalCount"] == len(found)
    assert [node["text"] for node in answer["messages"]["nodes"]] == found
    return found


async def then(who: Client, channel: str, position: int) -> list[Any]:
    answer = await who.ask(THEN, {"channel": channel, "when": {"position": str(position)}})
    return [node["text"] for node in answer["at"]["channel"]["messages"]["nodes"]]


async def settle(owner: Client, channel: str, history: str) -> None:
    await owner.done("changeHistoryVisibility", channel=channel, history=history)


async def test_announcements_are_made_by_owners_and_heard_by_all(shared: Served) -> None:
    ann, bo = await shared.person("Ann"), await shared.person("Bo")
    channel = await opened(ann, bo)
    selection = "channel { posting inviting pinning calling description }"
    done = await ann.done("changeChannelSettings", selection, channel=channel, posting="OWNERS", pinning="OWNERS")
    assert done["channel"] == {
        "posting": "OWNERS",
        "inviting": "MEMBERS",
        "pinning": "OWNERS",
        "calling": "MEMBERS",
        "description": None,
    }
    assert (await bo.do("postMessage", REFUSED, channel=channel, text="me too"))["__typename"] == "OwnersOnly"
    news = await said(ann, channel, "明天放假")
    assert (await bo.do("pinMessage", REFUSED, message=news))["__typename"] == "OwnersOnly"
    assert await texts(bo, channel) == ["明天放假"]
    assert (await bo.do("changeChannelSettings", REFUSED, channel=channel, posting="MEMBERS"))["__typename"] == "NotPermitted"
    described = await ann.done("describeChannel", "channel { description }", channel=channel, description="News\nonly")
    assert described["channel"] == {"description": "News\nonly"}


async def test_the_last_owner_stays_until_somebody_else_keeps_the_channel(shared: Served) -> None:
    ann, bo = await shared.person("Ann"), await shared.person("Bo")
    channel = await opened(ann, bo)
    assert (await ann.do("leaveChannel", REFUSED, channel=channel))["__typename"] == "LastOwner"
    await ann.done("changeRole", channel=channel, person=bo.id, role="OWNER")
    await ann.done("leaveChannel", channel=channel)
    assert (await bo.do("changeRole", REFUSED, channel=channel, person=bo.id, role="MEMBER"))["__typename"] == "LastOwner"


INVITATIONS = """query ($at: Position) @waitFor(position: $at) {
  invitations { nodes { channelName status invitedBy { name } channel { id } } }
}"""


async def test_who_is_invited_sees_the_invitation_and_nothing_else_until_they_accept(shared: Served) -> None:
    ann, bo, eve = await shared.person("Ann"), await shared.person("Bo"), await shared.person("Eve")
    channel = await opened(ann, name="Plans")
    await said(ann, channel, "秘密")
    asked = await ann.done("inviteToChannel", channel=channel, person=bo.id)
    at = {"at": asked["position"]}
    seen = {"channelName": "Plans", "status": "OPEN", "invitedBy": {"name": "Ann"}, "channel": None}
    assert (await bo.ask(INVITATIONS, at))["invitations"]["nodes"] == [seen]
    assert (await eve.ask(INVITATIONS, at))["invitations"]["nodes"] == []
    assert (await bo.ask(TEXTS, {"channel": channel}))["channel"] is None
    assert (await eve.do("acceptInvitation", REFUSED, channel=channel))["__typename"] == "NotFound"
    accepted = await bo.done("acceptInvitation", channel=channel)
    assert await texts(bo, channel) == ["秘密"]
    assert (await bo.ask(INVITATIONS, {"at": accepted["position"]}))["invitations"]["nodes"] == []
    await ann.done("inviteToChannel", channel=channel, person=eve.id)
    await eve.done("declineInvitation", channel=channel)
    query = "query ($id: ID!) { channel(id: $id) { invitations { nodes { status person { name } } } } }"
    await level(shared)
    invitations = (await ann.ask(query, {"id": channel}))["channel"]["invitations"]["nodes"]
    assert [(each["person"]["name"], each["status"]) for each in invitations] == [("Eve", "DECLINED"), ("Bo", "ACCEPTED")]


async def test_newcomers_see_what_was_settled_when_it_was_said(shared: Served) -> None:
    ann, bo, chen = [await shared.person(name) for name in ("Ann", "Bo", "Chen")]
    hidden = {}
    channel = await opened(ann)
    await said(ann, channel, "open to all")
    await settle(ann, channel, "JOINED")
    hidden[await said(ann, channel, "for those here")] = "for those here"
    await settle(ann, channel, "INVITED")
    await said(ann, channel, "before the invitation")
    await ann.done("inviteToChannel", channel=channel, person=bo.id)
    await said(ann, channel, "since the invitation")
    await settle(ann, channel, "JOINED")
    hidden[await said(ann, channel, "before they came")] = "before they came"
    before = await level(shared)
    await bo.done("acceptInvitation", channel=channel)
    await ann.done("addMember", channel=channel, person=chen.id)
    await said(ann, channel, "welcome")
    assert await texts(bo, channel) == ["open to all", "since the invitation", "welcome"]
    assert await texts(chen, channel) == ["open to all", "welcome"]
    assert len(await texts(ann, channel)) == 6
    await settle(ann, channel, "ALL")
    assert await texts(chen, channel) == ["open to all", "welcome"]
    # What can't be seen isn't found by its id, nor by asking for yesterday.
    for message, text in hidden.items():
        assert (await chen.ask(MESSAGE, {"id": message}))["message"] is None
        assert (await ann.ask(MESSAGE, {"id": message}))["message"] == {"text": text}
    await out_of_reach(shared, chen, channel, next(iter(hidden)))
    assert await then(chen, channel, await level(shared)) == ["open to all", "welcome"]
    assert (await chen.ask(THEN, {"channel": channel, "when": {"position": str(before)}}))["at"]["channel"] is None


async def out_of_reach(shared: Served, who: Client, channel: str, message: str) -> None:
    """Nothing can be done about it: as states are at hand, and as they are read from the log."""
    refused = "... on SaidBeforeYouCame { explanation }"
    states = shared.organisation.platform.states
    about, place = (read_id(text) for text in (message, channel))
    assert about is not None
    assert place is not None
    for _ in range(2):
        wishes = {"addReaction": {"message": message, "emoji": "👍"}, "markRead": {"message": message}}
        wishes |= {"postMessage": {"channel": channel, "text": "what?", "thread": message}}
        for mutation, given in wishes.items():
            answer = await who.do(mutation, refused, **given)
            assert answer["__typename"] == "SaidBeforeYouCame", answer
        states.forget([Message.at(about.key).stream, Membership.at(place.key, who.person).stream])


async def test_a_subscription_tells_newcomers_no_more(shared: Served) -> None:
    ann, bo = await shared.person("Ann"), await shared.person("Bo")
    channel = await opened(ann)
    await settle(ann, channel, "JOINED")
    old = await said(ann, channel, "before")
    after = await shared.head()
    await ann.done("addMember", channel=channel, person=bo.id)
    async with talking(bo) as line:
        await line.follow("1", FOLLOW, {"channel": channel, "after": after})
        await ann.done("editMessage", message=old, text="before, in other words")
        await said(ann, channel, "hello Bo")
        assert (await line.next("1"))["messages"] == {"event": "MESSAGE_POSTED", "message": {"text": "hello Bo"}}


async def test_in_a_departments_channel_newcomers_are_those_of_the_department(shared: Served) -> None:
    ann, bo = await shared.person("Ann"), await shared.person("Bo")
    department, channel = DepartmentId(an_id("scenario")), ChannelId(an_id("scenario"))
    await shared.do(OpenDepartment(department=department, name="Sales"))
    await shared.do(OpenDepartmentChannel(channel=channel, department=department, name="Sales"))
    await shared.do(ChangeHistoryVisibility(channel=channel, history="joined"))
    await shared.do(JoinDepartment(department=department, person=ann.person))
    where = global_id("Channel", channel)
    await said(ann, where, "before Bo")
    await shared.do(JoinDepartment(department=department, person=bo.person))
    await said(ann, where, "你好 Bo")
    assert await texts(bo, where) == ["你好 Bo"]
    assert await texts(ann, where) == ["before Bo", "你好 Bo"]


MUTED = """query ($channel: ID!, $at: Position) @waitFor(position: $at) {
  channel(id: $channel) { muted } mutedChannels { nodes { until channel { id } } }
}"""


async def test_muting_is_ones_own(shared: Served) -> None:
    ann, bo = await shared.person("Ann"), await shared.person("Bo")
    channel = await opened(ann, bo)
    done = await bo.done("muteChannel", channel=channel, until="2030-01-01T00:00:00Z")
    at = {"channel": channel, "at": done["position"]}
    seen = await bo.ask(MUTED, at)
    assert (seen["channel"], seen["mutedChannels"]["nodes"]) == (
        {"muted": True},
        [{"until": "2030-01-01T00:00:00+00:00", "channel": {"id": channel}}],
    )
    seen = await ann.ask(MUTED, at)
    assert (seen["channel"], seen["mutedChannels"]["nodes"]) == ({"muted": False}, [])
    done = await bo.done("unmuteChannel", channel=channel)
    assert not (await bo.ask(MUTED, {"channel": channel, "at": done["position"]}))["channel"]["muted"]


async def test_a_rebuild_gives_the_same_rows(shared: Served) -> None:
    await same_after_rebuild(shared)


async def test_one_finds_what_one_could_join_and_sees_where_one_takes_part(shared: Served) -> None:
    ann, bo = await shared.person("Ann"), await shared.person("Bo")
    lists = "{ joinableChannels(first: 100) { nodes { id } } channels(first: 100) { nodes { id joined } } }"
    public, private = await opened(ann, visibility="PUBLIC", name="Open"), await opened(ann, bo, name="Closed")
    old = await opened(ann, visibility="PUBLIC", name="Old")
    await ann.done("archiveChannel", channel=old)
    direct = (await ann.done("openDirectChannel", "channel { id }", people=[ann.id, bo.id]))["channel"]["id"]

    async def seen(who: Client) -> tuple[set[str], dict[str, bool]]:
        await level(shared)
        found = await who.ask(lists)
        mine = {public, private, old, direct}
        joinable = {each["id"] for each in found["joinableChannels"]["nodes"]} & mine
        return joinable, {each["id"]: each["joined"] for each in found["channels"]["nodes"] if each["id"] in mine}

    assert await seen(bo) == ({public}, {public: False, private: True, old: False, direct: True})
    await bo.done("joinChannel", channel=public)
    assert await seen(bo) == (set(), {public: True, private: True, old: False, direct: True})
    assert (await seen(ann))[0] == set()
    await bo.done("leaveChannel", channel=public)
    assert (await seen(bo))[0] == {public}
