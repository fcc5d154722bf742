"""The one reader of the log in a process, which tells every subscription of an organisation what happened."""

import asyncio
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import chain
from uuid import UUID

import structlog

from application.ports.log import LogReader, LogUnavailable, Row
from application.ports.reading import Queries, ReadTooLong, ReadUnavailable
from application.tasks import stopped
from interfaces.graphql.answers import of_fault
from interfaces.live.audience import Delivery, Interest, shown
from interfaces.live.changes import Change, Changes, Named
from interfaces.live.followed import EVERYTHING
from interfaces.live.sight import Sight
from projections.engine.members import Declared
from projections.engine.progress import NotReached, NotRegistered, Progress
from projections.engine.store import StoreUnavailable

log = structlog.get_logger("live")

BATCH = 500
QUEUE = 1_000
"""Deliveries that wait for one subscriber at most: whoever is slower must ask anew."""
PATIENCE = 5.0
PAUSE = 0.25
TOGETHER = 0.1
"""Seconds in which changes of rights are looked at together."""


class Subscriber:
    """One subscription's bounded queue of what happens after `since`.

    `overflowed` says that it was too slow, `unseen` that something happened which its viewer may not see, `closed` that
    nothing more comes.
    """

    def __init__(self, viewer: UUID, interest: Interest, size: int = QUEUE) -> None:
        self.viewer, self.interest, self.size = viewer, interest, size
        self.queue: deque[Delivery] = deque()
        self.news = asyncio.Event()
        self.since = 0
        self.overflowed = self.unseen = self.closed = False

    @property
    def pending(self) -> bool:
        """Whether there is something to do for it."""
        return bool(self.queue) or self.overflowed or self.unseen or self.closed

    def put(self, delivery: Delivery) -> None:
        if delivery.position <= self.since:
            return
        if len(self.queue) >= self.size:
            self.lose()
        elif not self.overflowed:
            self.queue.append(delivery)
            self.news.set()

    def lose(self) -> None:
        """What is missing from now on can't be delivered."""
        self.overflowed = True
        self.queue.clear()
        self.news.set()

    def missed(self) -> None:
        """Something happened that its viewer may not see: perhaps not any more."""
        self.unseen = True
        self.news.set()

    def close(self) -> None:
        self.closed = True
        self.news.set()


class Hub:
    """Reads the log once for all subscribers, waits for the read models, and hands out what each may see."""

    def __init__(
        self, reader: LogReader, progress: Progress, queries: Queries, changes: Mapping[str, Changes], sight: Sight
    ) -> None:
        """`changes` by the name of the followed field."""
        self.reader, self.progress, self.queries, self.changes, self.sight = reader, progress, queries, changes, sight
        self.looks = asyncio.Event()
        self.looking: asyncio.Task[None] | None = None
        self.position = 0
        self.ended = False
        self.audiences: dict[Interest, set[Subscriber]] = {}
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
        places: dict[tuple[str, UUID], set[Subscriber]] = {}
        for interest, subscribers in self.audiences.items():
            own = self.changes[interest.name].followed.own
            places.setdefault((interest.name, EVERYTHING if own else interest.container), set()).update(subscribers)
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
        for subscribers in self.audiences.values():
            for subscriber in subscribers:
                subscriber.close()

    def attach(self, subscriber: Subscriber) -> int:
        """From now on the subscriber is told of everything after the position that is answered."""
        subscriber.since = self.position
        self.audiences.setdefault(subscriber.interest, set()).add(subscriber)
        if self.ended:
            subscriber.close()
        return self.position

    def detach(self, subscriber: Subscriber) -> None:
        audience = self.audiences.get(subscriber.interest)
        if audience is not None:
            audience.discard(subscriber)
            if not audience:
                del self.audiences[subscriber.interest]

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
        for subscribers in self.audiences.values():
            for subscriber in subscribers:
                subscriber.lose()

    async def _tell(self, rows: Sequence[Row]) -> None:
        """Who attaches while this goes on reads these rows from the log: what is delivered to each begins after `since`."""
        self.position = rows[-1].position
        self.happened(rows)
        for name in {interest.name for interest in self.audiences}:
            if named := self.changes[name].named(rows):
                by_container = await self._placed(name, named)
                concerned = [i for i in self.audiences if i.name == name and i.container in by_container]
                await asyncio.gather(*(self._tell_audience(interest, by_container[interest.container]) for interest in concerned))

    async def _placed(self, name: str, named: Sequence[Named]) -> dict[UUID, list[Change]]:
        """The changes by container, as soon as the read models show them."""
        changes = self.changes[name]
        while True:
            try:
                shown_by = (model for i in self.audiences if i.name == name for model in i.statement.models)
                await self.level(self.position, {changes.model, *shown_by})
                found: dict[UUID, list[Change]] = {}
                for change in await changes.placed(named):
                    found.setdefault(change.container, []).append(change)
            except (NotReached, NotRegistered, ReadUnavailable, ReadTooLong, StoreUnavailable) as error:
                log.warning("live reading waits", error=type(error).__name__, position=self.position)
                await asyncio.sleep(PAUSE)
            else:
                return found

    async def level(self, position: int, models: Collection[Declared]) -> None:
        """Waits until read models show what happened up to a position. Raises NotReached, StoreUnavailable."""
        await self.progress.wait_for(position, models, PATIENCE)

    async def _tell_audience(self, interest: Interest, changes: Sequence[Change]) -> None:
        by_viewer: dict[UUID, list[Subscriber]] = {}
        for subscriber in self.audiences.get(interest, ()):
            if subscriber.since < changes[-1].position:
                by_viewer.setdefault(subscriber.viewer, []).append(subscriber)
        if not by_viewer:
            return
        try:
            deliveries = await shown(self.queries, interest, changes, by_viewer)
        except Exception as error:  # noqa: BLE001 (whatever it is, it ends these subscriptions only)
            log.warning("changes can't be shown", position=self.position, **of_fault(error))
            for subscriber in chain.from_iterable(by_viewer.values()):
                subscriber.lose()
            return
        told: set[UUID] = set()
        for delivery in deliveries:
            told |= delivery.viewers
            for viewer in delivery.viewers:
                for subscriber in by_viewer.get(viewer, ()):
                    subscriber.put(delivery)
        if interest.container == EVERYTHING:
            return  # not to see all of it is usual
        for viewer in by_viewer.keys() - told:
            for subscriber in by_viewer[viewer]:
                subscriber.missed()
