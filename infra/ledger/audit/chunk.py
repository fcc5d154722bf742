"""One chunk of the log, audited in a process of its own: rows against tiles, and what the tree over them needs."""

import functools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import psycopg
from psycopg import sql

from infra.ledger import checkpoint, note
from infra.ledger.audit.content import audited
from infra.ledger.audit.copying import copied
from infra.ledger.compact import CompactTree
from infra.ledger.errors import LedgerError
from infra.ledger.keys import VerifierKey
from infra.ledger.sql import statement
from infra.ledger.tree import HASH, WIDTH, perfect_root
from infra.postgres.connections import application_conninfo

CHUNK = 8_192
"""Positions of a chunk: a power of two, and a multiple of a tile's width."""

MISSING = bytes(HASH)


@dataclass(frozen=True, slots=True)
class Task:
    """What a worker is to audit: the positions after `after`, up to `upto`; checkpoints as one of these keys signs them."""

    conninfo: str
    schema: str
    origin: str
    keys: tuple[VerifierKey, ...]
    after: int
    upto: int
    known: tuple[tuple[int, bytes, str], ...] = ()
    """Sizes and roots that the auditor has from elsewhere, and from where."""


class Mark(NamedTuple):
    """A checkpoint inside the chunk: its root as signed, and the subtrees from the chunk's beginning that it covers."""

    size: int
    root: bytes
    where: str
    by_rows: tuple[bytes, ...]
    by_tiles: tuple[bytes, ...]


@dataclass(slots=True)
class Chunk:
    """What was found in one chunk."""

    after: int
    upto: int
    faults: list[str] = field(default_factory=list)
    """What is wrong whatever the tree says."""
    differing: list[int] = field(default_factory=list)
    """Positions whose row and whose leaf in the tile are not of one content."""
    tile_roots: list[tuple[bytes, bytes]] = field(default_factory=list)
    """The root of each full tile, by the rows and by the tile itself."""
    by_rows: bytes = MISSING
    by_tiles: bytes = MISSING
    """The root over the chunk, by its rows and by the tiles."""
    marks: list[Mark] = field(default_factory=list)
    first_recorded: int | None = None
    last_recorded: int | None = None
    recorded: dict[int, int] = field(default_factory=dict)
    """When the rows at the checkpoints' borders were recorded."""


def audit(task: Task) -> Chunk:
    """Audits one chunk over this process's connection."""
    return audit_on(_connection(task.conninfo), task)


@functools.cache
def _connection(conninfo: str) -> psycopg.Connection:
    return psycopg.connect(application_conninfo(conninfo, "audit", {}), autocommit=True)


def audit_on(connection: psycopg.Connection, task: Task) -> Chunk:
    """Audits one chunk."""
    chunk = Chunk(task.after, task.upto)
    signed = [(size, root, "in the database") for size, root in _checkpoints(connection, task, chunk)]
    signed = sorted([*signed, *task.known])
    sizes = sorted({size for size, _, _ in signed})
    rows = _leaves(connection, task, chunk, {size + step for size in sizes for step in (0, 1)})
    tiles = _tile_leaves(connection, task)
    if rows != tiles:
        chunk.differing = [
            task.after + nth for nth, (row, tile) in enumerate(zip(rows, tiles, strict=True), 1) if row not in (tile, MISSING)
        ]
    by_rows = _tree(rows, task.after, sizes)
    by_tiles = by_rows if rows == tiles else _tree(tiles, task.after, sizes)
    chunk.marks = [Mark(size, root, where, by_rows.at[size], by_tiles.at[size]) for size, root, where in signed]
    chunk.tile_roots = list(zip(by_rows.tile_roots, by_tiles.tile_roots, strict=True))
    chunk.by_rows, chunk.by_tiles = by_rows.root, by_tiles.root
    _versions(connection, task, chunk)
    return chunk


def _leaves(connection: psycopg.Connection, task: Task, chunk: Chunk, borders: set[int]) -> list[bytes]:
    """The leaf of each position by its row; MISSING where there is none."""
    leaves: list[bytes] = []
    expected = task.after + 1
    for raw in _copied(connection, task):
        position, recorded_at, leaf, fault = audited(raw)
        if position != expected:
            _missing(chunk, leaves, position - 1)
            if position <= task.after + len(leaves):
                chunk.faults.append(f"position {position} stands twice")
                continue
        if fault is not None:
            chunk.faults.append(f"position {position}: {fault}")
        if chunk.last_recorded is None:
            chunk.first_recorded = recorded_at
        elif recorded_at < chunk.last_recorded:
            chunk.faults.append(f"position {position}: recorded before the one ahead of it")
        chunk.last_recorded = recorded_at
        if position in borders:
            chunk.recorded[position] = recorded_at
        leaves.append(leaf)
        expected = position + 1
    _missing(chunk, leaves, task.upto)
    return leaves


def _missing(chunk: Chunk, leaves: list[bytes], upto: int) -> None:
    """Notes the positions up to here that no row was read for."""
    first = chunk.after + len(leaves) + 1
    if first <= upto:
        chunk.faults.append(f"position {first} is missing" if first == upto else f"positions {first} to {upto} are missing")
        leaves += [MISSING] * (upto + 1 - first)


def _copied(connection: psycopg.Connection, task: Task) -> Iterator[bytes]:
    query = statement("audited_rows").format(
        schema=sql.Identifier(task.schema), after=sql.Literal(task.after), upto=sql.Literal(task.upto)
    )
    return copied(connection, query.as_bytes(connection))


def _tile_leaves(connection: psycopg.Connection, task: Task) -> list[bytes]:
    """The leaf of each position by the tiles of level 0; MISSING where there is none."""
    first, last = task.after // WIDTH, (task.upto - 1) // WIDTH
    query = sql.SQL("SELECT number, hashes FROM {} WHERE level = 0 AND number BETWEEN %s AND %s").format(
        sql.Identifier(task.schema, "ledger_tiles")
    )
    tiles: dict[int, bytes] = dict(connection.execute(query, (first, last), binary=True).fetchall())
    leaves = []
    for number in range(first, last + 1):
        hashes = tiles.get(number, b"").ljust(WIDTH * HASH, b"\x00")
        leaves += [hashes[at : at + HASH] for at in range(0, WIDTH * HASH, HASH)]
    return leaves[: task.upto - task.after]


@dataclass(slots=True)
class _Tree:
    at: dict[int, tuple[bytes, ...]]
    tile_roots: list[bytes]
    root: bytes


def _tree(leaves: list[bytes], after: int, sizes: list[int]) -> _Tree:
    """The tree over a chunk: its tiles' roots, and the subtrees up to each size that was signed."""
    tiles, tile_roots, at = CompactTree(), [], dict[int, tuple[bytes, ...]]()
    for begin in range(0, len(leaves), WIDTH):
        part = leaves[begin : begin + WIDTH]
        for size in sizes:
            if after + begin < size <= after + begin + len(part):
                inside = CompactTree()
                inside.extend(part[: size - after - begin])
                at[size] = (*tiles.roots, *inside.roots)
        if len(part) == WIDTH:
            tile_roots.append(perfect_root(b"".join(part)))
            tiles.add(tile_roots[-1])
    return _Tree(at, tile_roots, tiles.root())


def _checkpoints(connection: psycopg.Connection, task: Task, chunk: Chunk) -> Iterator[tuple[int, bytes]]:
    """The sizes and roots that were signed inside the chunk."""
    query = sql.SQL("SELECT size, root, note FROM {} WHERE origin = %s AND size > %s AND size <= %s ORDER BY size").format(
        sql.Identifier(task.schema, "ledger_checkpoints")
    )
    for size, root, text in connection.execute(query, (task.origin, task.after, task.upto), binary=True):
        try:
            signed = checkpoint.verified(note.parse(text), task.origin, task.keys)
        except LedgerError as error:
            chunk.faults.append(f"the checkpoint of {size}: {error}")
            continue
        if (signed.size, signed.root) != (size, root):
            chunk.faults.append(f"the checkpoint of {size} was signed for another size or root")
        else:
            yield size, root


def _versions(connection: psycopg.Connection, task: Task, chunk: Chunk) -> None:
    query = statement("broken_versions").format(schema=sql.Identifier(task.schema))
    for position, stream, version in connection.execute(query, {"after": task.after, "upto": task.upto}):
        chunk.faults.append(f"position {position}: version {version} of {stream} doesn't follow the one before")
