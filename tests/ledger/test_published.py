"""What others see: over HTTP, in a mirror, as a proof and as a receipt; each checked with the verifier that shares no code."""

import gzip
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from httpx2 import ASGITransport, AsyncClient
from starlette.applications import Starlette
from starlette.requests import Request

from infra.ledger import note, proof_file, receipts
from infra.ledger.bundles import unbundle
from infra.ledger.cosignature import cosign
from infra.ledger.entry import decode, leaf_hash
from infra.ledger.errors import NoteInvalid
from infra.ledger.keys import SigningKey
from infra.ledger.mirroring import MirrorFolder
from infra.ledger.published import SEALED_WITHIN, PublishedLedger
from infra.ledger.sealing.sealer import Sealer
from infra.ledger.tree import TileAddress
from infra.ledger.verifier import onrecord_verify
from infra.postgres.connections import Connections, StandingConnection
from interfaces.http.ledger import ledger_routes
from tests.ledger.databases import RING, fill, sealer, tamper
from tests.ledger.histories import LOG, ORIGIN, WITNESS, Sealed, rows
from tests.support.postgres import Database

SIZE = 600
ROWS = rows(SIZE)
SEALED = Sealed(ROWS[:500], sizes=(300,))
NOW = 1_700_000_000


class Unused:
    async def seal(self) -> int:
        raise AssertionError


class Served(PublishedLedger, Unused):
    """The port, without sealing."""


@dataclass
class World:
    database: Database
    sealer: Sealer
    ledger: Served
    http: AsyncClient


@pytest.fixture
async def world(database: Database, tmp_path: Path) -> AsyncIterator[World]:
    """500 of 600 rows sealed, in two steps."""

    async def auditor(request: Request) -> bool:
        return request.headers.get("authorization") == "Bearer auditor"

    async with sealer(database, tmp_path) as sealing, Connections(database.application, size=2) as connections:
        ledger = Served(connections, database.schema, RING, lambda: NOW + 0.5)
        routes = ledger_routes(ledger, auditor)
        async with AsyncClient(transport=ASGITransport(Starlette(routes=routes)), base_url="http://onrecord") as http:
            yield World(database, sealing, ledger, http)


async def grow(world: World, *sizes: int) -> None:
    before = await world.sealer.seal()
    at = before.size if before else 0
    for size in sizes:
        fill(world.database, ROWS[at:size])
        await world.sealer.seal()
        at = size


async def test_nothing_is_there_before_the_first_seal(world: World) -> None:
    assert (await world.http.get("/checkpoint")).status_code == 404
    assert (await world.http.get("/tile/0/000.p/1")).status_code == 404
    assert await world.ledger.proof(ROWS[0].event_id) is None


async def test_checkpoint_tiles_and_entries_are_those_of_the_tree(world: World) -> None:
    await grow(world, 300, 500)
    fill(world.database, ROWS[500:])
    answer = await world.http.get("/checkpoint")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    assert note.parse(answer.content).text == SEALED.head.text
    for path, content in (
        ("/tile/0/000", SEALED.tiles[TileAddress(0, 0)]),
        ("/tile/0/001.p/244", SEALED.tiles[TileAddress(0, 1)]),
        ("/tile/0/001.p/44", SEALED.tiles[TileAddress(0, 1)][: 44 * 32]),
        ("/tile/1/000.p/1", SEALED.tiles[TileAddress(1, 0)]),
    ):
        answer = await world.http.get(path)
        assert (answer.status_code, answer.content) == (200, content)
        assert answer.headers["content-type"] == "application/octet-stream"
        assert "immutable" in answer.headers["cache-control"]
    allowed = {"Authorization": "Bearer auditor"}
    answer = await world.http.get("/tile/entries/001.p/244", headers=allowed)
    assert unbundle(answer.content) == SEALED.entries()[256:]
    assert answer.headers["content-encoding"] == "gzip"
    plain = await world.http.get("/tile/entries/000", headers={**allowed, "Accept-Encoding": "identity"})
    assert unbundle(plain.content) == SEALED.entries()[:256]
    assert len(gzip.compress(plain.content)) < len(plain.content)


@pytest.mark.parametrize(
    "path",
    [
        "0/001",
        "0/001.p/245",
        "0/002.p/1",
        "1/000.p/2",
        "2/000.p/1",
        "0/1",
        "0/000.p/256",
        "63/000",
        "x",
        "entries/001",
        "entries/9",
    ],
)
async def test_what_is_not_published_is_not_there(world: World, path: str) -> None:
    await grow(world, 300, 500)
    fill(world.database, ROWS[500:])
    answer = await world.http.get(f"/tile/{path}", headers={"Authorization": "Bearer auditor"})
    assert (answer.status_code, answer.headers["cache-control"]) == (404, "no-store")


async def test_entries_are_for_auditors(world: World) -> None:
    await grow(world, 300)
    assert (await world.http.get("/tile/entries/000")).status_code == 403
    assert (await world.http.get("/tile/entries/999")).status_code == 403


async def test_a_seal_that_was_not_published_yet_is_not_shown(world: World) -> None:
    await grow(world, 300, 500)
    tamper(world.database, "UPDATE ledger SET published = 300")
    assert note.parse((await world.http.get("/checkpoint")).content).text == SEALED.checkpoints[300].text
    assert (await world.http.get("/tile/0/001.p/244")).status_code == 404
    assert (await world.http.get("/tile/0/001.p/44")).status_code == 200
    assert await world.ledger.proof(ROWS[400].event_id) is None


@pytest.mark.parametrize("position", [1, 256, 257, 500])
async def test_an_event_s_proof_is_verified_by_others(
    world: World, tmp_path: Path, position: int, capsys: pytest.CaptureFixture[str]
) -> None:
    await grow(world, 300, 500)
    fill(world.database, ROWS[500:])
    line = cosign(SEALED.head.text, WITNESS, ROWS[499].recorded_at // 1_000_000)
    tamper(world.database, "INSERT INTO ledger_cosignatures VALUES (%s, 500, %s, 0, %s)", ORIGIN, WITNESS.name, str(line))
    text = await world.ledger.proof(ROWS[position - 1].event_id)
    assert text is not None
    extra = proof_file.parse(text).extra
    assert extra is not None
    assert decode(extra).event_id == str(ROWS[position - 1].event_id)
    file = tmp_path / "event.tlog-proof"
    file.write_text(text)
    assert onrecord_verify.main(["proof", str(file), "--key", str(LOG.verifier), "--witness", str(WITNESS.verifier)]) == 0
    assert f"at position {position} of 500, seen by {WITNESS.name}" in capsys.readouterr().out


async def test_what_is_unknown_or_unsealed_has_no_proof(world: World) -> None:
    await grow(world, 300)
    fill(world.database, ROWS[300:])
    assert await world.ledger.proof(UUID(int=1)) is None
    assert await world.ledger.proof(ROWS[300].event_id) is None


async def test_a_receipt_promises_to_seal_an_event(world: World) -> None:
    fill(world.database, ROWS[:10])
    text = await world.ledger.receipt(ROWS[4].event_id)
    assert text is not None
    receipt = receipts.verified(note.parse(text), ORIGIN, [LOG.verifier])
    leaf = leaf_hash(SEALED.entries()[4])
    assert receipt == receipts.Receipt(ORIGIN, 5, str(ROWS[4].event_id), leaf, NOW + SEALED_WITHIN)
    await world.sealer.seal()
    assert (await world.http.get("/tile/0/000.p/10")).content[4 * 32 : 5 * 32] == leaf
    assert await world.ledger.receipt(UUID(int=1)) is None
    for wrong in (text.replace(str(ROWS[4].event_id), str(ROWS[5].event_id)), SEALED.head):
        with pytest.raises(NoteInvalid):
            receipts.verified(note.parse(str(wrong)), ORIGIN, [LOG.verifier])
    with pytest.raises(NoteInvalid):
        receipts.verified(note.parse(text), "other", [LOG.verifier])
    with pytest.raises(NoteInvalid):
        receipts.verified(note.sign(receipt.text, [SigningKey(ORIGIN, bytes(32))]), ORIGIN, [LOG.verifier])


async def test_a_mirror_follows_and_is_verified_by_others(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "mirror"
    mirror = MirrorFolder(folder, world.database.schema)
    async with StandingConnection(world.database.application, "mirror") as standing:
        for size in (10, 255, 256, 300, 600):
            await grow(world, size)
            signed = await world.ledger.checkpoint()
            assert signed is not None
            await mirror.follow(await standing.once(), note.parse(signed))
            await mirror.follow(await standing.once(), note.parse(signed))
            assert onrecord_verify.main(["mirror", str(folder), "--key", str(LOG.verifier)]) == 0
    assert sorted(path.name for path in (folder / "checkpoints").iterdir()) == ["010", "255", "256", "300", "600"]
    assert not (folder / "tile" / "0" / "000.p").exists()


async def test_a_mirror_without_entries_says_nothing_of_persons(world: World, tmp_path: Path) -> None:
    await grow(world, 300)
    async with StandingConnection(world.database.application, "mirror") as standing:
        signed = note.parse(await world.ledger.checkpoint() or "")
        await MirrorFolder(tmp_path / "public", world.database.schema, entries=False).follow(await standing.once(), signed)
    assert not (tmp_path / "public" / "tile" / "entries").exists()
    assert onrecord_verify.main(["mirror", str(tmp_path / "public"), "--key", str(LOG.verifier)]) == 0
