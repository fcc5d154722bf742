"""The ledger as a process runs it: sealed by itself within a second, once among processes, mirrored and witnessed."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from httpx2 import ASGITransport, AsyncClient
from prometheus_client import CollectorRegistry

from infra.ledger import checkpoint, note
from infra.ledger.cosignature import cosigned_at
from infra.ledger.sealing.database import LedgerTables
from infra.ledger.sealing.keyring import load, load_or_create, save
from infra.ledger.sealing.loop import SealingLoop
from infra.ledger.sealing.refusals import LogForked, LogShrunk, SealRefused
from infra.ledger.service import OrganisationLedger, Place
from infra.ledger.verifier import onrecord_verify
from infra.ledger.witness.client import WitnessClient
from infra.ledger.witness.round import WitnessRound
from infra.ledger.witness.server import witness
from infra.ledger.witness.store import HeadFile
from infra.postgres.connections import Connections, StandingConnection
from infra.telemetry.structured import StructuredTelemetry
from tests.ledger.databases import RING, fill, sealer, tamper
from tests.ledger.histories import LOG, ORIGIN, WITNESS, Sealed, rows
from tests.support.postgres import Database

ROWS = rows(600)
NOW = ROWS[-1].recorded_at // 1_000_000


async def eventually(answer: Callable[[], Awaitable[bool]]) -> None:
    """Waits no longer than it must."""
    async with asyncio.timeout(20):
        while not await answer():  # noqa: ASYNC110 (what is waited for happens in the database)
            await asyncio.sleep(0.01)


@asynccontextmanager
async def running(database: Database, folder: Path, mirror: Path | None = None) -> AsyncIterator[OrganisationLedger]:
    place = Place(folder, mirror=mirror, interval=0.05)
    telemetry = StructuredTelemetry(CollectorRegistry())
    async with (
        Connections(database.application, size=2) as connections,
        OrganisationLedger(database.application, connections, database.schema, ORIGIN, place, telemetry, lambda: NOW) as ledger,
    ):
        yield ledger


def covers(ledger: OrganisationLedger, size: int) -> Callable[[], Awaitable[bool]]:
    async def answer() -> bool:
        text = await ledger.checkpoint()
        return text is not None and checkpoint.parse(note.parse(text).text).size == size

    return answer


async def test_what_is_appended_is_sealed_by_itself_and_mirrored(database: Database, tmp_path: Path) -> None:
    mirror = tmp_path / "mirror"
    async with running(database, tmp_path / "ledger", mirror) as ledger:
        for before, size in ((0, 100), (100, 300)):
            fill(database, ROWS[before:size])
            await eventually(covers(ledger, size))

        async def mirrored() -> bool:
            file = mirror / "checkpoint"
            return file.exists() and checkpoint.parse(note.parse(file.read_bytes()).text).size == 300

        await eventually(mirrored)
        proof = await ledger.proof(ROWS[250].event_id)
    key = (tmp_path / "ledger" / "verifier-keys").read_text().strip()
    assert onrecord_verify.main(["mirror", str(mirror), "--key", key]) == 0
    (tmp_path / "proof").write_text(proof or "")
    assert onrecord_verify.main(["proof", str(tmp_path / "proof"), "--key", key]) == 0


async def test_one_of_two_processes_seals_and_the_other_takes_over(database: Database, tmp_path: Path) -> None:
    async with running(database, tmp_path) as other:
        async with running(database, tmp_path) as one:
            fill(database, ROWS[:100])
            await eventually(covers(one, 100))
            with psycopg.connect(database.owner) as connection:
                locks = connection.execute(
                    "SELECT granted FROM pg_locks WHERE locktype = 'advisory' AND database ="
                    " (SELECT oid FROM pg_database WHERE datname = current_database())"
                ).fetchall()
            assert locks == [(True,)]
        fill(database, ROWS[100:200])
        await eventually(covers(other, 200))


async def test_sealing_on_demand_covers_what_is_recorded(database: Database, tmp_path: Path) -> None:
    async with running(database, tmp_path) as ledger:
        fill(database, ROWS[:100])
        assert await ledger.seal() == 100
        assert await covers(ledger, 100)()


def test_keys_are_made_once_and_are_private(tmp_path: Path) -> None:
    ring = load_or_create(tmp_path, ORIGIN)
    assert load_or_create(tmp_path, ORIGIN) == ring == load(tmp_path)
    assert (tmp_path / "signing-keys").stat().st_mode & 0o077 == 0
    both = ring.with_new_key()
    save(tmp_path, both)
    assert load(tmp_path) == both
    alone = both.with_newest_key_alone()
    save(tmp_path, alone)
    assert (load(tmp_path), len(alone.signing), len(alone.verifiers)) == (alone, 1, 2)


@dataclass
class Watch:
    """A witness that is reached without a network, as its round sees it."""

    folder: Path
    http: AsyncClient
    round: WitnessRound
    logs: dict[str, list[object]] = field(default_factory=dict)


@asynccontextmanager
async def watched(database: Database, heads: Path) -> AsyncIterator[Watch]:
    app = witness(WITNESS, {ORIGIN: [LOG.verifier]}, HeadFile(heads), lambda: NOW)
    async with AsyncClient(transport=ASGITransport(app)) as http:
        client = WitnessClient("http://witness", WITNESS.verifier, http)
        yield Watch(heads, http, WitnessRound([client], database.schema))


async def test_a_witness_cosigns_as_the_log_grows(database: Database, tmp_path: Path) -> None:
    tables = LedgerTables(database.schema)
    async with (
        sealer(database, tmp_path) as sealing,
        watched(database, tmp_path / "heads") as watch,
        StandingConnection(database.application, "test") as standing,
    ):
        connection = await standing.once()
        before = 0
        for size in (100, 300, 600):
            fill(database, ROWS[before:size])
            await sealing.seal()
            stored = await tables.checkpoint(connection, ORIGIN, size)
            assert stored is not None
            await watch.round.follow(connection, note.parse(stored.note))
            await watch.round.follow(connection, note.parse(stored.note))
            cosigned = note.parse(stored.note + await tables.cosignatures(connection, ORIGIN, size))
            assert cosigned_at(cosigned, WITNESS.verifier) == NOW
            before = size


async def test_a_witness_s_memory_is_found_where_ours_is_lost(database: Database, tmp_path: Path) -> None:
    async with (
        sealer(database, tmp_path) as sealing,
        watched(database, tmp_path / "heads") as watch,
        StandingConnection(database.application, "test") as standing,
    ):
        connection = await standing.once()
        fill(database, ROWS[:100])
        await sealing.seal()
        await watch.round.follow(connection, Sealed(ROWS[:100]).head)
        tamper(database, "DELETE FROM ledger_cosignatures")
        fill(database, ROWS[100:300])
        await sealing.seal()
        await watch.round.follow(connection, Sealed(ROWS[:300], sizes=(100,)).head)
        assert await LedgerTables(database.schema).last_cosigned(connection, ORIGIN, WITNESS.name) == 300


@pytest.mark.parametrize(
    ("later", "refusal", "words"),
    [
        (400, LogShrunk, "has cosigned a checkpoint of 400, the database has one of 300"),
        (300, LogForked, "another history of 300"),
        (200, LogForked, "has cosigned another history"),
    ],
)
async def test_a_witness_of_another_history_stops_the_sealing(
    database: Database, tmp_path: Path, later: int, refusal: type[SealRefused], words: str
) -> None:
    other = Sealed(rows(later, seed=2))
    async with (
        sealer(database, tmp_path) as sealing,
        watched(database, tmp_path / "heads") as watch,
        StandingConnection(database.application, "test") as standing,
    ):
        body = f"old 0\n\n{note.sign(other.head.text, [LOG])}"
        assert (await watch.http.post("http://witness/add-checkpoint", content=body.encode())).status_code == 200
        fill(database, ROWS[:300])
        await sealing.seal()
        with pytest.raises(refusal, match=words):
            await watch.round.follow(await standing.once(), Sealed(ROWS[:300]).head)
        telemetry = StructuredTelemetry(CollectorRegistry())
        loop = SealingLoop(sealing, standing, standing, database.schema, [watch.round], telemetry, 0.01)
        fill(database, ROWS[300:])
        task = asyncio.create_task(loop.run())

        async def refused() -> bool:
            return isinstance(loop.refusal, refusal)

        await eventually(refused)
        task.cancel()
    with psycopg.connect(database.owner) as connection:
        assert connection.execute(f"SELECT max(size) FROM {database.schema}.ledger_checkpoints").fetchone() == (300,)


async def test_a_witness_that_is_away_is_named_and_stops_nothing(database: Database, tmp_path: Path) -> None:
    async with sealer(database, tmp_path) as sealing, AsyncClient() as http:
        fill(database, ROWS[:10])
        await sealing.seal()
        round_ = WitnessRound([WitnessClient("http://127.0.0.1:1", WITNESS.verifier, http)], database.schema)
        async with StandingConnection(database.application, "test") as standing:
            await round_.follow(await standing.once(), Sealed(ROWS[:10]).head)
    assert list(round_.unavailable) == [WITNESS.name]
    assert RING.origin == ORIGIN
