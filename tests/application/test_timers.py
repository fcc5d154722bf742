"""The poller of timers: when it looks, what it asks for once, and what it says to operators."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from application.ports.agenda import AgendaUnavailable, Due
from application.timers import load_all
from application.timers.declaration import TIMERS, Issue, Steps, timer
from application.timers.runner import TimerRunner
from application.timers.scheduled_message import Sending
from domain.messaging.commands.scheduled import ScheduleMessage, SendScheduledMessage
from domain.messaging.ids import ScheduledMessageId
from infra.system import utc_now
from tests.support.clocks import MovedClock
from tests.support.organisations import ask, channel, everything, fresh_id, person, settle
from tests.support.postgres import Database
from tests.support.serving import Served, serving

pytestmark = pytest.mark.anyio
FIRED, STUCK = "onrecord_timers_fired_total", "onrecord_timers_stuck"


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
async def served(database: Database, tmp_path: Path, clock: MovedClock) -> AsyncIterator[Served]:
    async with serving(database, tmp_path, clock=clock) as served:
        await settle(served.organisation, "ann")
        yield served


async def plan(served: Served, **later: float) -> None:
    """Ann means to say something, so much later."""
    at = utc_now() + timedelta(**later)
    command = ScheduleMessage(channel=channel("general"), scheduled_message=ScheduledMessageId(fresh_id()), at=at, text="hi")
    assert (await ask(served.organisation, command, person("ann"))).refusal is None


async def said(served: Served, number: int) -> None:
    """Waits until so many messages were posted."""
    reader = served.organisation.log.reader
    async with asyncio.timeout(20):
        while [row.type for row in await everything(served.organisation)].count("messaging.message_posted.v2") < number:
            await reader.wait(await reader.head(), 0.2)


async def test_it_fires_when_the_time_comes_and_wakes_for_what_falls_due_earlier(served: Served) -> None:
    await plan(served, hours=1)
    running = asyncio.create_task(served.timers.run())
    await plan(served, seconds=4)
    await plan(served, seconds=2)
    await said(served, 1)
    await said(served, 2)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def test_it_goes_on_once_what_is_due_can_be_read_again(
    served: Served, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    agenda, faults = served.timers._agenda, iter([AgendaUnavailable("the database is away")])
    level = agenda.level

    async def away_at_first(*asked: Any) -> None:
        if fault := next(faults, None):
            raise fault
        await level(*asked)

    monkeypatch.setattr(agenda, "level", away_at_first)
    await plan(served, minutes=1)
    clock.move(minutes=2)
    running = asyncio.create_task(served.timers.run())
    await said(served, 1)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def never_its_time(due: Sending) -> Steps[SendScheduledMessage]:
    """A timer that leaves its rows as they are."""
    yield Issue(SendScheduledMessage(scheduled_message=ScheduledMessageId(due.id), due=due.at + timedelta(days=1)), due.author)


async def test_a_row_that_stays_due_is_asked_for_once_and_counted(served: Served, clock: MovedClock) -> None:
    load_all()
    before = dict(TIMERS)
    TIMERS.clear()
    timer(never_its_time)
    runner = TimerRunner(
        served.organisation.platform,
        served.organisation.log.reader,
        served.timers._agenda,
        clock,
        served.timers._checkpoints,
        served.timers._telemetry,
        {},
    )
    TIMERS.clear()
    TIMERS.update(before)
    await plan(served, minutes=1)
    clock.move(minutes=2)
    for _ in range(3):
        await runner.look()
    told = {"timer": "never_its_time"}
    assert (served.registry.get_sample_value(FIRED, told), served.registry.get_sample_value(STUCK, told)) == (1, 1)


def says_nothing(due: Sending) -> Any: ...
def waits_for_nothing(due: Due) -> Iterator[Issue[SendScheduledMessage]]:
    yield from ()


async def waits_for_any(due: Due) -> Steps[SendScheduledMessage]:
    yield Issue(SendScheduledMessage(scheduled_message=ScheduledMessageId(due.id)))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [(says_nothing, "what it may do"), (waits_for_nothing, "what it may do"), (waits_for_any, "what falls due")],
)
def test_a_timer_that_is_declared_wrongly_says_so(wrong: Callable[..., Any], words: str) -> None:
    with pytest.raises(TypeError, match=words):
        timer(wrong)
    assert wrong.__name__ not in TIMERS


@dataclass(frozen=True, kw_only=True)
class ByText(Due, model="Message", column="sent_at"):
    """Something that no index leads to."""


@dataclass(frozen=True, kw_only=True)
class WithMood(Due, model="ScheduledMessage", column="due_at"):
    """Something that the read model doesn't have."""

    mood: str


@pytest.mark.parametrize(
    ("kind", "words"), [(ByText, "no index of Message begins with `sent_at`"), (WithMood, "mood is no column")]
)
async def test_what_can_not_be_read_is_said(served: Served, kind: type[Due], words: str) -> None:
    with pytest.raises(TypeError, match=words):
        await served.timers._agenda.due(kind, utc_now(), 1)
