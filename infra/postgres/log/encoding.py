"""A plan as the parameters of the statements that write it: a column per parameter, packed once per batch."""

import os
from collections.abc import Sequence
from typing import Any

from application.ports.log import NewKey, NewRow
from infra.postgres.log import arrays
from infra.postgres.log.pipe import Statement
from infra.postgres.log.verification import Entry, Plan

_SALT = 16


def plan(plan: Plan, head: int, recorded_at: int, *, staged: bool) -> list[Statement]:
    """The statements that write a plan; `staged` where its rows lie in the staging table."""
    statements = []
    if staged and plan.rows:
        statements.append(Statement(b"insert_staged", (arrays.int8(head), arrays.moment(recorded_at))))
    elif plan.rows:
        statements.append(events(plan.rows, head, recorded_at))
    if plan.entries:
        statements.append(commands(plan.entries, recorded_at))
    if plan.keys:
        statements.append(keys(plan.keys))
    return statements


def events(rows: Sequence[NewRow], head: int, recorded_at: int) -> Statement:
    """The rows, at the positions after the head, each with a salt of its own."""
    ids, streams, versions, types, actors, behalves, commands, correlations, causations, contexts, payloads, moments = zip(
        *rows, strict=True
    )
    effective = None
    if _any(moments):
        effective = arrays.moments(moments)
    return Statement(
        b"insert_events",
        (
            arrays.int8(head),
            arrays.moment(recorded_at),
            effective,
            arrays.uuids(ids),
            arrays.texts(streams),
            arrays.int8s(versions),
            arrays.texts(types),
            *(
                arrays.uuids(column) if _any(column) else None
                for column in (actors, behalves, commands, correlations, causations)
            ),
            arrays.blobs(contexts),
            arrays.blobs(payloads),
            os.urandom(_SALT * len(rows)),
        ),
    )


def commands(entries: Sequence[Entry], recorded_at: int) -> Statement:
    """The outcomes of commands."""
    keys, refusals, firsts, lasts = zip(*entries, strict=True)
    actors, ids, digests = zip(*keys, strict=True)
    return Statement(
        b"insert_commands",
        (
            arrays.uuids(actors),
            arrays.uuids(ids),
            arrays.blobs(digests),
            arrays.blobs(refusals) if _any(refusals) else None,
            arrays.optional_int8s(firsts),
            arrays.int8s(lasts),
            arrays.moment(recorded_at),
        ),
    )


def keys(new: Sequence[NewKey]) -> Statement:
    """Data keys that the batch brings."""
    ids, owners, epochs, wrapped = zip(*new, strict=True)
    return Statement(b"insert_keys", (arrays.uuids(ids), arrays.uuids(owners), arrays.int4s(epochs), arrays.blobs(wrapped)))


def _any(column: Sequence[Any]) -> bool:
    return any(value is not None for value in column)
