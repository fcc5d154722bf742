"""The poller that looks what is due and issues the timers' commands."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from application.envelope import Asked
from application.platform import Platform
from application.ports.agenda import Agenda, AgendaUnavailable, Due
from application.ports.checkpoints import Checkpoints
from application.ports.clock import Clock
from application.ports.codec import DamagedEvent
from application.ports.keys import KeyUnusable
from application.ports.log import AppendRejected, ClockJumped, CommandIdReused, LogReader, LogUnavailable
from application.ports.telemetry import Telemetry
from application.timers.declaration import TIMERS, Issue, Timer
from domain.kernel.commands import Command
from domain.kernel.events import Authority, Context
from domain.kernel.identifiers import derived, service
from domain.kernel.refusals import Refusal

FOLLOWER = "timers"
ACTOR = service("timers")
PAGE = 100
POLL = 5.0
"""Seconds until the next look where nothing is known to fall due earlier."""
QUIET = 0.25
"""Seconds between two looks while the log moves: however busy it is, looking costs a few queries a second."""
PAUSE = 1.0


class _Seen(NamedTuple):
    """A row at a time that it was due."""

    timer: str
    id: UUID
    at: datetime


class TimerRunner:
    """Fires what is due, one process at a time; recovers by itself when the database was away.

    What fell due while nobody looked fires at the first look. A look costs what is due now, whatever has been before.
    """

    def __init__(
        self,
        platform: Platform,
        reader: LogReader,
        agenda: Agenda,
        clock: Clock,
        checkpoints: Checkpoints,
        telemetry: Telemetry,
        ports: Mapping[type, Any],
    ) -> None:
        self._platform, self._reader, self._agenda, self._clock = platform, reader, agenda, clock
        self._checkpoints, self._telemetry = checkpoints, telemetry
        self._timers = tuple(TIMERS.values())
        self._reads = {t.name: {n: ports[port] for n, port in t.reads.items()} for t in self._timers}
        self._dealt_with: frozenset[_Seen] = frozenset()

    async def run(self) -> None:
        """Runs until cancelled. What it can't do now it tries again: the database, or an operator, may have put it right."""
        while True:
            try:
                async with self._checkpoints.hold(FOLLOWER):
                    while True:
                        await self._rest(*await self.look())
            except (LogUnavailable, ClockJumped, KeyUnusable, DamagedEvent, AgendaUnavailable) as error:
                self._telemetry.warning("timers.paused", reason=f"{type(error).__name__}: {error}")
                await asyncio.sleep(PAUSE)

    async def look(self) -> tuple[int, datetime | None]:
        """Fires everything that is due; answers the position that it knew of, and when something falls due next."""
        position, now = await self._reader.head(), self._clock()
        # Rows of earlier positions may be due that no longer are; and what the last look did is seen by this one.
        await self._agenda.level({timer.due for timer in self._timers}, position)
        seen: set[_Seen] = set()
        for timer in self._timers:
            seen |= await self._fire_all(timer, now)
        # A row that is still there was answered and stays as it is, which is a fault of its timer: it isn't asked for ever.
        self._dealt_with = frozenset(seen)
        upcoming = [await self._agenda.upcoming(timer.due, now) for timer in self._timers]
        return position, min((time for time in upcoming if time is not None), default=None)

    async def _rest(self, position: int, upcoming: datetime | None) -> None:
        """Until something falls due, or something happened that may have made it fall due earlier."""
        seconds = POLL if upcoming is None else min(POLL, max(0.0, (upcoming - self._clock()).total_seconds()))
        if seconds and await self._reader.wait(position, seconds):
            await asyncio.sleep(min(QUIET, seconds))

    async def _fire_all(self, timer: Timer, now: datetime) -> set[_Seen]:
        seen: set[_Seen] = set()
        late, stuck = 0.0, 0
        last: Due | None = None
        while page := await self._agenda.due(timer.due, now, PAGE, last):
            new = [due for due in page if _Seen(timer.name, due.id, due.at) not in self._dealt_with]
            late = max([late, *((now - due.at).total_seconds() for due in new)])
            await self._fire(timer, new)
            seen.update(_Seen(timer.name, due.id, due.at) for due in page)
            stuck += len(page) - len(new)
            last = page[-1]
        self._telemetry.measure("timers_late_seconds", late, timer=timer.name)
        self._telemetry.measure("timers_stuck", stuck, timer=timer.name)
        return seen

    async def _fire(self, timer: Timer, page: Sequence[Due]) -> None:
        """Several rows at once, so that their commands share commits. Raises the first of their faults when all have ended."""
        outcomes = await asyncio.gather(*(self._act(timer, due) for due in page), return_exceptions=True)
        for fault in outcomes:
            if fault is not None:
                raise fault
        self._telemetry.count("timers_fired", len(page), timer=timer.name)

    async def _act(self, timer: Timer, due: Due) -> None:
        steps = timer.act(due, **self._reads[timer.name])
        try:
            issue, number = await anext(steps), 0
            while True:
                refusal = await self._issue(timer, due, issue, number)
                issue, number = await steps.asend(refusal), number + 1
        except StopAsyncIteration:
            return

    async def _issue(self, timer: Timer, due: Due, issue: Issue[Command], number: int) -> Refusal | None:
        command_id = derived("timer", timer.name, due.id, due.at.isoformat(), str(number))
        asked = Asked(ACTOR, command_id, Context(client=f"timer {timer.name}"), issue.on_behalf_of)
        authority = None if issue.on_behalf_of else Authority(f"timer {timer.name}")
        try:
            outcome = await self._platform.handle(issue.command, asked, authority)
        except CommandIdReused:
            return None  # an earlier release wanted something else of this row: the first outcome stands
        except AppendRejected as error:
            self._telemetry.warning("timers.rejected", timer=timer.name, thing=str(due.id), reason=str(error))
            return None
        if outcome.refusal is not None:
            reason = type(outcome.refusal).__name__
            self._telemetry.info("timers.refused", timer=timer.name, thing=str(due.id), reason=reason)
        return outcome.refusal
