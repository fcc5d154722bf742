"""Whoever is suspended or leaves is out at once, in every process: what they have open ends, whatever their token says."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

import structlog

from application.ports.log import LogReader, LogUnavailable
from application.ports.reading import ReadTooLong, ReadUnavailable
from application.ports.standings import News, Standings
from application.tasks import stopped

log = structlog.get_logger("live")

PATIENCE, PAUSE = 1.0, 0.25
"""Seconds after which the log is looked at without having been told of news, and between tries while it can't be read."""


PAGE = 500
"""Rows that are at hand and looked at together."""


class Expelled(Exception):
    """Somebody was suspended or has left."""


class Standing:
    """Follows what becomes of people, beside everything that waits for read models."""

    def __init__(self, reader: LogReader, standings: Standings) -> None:
        self.reader, self.standings = reader, standings
        self.gone: set[UUID] = set()
        self.watched: dict[UUID, list[Callable[[], None]]] = {}
        self.position = 0
        self.moved = 0
        """The last position at which somebody may have become what they weren't before."""
        self.running: asyncio.Task[None] | None = None

    @contextmanager
    def watching(self, viewer: UUID, expelled: Callable[[], None]) -> Iterator[None]:
        """Calls `expelled` when somebody's taking part ends, within the block."""
        watchers = self.watched.setdefault(viewer, [])
        watchers.append(expelled)
        try:
            yield
        finally:
            watchers.remove(expelled)
            if not watchers:
                self.watched.pop(viewer, None)

    def heed(self, viewer: UUID) -> None:
        """Raises Expelled where somebody is known not to take part."""
        if viewer in self.gone:
            raise Expelled

    async def start(self) -> None:
        """Begins with those who don't take part now. Raises LogUnavailable."""
        self.position = await self.reader.head()
        try:
            reached, ended = await self.standings.ended()
        except (ReadUnavailable, ReadTooLong):
            pass  # before any follower of this release has run, there is nobody to be let in
        else:
            self.gone |= ended
            self.position = min(self.position, reached)
        self.moved = self.position
        self.running = asyncio.create_task(self._run(), name="standing")

    async def close(self) -> None:
        await stopped(self.running)

    async def _run(self) -> None:
        while True:
            try:
                await self.reader.wait(self.position, PATIENCE)
                await self.advance()
            except (LogUnavailable, ReadUnavailable, ReadTooLong):
                log.warning("who takes part can't be read now", position=self.position)
                await asyncio.sleep(PAUSE)

    async def advance(self) -> None:
        """Takes in what has happened by now. Raises ReadUnavailable, ReadTooLong."""
        more = True
        while more:
            rows = self.reader.at_hand(self.position, PAGE)
            if rows and not any(row.type in self.standings.wires for row in rows):
                makes = any(row.type in self.standings.makes for row in rows)
                position, turns, makes = News(rows[-1].position, [], makes)
            else:
                position, turns, makes = await self.standings.after(self.position)
            for person, active in turns:
                if active:
                    self.gone.discard(person)
                else:
                    self.gone.add(person)
                    for expelled in [*self.watched.get(person, ())]:
                        expelled()
            self.moved = position if makes else self.moved
            self.position = position
            more = await self.reader.wait(position, 0)
