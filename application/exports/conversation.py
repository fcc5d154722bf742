"""A conversation as it is exported, in nobody's format: what its reader yields and a writer of some format takes."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from enum import Enum
from typing import NamedTuple
from uuid import UUID


class Somebody(NamedTuple):
    """A person, as whoever reads sees them; without a name where it was erased."""

    id: UUID
    name: str | None
    email: str | None
    title: str | None
    guest: bool
    left: bool


class Member(NamedTuple):
    """Somebody who takes part, and whether they keep the channel."""

    person: Somebody
    keeps: bool


class Talk(NamedTuple):
    """The channel, as of the position that all of the export is of."""

    id: UUID
    direct: bool
    private: bool
    name: str | None
    topic: str | None
    description: str | None
    members: tuple[Member, ...]
    position: int


class Wording(NamedTuple):
    """What a message said from a moment on; None where it was erased."""

    at: datetime
    text: str | None


class Sign(NamedTuple):
    """A reaction."""

    person: Somebody | None
    emoji: str
    at: datetime


class KnownFile(NamedTuple):
    """What is known of a file beside a message; its bytes aren't exported."""

    id: UUID
    name: str
    title: str | None
    media_type: str | None
    size: int | None
    width: int | None = None
    height: int | None = None
    duration: int | None = None


class Act(NamedTuple):
    """That somebody pinned or retracted a message, and when."""

    at: datetime
    by: Somebody | None


class Outside(Enum):
    """Something lies outside of what may be read: that it is there is told, and nothing of it."""

    SCOPE = "scope"


class Forwarded(NamedTuple):
    """A message from elsewhere, as it was when it was shown with another; without a text where that was taken back or erased."""

    id: UUID
    channel: UUID
    author: Somebody | None
    at: datetime
    text: str | None


class Choice(NamedTuple):
    """What somebody chose last in a poll, by the options' numbers from 1, and when."""

    person: Somebody | None
    at: datetime
    numbers: tuple[int, ...]


class Poll(NamedTuple):
    """What is asked with a message: the options (none where they were erased), and what was chosen."""

    options: tuple[str, ...]
    several: bool
    choices: tuple[Choice, ...] = ()
    closes_at: datetime | None = None
    closed: Act | None = None


class Post(NamedTuple):
    """A message. `wordings` are all its words, the first ones first; `thread` is the message that it replies to.

    `noted`: when it was edited, where its earlier words were never known. `outside`: it stands for a message outside of what may
    be read, to which something within replies; its id is then none, and its time is that of the first reply.
    """

    id: UUID
    author: Somebody | None
    wordings: tuple[Wording, ...]
    thread: UUID | None = None
    noted: datetime | None = None
    also_in_channel: bool = False
    quotes: UUID | Outside | None = None
    forwards: Forwarded | Outside | None = None
    calls: bool = False
    mentioned: tuple[Somebody, ...] = ()
    signs: tuple[Sign, ...] = ()
    files: tuple[KnownFile, ...] = ()
    poll: Poll | None = None
    outside: bool = False
    pinned: Act | None = None
    retracted: Act | None = None


Posts = AsyncIterator[Post]
"""In the order of their times, but each message directly before the replies to it."""
Written = Callable[[Talk, Posts], AsyncIterator[bytes]]
"""A writer of some format: the lines of a file, one after another."""
