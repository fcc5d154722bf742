"""The lists of a Slack export: its users and channels, and the files that hold a channel's days."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import msgspec

from application.imports.errors import NotAnExport, TooLarge
from application.imports.records.record import NotTaken, Place
from infra.imports.archive import Archive, Entry
from infra.imports.elements import elements
from infra.imports.limits import Limits
from infra.imports.slack.conversations import LISTS, Talk, pinned
from infra.imports.slack.shapes import Conversation, User
from infra.imports.slack.survey import Survey

USERS = "users.json"
DAY = re.compile(r"([^/]+)/(\d{4}-\d{2}-\d{2})\.json", re.ASCII)
Listed = TypeVar("Listed", User, Conversation)


class Lists:
    """What an export says that it holds. `problems` are told with the records; `days` are a channel's files by date."""

    def __init__(self, archive: Archive, path: Path, limits: Limits) -> None:
        """Raises NotAnExport, TooLarge, and what reading a file raises: without its lists an export means nothing."""
        self.archive, self.limits = archive, limits
        self.problems: list[NotTaken] = []
        entries = {entry.name: entry for entry in archive.entries()}
        lists = [name for name in LISTS if name in entries]
        if USERS not in entries or not lists:
            missing = USERS if USERS not in entries else "channels.json"
            raise NotAnExport(str(path), f"{missing} is missing: is this a Slack export, or the folder around one?")
        for name in (USERS, *lists):
            if entries[name].size > limits.directory:
                raise TooLarge(name, f"{entries[name].size:,} bytes, more than {limits.directory:,}")
        self.users = list(self._listed(USERS, User))
        self.talks: dict[str, Talk] = {}
        folders: dict[str, Talk] = {}
        for name in lists:
            self._talks(name, folders)
        self.days: dict[str, list[tuple[Talk, Entry]]] = {}
        self._place(entries, folders)

    def _talks(self, file: str, folders: dict[str, Talk]) -> None:
        for place, shape in self._listed(file, Conversation):
            talk = Talk(shape=shape, listed=LISTS[file], place=place, survey=Survey(), pins=pinned(shape))
            if shape.id in self.talks or talk.folder in folders:
                self._problem(place, f"another channel has its id {shape.id} or its folder {talk.folder}")
                continue
            self.talks[shape.id] = folders[talk.folder] = talk
            for pin in shape.pins or ():
                if pin.type != "C":
                    self._problem(place, f"a pinned {'file' if pin.type == 'F' else 'thing'} ({pin.id})")

    def _listed(self, file: str, shape: type[Listed]) -> Iterator[tuple[Place, Listed]]:
        """The elements of a list; one that isn't as it should be, or comes twice, is a problem."""
        seen: set[str] = set()
        with self.archive.open(file) as stream:
            for element in elements(stream, file, self.limits):
                place = Place(file, element.line, element.number)
                try:
                    found = msgspec.convert(element.value, shape)
                except msgspec.ValidationError as problem:
                    self._problem(place, str(problem))
                    continue
                if found.id in seen:
                    self._problem(place, f"{found.id} is listed twice: the first one counts")
                    continue
                seen.add(found.id)
                yield place, found

    def _place(self, entries: dict[str, Entry], folders: dict[str, Talk]) -> None:
        """Sorts the files by date; one that belongs to no channel is a problem."""
        for name, entry in entries.items():
            if name == USERS or name in LISTS:
                continue
            day = DAY.fullmatch(name)
            talk = folders.get(day[1]) if day else None
            if day and talk:
                self.days.setdefault(day[2], []).append((talk, entry))
            elif day:
                self._problem(Place(name), f"no channel of the name {day[1]} is listed")
            else:
                self._problem(Place(name), "not a part of the conversations")

    def _problem(self, place: Place, reason: str) -> None:
        self.problems.append(NotTaken(reason=reason, at=0, place=place))
