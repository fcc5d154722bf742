"""Through the API: read but not replied. Who read and doesn't answer is reminded by the rules; the sender sees the list."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from application.envelope import Asked
from application.outcomes import Outcome
from domain.access.commands.administration import AppointAdministrator
from domain.kernel.commands import Command
from domain.kernel.events import Authority
from domain.messaging.commands.expected_reply import RemindOfReply
from tests.notifications.inboxes import items, reasons
from tests.support.clocks import MovedClock
from tests.support.organisations import everything
from tests.support.rebuilding import differences
from tests.support.serving import Client, Served, group_channel

pytestmark = pytest.mark.anyio
NAMES = ("Ann", "Bo", "Chen", "Di")
LISTED = """
query ($m: ID!) { message(id: $m) {
  awaitedReplies { nodes { person { name } answered read reminders ended dueAt } }
  readButNotReplied { nodes { person { name } } }
} }"""
OWED = "{ repliesOwed { nodes { message { text } replyBy } } }"


class Asking:
    """Ann asks Bo, Chen and Di; everybody may be reminded at any hour."""

    def __init__(self, served: Served, clock: MovedClock, people: dict[str, Client], channel: str) -> None:
        self.served, self.clock, self.people, self.channel = served, clock, people, channel

    async def ask(self, **more: Any) -> str:
        ann = self.people["Ann"]
        said = (await ann.done("postMessage", "message { id }", channel=self.channel, text="周五前能来吗？"))["message"]["id"]
        due = (self.clock() + timedelta(hours=10)).isoformat()
        await ann.done("expectReply", message=said, due=due, **more)
        await self.level()
        return str(said)

    async def level(self) -> None:
        """The policies have acted on everything, and the read models show it."""
        await self.served.acted()

    async def look(self, **later: float) -> datetime | None:
        """Does what is due after so long; then what that made due at once. Answers when something is due next."""
        self.clock.move(**later)
        await self.served.timers.look()
        _, upcoming = await self.served.timers.look()
        return upcoming

    async def listed(self, message: str, who: str = "Ann") -> tuple[dict[str, Any], set[str]]:
        await self.level()
        found = (await self.people[who].ask(LISTED, {"m": message}))["message"]
        replies = {node["person"]["name"]: node for node in found["awaitedReplies"]["nodes"]}
        return replies, {node["person"]["name"] for node in found["readButNotReplied"]["nodes"]}

    async def owed(self, who: str) -> int:
        await self.level()
        return len((await self.people[who].ask(OWED))["repliesOwed"]["nodes"])

    async def reminded(self) -> list[str]:
        rows = await everything(self.served.organisation)
        return [row.stream for row in rows if row.type == "messaging.reply_reminded.v1"]


@pytest.fixture
async def asking(served: Served, clock: MovedClock) -> Asking:
    people = {name: await served.person(name) for name in NAMES}
    channel = (await people["Ann"].done("openChannel", "channel { id }", **group_channel("general")))["channel"]["id"]
    for name in NAMES[1:]:
        await people[name].done("joinChannel", channel=channel)
    await served.do(AppointAdministrator(person=people["Di"].person))
    days = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"]
    rules = {"afterMinutes": 60, "everyMinutes": 120, "untilHours": 1, "workingDays": days, "timeZone": "Asia/Shanghai"}
    await people["Di"].done("changeReminderRules", **rules)
    return Asking(served, clock, people, channel)


async def test_who_read_and_did_not_answer_is_reminded_until_they_do(asking: Asking) -> None:
    said = await asking.ask(sign="👌")
    for name in ("Bo", "Chen"):
        await asking.people[name].done("markRead", message=said)
    replies, unanswered = await asking.listed(said)
    assert {name: (node["read"], node["answered"]) for name, node in replies.items()} == {
        "Bo": (True, False),
        "Chen": (True, False),
        "Di": (False, False),
    }
    assert unanswered == {"Bo", "Chen"}
    upcoming = await asking.look()
    assert upcoming is not None
    assert abs(upcoming - asking.clock() - timedelta(minutes=60)) < timedelta(minutes=1)
    assert await asking.reminded() == []
    await asking.look(minutes=61)
    assert len(await asking.reminded()) == 2
    await asking.people["Bo"].done("postMessage", channel=asking.channel, text="来", thread=said)
    await asking.people["Chen"].done("addReaction", message=said, emoji="👎")
    assert (await asking.listed(said))[1] == {"Chen"}
    await asking.look(minutes=121)
    assert len(await asking.reminded()) == 3, "who answered isn't reminded, nor who has not read"
    await asking.people["Chen"].done("addReaction", message=said, emoji="👌")
    before = await asking.served.head()
    await asking.look(minutes=121)
    replies, unanswered = await asking.listed(said)
    assert unanswered == set()
    assert {name: (node["reminders"], node["ended"]) for name, node in replies.items()} == {
        "Bo": (1, "ANSWERED"),
        "Chen": (2, "ANSWERED"),
        "Di": (0, None),
    }
    query = LISTED.replace("query ($m: ID!) {", f'query ($m: ID!) {{ at(asOf: {{position: "{before}"}}) {{') + "}"
    then = (await asking.people["Ann"].ask(query, {"m": said}))["at"]["message"]["awaitedReplies"]["nodes"]
    assert {node["person"]["name"]: node["reminders"] for node in then} == {"Bo": 1, "Chen": 2, "Di": 0}
    assert await differences(asking.served, "AwaitedReply", "ReminderRules") == []


@pytest.mark.parametrize("answer", ["reply", "sign"])
async def test_nobody_is_reminded_who_answers_while_their_reminder_is_on_its_way(
    asking: Asking, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    said, platform = await asking.ask(sign="👌"), asking.served.organisation.platform
    await asking.people["Bo"].done("markRead", message=said)
    await asking.level()
    await asking.look()
    handle, met = platform.handle, 0

    async def late(command: Command, asked: Asked, authority: Authority | None = None) -> Outcome:
        """What is due was read by then; now somebody answers, and only then the reminder is decided."""
        nonlocal met
        if isinstance(command, RemindOfReply):
            met += 1
            if answer == "sign":
                await asking.people["Bo"].done("addReaction", message=said, emoji="👌")
            else:
                await asking.people["Bo"].done("postMessage", channel=asking.channel, text="来", thread=said)
        return await handle(command, asked, authority)

    monkeypatch.setattr(platform, "handle", late)
    await asking.look(minutes=61)
    assert (met, await asking.reminded()) == (1, [])
    replies, unanswered = await asking.listed(said)
    assert (replies["Bo"]["ended"], replies["Bo"]["dueAt"], unanswered) == ("ANSWERED", None, set())
    assert await differences(asking.served, "AwaitedReply") == []


async def test_answers_and_reminders_at_the_same_time(asking: Asking) -> None:
    said = await asking.ask(sign="👌")
    for name in NAMES[1:]:
        await asking.people[name].done("markRead", message=said)
    await asking.level()
    await asking.look()
    replies = [
        asking.people[name].done("postMessage", channel=asking.channel, text=f"{name} 来", thread=said) for name in NAMES[1:]
    ]
    await asyncio.gather(asking.look(minutes=61), *replies)
    rows = await everything(asking.served.organisation)
    ended = {row.stream: row.position for row in rows if row.type == "messaging.reply_awaiting_ended.v1"}
    assert len(ended) == 3
    for row in rows:
        if row.type == "messaging.reply_reminded.v1":
            assert row.position < ended[row.stream], "a reminder came after the answer"


async def test_what_was_missed_is_missed_once_and_it_ends(asking: Asking) -> None:
    said = await asking.ask()
    await asking.people["Bo"].done("markRead", message=said)
    await asking.level()
    await asking.look()
    upcoming = await asking.look(hours=8)
    assert len(await asking.reminded()) == 1
    assert upcoming is not None
    assert await asking.look(hours=30) is None
    assert len(await asking.reminded()) == 2
    await asking.look(hours=30)
    await asking.level()
    assert reasons(await items(asking.people["Bo"])) == [("REMINDED", "周五前能来吗？")] * 2
    assert len(await asking.reminded()) == 2, "an hour after it was due nobody is reminded any more"


async def test_only_those_who_are_named_and_those_let_go(asking: Asking) -> None:
    bo, chen = asking.people["Bo"], asking.people["Chen"]
    said = await asking.ask(people=[bo.id, chen.id])
    assert set((await asking.listed(said))[0]) == {"Bo", "Chen"}
    assert [await asking.owed(name) for name in NAMES] == [0, 1, 1, 0]
    for each in (bo, chen):
        await each.done("markRead", message=said)
    await asking.level()
    await asking.look()
    await asking.people["Ann"].done("releaseReply", message=said, people=[bo.id])
    await asking.look(minutes=61)
    assert len(await asking.reminded()) == 1
    assert [await asking.owed(name) for name in NAMES] == [0, 0, 1, 0]
    await asking.people["Ann"].done("releaseReply", message=said)
    await asking.look(hours=5)
    assert len(await asking.reminded()) == 1
    assert {name: node["ended"] for name, node in (await asking.listed(said))[0].items()} == {
        "Bo": "RELEASED",
        "Chen": "RELEASED",
    }


async def test_who_had_read_or_answered_before_it_was_asked(asking: Asking) -> None:
    ann, bo, chen = (asking.people[name] for name in ("Ann", "Bo", "Chen"))
    said = (await ann.done("postMessage", "message { id }", channel=asking.channel, text="?"))["message"]["id"]
    for each in (bo, chen):
        await each.done("markRead", message=said)
    await chen.done("postMessage", channel=asking.channel, text="!", thread=said)
    await ann.done("expectReply", message=said, due=(asking.clock() + timedelta(hours=5)).isoformat())
    assert (await asking.listed(said))[1] == {"Bo"}
    await asking.look()
    await asking.look(minutes=61)
    assert len(await asking.reminded()) == 1


async def test_others_see_their_own_only_and_may_not_ask(asking: Asking) -> None:
    said = await asking.ask()
    await asking.people["Bo"].done("markRead", message=said)
    assert set((await asking.listed(said, "Bo"))[0]) == {"Bo"}
    assert (await asking.listed(said, "Chen"))[1] == set()
    due = (asking.clock() + timedelta(hours=5)).isoformat()
    assert (await asking.people["Bo"].do("expectReply", message=said, due=due))["__typename"] == "NotPermitted"
    assert (await asking.people["Ann"].do("expectReply", message=said, due=due))["__typename"] == "ReplyAlreadyExpected"
    await asking.people["Di"].done("changeReadReceipts", shown=False)
    replies, unanswered = await asking.listed(said)
    assert (replies["Bo"]["read"], unanswered) == (None, set()), "what nobody sees of reading isn't seen here"
