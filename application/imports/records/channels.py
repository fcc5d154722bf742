"""Where people talked, and who came and went there."""

from typing import Literal

from application.imports.records.record import Key, Record


class Channel(Record, frozen=True, kw_only=True):
    """A place to talk was opened. A direct one has its `members` from the start; a department's has no list of its own."""

    key: Key
    kind: Literal["direct", "group", "department"]
    name: str = ""
    private: bool = False
    by: Key | None = None
    members: tuple[Key, ...] = ()
    department: Key | None = None


class Renamed(Record, frozen=True, kw_only=True):
    """A channel got another name."""

    channel: Key
    name: str
    by: Key | None = None


class Described(Record, frozen=True, kw_only=True):
    """A channel's topic (what is on now) or its purpose (what it is for) was set."""

    channel: Key
    what: Literal["topic", "purpose"]
    text: str
    by: Key | None = None


class Archived(Record, frozen=True, kw_only=True):
    """Nothing more is said in a channel; with `again`, it was opened once more."""

    channel: Key
    by: Key | None = None
    again: bool = False


class Joined(Record, frozen=True, kw_only=True):
    """Somebody became a member of a channel: by themselves (`by` is the same), brought by another, or it isn't known how.

    With `keeps`, they keep the channel from now on.
    """

    channel: Key
    person: Key
    by: Key | None = None
    keeps: bool = False


class Left(Record, frozen=True, kw_only=True):
    """Somebody is no longer a member of a channel: by themselves, removed by another, or it isn't known how."""

    channel: Key
    person: Key
    by: Key | None = None


class HandedOver(Record, frozen=True, kw_only=True):
    """Somebody keeps a channel in the place of one who kept it and has left."""

    channel: Key
    person: Key
    predecessor: Key


class Announcing(Record, frozen=True, kw_only=True):
    """From now on only those who keep a channel say something new there; members answer in threads."""

    channel: Key
    by: Key
