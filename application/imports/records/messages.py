"""What was said, and what was done with it."""

import msgspec

from application.imports.records.record import Key, Micros, Record

MENTION = "\ufffc"
"""Stands in a text for somebody who is mentioned there: the first one for the first of `mentions`, and so on."""


class File(msgspec.Struct, frozen=True, gc=False):
    """What is known of a file that was shared; never its bytes. Measures are in pixels and milliseconds."""

    key: Key
    name: str
    owner: Key
    media_type: str | None = None
    size: int | None = None
    title: str | None = None
    width: int | None = None
    height: int | None = None
    duration: int | None = None


class Said(Record, frozen=True, kw_only=True):
    """A message, as plain text with `MENTION`s. `thread` is the message that its thread began with.

    `quotes` is a message of the same source, by channel and key, that is shown with this one, `forwards` one of any channel.
    `calls`: everybody in the channel is mentioned. `asks`: a poll is asked with it, which is told next.
    """

    channel: Key
    key: Key
    author: Key
    text: str
    thread: Key | None = None
    also_in_channel: bool = False
    quotes: tuple[Key, Key] | None = None
    forwards: tuple[Key, Key] | None = None
    mentions: tuple[Key, ...] = ()
    files: tuple[File, ...] = ()
    calls: bool = False
    asks: bool = False


class Edited(Record, frozen=True, kw_only=True):
    """A message was put in other words. Without a text, only that it was edited is known: `Said` has the last words."""

    channel: Key
    message: Key
    by: Key | None = None
    text: str | None = None
    mentions: tuple[Key, ...] = ()


class Retracted(Record, frozen=True, kw_only=True):
    """A message was taken back."""

    channel: Key
    message: Key
    by: Key


class Reacted(Record, frozen=True, kw_only=True):
    """Somebody put an emoji to a message."""

    channel: Key
    message: Key
    person: Key
    emoji: str


class Pinned(Record, frozen=True, kw_only=True):
    """A message was pinned in its channel."""

    channel: Key
    message: Key
    by: Key


class Unpinned(Record, frozen=True, kw_only=True):
    """A message is no longer pinned in its channel."""

    channel: Key
    message: Key
    by: Key


class Noticed(Record, frozen=True, kw_only=True):
    """A message stands on top of its channel from now on."""

    channel: Key
    message: Key
    by: Key


class Polled(Record, frozen=True, kw_only=True):
    """A poll was opened with a message, which its author said: what can be chosen, and whether several."""

    channel: Key
    message: Key
    author: Key
    options: tuple[str, ...]
    several: bool = False
    closes_at: Micros | None = None


class PollEnded(Record, frozen=True, kw_only=True):
    """Nobody chooses any more in a poll."""

    channel: Key
    message: Key
    by: Key


class Chosen(Record, frozen=True, kw_only=True):
    """Somebody chose in a poll, by the options' numbers from 1, in place of what they chose before."""

    channel: Key
    message: Key
    person: Key
    choices: tuple[int, ...]
