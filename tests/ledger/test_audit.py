"""The audit finds every change that somebody with all rights can make to the database, and names it."""

import asyncio
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from application.ports.log import Row
from infra.ledger import checkpoint, note
from infra.ledger.audit import chunk
from infra.ledger.audit.audit import Question, verify, verify_on
from infra.ledger.audit.report import Report
from infra.ledger.checkpoint import Checkpoint
from infra.ledger.cosignature import cosign
from tests.ledger.databases import fill, sealer, tamper
from tests.ledger.histories import LOG, ORIGIN, WITNESS, Sealed, rows
from tests.support.postgres import Database

SIZE = 300
ROWS = rows(SIZE)
SIZES = (40, 256, 257, 300)
Change = Callable[[psycopg.Connection, random.Random], list[int]]
"""Changes something, and says which positions the report must name (none: any finding will do)."""


def question(database: Database, **changes: Any) -> Question:
    asked = Question(database.application, database.schema, ORIGIN, (LOG.verifier,), (WITNESS.verifier,), processes=1)
    return replace(asked, **changes)


async def sealed(database: Database, folder: Path, sizes: tuple[int, ...] = SIZES) -> None:
    before = 0
    async with sealer(database, folder) as sealing:
        for size in sizes:
            fill(database, ROWS[before:size])
            await sealing.seal()
            before = size


@pytest.fixture
def log(database: Database, tmp_path: Path) -> Database:
    """A log of 300, sealed at four sizes, without the constraints that an attacker would drop first."""
    asyncio.run(sealed(database, tmp_path))
    with psycopg.connect(database.owner, autocommit=True) as connection:
        for name, table in connection.execute(
            "SELECT conname, conrelid::regclass::text FROM pg_constraint"
            " WHERE connamespace = %s::regnamespace AND contype IN ('c', 'u')",
            (database.schema,),
        ).fetchall():
            connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}".encode())
        connection.execute(f"ALTER TABLE {database.schema}.events DROP CONSTRAINT events_pkey CASCADE".encode())
        connection.execute(f"CREATE INDEX ON {database.schema}.events (stream, stream_version)".encode())
        connection.execute(f"CREATE INDEX ON {database.schema}.events (position)".encode())
        for column in Row._fields:
            connection.execute(f"ALTER TABLE {database.schema}.events ALTER {column} DROP NOT NULL".encode())
    return database


@pytest.fixture
def attacker(log: Database) -> Iterator[psycopg.Connection]:
    """A superuser's connection with triggers off, inside the schema."""
    with psycopg.connect(log.owner, autocommit=True) as connection:
        connection.execute(f"SET session_replication_role = replica; SET search_path = {log.schema}".encode())
        yield connection


def test_an_untouched_log_holds(log: Database) -> None:
    seen: list[tuple[int, int]] = []
    report = verify(question(log), lambda done, all_: seen.append((done, all_)))
    assert report == Report(ORIGIN, begin=0, sealed=SIZE, head=report.head, checkpoints=len(SIZES))
    assert note.parse(report.head).text == Sealed(ROWS).head.text
    assert seen == [(SIZE, SIZE)]


def test_what_is_not_sealed_yet_is_counted(log: Database) -> None:
    fill(log, rows(SIZE + 7)[SIZE:])
    assert verify(question(log)).unsealed == 7


def some(drawn: random.Random) -> int:
    return drawn.randint(1, SIZE)


def any_bit_of_a_row(connection: psycopg.Connection, drawn: random.Random) -> list[int]:
    position, column = some(drawn), drawn.choice([name for name in Row._fields if name != "position"])
    (value,) = connection.execute(f"SELECT {column} FROM events WHERE position = %s".encode(), (position,)).fetchone() or ()
    changed = flipped(value, drawn)
    connection.execute(f"UPDATE events SET {column} = %s WHERE position = %s".encode(), (changed, position))
    return [position]


def flipped(value: Any, drawn: random.Random) -> Any:
    match value:
        case None:
            return UUID(int=drawn.getrandbits(128))
        case int():
            return value ^ 1 << drawn.randrange(14)
        case UUID():
            return None if drawn.random() < 0.2 else UUID(int=value.int ^ 1 << drawn.randrange(128))
        case datetime():
            return value + drawn.choice((-1, 1)) * timedelta(microseconds=1 << drawn.randrange(40))
        case str():
            at = drawn.randrange(len(value))
            return drawn.choice(("", value + " ", value[:at] + chr(ord(value[at]) ^ 1 << drawn.randrange(5)) + value[at + 1 :]))
        case bytes():
            at = drawn.randrange(len(value))
            changed = bytearray(value)
            changed[at] ^= 1 << drawn.randrange(8)
            return drawn.choice((None, b"", value + b"\0", value[:-1], bytes(changed), bytes(changed)))
        case _:
            raise AssertionError(value)


def a_row_removed(connection: psycopg.Connection, drawn: random.Random) -> list[int]:
    position = some(drawn)
    connection.execute("DELETE FROM events WHERE position = %s", (position,))
    return [position]


def a_row_removed_and_the_gap_closed(connection: psycopg.Connection, drawn: random.Random) -> list[int]:
    position = some(drawn)
    connection.execute("DELETE FROM events WHERE position = %s", (position,))
    connection.execute("UPDATE events SET position = position - 1 WHERE position > %s", (position,))
    return [SIZE]


def two_rows_swapped(connection: psycopg.Connection, drawn: random.Random) -> list[int]:
    one, other = drawn.sample(range(1, SIZE + 1), 2)
    connection.execute(
        "UPDATE events SET position = CASE position WHEN %(one)s THEN %(other)s ELSE %(one)s END"
        " WHERE position IN (%(one)s, %(other)s)",
        {"one": one, "other": other},
    )
    return [one, other]


def a_row_inserted(connection: psycopg.Connection, drawn: random.Random) -> list[int]:
    position = some(drawn)
    connection.execute("UPDATE events SET position = position + 1 WHERE position >= %s", (position,))
    connection.execute(
        "CREATE TEMPORARY TABLE copied ON COMMIT DROP AS SELECT * FROM events WHERE position <> %s LIMIT 1", (position,)
    )
    connection.execute("UPDATE copied SET position = %s, event_id = %s", (position, UUID(int=drawn.getrandbits(128))))
    connection.execute("INSERT INTO events SELECT * FROM copied")
    return [position]


def a_row_doubled(connection: psycopg.Connection, drawn: random.Random) -> list[int]:
    position = some(drawn)
    connection.execute("INSERT INTO events SELECT * FROM events WHERE position = %s", (position,))
    return [position]


def the_end_cut_off(connection: psycopg.Connection, drawn: random.Random) -> list[int]:
    position = some(drawn)
    connection.execute("DELETE FROM events WHERE position >= %s", (position,))
    return [position]


def rows_dated_back(connection: psycopg.Connection, drawn: random.Random) -> list[int]:
    position = some(drawn)
    connection.execute("UPDATE events SET recorded_at = recorded_at - interval '1 day' WHERE position >= %s", (position,))
    return [position]


def a_byte_moved_between_salt_and_content(connection: psycopg.Connection, drawn: random.Random) -> list[int]:
    position = some(drawn)
    connection.execute(
        "UPDATE events SET salt = substr(salt, 1, 15), context = substr(salt, 16) || context,"
        " payload = substr(salt, 16) || payload WHERE position = %s",
        (position,),
    )
    return [position]


def content_removed_as_if_purged(connection: psycopg.Connection, drawn: random.Random) -> list[int]:
    position, by = some(drawn), some(drawn)
    connection.execute(
        "INSERT INTO purged SELECT position, %s, sha256(salt || context), sha256(salt || payload) FROM events"
        " WHERE position = %s",
        (by, position),
    )
    connection.execute("UPDATE events SET salt = NULL, context = NULL, payload = NULL WHERE position = %s", (position,))
    return [position]


def any_bit_of_a_tile(connection: psycopg.Connection, drawn: random.Random) -> list[int]:
    (level, number, hashes) = drawn.choice(connection.execute("SELECT level, number, hashes FROM ledger_tiles").fetchall())
    connection.execute(
        "UPDATE ledger_tiles SET hashes = %s WHERE (level, number) = (%s, %s)",
        (drawn.choice((flipped(hashes, drawn) or b"x" * 32, hashes[:-32] or bytes(32), hashes + bytes(32))), level, number),
    )
    return []


def a_tile_removed(connection: psycopg.Connection, drawn: random.Random) -> list[int]:
    connection.execute(
        "DELETE FROM ledger_tiles WHERE (level, number) = (SELECT level, number FROM ledger_tiles OFFSET %s LIMIT 1)",
        (drawn.randrange(3),),
    )
    return []


def a_checkpoint_changed(connection: psycopg.Connection, drawn: random.Random) -> list[int]:
    size = drawn.choice(SIZES)
    change = drawn.choice(
        (
            "UPDATE ledger_checkpoints SET root = sha256(root) WHERE size = %s",
            "UPDATE ledger_checkpoints SET note = replace(note, '=', '') WHERE size = %s",
            "UPDATE ledger_checkpoints SET note = '' WHERE size = %s",
            "UPDATE ledger_checkpoints SET size = size - 2 WHERE size = %s",
        )
    )
    connection.execute(change.encode(), (size,))
    return []


def the_state_changed(connection: psycopg.Connection, drawn: random.Random) -> list[int]:
    connection.execute(
        drawn.choice((b"UPDATE ledger SET size = size - 1", b"UPDATE ledger SET origin = 'x'", b"DELETE FROM ledger"))
    )
    return []


ROW_CHANGES: list[Change] = [
    a_row_removed,
    a_row_removed_and_the_gap_closed,
    two_rows_swapped,
    a_row_inserted,
    a_row_doubled,
    the_end_cut_off,
    rows_dated_back,
    a_byte_moved_between_salt_and_content,
    content_removed_as_if_purged,
    any_bit_of_a_tile,
    a_tile_removed,
    a_checkpoint_changed,
    the_state_changed,
]


def found(connection: psycopg.Connection, asked: Question, change: Change, seed: int) -> None:
    """Makes one change, audits, and takes it back."""
    with connection.transaction(force_rollback=True):
        positions = change(connection, random.Random(seed))
        report = verify_on(connection, asked)
    named = " ".join(report.findings).replace(":", " ").split()
    assert report.count, (change.__name__, seed, positions)
    for position in positions:
        assert str(position) in named, (change.__name__, seed, position, report.findings[:5])


@pytest.mark.parametrize("change", ROW_CHANGES, ids=lambda change: change.__name__)
def test_every_kind_of_change_is_found_and_named(log: Database, attacker: psycopg.Connection, change: Change) -> None:
    for seed in range(12):
        found(attacker, question(log), change, seed)
    assert verify_on(attacker, question(log)).holds


@pytest.mark.parametrize("part", range(4))
def test_any_bit_of_any_column_of_any_row_is_found_and_named(log: Database, attacker: psycopg.Connection, part: int) -> None:
    """A few hundred here, thousands in tests/verification."""
    for seed in range(part * 80, part * 80 + 80):
        found(attacker, question(log), any_bit_of_a_row, seed)


def test_a_byte_moved_between_salt_and_content_is_named_as_that(log: Database, attacker: psycopg.Connection) -> None:
    (position,) = a_byte_moved_between_salt_and_content(attacker, random.Random(1))
    assert verify(question(log)).findings == [f"position {position}: its salt has 15 bytes"]


def test_rows_and_tiles_changed_together_are_found_by_the_checkpoints(log: Database, attacker: psycopg.Connection) -> None:
    changed = list(ROWS)
    changed[99] = changed[99]._replace(actor=UUID(int=5))
    forged = Sealed(changed, sizes=SIZES[:-1])
    attacker.execute("UPDATE events SET actor = %s WHERE position = 100", (UUID(int=5),))
    for (level, number), hashes in forged.tiles.items():
        attacker.execute("UPDATE ledger_tiles SET hashes = %s WHERE (level, number) = (%s, %s)", (hashes, level, number))
    report = verify(question(log))
    assert report.findings == ["the checkpoint of 256 in the database is not over positions 41 to 256"]


def test_all_forged_and_signed_is_found_by_a_checkpoint_from_elsewhere(
    log: Database, attacker: psycopg.Connection, tmp_path: Path
) -> None:
    """The operator has the key: what is known outside is what is left to tell."""
    before = checkpoint.parse(note.parse((tmp_path / "checkpoint").read_bytes()).text)
    changed = list(ROWS)
    changed[99] = changed[99]._replace(actor=UUID(int=5))
    forged = Sealed(changed, sizes=SIZES[:-1])
    attacker.execute("UPDATE events SET actor = %s WHERE position = 100", (UUID(int=5),))
    for (level, number), hashes in forged.tiles.items():
        attacker.execute("UPDATE ledger_tiles SET hashes = %s WHERE (level, number) = (%s, %s)", (hashes, level, number))
    for size in SIZES:
        signed = note.sign(forged.checkpoints[size].text, [LOG])
        root = checkpoint.parse(signed.text).root
        attacker.execute("UPDATE ledger_checkpoints SET note = %s, root = %s WHERE size = %s", (str(signed), root, size))
    assert verify(question(log)).holds
    report = verify(question(log, known={"of the auditor": before}))
    assert report.findings == ["the checkpoint of 300 of the auditor is not over positions 1 to 300"]


def test_a_restored_old_copy_is_named(log: Database) -> None:
    later = Checkpoint(ORIGIN, 350, bytes(32))
    report = verify(question(log, known={"kept outside the database": later}))
    said = "there is a checkpoint of 350 kept outside the database, and the database has 300 positions, sealed up to 300"
    assert report.findings == [f"the log was rolled back: {said}"]


def test_a_purge_that_the_log_allows_holds(log: Database, attacker: psycopg.Connection) -> None:
    attacker.execute(
        "INSERT INTO purged SELECT position, 301, sha256(salt || context), sha256(salt || payload) FROM events WHERE position = 9"
    )
    attacker.execute("UPDATE events SET salt = NULL, context = NULL, payload = NULL WHERE position = 9")
    allowed = rows(301)[300]._replace(type="compliance.purge_authorised.v1", payload=b'{"position": 9}')
    fill(log, [allowed])
    report = verify(question(log))
    assert (report.findings, report.purged) == ([], 1)


def test_witnesses_tell_when_rows_were_recorded(log: Database) -> None:
    def seen(size: int, hours: int) -> None:
        seconds = ROWS[size - 1].recorded_at // 1_000_000 + hours * 3600
        line = str(cosign(Sealed(ROWS[:size]).head.text, WITNESS, seconds))
        tamper(log, "INSERT INTO ledger_cosignatures VALUES (%s, %s, %s, %s, %s)", ORIGIN, size, WITNESS.name, seconds, line)

    seen(40, 0)
    assert verify(question(log)).witnesses == {WITNESS.name: 40}
    seen(256, 5)
    seen(257, -5)
    assert verify(question(log)).findings == [
        f"position 257: says it was recorded before {WITNESS.name} saw the log without it (back-dated)",
        f"position 257: says it was recorded after {WITNESS.name} saw it",
    ]
    tamper(log, "UPDATE ledger_cosignatures SET line = replace(line, '=', '') WHERE size = 40")
    assert "the checkpoint of 40: not base64" in verify(question(log)).findings[0]


async def test_an_audit_goes_on_from_what_was_verified(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunk, "CHUNK", 256)
    monkeypatch.setattr("infra.ledger.audit.audit.CHUNK", 256)
    await sealed(database, tmp_path, (280, 300))
    known = {"verified before": checkpoint.parse(Sealed(ROWS[:280]).head.text)}
    report = verify(question(database, known=known, begin=280))
    assert (report.begin, report.sealed, report.holds) == (280, 300, True)
    tamper(database, "UPDATE events SET actor = event_id WHERE position = 20")
    assert verify(question(database, known=known, begin=280)).holds
    assert verify(question(database)).findings == ["position 20 is not as it was sealed"]
    tamper(database, "UPDATE ledger_tiles SET hashes = sha256('') WHERE level = 1")
    assert not verify(question(database, known=known, begin=280)).holds
    tamper(database, "DELETE FROM ledger_tiles WHERE level = 1")
    assert "tile 1/0 is missing" in verify(question(database, known=known, begin=280)).findings


async def test_several_processes_find_the_same(database: Database, tmp_path: Path) -> None:
    many = rows(17_000)
    fill(database, many)
    async with sealer(database, tmp_path) as sealing:
        await sealing.seal()
    tamper(database, "UPDATE events SET payload = '' WHERE position IN (5, 8192, 8193, 17000)")
    alone, together = (verify(question(database, processes=count)) for count in (1, 2))
    assert alone == together
    assert alone.findings == [f"position {position} is not as it was sealed" for position in (5, 8192, 8193, 17_000)]


def test_an_unsealed_log_has_nothing_to_find(database: Database) -> None:
    assert verify(question(database)) == Report(ORIGIN, 0, 0)
