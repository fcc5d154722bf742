"""Who is here and who is typing is shown to those who share a channel, for as long as they do, and recorded nowhere."""

import asyncio
from contextlib import aclosing

import pytest

from domain.directory.commands.person import SuspendPerson
from infra.memory import presence as memory
from interfaces.live import present
from tests.live.clients import Conversation, events, talking
from tests.live.test_following import channel
from tests.support.serving import Served

PRESENCE = """subscription ($channel: ID!) { presence(channel: $channel) {
    __typename ... on PresenceShown { people { personId state } } ... on NotFound { kind explanation } } }"""
TYPING = (
    "subscription ($channel: ID!) { typing(channel: $channel) { ... on TypingShown { personIds } ... on NotFound { kind } } }"
)


async def seen(line: Conversation, key: str = "1") -> dict[str, str]:
    people = (await line.next(key))["presence"]["people"]
    return {each["personId"]: each["state"] for each in people}


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(present, "COALESCED", 0.01)
    monkeypatch.setattr(memory, "LINGER", 0.05)


async def test_who_shares_a_channel_sees_who_is_here(served: Served) -> None:
    ann, bo = await served.person("Ann"), await served.person("Bo")
    where = await channel(ann, bo)
    before = await served.head()
    async with talking(ann) as line:
        await line.follow("1", PRESENCE, {"channel": where})
        assert await seen(line) == {ann.id: "ONLINE"}
        async with talking(bo):
            assert await seen(line) == {bo.id: "ONLINE"}
            assert (await bo.do("showPresence", "... on ShowPresenceDone { state }", state="AWAY"))["state"] == "AWAY"
            assert await seen(line) == {bo.id: "AWAY"}
        assert await seen(line) == {bo.id: "OFFLINE"}
        async with aclosing(events(bo, TYPING, {"channel": where})) as heard:
            reading = asyncio.ensure_future(anext(heard))
            assert await seen(line) == {bo.id: "ONLINE"}
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
        assert await seen(line) == {bo.id: "OFFLINE"}
    assert await served.head() == before, "nothing of it is recorded"


async def test_typing_is_seen_by_the_others(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "TYPING", 0.5)
    ann, bo = await served.person("Ann"), await served.person("Bo")
    where = await channel(ann, bo)
    async with talking(ann) as line, talking(bo) as own:
        await line.follow("1", TYPING, {"channel": where})
        await own.follow("1", TYPING, {"channel": where})
        assert (await bo.do("showTyping", "... on ShowTypingDone { seconds }", channel=where))["seconds"] > 0
        assert await line.next("1") == {"typing": {"personIds": [bo.id]}}
        assert await line.next("1") == {"typing": {"personIds": []}}, "it ends by itself"
        await bo.do("showTyping", channel=where)
        await line.next("1")
        await bo.do("showTyping", channel=where, typing=False)
        assert await line.next("1") == {"typing": {"personIds": []}}
        await ann.do("showTyping", channel=where)
        assert await own.next("1") == {"typing": {"personIds": [ann.id]}}, "of one's own typing nothing is told"


async def test_others_are_told_nothing(served: Served) -> None:
    ann, eve = await served.person("Ann"), await served.person("Eve")
    hidden, public = await channel(ann), await channel(ann, visibility="PUBLIC")
    async with talking(eve) as line:
        for number, where in enumerate((hidden, public, ann.id, "nonsense")):
            for query, field in ((PRESENCE, "presence"), (TYPING, "typing")):
                key = f"{field} {number}"
                await line.follow(key, query, {"channel": where})
                assert (await line.next(key))[field]["kind"] == "Channel"
                assert (await line.hear()) == {"type": "complete", "id": key}
            assert (await eve.do("showTyping", channel=where))["__typename"] == "NotFound"


@pytest.mark.parametrize("end", ["removed", "suspended"])
async def test_it_ends_with_taking_part(served: Served, end: str) -> None:
    ann, bo = await served.person("Ann"), await served.person("Bo")
    where = await channel(ann, bo)
    async with talking(bo) as line, talking(ann) as other:
        await line.follow("1", TYPING, {"channel": where})
        await other.follow("1", PRESENCE, {"channel": where})
        assert await seen(other) == {ann.id: "ONLINE", bo.id: "ONLINE"}
        if end == "removed":
            await ann.done("removeMember", channel=where, person=bo.id)
        else:
            await served.do(SuspendPerson(person=bo.person))
            assert (await line.closed())[0] == 4401
        if end == "removed":
            assert await line.hear() == {"type": "complete", "id": "1"}
            await line.follow("2", PRESENCE, {"channel": where})
            assert (await line.next("2"))["presence"]["__typename"] == "NotFound"
        await bo.do("showPresence", state="AWAY")
        await ann.do("showPresence", state="AWAY")
        assert await seen(other) == {ann.id: "AWAY"}, "of Bo nothing is told any more"


async def test_it_breaks_off_when_the_server_stops(served: Served) -> None:
    ann = await served.person("Ann")
    where = await channel(ann)
    async with talking(ann) as line:
        await line.follow("1", PRESENCE, {"channel": where})
        await seen(line)
        served.service.end()
        assert (await line.closed())[0] == 1012
