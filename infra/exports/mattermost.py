"""A conversation as a bulk export of Mattermost: JSON Lines that its import takes, and ours.

What the format has no place for stands in a post's `props`, under `onrecord`: moments to the microsecond, earlier words, what
was taken back and by whom, polls, forwarded words, and what is known of files. Whoever doesn't know them passes over them; polls
and forwarded words stand in the format's own `attachments` of the `props` as well, which others show beside the post.
"""

from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID

import msgspec

from application.exports.conversation import Post, Posts, Somebody, Talk
from infra.exports.mattermost_posts import SOMEBODY, TEAM, channel_name, people_of, posted, username, without

TOGETHER = 1 << 20
"""Bytes of a thread in one line. What is replied beyond stands in lines of its own, which name the thread."""
NO_ADDRESS = "example.invalid"
"""The format wants an address of everybody. This one is nobody's (RFC 6761), and our import passes over it."""


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
        said = posted(post)
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
        self.talk, self.channel, self._told = talk, channel_name(talk.id), set[UUID]()
        self._somebody_told = False
        self._members = [username(member.person.id) for member in talk.members]

    def head(self) -> Iterator[bytes]:
        talk = self.talk
        yield _line("version", 1, info={"generator": "OnRecord", "additional": {"position": str(talk.position)}})
        yield _line("team", {"name": TEAM, "display_name": "OnRecord", "type": "I"})
        if talk.direct:
            for member in talk.members:
                yield from self._told_of(member.person)
            yield _line("direct_channel", without({"members": self._members, "header": talk.topic}))
            return
        channel: dict[str, Any] = {"team": TEAM, "name": self.channel, "display_name": talk.name or self.channel}
        channel |= {"type": "P" if talk.private else "O", "header": talk.topic, "purpose": talk.description}
        yield _line("channel", without(channel))
        for member in talk.members:
            roles = "channel_admin channel_user" if member.keeps else "channel_user"
            yield from self._told_of(member.person, {"name": self.channel, "roles": roles})

    def people(self, post: Post) -> Iterator[bytes]:
        """Those of a post who weren't told of yet."""
        for each in people_of(post):
            if each is not None:
                yield from self._told_of(each)
            elif not self._somebody_told:
                self._somebody_told = True
                yield _user({"username": SOMEBODY, "delete_at": 1}, [])

    def _told_of(self, person: Somebody, channel: dict[str, str] | None = None) -> Iterator[bytes]:
        if person.id in self._told:
            return
        self._told.add(person.id)
        user: dict[str, Any] = {
            "username": username(person.id),
            "email": person.email,
            "first_name": person.name,
            "position": person.title,
        }
        user |= {"roles": "system_guest" if person.guest else "system_user", "delete_at": 1 if person.left else None}
        yield _user(without(user), [channel] if channel else [])

    def line(self, post: dict[str, Any]) -> bytes:
        """A post as a line of its own, with where it was said."""
        if self.talk.direct:
            return _line("direct_post", {"channel_members": self._members, **post})
        return _line("post", {"team": TEAM, "channel": self.channel, **post})


def _user(user: dict[str, Any], channels: list[dict[str, str]]) -> bytes:
    team = {"name": TEAM, "roles": "team_user", "channels": channels}
    return _line("user", {"email": f"{user['username']}@{NO_ADDRESS}", **user, "teams": [team]})


def _line(kind: str, thing: Any, **more: Any) -> bytes:
    return msgspec.json.encode({"type": kind, kind: thing, **more}) + b"\n"
