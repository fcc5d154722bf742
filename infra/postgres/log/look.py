"""What the log shows while its lock is held: one round trip that takes the lock and reads all that verifying needs."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import pq

from infra.postgres.log import arrays
from infra.postgres.log.clock import Reading
from infra.postgres.log.pipe import Pipe, Statement
from infra.postgres.log.session import tuples
from infra.postgres.log.verification import Outcome, Request
from infra.postgres.log.versions import Versions

TAIL = 1_000
"""Rows of others that are read while the lock is held; a process that is further behind catches up without it first."""
PAGE = 5_000
"""Rows that are read at once when catching up."""
PAGES = 4
"""Pages after which a process that is still behind skips: others have written a large act."""
PART = 50_000
"""Rows that are looked through at once when skipping."""


class Sight(NamedTuple):
    """The log as it was seen under the lock. `tail` has the versions of the streams that others moved after the known head;
    None if they were more than TAIL rows. `known` is whether the row at the known head is where it was."""

    known: bool
    head: int
    tail: Mapping[str, int] | None
    clock: int
    last: int | None
    agreement: int
    agreed: int | None
    outcomes: Mapping[tuple[UUID, UUID], Outcome]
    probed: Mapping[str, int]
    placed: Mapping[UUID, tuple[int, int]]

    def reading(self, own_clock: int) -> Reading:
        """What the clocks showed."""
        return Reading(self.clock, own_clock, self.last, self.agreement, self.agreed)


def unknown(requests: Sequence[Request], versions: Versions, *, prove_absent: bool) -> list[str]:
    """The guarded streams whose versions must be asked for: those not in memory.

    A stream that a request takes for absent and writes to needs no question, for the insert proves it (verification._moved);
    with `prove_absent` it is asked for as well, after that proof has failed.
    """
    return list(
        {
            stream
            for request in requests
            for stream, guard in request.append.guards.items()
            if versions.get(stream) is None and (prove_absent or guard or stream not in request.written)
        }
    )


async def look(pipe: Pipe, before: Sequence[Statement], requests: Sequence[Request], probes: Sequence[str], head: int) -> Sight:
    """Runs the statements `before` (which take the lock) and looks."""
    questions = [Statement(b"look", (arrays.int8(head), arrays.int8(TAIL + 1)))]
    commands = [request.append.command for request in requests if request.append.command is not None]
    if commands:
        actors, ids, _ = zip(*commands, strict=True)
        questions.append(Statement(b"outcomes", (arrays.uuids(actors), arrays.uuids(ids))))
    if probes:
        questions.append(Statement(b"versions", (arrays.texts(probes),)))
    lost = [request.append.rows[0].event_id for request in requests if request.attempt and request.append.rows]
    if lost:
        questions.append(Statement(b"written", (arrays.uuids(lost),)))
    results = iter((await pipe.run([*before, *questions]))[len(before) :])
    rows = tuples(pipe, next(results))
    return Sight(
        **_log(rows, head),
        outcomes=_outcomes(pipe, next(results)) if commands else {},
        probed=dict(tuples(pipe, next(results))) if probes else {},
        placed={id_: (at, time + arrays.EPOCH) for id_, at, time in tuples(pipe, next(results))} if lost else {},
    )


async def catch_up(pipe: Pipe, after: int) -> tuple[int, dict[str, int]]:
    """One page of what others have written after a position: the position it ends at, and the streams that moved."""
    rows = tuples(pipe, (await pipe.run([Statement(b"tail", (arrays.int8(after), arrays.int8(PAGE)))]))[0])
    return (rows[-1][0] if rows else after), {stream: version for _, stream, version in rows}


async def skip(pipe: Pipe, after: int) -> AsyncIterator[tuple[int, dict[str, int]]]:
    """What others have written after a position, a large part at a time: the position it ends at, and the streams that moved.

    Streams that are new are left out: whoever took one for absent finds out by its guard.
    """
    [(head,)] = tuples(pipe, (await pipe.run([Statement(b"newest", (arrays.int8(after),))]))[0])
    while after < head:
        upto = min(after + PART, head)
        moved = tuples(pipe, (await pipe.run([Statement(b"changed", (arrays.int8(after), arrays.int8(upto)))]))[0])
        yield upto, dict(moved)
        after = upto


def _log(rows: Sequence[tuple[Any, ...]], known: int) -> dict[str, Any]:
    clock, agreement, agreed, position, recorded_at, _, _ = rows[-1]
    tail = {stream: version for *_, at, _, stream, version in rows if at is not None and at > known}
    return {
        "known": known == 0 or rows[0][3] == known,
        "head": position or 0,
        "tail": tail if len(rows) <= TAIL else None,
        "clock": clock + arrays.EPOCH,
        "last": None if recorded_at is None else recorded_at + arrays.EPOCH,
        "agreement": agreement or 0,
        "agreed": None if agreed is None else agreed + arrays.EPOCH,
    }


def _outcomes(pipe: Pipe, result: pq.abc.PGresult) -> dict[tuple[UUID, UUID], Outcome]:
    return {
        (actor, command): Outcome(digest, refusal, first, last, time + arrays.EPOCH)
        for actor, command, digest, refusal, first, last, time in tuples(pipe, result)
    }
