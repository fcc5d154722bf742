"""Which requests of a batch hold, decided by a pure function from what the log's lock showed."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

import msgspec

from application.ports.log import (
    CONTEXT_LIMIT,
    PAYLOAD_LIMIT,
    Answer,
    Append,
    Appended,
    AppendRejected,
    ClockJumped,
    CommandIdReused,
    CommandKey,
    Expired,
    Moved,
    NewKey,
    NewRow,
    Repeated,
)

LARGEST_ACT = 500_000
"""Rows of one append."""


class Outcome(NamedTuple):
    """What is on record about a command, as in the table of commands; the time in microseconds since 1970."""

    digest: bytes
    refusal: bytes | None
    first: int | None
    last: int
    recorded_at: int


class Attempt(NamedTuple):
    """Where a request was being written when the connection was lost at the commit; no time where the database was to set it."""

    first: int | None
    last: int
    recorded_at: int | None


class Request(msgspec.Struct, gc=False):
    """A request as it waits: with the last version of each stream it writes, and what became of an earlier attempt."""

    append: Append
    written: Mapping[str, int]
    size: int
    attempt: Attempt | None = None

    @classmethod
    def of(cls, append: Append) -> "Request":
        """Checks what needs no database. Raises AppendRejected."""
        rows = append.rows
        if len(rows) > LARGEST_ACT:
            raise AppendRejected(f"{len(rows)} events are more than can be appended at once ({LARGEST_ACT})")
        if append.command is not None and len(append.command.digest) != 32:
            raise AppendRejected("the digest of a command is 32 bytes")
        written: dict[str, int] = {}
        size = 0
        for row in rows:
            stream = row.stream
            before = written.get(stream)
            if before is None and (before := append.guards.get(stream)) is None:
                raise AppendRejected(f"{stream} is written to without a guard")
            if row.stream_version != before + 1:
                raise AppendRejected(f"version {row.stream_version} of {stream} doesn't follow version {before}")
            written[stream] = row.stream_version
            payload, context = len(row.payload), len(row.context)
            if payload > PAYLOAD_LIMIT or context > CONTEXT_LIMIT:
                raise AppendRejected(f"{row.type}: payload or context is too large ({payload} and {context} bytes)")
            size += payload + context
        return cls(append, written, size)


class Shown(NamedTuple):
    """What the log showed while its lock was held.

    `recorded_at` is the time to record, or why there is none. `outcomes` has the commands of the batch that are on record;
    `placed` the position and time of events that were on their way when a connection was lost, if they arrived.
    `version` gives a stream's version, or None where only the insert itself can tell that the stream is absent.
    """

    head: int
    recorded_at: int | ClockJumped
    outcomes: Mapping[tuple[UUID, UUID], Outcome]
    placed: Mapping[UUID, tuple[int, int]]
    version: Callable[[str], int | None]


class Entry(NamedTuple):
    """A row of the table of commands to be written."""

    key: CommandKey
    refusal: bytes | None
    first: int | None
    last: int


class Plan(NamedTuple):
    """What to write, in order and under which time, and every request's answer once that is durable."""

    answers: list[Answer | CommandIdReused | ClockJumped]
    rows: list[NewRow]
    entries: list[Entry]
    keys: list[NewKey]
    moved: dict[str, int]
    recorded_at: int


def verify(requests: Sequence[Request], shown: Shown) -> Plan:
    """Goes through the batch in order, each request on top of those before it."""
    plan = Plan([], [], [], [], {}, 0 if isinstance(shown.recorded_at, ClockJumped) else shown.recorded_at)
    done: dict[tuple[UUID, UUID], Outcome] = {}
    for request in requests:
        plan.answers.append(_earlier(request, shown, done) or _new(request, shown, plan, done))
    return plan


def _earlier(request: Request, shown: Shown, done: Mapping[tuple[UUID, UUID], Outcome]) -> Answer | CommandIdReused | None:
    """The answer where the request, or its command, has been written before."""
    command, attempt = request.append.command, request.attempt
    placed = shown.placed.get(request.append.rows[0].event_id) if attempt and request.append.rows else None
    if command is None:
        if attempt is not None and placed is not None and placed == (attempt.first, attempt.recorded_at):
            return Appended(attempt.first, attempt.last, placed[1])
        return None
    key = (command.actor, command.command_id)
    outcome = shown.outcomes.get(key) or done.get(key)
    if outcome is None:
        return None
    if attempt is not None and _arrived(request, attempt, outcome, placed):
        return Appended(outcome.first, outcome.last, outcome.recorded_at)
    if outcome.digest != command.digest:
        return CommandIdReused(f"command {command.command_id} was used before for something else")
    return Repeated(outcome.refusal, outcome.first, outcome.last)


def _arrived(request: Request, attempt: Attempt, outcome: Outcome, placed: tuple[int, int] | None) -> bool:
    """Whether the outcome on record is that of the request's own attempt, and not of the same command in another process."""
    if (attempt.first, attempt.last) != (outcome.first, outcome.last):
        return False
    if attempt.recorded_at is not None:
        return attempt.recorded_at == outcome.recorded_at
    if request.append.rows:
        return placed == (outcome.first, outcome.recorded_at)
    # Where nothing was written but the outcome, the same one is as good as its own.
    command = request.append.command
    return command is not None and (command.digest, request.append.refusal) == (outcome.digest, outcome.refusal)


def _new(request: Request, shown: Shown, plan: Plan, done: dict[tuple[UUID, UUID], Outcome]) -> Answer | ClockJumped:
    append, recorded_at = request.append, shown.recorded_at
    if moved := _moved(request, shown, plan.moved):
        return Moved(moved)
    if isinstance(recorded_at, ClockJumped):
        return ClockJumped(*recorded_at.args)
    if append.not_after is not None and recorded_at > append.not_after:
        return Expired(recorded_at)
    before = shown.head + len(plan.rows)
    first, last = (before + 1 if append.rows else None), before + len(append.rows)
    plan.rows.extend(append.rows)
    plan.keys.extend(append.keys)
    plan.moved.update(request.written)
    if append.command is not None:
        plan.entries.append(Entry(append.command, append.refusal, first, last))
        outcome = Outcome(append.command.digest, append.refusal, first, last, recorded_at)
        done[append.command.actor, append.command.command_id] = outcome
    return Appended(first, last, recorded_at)


def _moved(request: Request, shown: Shown, own: Mapping[str, int]) -> frozenset[str]:
    """The guarded streams that aren't at the guard's version.

    The one guard that isn't verified here is that of an absent stream which the request itself writes to, where its version
    isn't known: the unique index on (stream, stream_version) refuses the insert if the stream exists.
    """
    stale = []
    for stream, guard in request.append.guards.items():
        version = own.get(stream)
        if version is None:
            version = shown.version(stream)
        if version != guard and not (version is None and guard == 0 and stream in request.written):
            stale.append(stream)
    return frozenset(stale)
