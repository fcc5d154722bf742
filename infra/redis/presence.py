"""Presence and typing of several processes: each says what its own people do, again and again, and believes the others."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from itertools import islice
from uuid import UUID

import orjson

from application.ports.presence import State, Watcher
from application.tasks import stopped
from infra.memory.presence import TYPING, Claim, MemoryPresence
from infra.redis.bus import Bus
from infra.redis.client import RedisClient

AGAIN = 20.0
"""Seconds after which a process says again who is connected to it."""
HOLDS = 2.5 * AGAIN
"""Seconds that this holds: so long is somebody shown whose process died."""
AT_ONCE = 500
"""Connections in one message."""
OFTEN = TYPING / 2
"""Seconds in which others aren't told again that somebody is still typing."""


class RedisPresence:
    """Fulfils application.ports.presence.Presence. While Redis can't be reached, each process knows only its own people."""

    def __init__(self, bus_of: Callable[[Callable[[bytes], None], Callable[[], None]], Bus], here: MemoryPresence) -> None:
        self.here = here
        self.bus = bus_of(self._heard, self._ask_all)
        self._typed: dict[tuple[UUID, UUID], float] = {}

    def arrive(self, person: UUID, connection: UUID) -> None:
        """See Presence.arrive."""
        self.here.arrive(person, connection)
        self._say("here", [[person, connection, self.here.state(person)]])

    def leave(self, person: UUID, connection: UUID) -> None:
        """See Presence.leave."""
        self.here.leave(person, connection)
        self._say("left", [person, connection])

    def show(self, person: UUID, state: State) -> None:
        """See Presence.show."""
        self.here.show(person, state)
        self._say("shows", [person, state])

    def state(self, person: UUID) -> State | None:
        """See Presence.state."""
        return self.here.state(person)

    def type(self, person: UUID, channel: UUID, *, typing: bool) -> None:
        """See Presence.type."""
        self.here.type(person, channel, typing=typing)
        now = asyncio.get_running_loop().time()
        self._typed = {key: until for key, until in self._typed.items() if until > now}
        if not typing:
            self._typed.pop((person, channel), None)
        elif (person, channel) in self._typed:
            return
        else:
            self._typed[person, channel] = now + OFTEN
        self._say("types", [person, channel, typing])

    def typing(self, channel: UUID) -> Collection[UUID]:
        """See Presence.typing."""
        return self.here.typing(channel)

    def watch(self, watcher: Watcher) -> Callable[[], None]:
        """See Presence.watch."""
        return self.here.watch(watcher)

    def close(self) -> None:
        """See Presence.close."""
        self.here.close()

    async def say_again(self) -> None:
        """Says from time to time who is connected here."""
        while True:
            await asyncio.sleep(AGAIN)
            self._say_all()

    def _say_all(self) -> None:
        claims = self.here.own()
        while some := list(islice(claims, AT_ONCE)):
            self._say("here", [list(claim) for claim in some])

    def _ask_all(self) -> None:
        """Whoever begins to listen hears of everybody, and is heard."""
        self._say("who", [])
        self._say_all()

    def _say(self, what: str, facts: list[object]) -> None:
        self.bus.say(orjson.dumps([what, facts]))

    def _heard(self, message: bytes) -> None:
        match orjson.loads(message):
            case ["here", claims]:
                for person, connection, state in claims:
                    self.here.told(Claim(UUID(person), UUID(connection), state), HOLDS)
            case ["left", [person, connection]]:
                self.here.leave(UUID(person), UUID(connection))
            case ["shows", [person, state]]:
                self.here.show(UUID(person), state)
            case ["types", [person, channel, typing]]:
                self.here.type(UUID(person), UUID(channel), typing=typing)
            case ["who", _]:
                self._say_all()
            case _:
                pass  # of a newer release


@asynccontextmanager
async def sharing(client: RedisClient, organisation: UUID, here: MemoryPresence) -> AsyncIterator[RedisPresence]:
    """One organisation's presence, shared for as long as the block."""
    presence = RedisPresence(lambda heard, connected: Bus(client, f"onrecord:{organisation}:presence", heard, connected), here)
    async with presence.bus:
        again = asyncio.create_task(presence.say_again(), name="presence")
        try:
            yield presence
        finally:
            await stopped(again)
