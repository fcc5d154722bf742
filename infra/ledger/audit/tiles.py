"""The tiles above level 0, compared with what the rows give; and tiles that belong to no tree."""

from collections.abc import Sequence

import psycopg
from psycopg import sql

from infra.ledger.audit.report import Report
from infra.ledger.tree import FULL, HASH, WIDTH, TileAddress, perfect_root, width_at

Roots = Sequence[tuple[bytes, bytes]]


def verify_upper_tiles(connection: psycopg.Connection, schema: str, start: int, roots: Roots, report: Report) -> None:
    """`roots` are those of the full tiles of level 0 after the position `start`, by their rows and by themselves."""
    level, first, hashes = 1, start // WIDTH, b""
    while report.sealed >> 8 * level:
        stored = _stored(connection, schema, level, first // WIDTH)
        if level == 1:
            hashes = _led_to(roots, first, stored)
        # What lies left of the start was led to by a checkpoint; only what is right of it is compared.
        left = stored.get(first // WIDTH, b"")[: first % WIDTH * HASH].ljust(first % WIDTH * HASH, b"\x00")
        hashes = left + hashes
        for number, at in enumerate(range(0, len(hashes), FULL), first // WIDTH):
            _compare(level, number, hashes[at : at + FULL], stored.get(number, b""), report)
        first //= WIDTH
        hashes = b"".join([perfect_root(hashes[at : at + FULL]) for at in range(0, len(hashes) // FULL * FULL, FULL)])
        level += 1
    _strays(connection, schema, report)


def _led_to(roots: Roots, first: int, stored: dict[int, bytes]) -> bytes:
    """The root of each tile as the level above should have it: a row or leaf that was changed isn't named again."""
    hashes = []
    for number, (by_row, by_tile) in enumerate(roots, first):
        at = number % WIDTH * HASH
        above = stored.get(number // WIDTH, b"")[at : at + HASH]
        hashes.append(by_tile if above == by_tile else by_row)
    return b"".join(hashes)


def _compare(level: int, number: int, computed: bytes, stored: bytes, report: Report) -> None:
    if stored[: len(computed)] == computed:
        return
    at = next(at for at in range(0, len(computed), HASH) if stored[at : at + HASH] != computed[at : at + HASH]) // HASH
    span = WIDTH**level
    begin = (number * WIDTH + at) * span + 1
    report.wrong(f"tile {level}/{number}: hash {at} is not the one over positions {begin} to {begin + span - 1}")


def _strays(connection: psycopg.Connection, schema: str, report: Report) -> None:
    query = sql.SQL(
        "SELECT level, number, octet_length(hashes) FROM {}"
        " WHERE number >= %s >> (8 * (level + 1)) OR octet_length(hashes) <> 8192 ORDER BY level, number LIMIT 1000"
    ).format(sql.Identifier(schema, "ledger_tiles"))
    for level, number, length in connection.execute(query, (report.sealed,)):
        if length != (expected := width_at(TileAddress(level, number), report.sealed) * HASH):
            report.wrong(f"tile {level}/{number} has {length} bytes, in a log of {report.sealed} it has {expected}")


def _stored(connection: psycopg.Connection, schema: str, level: int, first: int) -> dict[int, bytes]:
    query = sql.SQL("SELECT number, hashes FROM {} WHERE level = %s AND number >= %s").format(
        sql.Identifier(schema, "ledger_tiles")
    )
    return dict(connection.execute(query, (level, first), binary=True).fetchall())
