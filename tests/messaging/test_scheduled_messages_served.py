"""Through the API: what is written for later is its author's alone, is said in their name when its time has come, and the past
shows that nobody else knew."""

from datetime import timedelta
from typing import Any

import pytest

from application.timers.runner import ACTOR
from domain.directory.commands.person import ReinstatePerson, SuspendPerson
from tests.support.clocks import MovedClock
from tests.support.organisations import everything
from tests.support.rebuilding import differences
from tests.support.serving import Client, Served, group_channel

pytestmark = pytest.mark.anyio
PLANS = "{ scheduledMessages { nodes { id text at dueAt heldBack lacking channel { id } } } }"
SAID = "query ($c: ID!) { channel(id: $c) { messages { nodes { id text author { id } } } } }"


class Talk:
    """Two people in a channel, and what Ann means to say in an hour."""

    def __init__(self, served: Served, clock: MovedClock, ann: Client, bo: Client, channel: str) -> None:
        self.served, self.clock, self.ann, self.bo, self.channel = served, clock, ann, bo, channel

    async def plan(self, text: str = "早上好", **more: Any) -> str:
        at = (self.clock() + timedelta(hours=1)).isoformat()
        given = {"channel": self.channel, "text": text, "at": at} | more
        done = await self.ann.done("scheduleMessage", "position scheduledMessage { id }", **given)
        made: str = done["scheduledMessage"]["id"]
        return made

    async def plans(self, of: Client) -> list[dict[str, Any]]:
        await self.level()
        return list((await of.ask(PLANS))["scheduledMessages"]["nodes"])

    async def said(self) -> list[tuple[str, str]]:
        await self.level()
        nodes = (await self.bo.ask(SAID, {"c": self.channel}))["channel"]["messages"]["nodes"]
        return [(node["text"], node["author"]["id"]) for node in nodes]

    async def level(self) -> None:
        await self.served.level()


@pytest.fixture
async def talk(served: Served, clock: MovedClock) -> Talk:
    ann, bo = await served.person("Ann"), await served.person("Bo")
    made = await ann.done("openChannel", "channel { id }", **group_channel("general"))
    channel = made["channel"]["id"]
    await bo.done("joinChannel", channel=channel)
    return Talk(served, clock, ann, bo, channel)


async def test_it_is_said_in_its_authors_name_when_its_time_has_come(talk: Talk) -> None:
    await talk.plan()
    [plan] = await talk.plans(talk.ann)
    assert (plan["text"], plan["heldBack"]) == ("早上好", None)
    assert await talk.plans(talk.bo) == []
    _, upcoming = await talk.served.timers.look()
    assert upcoming is not None
    assert await talk.said() == []
    talk.clock.to(upcoming)
    await talk.served.timers.look()
    assert await talk.said() == [("早上好", talk.ann.id)]
    assert await talk.plans(talk.ann) == []
    row = next(row for row in await everything(talk.served.organisation) if row.type == "messaging.message_posted.v2")
    assert (row.actor, row.on_behalf_of) == (ACTOR, talk.ann.person)
    assert b'"client":"timer send_scheduled_message"' in (row.context or b"")
    assert b"member of the channel" in (row.context or b"")
    assert await differences(talk.served, "ScheduledMessage", "Message") == []


async def test_what_fell_due_while_nobody_looked_is_said_once(talk: Talk) -> None:
    for n in range(3):
        await talk.plan(f"number {n}")
    talk.clock.move(days=3)
    for _ in "twice":
        await talk.served.timers.look()
    assert sorted(text for text, _ in await talk.said()) == ["number 0", "number 1", "number 2"]
    assert talk.served.registry.get_sample_value("onrecord_timers_fired_total", {"timer": "send_scheduled_message"}) == 3
    assert talk.served.registry.get_sample_value("onrecord_timers_late_seconds", {"timer": "send_scheduled_message"}) == 0


async def test_put_off_and_cancelled(talk: Talk) -> None:
    first, second = await talk.plan("first"), await talk.plan("second")
    next_week = (talk.clock() + timedelta(days=7)).isoformat()
    moved = await talk.ann.done("rescheduleMessage", "scheduledMessage { at }", scheduledMessage=first, at=next_week)
    assert moved["scheduledMessage"]["at"][:19] == next_week[:19]
    await talk.ann.done("cancelScheduledMessage", scheduledMessage=second)
    for wish in ("cancelScheduledMessage", "sendScheduledMessage"):
        assert (await talk.bo.do(wish, scheduledMessage=first))["__typename"] == "NotFound"
    talk.clock.move(hours=2)
    await talk.served.timers.look()
    assert await talk.said() == []
    talk.clock.move(days=7)
    await talk.served.timers.look()
    assert await talk.said() == [("first", talk.ann.id)]


async def leaves(talk: Talk) -> None:
    await talk.ann.done("changeRole", channel=talk.channel, person=talk.bo.id, role="OWNER")
    await talk.ann.done("leaveChannel", channel=talk.channel)


async def is_archived(talk: Talk) -> None:
    await talk.ann.done("archiveChannel", channel=talk.channel)


async def is_suspended(talk: Talk) -> None:
    await talk.served.do(SuspendPerson(person=talk.ann.person))


@pytest.mark.parametrize(
    ("happens", "reason", "lacking"),
    [
        (leaves, "NotPermitted", "member of the channel or member of the channel's department"),
        (is_archived, "ChannelIsArchived", None),
        (is_suspended, "NotPermitted", "active person"),
    ],
)
async def test_whoever_may_no_longer_say_it_does_not_and_sees_why(talk: Talk, happens: Any, reason: str, lacking: str) -> None:
    await talk.plan()
    await happens(talk)
    talk.clock.move(hours=2)
    for _ in "twice":
        await talk.served.timers.look()
    assert await talk.said() == []
    if happens is is_suspended:
        await talk.served.do(ReinstatePerson(person=talk.ann.person))
    [plan] = await talk.plans(talk.ann)
    assert (plan["dueAt"], plan["heldBack"], plan["lacking"]) == (None, reason, lacking)
    assert await differences(talk.served, "ScheduledMessage") == []
    stuck = talk.served.registry.get_sample_value("onrecord_timers_stuck", {"timer": "send_scheduled_message"})
    assert stuck == 0


async def test_it_was_nobody_elses_before_either(talk: Talk) -> None:
    planned = await talk.plan()
    before = await talk.served.head()
    await talk.ann.done("cancelScheduledMessage", scheduledMessage=planned)
    await talk.level()
    query = f"query ($p: Position!) {{ at(asOf: {{position: $p}}) {PLANS} }}"
    for who in (talk.ann, talk.bo):
        then = (await who.ask(query, {"p": before}))["at"]["scheduledMessages"]["nodes"]
        assert len(then) == 0, "a plan that was cancelled is gone, as what was taken back is"
    found = "query ($id: ID!) { node(id: $id) { id } }"
    assert (await talk.bo.ask(found, {"id": await talk.plan("again")}))["node"] is None
