"""Rows of the log as events, once for all read models: only those that feed one are opened, their keys in one query a page."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from application.ports.codec import Codec, DamagedEvent, UnknownEvent
from application.ports.keys import Keys
from application.ports.log import LogReader, Row
from domain.kernel.events import CATALOGUE, Event, Recorded
from domain.kernel.upcasts import UPCASTS
from projections.engine.erasure import ERASES
from projections.engine.feeds import FEEDS
from projections.engine.members import Declared
from projections.engine.needs import Fields


class Page(NamedTuple):
    """What was read: the events of interest, up to a position; `stop` is why it ends before what was to be read.

    `usable` are keys that an event withdrew and a later one released: what they sealed stays.
    """

    recorded: Sequence[Recorded[Event]]
    upto: int
    stop: UnknownEvent | DamagedEvent | None
    usable: frozenset[UUID] = frozenset()


class Decoder:
    """Decodes pages for those who are interested in some events, and in some fields of them: in others nothing is opened.

    An unknown type ends the page before it, interest or not.
    """

    def __init__(self, codec: Codec, keys: Keys, events: Mapping[type[Event], Fields]) -> None:
        self._codec, self._keys = codec, keys
        self._fields = {wire: fields for event, fields in events.items() for wire in wires((event,))}
        self.wires = wires(events)
        """The wire names of what is of interest."""

    async def decode(self, rows: Sequence[Row], after: int) -> Page:
        """The events of a page that follows a position. Raises LogUnavailable, KeyUnusable."""
        parsed, upto, stop = [], after, None
        try:
            for row in rows:
                if row.type in self.wires or (row.type not in CATALOGUE and row.type not in UPCASTS):
                    parsed.append(self._codec.parse(row))
                upto = row.position
        except (UnknownEvent, DamagedEvent) as error:
            stop = error
        opened = await self._keys.open(frozenset().union(*(each.keys for each in parsed)))
        recorded: list[Recorded[Event]] = []
        try:
            for each in parsed:
                recorded.append(self._codec.finish(each, opened, self._fields.get(each.row.type)))  # noqa: PERF401 (what was decoded before a damaged one is kept)
        except DamagedEvent as error:
            upto, stop = parsed[len(recorded)].row.position - 1, error
        return Page(recorded, upto, stop, await self._usable(recorded))

    async def _usable(self, recorded: Sequence[Recorded[Event]]) -> frozenset[UUID]:
        withdrawn = {key for said in recorded if type(said.event) in ERASES for key in ERASES[type(said.event)](said)}
        for key in withdrawn:
            self._keys.forget(key)  # what this process has at hand may be older than the event
        return frozenset(await self._keys.open(withdrawn)) if withdrawn else frozenset()


def wires(events: Collection[type[Event]]) -> frozenset[str]:
    """The wire names, older versions included, under which these events may be stored."""
    found = {event.wire for event in events}
    while older := {step.old for step in UPCASTS.values() if step.new in found} - found:
        found |= older
    return frozenset(found)


def feeding(models: Collection[Declared]) -> frozenset[str]:
    """The wire names under which events may be stored that feed these read models."""
    return wires([event for event, feeds in FEEDS.items() if any(feed.model in models for feed in feeds)])


def purged_in(reader: LogReader) -> Callable[[Collection[str]], Awaitable[frozenset[str]]]:
    """Asks the log which of some streams have lost content."""

    async def purged(streams: Collection[str]) -> frozenset[str]:
        found = await reader.streams(streams)
        return frozenset(stream for stream, rows in found.items() if any(row.payload is None for row in rows))

    return purged
