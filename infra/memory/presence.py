"""Presence and typing as one process knows them: what its own people do, and what it was told of others'."""

import asyncio
from collections.abc import Callable, Collection, Iterator
from math import inf
from typing import NamedTuple
from uuid import UUID

from application.ports.presence import State, Watcher

LINGER = 5.0
"""Seconds that somebody is here after their last connection ended: for most come again at once."""
TYPING = 6.0
"""Seconds that somebody is shown as typing; who goes on says so again before."""


class Claim(NamedTuple):
    """That somebody has a connection, and what they are shown as."""

    person: UUID
    connection: UUID
    state: State


class MemoryPresence:
    """Fulfils application.ports.presence.Presence for one process; another adapter adds what it hears with `told`."""

    def __init__(self, now: Callable[[], float] | None = None) -> None:
        """`now`: seconds; left out, the event loop's."""
        self._now = now or (lambda: asyncio.get_running_loop().time())
        self._connections: dict[UUID, dict[UUID, float]] = {}
        self._states: dict[UUID, State] = {}
        self._typing: dict[UUID, dict[UUID, float]] = {}
        self._watchers: set[Watcher] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._due = inf

    def arrive(self, person: UUID, connection: UUID) -> None:
        """See Presence.arrive."""
        self._here(person, connection, inf)

    def leave(self, person: UUID, connection: UUID) -> None:
        """See Presence.leave."""
        if connection in self._connections.get(person, {}):
            self._here(person, connection, self._now() + LINGER)

    def show(self, person: UUID, state: State) -> None:
        """See Presence.show."""
        before = self.state(person)
        self._states[person] = state
        if before not in (None, state):
            self._tell(person)
        elif before is None:
            del self._states[person]

    def state(self, person: UUID) -> State | None:
        """See Presence.state."""
        return self._states.get(person, "online") if person in self._connections else None

    def type(self, person: UUID, channel: UUID, *, typing: bool) -> None:
        """See Presence.type."""
        there = self._typing.setdefault(channel, {})
        changed = typing is not (person in there)
        if typing:
            there[person] = self._now() + TYPING
            self._wake_at(there[person])
        else:
            there.pop(person, None)
        if not there:
            del self._typing[channel]
        if changed:
            self._tell(channel)

    def typing(self, channel: UUID) -> Collection[UUID]:
        """See Presence.typing."""
        return frozenset(self._typing.get(channel, ()))

    def watch(self, watcher: Watcher) -> Callable[[], None]:
        """See Presence.watch."""
        self._watchers.add(watcher)
        return lambda: self._watchers.discard(watcher)

    def told(self, claim: Claim, seconds: float) -> None:
        """Another process says that somebody is connected to it; it holds so long, unless it says so again."""
        if self._connections.get(claim.person, {}).get(claim.connection) != inf:
            self._here(claim.person, claim.connection, self._now() + seconds)
            self.show(claim.person, claim.state)

    def own(self) -> Iterator[Claim]:
        """The connections to this process."""
        for person, connections in self._connections.items():
            for connection, until in connections.items():
                if until == inf:
                    yield Claim(person, connection, self._states.get(person, "online"))

    def close(self) -> None:
        """Ends its timer."""
        if self._timer:
            self._timer.cancel()

    def sweep(self) -> None:
        """Ends what has run out, and says when to look again."""
        now, changed = self._now(), list[UUID]()
        for thing, known in (*self._connections.items(), *self._typing.items()):
            if ended := [key for key, until in known.items() if until <= now]:
                for key in ended:
                    del known[key]
                if not known or thing in self._typing:
                    changed.append(thing)
        for thing in changed:
            if not self._connections.get(thing, True):
                del self._connections[thing]
                self._states.pop(thing, None)
            if not self._typing.get(thing, True):
                del self._typing[thing]
            self._tell(thing)
        self._due, self._timer = inf, None
        every = (until for known in (*self._connections.values(), *self._typing.values()) for until in known.values())
        if (soonest := min(every, default=inf)) < inf:
            self._wake_at(soonest)

    def _here(self, person: UUID, connection: UUID, until: float) -> None:
        before = self.state(person)
        self._connections.setdefault(person, {})[connection] = until
        if until < inf:
            self._wake_at(until)
        if before is None:
            self._tell(person)

    def _wake_at(self, moment: float) -> None:
        # Nobody is told to the tenth of a second, so what ends shortly after another is found with it.
        if moment < self._due - 0.1:
            if self._timer:
                self._timer.cancel()
            self._due = moment
            self._timer = asyncio.get_running_loop().call_later(max(0.0, moment - self._now()) + 0.1, self.sweep)

    def _tell(self, thing: UUID) -> None:
        for watcher in tuple(self._watchers):
            watcher(thing)
