"""A bulk export as a history: its posts, which stand in any order, told in that of their times."""

import heapq
from array import array
from collections.abc import Iterator
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import NamedTuple, cast

from application.imports.errors import NotAnExport, NotReadable
from application.imports.records.channels import Channel, Described, Joined
from application.imports.records.every import AnyRecord
from application.imports.records.record import Micros, NotTaken, Place, Record, Source
from infra.imports.limits import LIMITS, Limits
from infra.imports.mattermost import shapes
from infra.imports.mattermost.lines import holdable, line_at, lines, opened, parsed
from infra.imports.mattermost.people import People, key_of
from infra.imports.mattermost.posts import Posts

PASSED = {"version", "team", "emoji", "scheme", "role", "bot", "info"}
"""Kinds of lines that hold nothing of what is taken."""


class Talk(NamedTuple):
    """A channel of the export, before it is told."""

    record: Channel
    described: tuple[tuple[str, str], ...]


class MattermostExport:
    """A file of JSON Lines that `mmctl export` or a migration wrote, or the folder or the archive it is in. See History."""

    def __init__(self, path: Path, limits: Limits = LIMITS) -> None:
        """Looks through the whole export once. Raises ImportRefused; lines that aren't as they should be are told later."""
        self.limits, self.text = limits, opened(path, limits)
        try:
            self._begin()
        except BaseException:
            self.close()
            raise

    def _begin(self) -> None:
        self.people = People()
        self.problems: list[NotTaken] = []
        self.talks: dict[str, Talk] = {}
        self.members: list[tuple[str, str, bool]] = []
        self._posts = array("q")
        versions = self._survey()
        if versions != {1}:
            raise NotAnExport(self.text.name, "its first line must say that it is a bulk export of version 1")
        self.source = Source("mattermost", sha256("\n".join(sorted(self._teams)).encode()).hexdigest()[:32], telling=True)
        self.total, self.done = len(self._posts) // 3, 0
        self.beginning: Micros = min(self._posts[::3], default=1)

    def close(self) -> None:
        """Ends what was unpacked, if it was."""
        self.text.close()

    def _survey(self) -> set[int]:
        versions: set[int] = set()
        self._teams: set[str] = set()
        with self.text.reading() as stream:
            for line in lines(stream, self.text.name, self.limits):
                place = Place(self.text.name, line.number)
                try:
                    entry = cast(shapes.Entry, parsed(line.text, str(place), shapes.Entry))
                except NotReadable as problem:
                    if line.number == 1:
                        raise NotAnExport(self.text.name, "its first line is no JSON object with a type") from None
                    self.problems.append(NotTaken(reason=str(problem), at=0, place=place))
                    continue
                if entry.version is not None:
                    versions.add(entry.version)
                self._look(entry, place, line.offset)
        return versions

    def _look(self, entry: shapes.Entry, place: Place, offset: int) -> None:
        post = entry.post or entry.direct_post
        if entry.channel is not None:
            self._teams.add(entry.channel.team)
            self._channel(entry.channel, place)
        elif entry.user is not None:
            self.people.describe(entry.user, place)
            for team in entry.user.teams or ():
                for channel in team.channels or ():
                    keeps = "channel_admin" in (channel.roles or "")
                    self.members.append((f"{team.name}/{channel.name}", entry.user.username, keeps))
        elif post is not None:
            self._posts.extend((post.create_at * 1_000, place.line, offset))
        elif entry.direct_channel is not None:
            self._direct(entry.direct_channel.members or [], entry.direct_channel.header, place)
        elif entry.type not in PASSED:
            self.problems.append(NotTaken(reason=f"a line of type {holdable(entry.type)[:50]}", at=0, place=place))

    def _channel(self, shape: shapes.Channel, place: Place) -> None:
        key = f"{shape.team}/{shape.name}"
        name = holdable(shape.display_name or shape.name)
        record = Channel(key=key, kind="group", name=name, private=shape.type == "P", at=0, place=place)
        said = (("topic", shape.header), ("purpose", shape.purpose))
        self.talks.setdefault(key, Talk(record, tuple((what, holdable(text)) for what, text in said if text)))

    def _direct(self, members: list[str], header: str | None, place: Place) -> str:
        """The key of a direct channel: a digest of who is in it."""
        names = sorted({name.lower() for name in members})
        key = "direct/" + sha256("\n".join(map(key_of, names)).encode()).hexdigest()[:32]
        record = Channel(key=key, kind="direct", private=True, members=tuple(names), at=0, place=place)
        self.talks.setdefault(key, Talk(record, (("topic", holdable(header)),) if header else ()))
        return key

    def records(self) -> Iterator[AnyRecord]:
        """Everything in the order of its times: people and channels first, then what was said."""
        at = self.beginning
        for problem in self.problems:
            yield NotTaken(reason=problem.reason, at=at, place=problem.place)
        yield from self.people.all(at)
        opened: set[str] = set()
        for key in list(self.talks):
            opened.add(key)
            yield from self._opened(key, at)
        for key, username, keeps in self.members:
            if key in opened:
                person = self.people.somebody(username, at)
                yield from self.people.told()
                yield Joined(channel=key, person=person, keeps=keeps, at=at)
        yield from self._said(opened)

    def _opened(self, key: str, at: Micros) -> Iterator[AnyRecord]:
        record, described = self.talks[key]
        members = tuple(self.people.somebody(name, at, record.place) for name in record.members)
        yield from self.people.told()
        yield Channel(
            key=key, kind=record.kind, name=record.name, private=record.private, members=members, at=at, place=record.place
        )
        for what, text in described:
            yield Described(channel=key, what="topic" if what == "topic" else "purpose", text=text, at=at, place=record.place)

    def _said(self, opened: set[str]) -> Iterator[AnyRecord]:
        order = sorted(range(0, len(self._posts), 3), key=lambda n: (self._posts[n], self._posts[n + 1]))
        numbers = count()
        later: list[tuple[Micros, int, Record]] = []
        posts = Posts(self.people)
        with self.text.reading() as stream:
            for n in order:
                at, line, offset = self._posts[n : n + 3]
                while later and later[0][0] <= at:
                    yield cast(AnyRecord, heapq.heappop(later)[2])
                place = Place(self.text.name, line)
                entry = cast(shapes.Entry, parsed(line_at(stream, offset).strip(), str(place), shapes.Entry))
                post = entry.post or entry.direct_post
                if post is None:
                    continue
                key = f"{post.team}/{post.channel}" if entry.post else self._direct(post.channel_members or [], None, place)
                self.done += 1
                if key not in self.talks:
                    yield NotTaken(reason="a post in a channel that isn't here", at=at, place=place)
                    continue
                if key not in opened:
                    opened.add(key)
                    yield from self._opened(key, at)
                for record in posts.tell(key, post, place):
                    yield from self.people.told()
                    heapq.heappush(later, (record.at, next(numbers), record))
        while later:
            yield cast(AnyRecord, heapq.heappop(later)[2])
