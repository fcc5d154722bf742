"""The poller that brings notifications out of the platform, and tries again what didn't arrive."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar
from uuid import UUID

from application.deliveries.carriers import Carrier
from application.envelope import Asked
from application.platform import Platform
from application.ports.agenda import Agenda, AgendaUnavailable, Due
from application.ports.checkpoints import Checkpoints
from application.ports.clock import Clock
from application.ports.codec import DamagedEvent
from application.ports.inboxes import InboxUnavailable
from application.ports.keys import KeyUnusable
from application.ports.log import AppendRejected, ClockJumped, CommandIdReused, LogReader, LogUnavailable
from application.ports.presence import Presence
from application.ports.telemetry import Telemetry
from domain.kernel.commands import Command
from domain.kernel.events import Authority, Context
from domain.kernel.identifiers import PersonId, derived, service
from domain.notifications.commands.delivery import BUNDLE, BeginDelivery
from domain.notifications.events.preferences import Way
from domain.notifications.ids import DeliveryId, NotificationId

FOLLOWER = "deliveries"
ACTOR = service("deliveries")
AUTHORITY = Authority("delivery of notifications")
PAGE = 500
AT_ONCE = 8
"""How many mail servers and programs are spoken to at the same time."""
POLL = 5.0
"""Seconds until the next look where nothing is known to fall due earlier."""
HELD = timedelta(minutes=5)
"""How long after its time an e-mail to somebody who is here waits for them to see it here, or to go."""
QUIET = 0.25
PAUSE = 1.0
D = TypeVar("D", bound=Due)


@dataclass(frozen=True, kw_only=True)
class Waiting(Due, model="PlannedDelivery", column="due_at"):
    """A notification that it is time to bring to somebody."""

    person: UUID
    way: Way
    notification: UUID


@dataclass(frozen=True, kw_only=True)
class Attempt(Due, model="Delivery", column="due_at"):
    """A delivery that it is time to attempt: begun, or postponed until now."""


class _Seen(NamedTuple):
    id: UUID
    at: datetime


class DeliveryRunner:
    """Brings out what is due, one process at a time; recovers by itself when the database was away.

    A delivery is on record before it is attempted, and its outcome after. Who is ended in between attempts it again under the
    same id: nothing is lost, and what is doubled can be told by the receiver.
    """

    def __init__(
        self,
        platform: Platform,
        reader: LogReader,
        agenda: Agenda,
        carrier: Carrier,
        clock: Clock,
        checkpoints: Checkpoints,
        telemetry: Telemetry,
        presence: Presence | None = None,
    ) -> None:
        """Without `presence` nobody is known to be here."""
        self._presence = presence
        self._platform, self._reader, self._agenda, self._carrier = platform, reader, agenda, carrier
        self._clock, self._checkpoints, self._telemetry = clock, checkpoints, telemetry
        self._dealt_with: frozenset[_Seen] = frozenset()

    async def run(self) -> None:
        """Runs until cancelled. What it can't do now it tries again: the database, or an operator, may have put it right."""
        while True:
            try:
                async with self._checkpoints.hold(FOLLOWER):
                    while True:
                        await self._rest(*await self.look())
            except (LogUnavailable, ClockJumped, KeyUnusable, DamagedEvent, AgendaUnavailable, InboxUnavailable) as error:
                self._telemetry.warning("deliveries.paused", reason=f"{type(error).__name__}: {error}")
                await asyncio.sleep(PAUSE)

    async def look(self) -> tuple[int, datetime | None]:
        """Brings out everything that is due; answers the position that it knew of, and when something falls due next."""
        position, now = await self._reader.head(), self._clock()
        await self._agenda.level({Waiting, Attempt}, position)
        begun = await self._begin([each for each in await self._all(Waiting, now) if not self._held(each, now)])
        # Later than before, for what was begun just now is due since then.
        await self._agenda.level({Attempt}, max(position, begun))
        now = self._clock()
        due = [each for each in await self._all(Attempt, now) if _Seen(each.id, each.at) not in self._dealt_with]
        await self._attempt_all(due, now)
        # What is still there as it was could not be recorded, which is a fault: it isn't attempted for ever.
        self._dealt_with = frozenset(_Seen(each.id, each.at) for each in due)
        upcoming = [await self._agenda.upcoming(kind, now) for kind in (Waiting, Attempt)]
        return position, min((time for time in upcoming if time is not None), default=None)

    def _held(self, each: Waiting, now: datetime) -> bool:
        """Whether it waits, for whoever is here sees it here. What comes meanwhile goes out in the same letter."""
        here = self._presence is not None and self._presence.state(each.person) == "online"
        return here and each.way == "mail" and now < each.at + HELD

    async def _rest(self, position: int, upcoming: datetime | None) -> None:
        """Until something falls due, or something happened that may have made it fall due earlier."""
        seconds = POLL if upcoming is None else min(POLL, max(0.0, (upcoming - self._clock()).total_seconds()))
        if seconds and await self._reader.wait(position, seconds):
            await asyncio.sleep(min(QUIET, seconds))

    async def _all(self, kind: type[D], now: datetime) -> list[D]:
        found: list[D] = []
        while page := await self._agenda.due(kind, now, PAGE, found[-1] if found else None):
            found += page
        return found

    async def _begin(self, waiting: Sequence[Waiting]) -> int:
        """Puts together what goes to the same person in the same way; the last position that this wrote."""
        bundles: dict[tuple[UUID, Way], list[NotificationId]] = defaultdict(list)
        for each in waiting:
            bundles[each.person, each.way].append(NotificationId(each.notification))
        wishes = [
            BeginDelivery(person=PersonId(person), way=way, notifications=tuple(bundle[start : start + BUNDLE]))
            for (person, way), bundle in bundles.items()
            for start in range(0, len(bundle), BUNDLE)
        ]
        positions = await asyncio.gather(*(self._do(wish, wish.delivery, "begin") for wish in wishes))
        return max(positions, default=0)

    async def _attempt_all(self, due: Sequence[Attempt], now: datetime) -> None:
        turn = asyncio.Semaphore(AT_ONCE)

        async def attempt(each: Attempt) -> None:
            async with turn:
                outcome = await self._carrier.carry(DeliveryId(each.id), now)
                if outcome is not None:
                    self._telemetry.count("deliveries", way=outcome.way, outcome=outcome.name)
                    await self._do(outcome.record, each.id, f"{outcome.name} {outcome.attempt}")

        late = max(((now - each.at).total_seconds() for each in due), default=0.0)
        self._telemetry.measure("deliveries_late_seconds", late)
        self._telemetry.measure("deliveries_waiting", len(due))
        for fault in await asyncio.gather(*map(attempt, due), return_exceptions=True):
            if fault is not None:
                raise fault
        self._telemetry.measure("deliveries_waiting", 0)

    async def _do(self, command: Command, delivery: UUID, step: str) -> int:
        asked = Asked(ACTOR, derived("delivery", delivery, step), Context(client="deliveries"))
        try:
            return (await self._platform.handle(command, asked, AUTHORITY)).position
        except CommandIdReused:
            return 0  # another attempt of this number ended otherwise: the first outcome stands
        except AppendRejected as error:
            self._telemetry.warning("deliveries.rejected", delivery=str(delivery), reason=str(error))
            return 0
