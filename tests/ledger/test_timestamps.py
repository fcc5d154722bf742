"""Time stamps, made by OpenSSL as the authority and checked by OpenSSL as the auditor."""

import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.x509 import Certificate, load_pem_x509_certificate
from httpx2 import AsyncClient, MockTransport, Request, Response
from psycopg import AsyncConnection

from infra.ledger.timestamps import EVERY, NotStamped, TimeStamps
from tests.ledger.histories import Sealed, rows
from tests.support.postgres import Database

HEAD = Sealed(rows(12)).head
CONFIG = """
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256, sha384, sha512
signer_cert = {folder}/cert.pem
certs = {folder}/cert.pem
signer_key = {folder}/key.pem
ess_cert_id_alg = sha256
"""


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    """The folder of an authority's key and certificate."""
    if not shutil.which("openssl"):
        pytest.skip("needs openssl")
    folder = tmp_path / "authority"
    folder.mkdir()
    (folder / "config").write_text(CONFIG.format(folder=folder))
    (folder / "serial").write_text("01")
    make_certificate(folder)
    return folder


def make_certificate(folder: Path) -> None:
    key = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    assert openssl(*key, "-subj", "/CN=a", "-days", "2", "-addext", "extendedKeyUsage=critical,timeStamping").returncode == 0


def openssl(*words: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["openssl", *words], check=False, capture_output=True)


def answering(folder: Path) -> AsyncClient:
    """A client whose requests OpenSSL answers."""

    def answer(request: Request) -> Response:
        assert request.headers["content-type"] == "application/timestamp-query"
        (folder / "query").write_bytes(request.content)
        reply = openssl("ts", "-reply", "-config", str(folder / "config"), "-queryfile", str(folder / "query"))
        return Response(200, content=reply.stdout)

    return AsyncClient(transport=MockTransport(answer))


def certificate(folder: Path) -> Certificate:
    return load_pem_x509_certificate((folder / "cert.pem").read_bytes())


async def test_a_checkpoint_is_stamped_once_a_day_and_openssl_agrees(authority: Path, tmp_path: Path, database: Database) -> None:
    stamps, now = tmp_path / "stamps", [2e9]
    async with (
        await AsyncConnection.connect(database.application) as connection,
        answering(authority) as http,
    ):
        stamping = TimeStamps("https://tsa.example", [certificate(authority)], stamps, http, lambda: now[0])
        await stamping.follow(connection, HEAD)
        assert sorted(file.name for file in stamps.iterdir()) == ["012", "012.tsr"]
        before = (stamps / "012.tsr").stat()
        now[0] = before.st_mtime + EVERY - 1
        await stamping.follow(connection, HEAD)
        assert (stamps / "012.tsr").stat().st_mtime_ns == before.st_mtime_ns
        now[0] += 1
        await stamping.follow(connection, HEAD)
        assert (stamps / "012.tsr").stat().st_mtime_ns > before.st_mtime_ns
    names = ["-in", str(stamps / "012.tsr"), "-data", str(stamps / "012"), "-CAfile", str(authority / "cert.pem")]
    assert openssl("ts", "-verify", *names).returncode == 0
    (stamps / "012").write_text(str(HEAD).replace("12", "13"))
    assert openssl("ts", "-verify", *names).returncode != 0


async def test_an_answer_that_is_no_stamp_is_refused(authority: Path, tmp_path: Path, database: Database) -> None:
    other = certificate(authority)
    async with await AsyncConnection.connect(database.application) as connection:
        for reply in (b"", b"sorry"):
            async with AsyncClient(transport=MockTransport(lambda _, reply=reply: Response(500, content=reply))) as http:
                with pytest.raises(NotStamped, match="https://tsa"):
                    await TimeStamps("https://tsa.example", [other], tmp_path / "s", http, lambda: 0.0).follow(connection, HEAD)
    assert not (tmp_path / "s").exists()


async def test_a_stamp_by_somebody_else_is_refused(authority: Path, tmp_path: Path, database: Database) -> None:
    trusted = certificate(authority)
    make_certificate(authority)
    async with await AsyncConnection.connect(database.application) as connection, answering(authority) as http:
        with pytest.raises(NotStamped):
            await TimeStamps("https://tsa.example", [trusted], tmp_path / "s", http, lambda: 0.0).follow(connection, HEAD)
    assert not (tmp_path / "s").exists()
