"""A plan as the parameters of the statements that write it: a column per parameter, packed once per batch."""

import os
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec.structs import astuple
from psycopg.abc import Buffer

from application.ports.log import NewKey, NewRow
from infra.postgres.log import arrays
from infra.postgres.log.pipe import Statement
from infra.postgres.log.recent import SALT
from infra.postgres.log.verification import Entry, Plan


def new_salts(count: int) -> bytes:
    """The salts of so many rows, in one piece."""
    return os.urandom(SALT * count)


def plan(plan: Plan, head: int, salts: bytes, *, staged: bool) -> list[Statement]:
    """The statements that write a plan; `staged` where its rows lie in the staging table, with salts of their own."""
    statements = []
    if staged and plan.rows:
        statements.append(Statement(b"insert_staged", (arrays.int8(head), arrays.moment(plan.recorded_at))))
    elif plan.rows:
        statements.append(events(plan.rows, head, plan.recorded_at, salts))
    if plan.entries:
        statements.append(commands(plan.entries, plan.recorded_at))
    if plan.keys:
        statements.append(keys(plan.keys))
    return statements


def at_once(plan: Plan, head: int, salts: bytes, window: tuple[int, int], not_after: int | None) -> Statement:
    """The statement that verifies what was supposed of the log and writes a plan with rows and without keys."""
    earliest, latest = window
    return Statement(
        b"append",
        (
            *_columns(plan.rows, salts),
            arrays.int8(head),
            arrays.moment(earliest),
            arrays.moment(latest),
            None if not_after is None else arrays.moment(not_after),
            *_entries(plan.entries),
        ),
    )


def events(rows: Sequence[NewRow], head: int, recorded_at: int, salts: bytes) -> Statement:
    """The rows, at the positions after the head."""
    return Statement(b"insert_events", (*_columns(rows, salts), arrays.int8(head), arrays.moment(recorded_at)))


def stage(rows: Sequence[NewRow], before: int) -> Statement:
    """Some rows of a large act, after those staged before."""
    return Statement(b"stage", (*_columns(rows, new_salts(len(rows))), arrays.int8(before)))


def stage_keys(new: Sequence[NewKey]) -> Statement:
    """Some data keys of a large act."""
    return Statement(b"stage_keys", keys(new).parameters)


def _columns(rows: Sequence[NewRow], salts: bytes) -> Iterator[Buffer | None]:
    """The columns in the order of the statements' parameters."""
    ids, streams, versions, types, actors, behalves, commands, correlations, causations, contexts, payloads, moments = zip(
        *map(astuple, rows), strict=True
    )
    yield arrays.moments(moments) if _any(moments) else None
    yield arrays.uuids(ids)
    yield arrays.texts(streams)
    yield arrays.int8s(versions)
    yield arrays.texts(types)
    for column in (actors, behalves, commands, correlations, causations):
        yield arrays.uuids(column) if _any(column) else None
    yield arrays.blobs(contexts)
    yield arrays.blobs(payloads)
    yield salts


def commands(entries: Sequence[Entry], recorded_at: int) -> Statement:
    """The outcomes of commands."""
    return Statement(b"insert_commands", (*_entries(entries), arrays.moment(recorded_at)))


def _entries(entries: Sequence[Entry]) -> Iterator[Buffer | None]:
    keys, refusals, firsts, lasts = zip(*entries, strict=True)
    actors, ids, digests = zip(*keys, strict=True)
    yield arrays.uuids(actors)
    yield arrays.uuids(ids)
    yield arrays.blobs(digests)
    yield arrays.blobs(refusals) if _any(refusals) else None
    yield arrays.optional_int8s(firsts)
    yield arrays.int8s(lasts)


def keys(new: Sequence[NewKey]) -> Statement:
    """Data keys that the batch brings."""
    ids, owners, epochs, wrapped = zip(*new, strict=True)
    return Statement(b"insert_keys", (arrays.uuids(ids), arrays.uuids(owners), arrays.int4s(epochs), arrays.blobs(wrapped)))


def _any(column: Sequence[Any]) -> bool:
    return any(value is not None for value in column)
