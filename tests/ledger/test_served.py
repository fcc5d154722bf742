"""The ledger of a running server: sealed by itself, at the standard paths, verified by others."""

import asyncio
from pathlib import Path

import pytest
from httpx2 import ASGITransport, AsyncClient

from infra.crypto.key_file import read_or_create
from infra.ledger.verifier import onrecord_verify
from interfaces.bootstrap.ledger import ledger_folder
from interfaces.bootstrap.process import running
from interfaces.settings import Settings
from tests.support.organisations import settle
from tests.support.postgres import Database


@pytest.mark.usefixtures("clean_environment")
async def test_a_server_seals_publishes_and_mirrors(database: Database, tmp_path: Path) -> None:
    settings = Settings(database_url=database.owner, data_dir=tmp_path / "data", mirror=tmp_path / "mirror")
    read_or_create(settings.keys)
    async with running(settings, database.access) as process:
        served = process.organisations["main"]
        await settle(served.organisation, "ann", "bob")
        size = await served.ledger.seal()
        assert size == await served.organisation.log.reader.head() > 0
        async with AsyncClient(transport=ASGITransport(process.app), base_url="http://onrecord") as http:
            assert (await http.get("/ledger/other/checkpoint")).status_code == 404
            answer = await http.get("/ledger/main/checkpoint")
            assert answer.text.split("\n")[1] == str(size)
            assert len((await http.get(f"/ledger/main/tile/0/000.p/{size}")).content) == 32 * size
            assert (await http.get(f"/ledger/main/tile/entries/000.p/{size}")).status_code == 403
        mirror = tmp_path / "mirror" / "main" / "checkpoint"
        async with asyncio.timeout(20):
            while not mirror.exists():  # noqa: ASYNC110 (another task writes the file)
                await asyncio.sleep(0.02)
    key = (ledger_folder(settings, "main") / "verifier-keys").read_text().strip()
    assert onrecord_verify.main(["mirror", str(mirror.parent), "--key", key]) == 0
