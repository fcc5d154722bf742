"""A conversation as a bulk export of Mattermost: JSON Lines that its import takes, and ours.

What the format has no place for stands in a post's `props`, under `onrecord`: moments to the microsecond, earlier words, what
was taken back and by whom, and what is known of files. Whoever doesn't know them passes over them.
"""

import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from application.exports.conversation import Act, Post, Posts, Sign, Somebody, Talk, Wording
from infra.imports.emoji import name_of

TEAM = "onrecord"
MENTION = re.compile(r"<@([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})>(?=([a-zA-Z0-9._-])?)")
"""Somebody mentioned; what follows is looked at, for it could be taken for a part of the name."""
TOGETHER = 1 << 20
"""Bytes of a thread in one line. What is replied beyond stands in lines of its own, which name the thread."""
EARLIER = 1 << 19
"""Bytes of earlier words in one line: the first are kept, and as many of the last as fit."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def username(person: UUID) -> str:
    """What somebody is called in the file: by their id, since names and addresses are neither unique nor for ever."""
    return f"u{person.hex}"


async def mattermost_lines(talk: Talk, posts: Posts) -> AsyncIterator[bytes]:
    """The lines of the file, as the posts come. Memory holds one thread's line, and the ids of those who were told of."""
    writer = _Writer(talk)
    for line in writer.head():
        yield line
    thread: dict[str, Any] | None = None
    size, root = 0, None
    async for post in posts:
        for line in writer.people(post):
            yield line
        said = writer.post(post)
        if thread is not None and post.thread is not None and post.thread == root:
            size += len(msgspec.json.encode(said))
            if size <= TOGETHER:
                thread.setdefault("replies", []).append(said)
                continue
        elif thread is not None:
            yield writer.line(thread)
            thread = None
        if post.thread is None:
            thread, root, size = said, post.id, len(msgspec.json.encode(said))
        else:
            said["props"]["onrecord"]["thread"] = str(post.thread)
            if thread is not None:
                yield writer.line(thread)
                thread = None
            yield writer.line(said)
    if thread is not None:
        yield writer.line(thread)


class _Writer:
    def __init__(self, talk: Talk) -> None:
        self.talk, self.channel, self._told = talk, f"c{talk.id.hex}", set[UUID]()
        self._members = [username(member.person.id) for member in talk.members]

    def head(self) -> Iterator[bytes]:
        talk = self.talk
        yield _line("version", 1, info={"generator": "OnRecord", "additional": {"position": str(talk.position)}})
        yield _line("team", {"name": TEAM, "display_name": "OnRecord", "type": "I"})
        if talk.direct:
            for member in talk.members:
                yield from self._told_of(member.person)
            yield _line("direct_channel", _without({"members": self._members, "header": talk.topic}))
            return
        channel: dict[str, Any] = {"team": TEAM, "name": self.channel, "display_name": talk.name or self.channel}
        channel |= {"type": "P" if talk.private else "O", "header": talk.topic, "purpose": talk.description}
        yield _line("channel", _without(channel))
        for member in talk.members:
            roles = "channel_admin channel_user" if member.keeps else "channel_user"
            yield from self._told_of(member.person, {"name": self.channel, "roles": roles})

    def people(self, post: Post) -> Iterator[bytes]:
        """Those of a post who weren't told of yet."""
        acts = (act.by for act in (post.pinned, post.retracted) if act)
        for each in (post.author, *post.mentioned, *(sign.person for sign in post.signs), *acts):
            if each is not None:
                yield from self._told_of(each)

    def _told_of(self, person: Somebody, channel: dict[str, str] | None = None) -> Iterator[bytes]:
        if person.id in self._told:
            return
        self._told.add(person.id)
        team = {"name": TEAM, "roles": "team_user", "channels": [channel] if channel else []}
        user: dict[str, Any] = {
            "username": username(person.id),
            "email": person.email,
            "first_name": person.name,
            "position": person.title,
        }
        user |= {"roles": "system_guest" if person.guest else "system_user", "delete_at": 1 if person.left else None}
        yield _line("user", _without(user) | {"teams": [team]})

    def post(self, post: Post) -> dict[str, Any]:
        """The post as it stands in a line, or among the replies of one."""
        wordings = _within(post.wordings)
        first, last = wordings[0], wordings[-1]
        edited = last.at if len(wordings) > 1 else post.noted
        said = {
            "user": _name(post.author),
            "message": "" if post.retracted else _words(last.text),
            "create_at": _millis(first.at),
            "edit_at": _millis(edited) if edited else None,
            "is_pinned": True if post.pinned else None,
            "attachments": [{"path": f"data/{file.id}/{_plain(file.name)}"} for file in post.files] or None,
            "reactions": [_sign(sign) for sign in post.signs] or None,
        }
        return _without(said) | {"props": {"onrecord": self._own(post, wordings)}}

    def _own(self, post: Post, wordings: tuple[Wording, ...]) -> dict[str, Any]:
        own: dict[str, Any] = {
            "id": str(post.id),
            "at": _micros(wordings[0].at),
            "also_in_channel": post.also_in_channel or None,
            "quotes": str(post.quotes) if post.quotes else None,
            "calls": post.calls or None,
            "pinned": _act(post.pinned),
            "retracted": _act(post.retracted),
            "files": [_without(file._asdict() | {"id": None}) for file in post.files] or None,
        }
        if len(wordings) > 1 or post.retracted:
            own["wordings"] = [{"at": _micros(each.at), "message": _words(each.text)} for each in wordings]
        return _without(own)

    def line(self, post: dict[str, Any]) -> bytes:
        """A post as a line of its own, with where it was said."""
        if self.talk.direct:
            return _line("direct_post", {"channel_members": self._members, **post})
        return _line("post", {"team": TEAM, "channel": self.channel, **post})


def _within(wordings: tuple[Wording, ...]) -> tuple[Wording, ...]:
    """The first words and the last ones, with as many of those between as fit."""
    sizes = [len((each.text or "").encode()) for each in wordings]
    left, kept = EARLIER - sizes[0], len(wordings)
    while kept > 1 and (left >= sizes[kept - 1] or kept == len(wordings)):
        kept -= 1
        left -= sizes[kept]
    return (wordings[0], *wordings[max(1, kept) :])


def _words(text: str | None) -> str:
    """A text with people as `@name`. One that touches a letter gets a blank, or the letter would be read as of the name."""
    return MENTION.sub(lambda found: f"@{username(UUID(found[1]))}{' ' if found[2] else ''}", text or "")


def _name(person: Somebody | None) -> str:
    return username(person.id) if person else "somebody"


def _sign(sign: Sign) -> dict[str, Any]:
    return {"user": _name(sign.person), "emoji_name": name_of(sign.emoji), "create_at": _millis(sign.at)}


def _act(act: Act | None) -> dict[str, Any] | None:
    return {"at": _micros(act.at), "by": _name(act.by)} if act else None


def _plain(name: str) -> str:
    return name.replace("/", "_").replace("\\", "_")


def _micros(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


def _millis(moment: datetime) -> int:
    return _micros(moment) // 1_000


def _without(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _line(kind: str, thing: Any, **more: Any) -> bytes:
    return msgspec.json.encode({"type": kind, kind: thing, **more}) + b"\n"
