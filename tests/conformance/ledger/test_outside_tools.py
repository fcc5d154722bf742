"""golang.org/x/mod/sumdb and @sigstore/verify agree with our tiles, checkpoints and proofs, and refuse what was changed."""

from base64 import b64encode
from pathlib import Path
from shutil import copytree

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from infra.ledger.proofs import consistency_ranges, roots_of
from tests.conformance.ledger.tools import run, sigstore, sumdb
from tests.ledger.histories import LOG, ORIGIN, Sealed, rows

HERE = Path(__file__).parent
SIZE = 66_000
SIZES = (1, 2, 255, 256, 257, 65_536, 65_537)
POSITIONS = (1, 2, 256, 257, 40_000, 65_536, 65_537, 66_000)
KEY = str(LOG.verifier)


@pytest.fixture(scope="module")
def sealed() -> Sealed:
    return Sealed(rows(SIZE), sizes=SIZES)


@pytest.fixture(scope="module")
def mirror(sealed: Sealed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sealed.mirror(tmp_path_factory.mktemp("mirror"))


@pytest.fixture(scope="module")
def proofs(sealed: Sealed, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("proofs")
    for position in POSITIONS:
        (folder / str(position)).write_text(str(sealed.proof(position)))
    return [str(folder / str(position)) for position in POSITIONS]


@pytest.fixture(scope="module")
def go() -> str:
    return str(sumdb(HERE / "check.go"))


def test_sumdb_agrees(go: str, sealed: Sealed, mirror: Path, proofs: list[str]) -> None:
    said = run(go, str(mirror), KEY, *proofs).splitlines()
    assert said[0] == f"leaves {SIZE}"
    for size, line in zip((*SIZES, SIZE), said[1:], strict=False):
        ours = [b64encode(value).decode() for value in roots_of(consistency_ranges(size, SIZE), sealed.tiles)]
        assert line.split() == ["consistency", str(size), *ours]
    assert said[-len(POSITIONS) :] == [f"inclusion {position - 1}" for position in POSITIONS]
    assert len(said) == 1 + len(SIZES) + 1 + len(POSITIONS)


@pytest.mark.parametrize("path", ["checkpoint", "tile/0/100", "tile/1/000", "tile/entries/100", "checkpoints/x065/537"])
def test_sumdb_refuses_what_was_changed(go: str, mirror: Path, tmp_path: Path, path: str) -> None:
    changed = copytree(mirror, tmp_path / "mirror")
    content = bytearray((changed / path).read_bytes())
    content[70] ^= 1
    (changed / path).write_bytes(content)
    assert "WRONG" in run(go, str(changed), KEY)


def test_sigstore_agrees_and_refuses_what_was_changed(proofs: list[str], tmp_path: Path) -> None:
    package = sigstore()
    pem = Ed25519PublicKey.from_public_bytes(LOG.verifier.public).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    command = ("node", str(HERE / "check.cjs"), str(package), ORIGIN, LOG.verifier.id.hex(), pem.decode())
    assert run(*command, *proofs).split() == ["holds"] * len(POSITIONS)
    changed = tmp_path / "changed"
    text = Path(proofs[4]).read_text()
    for right, wrong in (("index 39999", "index 39998"), ("\n66000\n", "\n66001\n"), ("extra b3", "extra bz")):
        assert right in text
        changed.write_text(text.replace(right, wrong))
        assert run(*command, str(changed)).startswith("WRONG")
