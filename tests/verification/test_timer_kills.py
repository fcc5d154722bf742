"""Processes that fire timers at the same time and are killed at random: everything that falls due happens once.

ONRECORD_VERIFICATION_KILLS says how many kills.
"""

import os
import random
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest

from domain.messaging.commands.expected_reply import AwaitReply, ChangeReminderRules, ExpectReply
from domain.messaging.commands.reading import MarkRead
from domain.messaging.commands.scheduled import ScheduleMessage
from domain.messaging.events.expected_reply import Weekday
from domain.messaging.events.message import MessagePosted
from domain.messaging.events.scheduled import ScheduledMessageSent
from domain.messaging.ids import ScheduledMessageId
from infra.crypto.key_file import read_or_create
from infra.system import utc_now
from interfaces.bootstrap.organisation import OpenOrganisation
from tests.support.organisations import ask, channel, everything, message, opened, order, person, post, settle
from tests.support.postgres import Database
from tests.verification import timer_process
from tests.verification.forked import Crew

KILLS = int(os.environ.get("ONRECORD_VERIFICATION_KILLS", "6"))
PROCESSES, BATCH = 2, 20
pytestmark = pytest.mark.anyio


def an_hour_ago() -> datetime:
    """The clock of whoever writes the plans, so that they are all due when the others look."""
    return utc_now() - timedelta(hours=1)


def firing(database: Database, folder: Path) -> Crew:
    """Processes that do what is due."""
    return Crew(PROCESSES, timer_process.main, database.application, folder / "keys")


@pytest.mark.timeout(120 + 20 * KILLS)
async def test_scheduled_messages_are_said_once(database: Database, tmp_path: Path) -> None:
    async with opened(database, read_or_create(tmp_path / "keys"), an_hour_ago) as organisation:
        await settle(organisation, "ann")

        async def plan(kill: int) -> None:
            for n in range(BATCH):
                await schedule(organisation, f"{kill}/{n}")

        await fired_and_killed(organisation, firing(database, tmp_path), plan, MessagePosted.wire)
        found = await counted(organisation)
        for event in (MessagePosted, ScheduledMessageSent):
            assert found[event.wire] == [1] * (KILLS + 1) * BATCH, event.wire
        assert not found["messaging.scheduled_message_held_back.v1"] + found["access.command_refused.v1"]


@pytest.mark.timeout(120 + 20 * KILLS)
async def test_reminders_are_given_once(database: Database, tmp_path: Path) -> None:
    people = [f"person {n}" for n in range(BATCH)]
    async with opened(database, read_or_create(tmp_path / "keys"), an_hour_ago) as organisation:
        await settle(organisation, "ann", *people)
        rules = ChangeReminderRules(
            after_minutes=1, every_minutes=60, until_hours=24, working_days=get_args(Weekday), time_zone="UTC"
        )
        assert (await ask(organisation, rules, person("ann"))).refusal is None

        async def plan(kill: int) -> None:
            await expect(organisation, f"{kill}", people)

        await fired_and_killed(organisation, firing(database, tmp_path), plan, "messaging.reply_reminded.v1")
        found = await counted(organisation)
        for name in ("reply_awaited", "reply_reminder_planned", "reply_reminded"):
            assert found[f"messaging.{name}.v1"] == [1] * (KILLS + 1) * BATCH, name


async def fired_and_killed(
    organisation: OpenOrganisation, processes: Crew, plan: Callable[[int], Awaitable[None]], fired: str
) -> None:
    """Plans BATCH things more, lets some of them happen, and kills a process; at the end lets all happen."""
    chance = random.Random(20_261_123)
    try:
        happened = Happened(organisation, fired)
        for kill in range(KILLS + 1):
            await plan(kill)
            await happened.times((kill + 1) * BATCH if kill == KILLS else kill * BATCH + chance.randint(1, BATCH))
            if kill < KILLS:
                processes.kill(chance.randrange(PROCESSES))
    finally:
        processes.stop()


async def counted(organisation: OpenOrganisation) -> dict[str, list[int]]:
    """By type of event, how often it happened in each stream that has it."""
    found: dict[str, list[int]] = defaultdict(list)
    for (type_, _), count in Counter((row.type, row.stream) for row in await everything(organisation)).items():
        found[type_].append(count)
    return found


async def expect(organisation: OpenOrganisation, name: str, people: Sequence[str]) -> None:
    """Something that everybody has read, and to which replies were due long ago by the clock of the others."""
    assert (await ask(organisation, post(name), person("ann"))).refusal is None
    due = an_hour_ago() + timedelta(minutes=5)
    assert (await ask(organisation, ExpectReply(message=message(name), due=due), person("ann"))).refusal is None
    for who in map(person, people):
        assert (await order(organisation, AwaitReply(message=message(name), person=who))).refusal is None
        assert (await ask(organisation, MarkRead(message=message(name)), who)).refusal is None


async def schedule(organisation: OpenOrganisation, name: str) -> None:
    """Something to be said, a little later by this process's clock and long ago by the others'."""
    at = an_hour_ago() + timedelta(minutes=5)
    plan = ScheduleMessage(channel=channel("general"), scheduled_message=ScheduledMessageId(message(name)), at=at, text=name)
    assert (await ask(organisation, plan, person("ann"))).refusal is None


class Happened:
    """How often an event of one type is on record."""

    def __init__(self, organisation: OpenOrganisation, type_: str) -> None:
        self._reader, self._type = organisation.log.reader, type_
        self._position = self._found = 0

    async def times(self, number: int) -> None:
        """Waits until it is there so many times."""
        while self._found < number:
            for row in await self._reader.read(self._position, 1000):
                self._position, self._found = row.position, self._found + (row.type == self._type)
            if self._found < number:
                await self._reader.wait(self._position, 1)
