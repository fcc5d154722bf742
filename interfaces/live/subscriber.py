"""What waits for one subscription."""

import asyncio
from collections import deque
from uuid import UUID

from interfaces.live.audience import Delivery, Interest

QUEUE = 1_000
"""Deliveries that wait for one subscriber at most: whoever is slower must ask anew."""


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
