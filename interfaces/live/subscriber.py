"""What waits for one subscription, and those who follow the same place in the same form."""

import asyncio
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple
from uuid import UUID

from interfaces.graphql.service import AtOnce
from interfaces.live.audience import Delivery, Form

QUEUE = 1_000
"""Deliveries that wait for one subscriber at most: whoever is slower must ask anew."""


class Subscriber:
    """One subscription's bounded queue of what happens after `since`.

    While it rests and the other side takes what is written, a delivery goes out at once, without its task's being woken; else it
    waits in the queue, so that the order is that of the log. `overflowed` says that it was too slow, `unseen` that something
    happened which its viewer may not see, `closed` that nothing more comes.
    """

    def __init__(
        self, viewer: UUID, form: Form, at_once: AtOnce | None = None, *, since: int = 0, size: int | None = None
    ) -> None:
        self.viewer, self.form, self.at_once, self.since = viewer, form, at_once, since
        self.places: frozenset[UUID] = frozenset()
        self.size = QUEUE if size is None else size
        self.queue: deque[Delivery] = deque()
        self.news = asyncio.Event()
        self.overflowed = self.unseen = self.closed = self.resting = False

    @property
    def pending(self) -> bool:
        """Whether there is something to do for it."""
        return bool(self.queue) or self.overflowed or self.unseen or self.closed

    async def rest(self) -> None:
        """Waits for something to do. What is put meanwhile may go out at once."""
        self.news.clear()
        if self.pending:
            return
        self.resting = self.at_once is not None
        try:
            await self.news.wait()
        finally:
            self.resting = False

    def wake(self) -> None:
        """Has it look around: from this instant on nothing passes its queue."""
        self.resting = False
        self.news.set()

    def put(self, deliveries: Sequence[Delivery]) -> None:
        """What happened, in order. What comes together is written together."""
        left = [delivery for delivery in deliveries if delivery.position > self.since]
        if left and self.resting and self.at_once is not None:
            left = left[self.at_once([delivery.answer for delivery in left]) :]
        if len(self.queue) + len(left) > self.size:
            self.lose()
        elif left and not self.overflowed:
            self.queue += left
            self.wake()

    def lose(self) -> None:
        """What is missing from now on can't be delivered."""
        self.overflowed = True
        self.queue.clear()
        self.wake()

    def missed(self) -> None:
        """Something happened that its viewer may not see: perhaps not any more."""
        self.unseen = True
        self.wake()

    def close(self) -> None:
        self.closed = True
        self.wake()


class Seats(NamedTuple):
    """The subscribers of an audience by viewer, and those viewers as the contents of an SQL array, in the same order."""

    subscribers: Sequence[Sequence[Subscriber]]
    viewers: str


class Audience:
    """Those who follow one place in one form. Whoever comes or goes makes new seats; those handed out before stay as they are."""

    def __init__(self) -> None:
        self.subscribers: dict[UUID, list[Subscriber]] = {}
        self._seats: Seats | None = None

    def __len__(self) -> int:
        return sum(map(len, self.subscribers.values()))

    def __iter__(self) -> Iterator[Subscriber]:
        return chain.from_iterable([*self.subscribers.values()])

    @property
    def seats(self) -> Seats:
        if self._seats is None:
            self._seats = Seats([tuple(same) for same in self.subscribers.values()], ",".join(map(str, self.subscribers)))
        return self._seats

    def add(self, subscriber: Subscriber) -> None:
        self.subscribers.setdefault(subscriber.viewer, []).append(subscriber)
        self._seats = None

    def discard(self, subscriber: Subscriber) -> None:
        same = self.subscribers.get(subscriber.viewer, [])
        if subscriber in same:
            same.remove(subscriber)
            self._seats = None
        if not same:
            self.subscribers.pop(subscriber.viewer, None)
