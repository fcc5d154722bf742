"""A list of channels stays right: whatever changes it is told to those whom it concerns, and to nobody else."""

from contextlib import suppress
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from domain.directory.commands.person import SuspendPerson
from tests.live.clients import Conversation, talking
from tests.live.test_following import channel, say
from tests.support.serving import Client, Served

CHANNELS = """subscription ($after: Position) { channels(after: $after) {
    __typename ... on ChannelChange { position event id channel { id name archived } } } }"""
OWN = """subscription ($after: Position) { myChannelMemberships(after: $after) {
    __typename ... on ChannelMembershipChange { position event id channelMembership { role channel { id name } } } } }"""
MEMBERS = """subscription ($channel: ID!, $after: Position) { channelMemberships(channel: $channel, after: $after) {
    __typename ... on ChannelMembershipChange { event id channelMembership { person { name } } } ... on NotFound { kind } } }"""


async def told(line: Conversation, key: str) -> Any:
    [change] = (await line.next(key)).values()
    return change


async def reading(client: Client, line: Conversation, key: str, query: str, **variables: Any) -> None:
    """Follows from what the list, read first, has come to."""
    found = await client.ask("{ position channels { nodes { id name } } }")
    await line.follow(key, query, {"after": found["position"], **variables})


async def test_what_happens_to_channels_is_told_to_who_may_see_them(served: Served) -> None:
    ann, eve = await served.person("Ann"), await served.person("Eve")
    hidden = await channel(ann)
    async with talking(ann) as line, talking(eve) as other:
        await reading(ann, line, "1", CHANNELS)
        await reading(eve, other, "1", CHANNELS)
        await ann.done("renameChannel", channel=hidden, name="Plans")
        change = await told(line, "1")
        assert (change["event"], change["id"], change["channel"]["name"]) == ("CHANNEL_RENAMED", hidden, "Plans")
        opened = await ann.done("openChannel", "position channel { id }", name="全体 All", visibility="PUBLIC")
        for each in (line, other):
            change = await told(each, "1")
            assert (change["event"], change["channel"]["id"]) == ("CHANNEL_OPENED", opened["channel"]["id"])
        await say(ann, opened["channel"]["id"], "a message is no change of a channel")
        await ann.done("archiveChannel", channel=opened["channel"]["id"])
        for each in (line, other):
            assert (await told(each, "1"))["channel"]["archived"] is True


async def test_one_is_told_of_coming_and_going(served: Served) -> None:
    ann, bo = await served.person("Ann"), await served.person("Bo")
    where = await channel(ann)
    async with talking(bo) as line:
        await reading(bo, line, "1", OWN)
        await ann.done("addMember", channel=where, person=bo.id)
        added = await told(line, "1")
        assert (added["event"], added["channelMembership"]["channel"]) == ("MEMBER_ADDED", {"id": where, "name": "Design"})
        await ann.done("removeMember", channel=where, person=bo.id)
        removed = await told(line, "1")
        assert (removed["event"], removed["id"], removed["channelMembership"]) == ("MEMBER_REMOVED", added["id"], None)
        await line.say(type="complete", id="1")
        await line.follow("2", OWN, {"after": str(int(added["position"]) - 1)})
        again = await told(line, "2")
        assert (again["id"], again["channelMembership"]) == (added["id"], None), "it shows how it is now"
        assert (await told(line, "2"))["event"] == "MEMBER_REMOVED"


async def test_members_are_told_of_members(served: Served) -> None:
    ann, bo, eve = [await served.person(name) for name in ("Ann", "Bo", "Eve")]
    where = await channel(ann)
    async with talking(ann) as line, talking(eve) as other:
        await reading(ann, line, "1", MEMBERS, channel=where)
        await other.follow("1", MEMBERS, {"channel": where})
        assert (await told(other, "1"))["kind"] == "Channel"
        await ann.done("addMember", channel=where, person=bo.id)
        added = await told(line, "1")
        assert (added["event"], added["channelMembership"]) == ("MEMBER_ADDED", {"person": {"name": "Bo"}})
        await bo.done("leaveChannel", channel=where)
        gone = await told(line, "1")
        assert (gone["event"], gone["id"], gone["channelMembership"]) == ("MEMBER_LEFT", added["id"], None)


@pytest.mark.parametrize("query", [CHANNELS, OWN], ids=["channels", "own"])
async def test_who_is_suspended_is_told_no_more(served: Served, query: str) -> None:
    bo = await served.person("Bo")
    async with talking(bo) as line:
        await reading(bo, line, "1", query)
        await served.attached(1)
        await served.do(SuspendPerson(person=bo.person))
        # At once, not with the next change: the subscription, then the connection.
        with suppress(ConnectionClosed):
            assert await line.hear() == {"type": "complete", "id": "1"}
        assert (await line.closed())[0] == 4401


async def test_who_is_removed_is_told_so_though_nothing_more_is_said(served: Served) -> None:
    ann, bo = await served.person("Ann"), await served.person("Bo")
    where = await channel(ann, bo)
    follow = "subscription ($channel: ID!) { messages(channel: $channel) { __typename } }"
    async with talking(bo) as line, talking(ann) as other:
        await line.follow("1", follow, {"channel": where})
        await other.follow("1", follow, {"channel": where})
        await served.attached(2)
        await ann.done("removeMember", channel=where, person=bo.id)
        assert await line.hear() == {"type": "complete", "id": "1"}
        await say(ann, where, "among ourselves")
        assert (await told(other, "1"))["__typename"] == "MessageChange"


async def test_the_position_is_that_of_what_was_read(served: Served) -> None:
    ann = await served.person("Ann")
    where = await channel(ann)
    _, position = await say(ann, where, "one")
    query = "query ($p: Position, $c: ID!) @waitFor(position: $p) { position channel(id: $c) { messages { nodes { text } } } }"
    found = await ann.ask(query, {"p": position, "c": where})
    assert int(found["position"]) >= int(position)
    assert found["channel"]["messages"]["nodes"] == [{"text": "one"}]
    alone = await ann.ask("query ($p: Position) @waitFor(position: $p) { position }", {"p": position})
    assert int(alone["position"]) >= int(position)
