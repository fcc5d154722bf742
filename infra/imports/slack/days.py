"""The days of all channels, joined into one order of time."""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from operator import attrgetter
from typing import NamedTuple

import msgspec

from application.imports.errors import ImportRefused
from application.imports.records.record import Micros, NotTaken, Place
from infra.imports.archive import Archive, Entry
from infra.imports.elements import Element, elements
from infra.imports.limits import Limits
from infra.imports.slack.conversations import Talk
from infra.imports.slack.shapes import Message
from infra.imports.slack.times import micros

SMALL = 8 << 20
"""Files up to this size are read whole and put in order; longer ones are taken in the order in which they stand."""

ALTERED = "characters that no text can hold were replaced by U+FFFD"


class Told(NamedTuple):
    """An element with its channel and time."""

    at: Micros
    talk: Talk
    place: Place
    message: Message


class Days:
    """A channel's files by date (as in their names), read twice: once to survey them, once in order."""

    def __init__(self, archive: Archive, days: Mapping[str, Sequence[tuple[Talk, Entry]]], limits: Limits) -> None:
        self.archive, self.days, self.limits = archive, dict(sorted(days.items())), limits

    def survey(self) -> None:
        """Lets each channel's survey look at everything that can be read."""
        for files in self.days.values():
            for talk, entry in files:
                try:
                    for element in self._elements(entry.name):
                        talk.survey.look(element.value)
                except ImportRefused:
                    continue  # It is told of, with its reason, when the file is read for good.

    def in_order(self) -> Iterator[Told | NotTaken]:
        """Every element by its time; what can't be read is said in its place."""
        for date, files in self.days.items():
            dawn = _dawn(date)
            streams = [self._day(talk, entry, dawn) for talk, entry in files]
            yield from heapq.merge(*streams, key=attrgetter("at"))

    def _day(self, talk: Talk, entry: Entry, dawn: Micros) -> Iterator[Told | NotTaken]:
        told = self._told(talk, entry.name, dawn)
        return iter(sorted(told, key=attrgetter("at"))) if entry.size <= SMALL else told

    def _told(self, talk: Talk, file: str, dawn: Micros) -> Iterator[Told | NotTaken]:
        seen: dict[Micros, int] = {}
        at = dawn
        try:
            for element in self._elements(file):
                place = Place(file, element.line, element.number)
                try:
                    message = msgspec.convert(element.value, Message)
                except msgspec.ValidationError as problem:
                    yield NotTaken(reason=str(problem), at=at, place=place)
                    continue
                stamp = micros(message.ts)
                if stamp is None:
                    yield NotTaken(reason=f"no time that could be understood ({message.ts!r:.40})", at=at, place=place)
                    continue
                at = stamp
                first = seen.setdefault(at, element.number)
                if first != element.number:
                    yield NotTaken(reason=f"the same time stamp as element {first}", key=message.ts, at=at, place=place)
                    continue
                yield Told(at, talk, place, message)
                if element.altered:
                    yield NotTaken(reason=ALTERED, lost=False, key=message.ts, at=at, place=place)
        except ImportRefused as problem:
            yield NotTaken(reason=problem.reason, broken=True, at=at, place=Place(problem.file))

    def _elements(self, file: str) -> Iterator[Element]:
        with self.archive.open(file) as stream:
            yield from elements(stream, file, self.limits)


def _dawn(date: str) -> Micros:
    try:
        return int(datetime.fromisoformat(date).replace(tzinfo=UTC).timestamp()) * 1_000_000
    except ValueError:
        return 1
