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


class Own(Shape, frozen=True):
    """See infra/exports/mattermost.py, which writes it."""

    id: str | None = None
    at: Micros | None = None
    thread: str | None = None
    also_in_channel: bool = False
    quotes: str | None = None
    calls: bool = False
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


def own(post: Post | Reply) -> Own:
    """What was added to a post; of props that others wrote, whatever they are, nothing."""
    try:
        return msgspec.json.decode(post.props, type=_Props).onrecord
    except (msgspec.DecodeError, RecursionError):
        return NOTHING
