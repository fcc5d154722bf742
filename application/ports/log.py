"""The event log as its users see it: appending with guards, reading by position and by stream, waiting for more."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import NamedTuple, Protocol
from uuid import UUID

import msgspec

FORMAT = 1
"""The format that new rows are written in: it says how a row is hashed."""
PAYLOAD_LIMIT = 65_536
CONTEXT_LIMIT = 8_192


class Row(NamedTuple):
    """A row of the log exactly as it is stored. Times are microseconds since 1970, UTC.

    `context`, `payload` and `salt` are None where the content was purged.
    """

    format: int
    position: int
    recorded_at: int
    effective_at: int
    event_id: UUID
    stream: str
    stream_version: int
    type: str
    actor: UUID | None
    on_behalf_of: UUID | None
    command_id: UUID | None
    correlation_id: UUID | None
    causation_id: UUID | None
    context: bytes | None
    payload: bytes | None
    salt: bytes | None


class NewRow(msgspec.Struct, frozen=True, gc=False):
    """A row to be appended: what the log doesn't add itself (position, recorded_at, salt).

    `effective_at` None means: when it is recorded.
    """

    event_id: UUID
    stream: str
    stream_version: int
    type: str
    actor: UUID | None
    on_behalf_of: UUID | None
    command_id: UUID | None
    correlation_id: UUID | None
    causation_id: UUID | None
    context: bytes
    payload: bytes
    effective_at: int | None = None


class CommandKey(NamedTuple):
    """What makes a command the same one: who asked, under which id, for what (SHA-256 of type and payload)."""

    actor: UUID
    command_id: UUID
    digest: bytes


class NewKey(NamedTuple):
    """A data key to be stored with the events that use it first; it is wrapped by the key outside the database.

    `owner` is the person or container whose values it seals: erasure finds a person's keys by it.
    """

    id: UUID
    owner: UUID
    epoch: int
    wrapped: bytes


class Append(msgspec.Struct, kw_only=True, gc=False):
    """What one command wants written, all or nothing.

    `guards` are the streams it was decided on, with the version of each (0: absent). Each stream that `rows` go to
    is among them, and its rows follow that version without gaps. `not_after` (µs) is when its authority ends.
    `refusal` is the refusal's JSON where the command was not done; `rows` then hold only the record of that.
    """

    rows: Sequence[NewRow] = ()
    guards: Mapping[str, int] = {}
    command: CommandKey | None = None
    refusal: bytes | None = None
    not_after: int | None = None
    keys: Sequence[NewKey] = ()


class Appended(NamedTuple):
    """It is written and durable. Without rows `first` is None and `last` the head that it was verified against."""

    first: int | None
    last: int
    recorded_at: int


class Repeated(NamedTuple):
    """The command id was used before by this actor for the same thing: this came of it then."""

    refusal: bytes | None
    first: int | None
    last: int


class Moved(NamedTuple):
    """Nothing was written: these streams are no longer at the versions of the guards."""

    streams: frozenset[str]


class Expired(NamedTuple):
    """Nothing was written: the authority had ended when the row would have been recorded."""

    recorded_at: int


Answer = Appended | Repeated | Moved | Expired


class CommandIdReused(Exception):
    """The command id was used before by this actor, for something else. Nothing was written."""


class LogUnavailable(Exception):
    """The database can't be reached now. Whether anything was written is known when the command is repeated."""


class ClockJumped(Exception):
    """The database's clock moved by more than five minutes: nothing is written until an operator agrees."""


class AppendRejected(Exception):
    """The database refused this append by itself (too large, malformed); the neighbours in its batch went through."""


class Locked(Protocol):
    """The log while its lock is held: what is read now can't move before the append."""

    async def streams(self, names: Collection[str]) -> dict[str, list[Row]]:
        """The rows of each stream in order; an absent stream has none."""
        ...

    async def append(self, request: Append) -> Answer:
        """Appends at once. Moved can only mean that the request doesn't hold together."""
        ...


class LogReader(Protocol):
    """Reading. Every read sees all that was committed before it began."""

    async def head(self) -> int:
        """The last position; 0 for an empty log."""
        ...

    async def read(self, after: int, limit: int, upto: int | None = None) -> list[Row]:
        """At most `limit` rows with positions after one, in order."""
        ...

    async def news(self, after: int, limit: int) -> list[Row]:
        """For followers: as `read`, but perhaps fewer rows than there are, where these are at hand; none only at the end."""
        ...

    def at_hand(self, after: int, limit: int) -> list[Row]:
        """As `news`, but asks nobody: none where these rows aren't in memory."""
        ...

    async def streams(self, names: Collection[str]) -> dict[str, list[Row]]:
        """The rows of each stream in order; an absent stream has none."""
        ...

    async def wait(self, after: int, seconds: float) -> bool:
        """Waits until the log has gone past a position, at most so many seconds; whether it has."""
        ...


class Staged(Protocol):
    """A large act on its way: its rows and keys lie beside the log until all are there, and come into it at once."""

    async def add(self, rows: Sequence[NewRow], keys: Sequence[NewKey] = ()) -> None:
        """Adds rows after those added before, each stream's in order, and the keys that they need. Raises as `append` does."""
        ...

    async def append(self, command: CommandKey, guards: Mapping[str, int], unmoved: "Unmoved") -> Answer:
        """Writes all that was added. Each row's version must be the next of its stream, else the answer is Moved.

        `guards` are streams that it rests on without writing to them; `unmoved` are kinds of them. Raises as LogWriter.append.
        """
        ...


class Unmoved(NamedTuple):
    """Nothing has happened in any stream of these kinds after a position: for what rests on all of them."""

    kinds: Sequence[str]
    position: int


class LogWriter(Protocol):
    """Appending, for one organisation: the process's queue in front of the log's one lock."""

    async def append(self, request: Append) -> Answer:
        """Queues a request and answers when it is durable, or why it isn't.

        Raises CommandIdReused, LogUnavailable, ClockJumped, AppendRejected.
        """
        ...

    def lock(self) -> AbstractAsyncContextManager[Locked]:
        """Takes the log's lock for a decision that kept losing its guards; at most 5 s."""
        ...

    def stage(self, seconds: float) -> AbstractAsyncContextManager[Staged]:
        """Begins a large act that needn't fit into memory; the log's lock may be held so long for it.

        Raises LogUnavailable.
        """
        ...

    def watch(self, moved: "Watcher") -> None:
        """Calls `moved` with the streams and versions that others have written, before any append is verified on them."""
        ...


class Watcher(Protocol):
    """Told what other processes have written, so that cached states can be dropped."""

    def __call__(self, streams: Mapping[str, int]) -> None: ...
