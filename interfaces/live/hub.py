"""The one reader of the log in a process, which tells every subscription of an organisation what happened."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from itertools import chain
from typing import NamedTuple, TypeVar
from uuid import UUID

import structlog

from application.ports.log import LogReader, LogUnavailable, Row
from application.ports.reading import Queries, ReadTooLong, ReadUnavailable
from application.tasks import stopped
from interfaces.graphql.answers import of_fault
from interfaces.live.audience import Asking, Delivery, Form, shown
from interfaces.live.audiences import Audiences
from interfaces.live.changes import Change, Changes, Named
from interfaces.live.followed import EVERYTHING
from interfaces.live.roaming import Roaming
from interfaces.live.sight import Sight
from interfaces.live.subscriber import Audience, Seats, Subscriber
from projections.engine.members import Declared
from projections.engine.progress import NotReached, NotRegistered, Progress
from projections.engine.store import StoreUnavailable

log = structlog.get_logger("live")

BATCH = 500
PATIENCE = 5.0
PAUSE = 0.25
TOGETHER = 0.1
"""Seconds in which changes of rights are looked at together."""


T = TypeVar("T")


class Place(NamedTuple):
    """A container of which there is something to tell: up to which position, and to whom."""

    container: UUID
    last: int
    seats: Seats

    def behind(self, subscribers: Collection[Subscriber]) -> list[Subscriber]:
        """Those of them whom it concerns: others read it from the log."""
        return [subscriber for subscriber in subscribers if subscriber.since < self.last]


class Hub:
    """Reads the log once for all subscribers, waits for the read models, and hands out what each may see."""

    def __init__(
        self,
        reader: LogReader,
        progress: Progress,
        queries: Queries,
        changes: Mapping[str, Changes],
        sight: Sight,
        roaming: Mapping[str, Roaming],
    ) -> None:
        """`changes` and `roaming` by the name of the followed field."""
        self.reader, self.progress, self.queries, self.changes, self.sight = reader, progress, queries, changes, sight
        self.roaming = roaming
        self.settling = asyncio.Lock()
        self.looks = asyncio.Event()
        self.looking: asyncio.Task[None] | None = None
        self.position = 0
        self.ended = False
        self.audiences = Audiences()
        self.running: asyncio.Task[None] | None = None
        self.happened: Callable[[Sequence[Row]], None] = lambda _: None
        """Told every row of the log, before anybody is told of changes."""

    async def start(self) -> None:
        """Begins at the log's present end. Raises LogUnavailable."""
        self.position = await self.reader.head()
        self.running = asyncio.create_task(self._run(), name="live hub")
        self.looking = asyncio.create_task(self._look(), name="live rights")

    async def close(self) -> None:
        """Ends, and with it every subscription."""
        self.end()
        await stopped(self.running)
        await stopped(self.looking)

    def look_again(self) -> None:
        """Who may see what may have changed: every subscription is looked at, soon."""
        self.looks.set()

    async def _look(self) -> None:
        while True:
            await self.looks.wait()
            await asyncio.sleep(TOGETHER)
            self.looks.clear()
            try:
                await self._end_unseen()
            except (NotReached, NotRegistered, ReadUnavailable, ReadTooLong, StoreUnavailable) as error:
                log.warning("rights can't be looked at", error=type(error).__name__)
                await asyncio.sleep(PAUSE)
                self.looks.set()

    async def _end_unseen(self) -> None:
        """Has those look themselves whose viewers see no more what they follow: one question for each place."""
        places: dict[tuple[str, UUID], list[Subscriber]] = {}
        for subscriber in self.audiences:
            followed = self.changes[subscriber.form.name].followed
            chosen = subscriber.places if followed.container else [EVERYTHING]
            for place in chosen:
                places.setdefault((followed.name, place), []).append(subscriber)
        for (name, container), subscribers in places.items():
            followed = self.changes[name].followed
            await self.level(self.position, [followed.within or followed.model])
            seeing = await self.sight.of(followed, container, {subscriber.viewer for subscriber in subscribers})
            for subscriber in subscribers:
                if subscriber.viewer not in seeing:
                    subscriber.missed()

    def end(self) -> None:
        """Ends every subscription, and those that come later at once."""
        self.ended = True
        for subscriber in self.audiences:
            subscriber.close()

    async def attach(self, subscriber: Subscriber, place: UUID) -> int:
        """From now on the subscriber is told of everything after the position that is answered, or after `since` if later.

        Of what happens in the place, or where all of one's own are followed, in these. Raises ReadUnavailable, ReadTooLong,
        NotReached, NotRegistered, StoreUnavailable.
        """
        roaming = self.roaming.get(subscriber.form.name)
        self.audiences.enter(subscriber, () if roaming else [place])
        if roaming:
            await self._settle(roaming, [subscriber])
        subscriber.since = max(self.position, subscriber.since)
        if self.ended:
            subscriber.close()
        return self.position

    def detach(self, subscriber: Subscriber) -> None:
        self.audiences.leave(subscriber)

    async def _run(self) -> None:
        while True:
            try:
                await self.reader.wait(self.position, PATIENCE)
                if rows := await self.reader.news(self.position, BATCH):
                    await self._tell(rows)
            except LogUnavailable:
                log.warning("live reading waits", position=self.position)
                await asyncio.sleep(PAUSE)
            except Exception as error:  # noqa: BLE001 (whatever it is, those who follow must not wait for ever without a word)
                log.warning("live reading failed", position=self.position, **of_fault(error))
                self._lose_all()
                await asyncio.sleep(PAUSE)

    def _lose_all(self) -> None:
        """Every subscriber is told to ask anew."""
        for subscriber in self.audiences:
            subscriber.lose()

    async def _tell(self, rows: Sequence[Row]) -> None:
        """Who attaches while this goes on reads these rows from the log: what is delivered to each begins after `since`."""
        self.position = rows[-1].position
        self.happened(rows)
        for name, roaming in self.roaming.items():
            if subscribers := self.audiences.following(name):
                await self._settled(roaming, subscribers, rows)
        for name in self.audiences.fields:
            if named := self.changes[name].named(rows):
                changes = await self._placed(name, named)
                last = {change.container: change.position for change in changes}
                concerned = [(form, _concerned(places, last)) for form, places in self.audiences.forms(name).items()]
                await asyncio.gather(*(self._tell_form(form, places, changes) for form, places in concerned if places))

    async def _placed(self, name: str, named: Sequence[Named]) -> list[Change]:
        """The changes, as soon as the read models show them."""
        changes = self.changes[name]

        async def placed() -> list[Change]:
            shown_by = chain.from_iterable(form.models for form in self.audiences.forms(name))
            await self.level(self.position, {changes.model, *shown_by})
            return await changes.placed(named)

        return await self._patiently(placed)

    async def _settled(self, roaming: Roaming, subscribers: Collection[Subscriber], rows: Sequence[Row]) -> None:
        """Lets those who follow all of their own places go on with those that are theirs now."""
        moved = roaming.moved(rows)
        if concerned := [subscriber for subscriber in subscribers if moved is None or subscriber.viewer in moved]:
            await self._patiently(lambda: self._settle(roaming, concerned))

    async def _settle(self, roaming: Roaming, subscribers: Collection[Subscriber]) -> None:
        async with self.settling:  # what was read later is what stands
            await self.level(self.position, roaming.models)
            places = await roaming.places({subscriber.viewer for subscriber in subscribers})
            for subscriber in subscribers:
                self.audiences.move(subscriber, places.get(subscriber.viewer, ()))

    async def _patiently(self, read: Callable[[], Awaitable[T]]) -> T:
        """What is read, as soon as it can be."""
        while True:
            try:
                return await read()
            except (NotReached, NotRegistered, ReadUnavailable, ReadTooLong, StoreUnavailable) as error:
                log.warning("live reading waits", error=type(error).__name__, position=self.position)
                await asyncio.sleep(PAUSE)

    async def level(self, position: int, models: Collection[Declared]) -> None:
        """Waits until read models show what happened up to a position. Raises NotReached, StoreUnavailable."""
        await self.progress.wait_for(position, models, PATIENCE)

    async def _tell_form(self, form: Form, places: Sequence[Place], changes: Sequence[Change]) -> None:
        """Shows changes of several containers to all who ask for them in the same form: by one statement."""
        rows = [(place, same) for place in places for same in place.seats.subscribers]
        containers = {place.container for place in places}
        asking = Asking(
            ",".join(place.seats.viewers for place in places),
            ",".join(",".join([str(place.container)] * len(place.seats.subscribers)) for place in places),
        )
        try:
            deliveries = await shown(self.queries, form, [c for c in changes if c.container in containers], asking)
        except Exception as error:  # noqa: BLE001 (whatever it is, it ends these subscriptions only)
            log.warning("changes can't be shown", position=self.position, **of_fault(error))
            for place, same in rows:
                for subscriber in place.behind(same):
                    subscriber.lose()
            return
        told: set[int] = set()
        news: dict[Subscriber, list[Delivery]] = {}
        for delivery, seen_by in deliveries:
            told.update(seen_by)
            for number in seen_by:
                for subscriber in rows[number][1]:
                    news.setdefault(subscriber, []).append(delivery)
        for subscriber, theirs in news.items():
            subscriber.put(theirs)
        # Not to see all of everything is usual, and so it is not to see what else has changed by way of other rows.
        seen = {change.container for change in changes if change.beside is None} - {EVERYTHING}
        if len(told) < len(rows) and seen and form.name not in self.roaming:
            for number, (place, same) in enumerate(rows):
                if number not in told and place.container in seen:
                    for subscriber in place.behind(same):
                        subscriber.missed()


def _concerned(places: Mapping[UUID, Audience], last: Mapping[UUID, int]) -> list[Place]:
    """Of the containers where something happened, up to which position, those whose audience is to be told."""
    found = [Place(key, position, places[key].seats) for key, position in last.items() if key in places]
    return [place for place in found if any(place.behind(same) for same in place.seats.subscribers)]
