"""Sealing: what is appended goes under one tree, and nothing is signed that doesn't follow what was."""

import asyncio
from pathlib import Path

import psycopg
import pytest

from infra.ledger import checkpoint, note
from infra.ledger.entry import encode
from infra.ledger.keys import SigningKey
from infra.ledger.rows import entry_of
from infra.ledger.sealing import sealer as sealing
from infra.ledger.sealing.database import LedgerTables
from infra.ledger.sealing.keyring import KeyRing
from infra.ledger.sealing.outside import OutsideCopy
from infra.ledger.sealing.refusals import KeyUnknown, LedgerDamaged, LogForked, LogHasGap, LogShrunk, SealRefused
from infra.postgres.connections import StandingConnection
from tests.ledger.databases import RING, fill, sealer, tamper
from tests.ledger.histories import ORIGIN, Sealed, rows
from tests.support.postgres import Database

ROWS = rows(700)
SEALED = Sealed(ROWS, sizes=(300, 600))


async def test_an_empty_log_has_no_checkpoint(database: Database, tmp_path: Path) -> None:
    async with sealer(database, tmp_path) as sealing:
        assert await sealing.seal() is None
    assert not (tmp_path / "checkpoint").exists()


async def test_the_database_gives_the_same_bytes_as_the_encoder(database: Database) -> None:
    fill(database, ROWS)
    async with StandingConnection(database.application, "test") as standing:
        entries = await LedgerTables(database.schema).entries(await standing.once(), 0, 700)
        assert entries == [encode(entry_of(row)) for row in ROWS]
        assert await LedgerTables(database.schema).entries(await standing.once(), 700, 700) == []


async def test_growing_seals_give_the_tree_of_the_definition(database: Database, tmp_path: Path) -> None:
    async with sealer(database, tmp_path) as sealing:
        before = 0
        for size in (300, 600, 700):
            fill(database, ROWS[before:size])
            sealed = await sealing.seal()
            assert sealed == checkpoint.parse(SEALED.checkpoints[size].text)
            assert OutsideCopy(tmp_path / "checkpoint").read(RING) == sealed
            before = size
    with psycopg.connect(database.owner) as connection:
        stored = connection.execute(f"SELECT level, number, hashes FROM {database.schema}.ledger_tiles").fetchall()
        assert {(level, number): hashes for level, number, hashes in stored} == SEALED.tiles
        notes = connection.execute(f"SELECT note FROM {database.schema}.ledger_checkpoints ORDER BY size").fetchall()
        assert [note.parse(text).text for (text,) in notes] == [SEALED.checkpoints[size].text for size in (300, 600, 700)]


async def test_sealing_nothing_new_signs_nothing(database: Database, tmp_path: Path) -> None:
    fill(database, ROWS[:5])
    async with sealer(database, tmp_path) as sealing:
        assert await sealing.seal() == await sealing.seal()
    with psycopg.connect(database.owner) as connection:
        assert connection.execute(f"SELECT count(*) FROM {database.schema}.ledger_checkpoints").fetchone() == (1,)


async def test_a_large_log_is_sealed_in_batches(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "BATCH", 100)
    fill(database, ROWS)
    async with sealer(database, tmp_path) as batched:
        sealed = await batched.seal()
    assert sealed == checkpoint.parse(SEALED.head.text)
    with psycopg.connect(database.owner) as connection:
        sizes = connection.execute(f"SELECT size FROM {database.schema}.ledger_checkpoints ORDER BY size").fetchall()
    assert sizes == [(size,) for size in range(100, 701, 100)]


async def test_sealers_at_once_make_one_tree(database: Database, tmp_path: Path) -> None:
    fill(database, ROWS[:300])
    async with sealer(database, tmp_path) as one, sealer(database, tmp_path) as other:
        assert len(set(await asyncio.gather(one.seal(), other.seal(), one.seal()))) == 1
        fill(database, ROWS[300:])
        assert set(await asyncio.gather(one.seal(), other.seal())) == {checkpoint.parse(SEALED.head.text)}


def test_the_copy_outside_never_goes_back(tmp_path: Path) -> None:
    outside = OutsideCopy(tmp_path / "checkpoint")
    for size in (300, 600, 300):
        outside.write(SEALED.checkpoints[size])
    assert outside.read(RING) == checkpoint.parse(SEALED.checkpoints[600].text)


async def test_a_purged_row_seals_as_if_its_content_were_there(database: Database, tmp_path: Path) -> None:
    fill(database, ROWS[:10])
    tamper(
        database,
        "INSERT INTO purged SELECT position, 1, sha256(salt || context), sha256(salt || payload) FROM events WHERE position = 4",
    )
    tamper(database, "UPDATE events SET context = NULL, payload = NULL, salt = NULL WHERE position = 4")
    async with sealer(database, tmp_path) as sealing:
        sealed = await sealing.seal()
    assert sealed == checkpoint.parse(Sealed(ROWS[:10]).head.text)


async def test_what_died_before_publishing_is_published_by_the_next(database: Database, tmp_path: Path) -> None:
    fill(database, ROWS[:10])
    async with sealer(database, tmp_path) as sealing:
        await sealing.seal()
    (tmp_path / "checkpoint").unlink()
    tamper(database, "UPDATE ledger SET published = 0")
    async with sealer(database, tmp_path) as again:
        assert await again.seal() == OutsideCopy(tmp_path / "checkpoint").read(RING)
    with psycopg.connect(database.owner) as connection:
        assert connection.execute(f"SELECT published FROM {database.schema}.ledger").fetchone() == (10,)


async def test_while_keys_change_both_sign(database: Database, tmp_path: Path) -> None:
    fill(database, ROWS[:10])
    async with sealer(database, tmp_path) as sealing:
        await sealing.seal()
    both = RING.with_new_key()
    fill(database, ROWS[10:20])
    async with sealer(database, tmp_path, both) as sealing:
        await sealing.seal()
    signed = note.parse((tmp_path / "checkpoint").read_bytes())
    assert note.verify(signed, both.verifiers) == list(both.verifiers)
    alone = both.with_newest_key_alone()
    fill(database, ROWS[20:30])
    async with sealer(database, tmp_path, alone) as sealing:
        assert await sealing.seal() is not None
    signed = note.parse((tmp_path / "checkpoint").read_bytes())
    assert note.verify(signed, both.verifiers) == [both.verifiers[1]]


CHANGES = [
    (
        "UPDATE ledger SET size = 500, published = 500",
        LedgerDamaged,
        "500 positions are sealed, but the last",
    ),
    ("DELETE FROM ledger_checkpoints WHERE size = 600", LedgerDamaged, "the last checkpoint is of 300"),
    ("DELETE FROM ledger_checkpoints", LedgerDamaged, "no checkpoint says so"),
    ("UPDATE ledger_checkpoints SET root = sha256('') WHERE size = 600", LedgerDamaged, "don't lead to the checkpoint"),
    ("DELETE FROM ledger_tiles WHERE level = 0 AND number = 2", LedgerDamaged, "tile 0/2 is missing"),
    ("UPDATE ledger_tiles SET hashes = set_byte(hashes, 9, 0) WHERE level = 1", LedgerDamaged, "tiles don't lead"),
    ("DELETE FROM events WHERE position > 590", LogShrunk, "600 positions are sealed, the log has 590"),
    ("DELETE FROM events", LogShrunk, "the log has 0"),
    ("UPDATE events SET payload = '' WHERE position = 600", LogForked, "position 600 is not as it was sealed"),
    ("UPDATE events SET actor = event_id WHERE position = 600", LogForked, "position 600 is not as it was sealed"),
    ("DELETE FROM events WHERE position = 600", LogHasGap, "position 600 is missing"),
    ("DELETE FROM events WHERE position = 650", LogHasGap, "position 650 is missing"),
    ("UPDATE events SET payload = NULL WHERE position = 650", LogHasGap, "position 650 is missing, or its content"),
    ("UPDATE ledger SET origin = 'other'", KeyUnknown, "the log is other"),
    ("TRUNCATE ledger, ledger_tiles, ledger_checkpoints, ledger_cosignatures", LogShrunk, "checkpoint of 600 was published"),
]


@pytest.mark.parametrize(("change", "refusal", "words"), CHANGES)
async def test_nothing_is_signed_over_a_history_that_does_not_follow(
    database: Database, tmp_path: Path, change: str, refusal: type[SealRefused], words: str
) -> None:
    async with sealer(database, tmp_path) as sealing:
        fill(database, ROWS[:300])
        await sealing.seal()
        fill(database, ROWS[300:600])
        await sealing.seal()
    before = (tmp_path / "checkpoint").read_bytes()
    fill(database, ROWS[600:])
    tamper(database, change)
    async with sealer(database, tmp_path) as again:
        with pytest.raises(refusal, match=words):
            await again.seal()
    assert (tmp_path / "checkpoint").read_bytes() == before
    with psycopg.connect(database.owner) as connection:
        assert connection.execute(f"SELECT FROM {database.schema}.ledger_checkpoints WHERE size > 600").fetchall() == []


async def test_a_restored_old_copy_is_refused(database: Database, tmp_path: Path) -> None:
    fill(database, ROWS[:300])
    async with sealer(database, tmp_path) as sealing:
        await sealing.seal()
        fill(database, ROWS[300:])
        await sealing.seal()
    for table in ("events WHERE position > 300", "ledger_checkpoints WHERE size > 300", "ledger", "ledger_tiles"):
        tamper(database, f"DELETE FROM {table}")
    first = Sealed(ROWS[:300])
    tamper(database, "INSERT INTO ledger VALUES (true, %s, 300, 300)", ORIGIN)
    for address, hashes in first.tiles.items():
        tamper(database, "INSERT INTO ledger_tiles VALUES (%s, %s, %s)", *address, hashes)
    async with sealer(database, tmp_path) as again:
        with pytest.raises(LogShrunk, match="of 700 was published, the database has one of 300: 300 positions are left"):
            await again.seal()
        fill(database, ROWS[300:])
        with pytest.raises(LogShrunk, match="one of 300: the seals of it are gone"):
            await again.seal()


async def test_a_fork_is_refused(database: Database, tmp_path: Path) -> None:
    other = Sealed(rows(300, seed=2))
    fill(database, ROWS[:300])
    async with sealer(database, tmp_path) as sealing:
        await sealing.seal()
    (tmp_path / "checkpoint").write_text(str(other.head))
    async with sealer(database, tmp_path) as again:
        with pytest.raises(LogForked, match="a checkpoint of 300 was published with the root"):
            await again.seal()
        fill(database, ROWS[300:])
        with pytest.raises(LogForked, match="a checkpoint of 300 was published with the root"):
            await again.seal()


async def test_another_key_does_not_go_on_with_the_log(database: Database, tmp_path: Path) -> None:
    fill(database, ROWS[:300])
    async with sealer(database, tmp_path) as sealing:
        await sealing.seal()
    other = SigningKey(ORIGIN, bytes(32))
    async with sealer(database, tmp_path, KeyRing((other,), (other.verifier,))) as stranger:
        with pytest.raises(KeyUnknown, match="checkpoint of 300: no signature by a known key"):
            await stranger.seal()
    (tmp_path / "checkpoint").write_text(str(note.sign(SEALED.checkpoints[300].text, [other])))
    async with sealer(database, tmp_path) as again:
        with pytest.raises(KeyUnknown, match="kept outside the database: no signature"):
            await again.seal()


async def test_the_application_cannot_take_back_what_is_sealed(database: Database, tmp_path: Path) -> None:
    fill(database, ROWS[:300])
    async with sealer(database, tmp_path) as sealing:
        await sealing.seal()
    async with StandingConnection(database.application, "test") as standing:
        connection = await standing.once()
        for statement in (
            "DELETE FROM ledger_checkpoints",
            "UPDATE ledger_checkpoints SET note = ''",
            "DELETE FROM ledger_tiles",
            "UPDATE ledger_tiles SET hashes = substr(hashes, 33)",
            "TRUNCATE ledger_cosignatures",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                await connection.execute(statement.replace("ledger_", f"{database.schema}.ledger_").encode())
