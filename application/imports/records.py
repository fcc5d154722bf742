"""What an import is made of, in nobody's format: each reader yields these records, in the order of their times.

A `Key` is the source's own name of a thing, unique among its kind within the source. It becomes part of identifiers,
so it holds nothing that tells about a person (no e-mail address, no name). `at` is microseconds since 1970, UTC.
"""

from typing import Literal

import msgspec

Key = str
Micros = int


class Source(msgspec.Struct, frozen=True):
    """Where a history comes from: the kind of system, and which one of them. Both are part of every derived id.

    `telling`: its keys were made of what tells about people (user names), so ids are pseudonyms, which nobody who has only the
    database finds out by trying names.
    """

    system: str
    workspace: Key
    telling: bool = False


class Place(msgspec.Struct, frozen=True):
    """Where in the source something stands: file, line (from 1) and number of the element in the file (from 1)."""

    file: str
    line: int = 0
    element: int = 0

    def __str__(self) -> str:
        return ":".join([self.file, *([str(self.line)] if self.line else [])])


NOWHERE = Place("")
MENTION = "\ufffc"
"""Stands in a text for somebody who is mentioned there: the first one for the first of `mentions`, and so on."""


class Record(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Something that was so, or happened, at a time."""

    at: Micros
    place: Place = NOWHERE


class Person(Record, frozen=True, kw_only=True):
    """Somebody, or a program that speaks. One who isn't `known` is only named in the source, never described.

    `active` says whether they still belong to the organisation at the end of what is imported; `number` is their employee number.
    """

    key: Key
    name: str
    email: str | None = None
    title: str | None = None
    number: str | None = None
    kind: Literal["employee", "guest", "bot"] = "employee"
    known: bool = True
    active: bool = True


class Departed(Record, frozen=True, kw_only=True):
    """Somebody left the organisation; with a successor, who took over what was theirs, channel by channel (`HandedOver`)."""

    person: Key
    successor: Key | None = None


class Department(Record, frozen=True, kw_only=True):
    """A department was founded."""

    key: Key
    name: str
    parent: Key | None = None


class Placed(Record, frozen=True, kw_only=True):
    """Somebody began to belong to a department, or to lead it; `first`: above all others that they belong to."""

    department: Key
    person: Key
    leads: bool = False
    first: bool = True


class Removed(Record, frozen=True, kw_only=True):
    """Somebody no longer belongs to a department."""

    department: Key
    person: Key


class Moved(Record, frozen=True, kw_only=True):
    """A department, with all below it, belongs to another one from now on, or to none. No circle may come of it."""

    department: Key
    parent: Key | None = None


class Merged(Record, frozen=True, kw_only=True):
    """A department became part of another one, to which its members and channels went before, each told by itself."""

    department: Key
    into: Key


class Post(Record, frozen=True, kw_only=True):
    """There is a post that people can hold: of a department, or of everything."""

    key: Key
    name: str
    department: Key | None = None


class Held(Record, frozen=True, kw_only=True):
    """Somebody began to hold a post; with `ended`, no longer does."""

    post: Key
    person: Key
    ended: bool = False


class Reported(Record, frozen=True, kw_only=True):
    """Somebody began to report to a manager, or to nobody. No circle may come of it."""

    person: Key
    manager: Key | None = None


class Dotted(Record, frozen=True, kw_only=True):
    """Somebody began to report to another as well, beside their manager; with `ended`, no longer does."""

    person: Key
    to: Key
    ended: bool = False


class Appointed(Record, frozen=True, kw_only=True):
    """Somebody began to administer a department with those below it; without one, everything.

    No reader of another system's export may yield it: who administers what there says nothing about here.
    """

    person: Key
    department: Key | None = None


class Switched(Record, frozen=True, kw_only=True):
    """A part of the platform was there for everybody from now on, for a pilot group, or for nobody.

    No reader of another system's export may yield it.
    """

    module: str
    switch: Literal["on", "pilot", "off"]
    by: Key
    departments: tuple[Key, ...] = ()
    people: tuple[Key, ...] = ()


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


class Announcing(Record, frozen=True, kw_only=True):
    """From now on only those who keep a channel say something new there; members answer in threads."""

    channel: Key
    by: Key


class NotTaken(Record, frozen=True, kw_only=True):
    """Something in the source that can't be taken, or not as it was.

    `lost` says whether content is missing here, `broken` that a file can't be read from here on.
    """

    reason: str
    lost: bool = True
    broken: bool = False
    key: Key | None = None


AnyRecord = (
    Person
    | Departed
    | Department
    | Placed
    | Removed
    | Moved
    | Merged
    | Post
    | Held
    | Reported
    | Dotted
    | Appointed
    | Switched
    | Channel
    | Renamed
    | Described
    | Archived
    | Joined
    | Left
    | HandedOver
    | Said
    | Edited
    | Retracted
    | Reacted
    | Pinned
    | Unpinned
    | Noticed
    | Polled
    | Chosen
    | PollEnded
    | Announcing
    | NotTaken
)
