"""What our own export adds to a post, under `onrecord` in its `props`: all that the format has no place for."""

from typing import Annotated

import msgspec

from infra.imports.mattermost.shapes import Post, Reply, Shape

Micros = Annotated[int, msgspec.Meta(ge=0, le=253_402_300_799_999_999)]


class Wording(Shape, frozen=True):
    """What a message said from a moment on, in microseconds."""

    at: Micros
    message: str


class Act(Shape, frozen=True):
    """When, in microseconds, and who."""

    at: Micros
    by: str


class KnownFile(Shape, frozen=True):
    """What is known of a file; as many as the post has attachments, in their order."""

    name: str
    title: str | None = None
    media_type: str | None = None
    size: int | None = None
    width: int | None = None
    height: int | None = None
    duration: int | None = None


class Choice(Shape, frozen=True):
    """What somebody chose last in a poll, by numbers from 1, and when."""

    at: Micros
    by: str
    numbers: Annotated[tuple[Annotated[int, msgspec.Meta(ge=1, le=63)], ...], msgspec.Meta(max_length=63)]


class Poll(Shape, frozen=True):
    """What is asked with a message; no more than one may ask here."""

    options: Annotated[tuple[Annotated[str, msgspec.Meta(max_length=300)], ...], msgspec.Meta(max_length=63)]
    several: bool = False
    closes_at: Micros | None = None
    closed: Act | None = None
    choices: tuple[Choice, ...] = ()


class Forwarded(Shape, frozen=True):
    """Which message is shown, of which channel (`team/name`)."""

    id: str
    channel: str


class Own(Shape, frozen=True):
    """See infra/exports/mattermost.py, which writes it."""

    id: str | None = None
    at: Micros | None = None
    thread: str | None = None
    also_in_channel: bool = False
    quotes: str | None = None
    calls: bool = False
    forwards: Forwarded | None = None
    poll: Poll | None = None
    outside: tuple[str, ...] = ()
    wordings: tuple[Wording, ...] = ()
    pinned: Act | None = None
    retracted: Act | None = None
    files: tuple[KnownFile, ...] = ()

    def began(self, millis: int) -> Micros:
        """When it was said: to the microsecond where that agrees with the post itself."""
        return self.at if self.at is not None and self.at // 1_000 == millis else millis * 1_000


class _Props(Shape, frozen=True):
    onrecord: Own = Own()


NOTHING = Own()
OUTSIDE = "message"
"""In `outside` of a post: it stands for a message outside of what was exported, to which something within replies."""


def own(post: Post | Reply) -> Own:
    """What was added to a post; of props that others wrote, whatever they are, nothing."""
    try:
        return msgspec.json.decode(post.props, type=_Props).onrecord
    except (msgspec.DecodeError, RecursionError):
        return NOTHING
