"""A message as a post of a bulk export of Mattermost, and what the format has no place for."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from application.exports.conversation import Act, Forwarded, Outside, Poll, Post, Sign, Somebody, Wording
from infra.imports.emoji import name_of

TEAM = "onrecord"
MENTION = re.compile(r"<@([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})>(?=([a-zA-Z0-9._-])?)")
"""Somebody mentioned; what follows is looked at, for it could be taken for a part of the name."""
EARLIER = 1 << 19
"""Bytes of earlier words in one line: the first are kept, and as many of the last as fit."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SOMEBODY = "somebody"
"""Whoever isn't known to the one who reads."""
ELSEWHERE = "(outside of what this export may show)"
"""What others read in the place of what lies outside."""


def username(person: UUID) -> str:
    """What somebody is called in the file: by their id, since names and addresses are neither unique nor for ever."""
    return f"u{person.hex}"


def channel_name(channel: UUID) -> str:
    """What a channel is called in the file."""
    return f"c{channel.hex}"


def named(person: Somebody | None) -> str:
    """What somebody is called who may not be known."""
    return username(person.id) if person else SOMEBODY


def people_of(post: Post) -> Iterator[Somebody | None]:
    """Everybody whom a post names; None for each who isn't known."""
    yield post.author
    yield from post.mentioned
    yield from (sign.person for sign in post.signs)
    yield from (act.by for act in (post.pinned, post.retracted) if act)
    if isinstance(post.forwards, Forwarded):
        yield post.forwards.author
    if post.poll:
        yield from (choice.person for choice in post.poll.choices)
        yield from [post.poll.closed.by] if post.poll.closed else []


def posted(post: Post) -> dict[str, Any]:
    """A post as it stands in a line, or among the replies of one."""
    wordings = _within(post.wordings)
    first, last = wordings[0], wordings[-1]
    edited = last.at if len(wordings) > 1 else post.noted
    said = {
        "user": named(post.author),
        "message": ELSEWHERE if post.outside else "" if post.retracted else _words(last.text),
        "create_at": _millis(first.at),
        "edit_at": _millis(edited) if edited else None,
        "is_pinned": True if post.pinned else None,
        "attachments": [{"path": f"data/{file.id}/{_plain(file.name)}"} for file in post.files] or None,
        "reactions": [_sign(sign) for sign in post.signs] or None,
    }
    shown = [] if post.retracted else [*_forwarded_shown(post.forwards), *_poll_shown(post.poll)]
    return without(said) | {"props": without({"attachments": shown or None}) | {"onrecord": _own(post, wordings)}}


def _own(post: Post, wordings: tuple[Wording, ...]) -> dict[str, Any]:
    parts = {"message": post.outside, "quotes": post.quotes is Outside.SCOPE, "forwards": post.forwards is Outside.SCOPE}
    own: dict[str, Any] = {
        "id": str(post.id),
        "at": _micros(wordings[0].at),
        "outside": [name for name, outside in parts.items() if outside] or None,
        "also_in_channel": post.also_in_channel or None,
        "quotes": str(post.quotes) if isinstance(post.quotes, UUID) else None,
        "forwards": _forwarded(post.forwards) if isinstance(post.forwards, Forwarded) else None,
        "poll": _poll(post.poll) if post.poll else None,
        "calls": post.calls or None,
        "pinned": _act(post.pinned),
        "retracted": _act(post.retracted),
        "files": [without(file._asdict() | {"id": None}) for file in post.files] or None,
    }
    if len(wordings) > 1 or post.retracted:
        own["wordings"] = [{"at": _micros(each.at), "message": _words(each.text)} for each in wordings]
    return without(own)


def _forwarded(shown: Forwarded) -> dict[str, Any]:
    where = f"{TEAM}/{channel_name(shown.channel)}"
    return {
        "id": str(shown.id),
        "channel": where,
        "by": named(shown.author),
        "at": _micros(shown.at),
        "message": _words(shown.text),
    }


def _forwarded_shown(shown: Forwarded | Outside | None) -> Iterator[dict[str, Any]]:
    """What others show beside a post: the words of another. The field is the format's own, and ours doesn't read it."""
    if isinstance(shown, Forwarded):
        name = shown.author.name if shown.author and shown.author.name else named(shown.author)
        yield {"author_name": name, "text": _words(shown.text), "ts": _millis(shown.at) // 1_000}
    elif shown is Outside.SCOPE:
        yield {"text": ELSEWHERE}


def _poll(poll: Poll) -> dict[str, Any]:
    chosen = [{"by": named(each.person), "at": _micros(each.at), "numbers": each.numbers} for each in poll.choices]
    closes = _micros(poll.closes_at) if poll.closes_at else None
    own = {"options": poll.options, "several": poll.several or None, "closes_at": closes, "closed": _act(poll.closed)}
    return without(own | {"choices": chosen or None})


def _poll_shown(poll: Poll | None) -> Iterator[dict[str, Any]]:
    """The options with how many chose each, as others show a table beside a post."""
    if poll is not None:
        votes = [sum(number in each.numbers for each in poll.choices) for number in range(1, len(poll.options) + 1)]
        yield {
            "fields": [
                {"title": option, "value": str(number), "short": True} for option, number in zip(poll.options, votes, strict=True)
            ]
        }


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


def _sign(sign: Sign) -> dict[str, Any]:
    return {"user": named(sign.person), "emoji_name": name_of(sign.emoji), "create_at": _millis(sign.at)}


def _act(act: Act | None) -> dict[str, Any] | None:
    return {"at": _micros(act.at), "by": named(act.by)} if act else None


def _plain(name: str) -> str:
    return name.replace("/", "_").replace("\\", "_")


def _micros(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


def _millis(moment: datetime) -> int:
    return _micros(moment) // 1_000


def without(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields that have a value."""
    return {name: value for name, value in fields.items() if value is not None}
