"""A bulk export as a history: its posts, which stand in any order, told in that of their times."""

import heapq
from array import array
from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import NamedTuple, cast

from application.imports.errors import NotAnExport, NotReadable
from application.imports.records import (
    AnyRecord,
    Channel,
    Described,
    Edited,
    File,
    Joined,
    Micros,
    NotTaken,
    Pinned,
    Place,
    Reacted,
    Record,
    Said,
    Source,
)
from infra.imports.emoji import emoji
from infra.imports.limits import LIMITS, Limits
from infra.imports.mattermost import shapes
from infra.imports.mattermost.lines import holdable, jsonl_file, line_at, lines, parsed
from infra.imports.mattermost.people import People, key_of

PASSED = {"version", "team", "emoji", "scheme", "role", "bot", "info"}
"""Kinds of lines that hold nothing of what is taken."""


class Talk(NamedTuple):
    """A channel of the export, before it is told."""

    record: Channel
    described: tuple[tuple[str, str], ...]


class MattermostExport:
    """A file of JSON Lines that `mmctl export` or a migration wrote, or the folder it is in. See History."""

    def __init__(self, path: Path, limits: Limits = LIMITS) -> None:
        """Looks through the whole export once. Raises ImportRefused; lines that aren't as they should be are told later."""
        self.limits, self.file = limits, jsonl_file(path, limits)
        self.people = People()
        self.problems: list[NotTaken] = []
        self.talks: dict[str, Talk] = {}
        self.members: list[tuple[str, str, bool]] = []
        self._posts = array("q")
        versions = self._survey()
        if versions != {1}:
            raise NotAnExport(self.file.name, "its first line must say that it is a bulk export of version 1")
        self.source = Source("mattermost", sha256("\n".join(sorted(self._teams)).encode()).hexdigest()[:32])
        self.total, self.done = len(self._posts) // 3, 0
        self.beginning: Micros = min(self._posts[::3], default=1)

    def close(self) -> None:
        """Nothing is kept open."""

    def _survey(self) -> set[int]:
        versions: set[int] = set()
        self._teams: set[str] = set()
        with self.file.open("rb") as stream:
            for line in lines(stream, self.file.name, self.limits):
                place = Place(self.file.name, line.number)
                try:
                    entry = cast(shapes.Entry, parsed(line.text, str(place), shapes.Entry))
                except NotReadable as problem:
                    if line.number == 1:
                        raise NotAnExport(self.file.name, "its first line is no JSON object with a type") from None
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
        seen: dict[tuple[str, int], int] = {}
        with self.file.open("rb") as stream:
            for n in order:
                at, line, offset = self._posts[n : n + 3]
                while later and later[0][0] <= at:
                    yield cast(AnyRecord, heapq.heappop(later)[2])
                place = Place(self.file.name, line)
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
                for record in self._post(key, post, place, seen):
                    yield from self.people.told()
                    heapq.heappush(later, (record.at, next(numbers), record))
        while later:
            yield cast(AnyRecord, heapq.heappop(later)[2])

    def _post(self, channel: str, post: shapes.Post, place: Place, seen: dict[tuple[str, int], int]) -> Iterator[Record]:
        root = self._key(channel, post.create_at, seen)
        yield from self._message(channel, root, None, post, place)
        if post.is_pinned:
            yield Pinned(
                channel=channel,
                message=root,
                by=self.people.somebody(post.user, post.create_at * 1_000, place),
                at=post.create_at * 1_000,
                place=place,
            )
        for reply in post.replies or ():
            yield from self._message(channel, self._key(channel, reply.create_at, seen), root, reply, place)

    def _key(self, channel: str, at: int, seen: dict[tuple[str, int], int]) -> str:
        """Messages have no name there: their time is one, with a number where several have the same."""
        number = seen[channel, at] = seen.get((channel, at), 0) + 1
        return str(at) if number == 1 else f"{at}-{number}"

    def _message(
        self, channel: str, key: str, thread: str | None, post: shapes.Post | shapes.Reply, place: Place
    ) -> Iterator[Record]:
        at = post.create_at * 1_000
        author = self.people.somebody(post.user, at, place)
        text, mentions = self.people.words(post.message)
        files = tuple(_file(each, author) for each in post.attachments or ())
        yield Said(
            channel=channel,
            key=key,
            author=author,
            text=text,
            thread=thread,
            mentions=mentions,
            files=files,
            at=at,
            place=place,
        )
        if post.edit_at:
            yield Edited(channel=channel, message=key, by=author, at=max(at, post.edit_at * 1_000), place=place)
        yield from self._reactions(channel, key, post.reactions or (), at, place)

    def _reactions(
        self, channel: str, message: str, reactions: Iterable[shapes.Reaction], at: Micros, place: Place
    ) -> Iterator[Record]:
        for each in reactions:
            person = self.people.somebody(each.user, at, place)
            sign = emoji(holdable(each.emoji_name))
            yield Reacted(
                channel=channel, message=message, person=person, emoji=sign, at=max(at, each.create_at * 1_000), place=place
            )


def _file(attachment: shapes.Attachment, owner: str) -> File:
    key = sha256(attachment.path.encode()).hexdigest()[:32]
    return File(key=key, name=holdable(attachment.path.replace("\\", "/").rpartition("/")[2]) or "file", owner=owner)
