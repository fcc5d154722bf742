"""onrecord-verify finds every change, names it, and needs nothing of the project."""

import json
import random
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from shutil import copy, copytree

import pytest

from infra.ledger import note
from infra.ledger.checkpoint import Checkpoint
from infra.ledger.cosignature import cosign
from infra.ledger.keys import COSIGNATURE, SigningKey
from infra.ledger.verifier import onrecord_verify
from tests.ledger.histories import BEGIN, LOG, ORIGIN, WITNESS, Sealed, rows

SIZE = 1_000
TRUST = ["--key", str(LOG.verifier), "--witness", str(WITNESS.verifier)]
Answer = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def sealed() -> Sealed:
    history = Sealed(rows(SIZE), sizes=(1, 255, 256, 300, 999))
    history.purge(7)
    return history


@pytest.fixture(scope="module")
def pristine(sealed: Sealed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sealed.mirror(tmp_path_factory.mktemp("mirror"))


@pytest.fixture
def mirror(pristine: Path, tmp_path: Path) -> Path:
    return copytree(pristine, tmp_path / "mirror")


@pytest.fixture
def verify(capsys: pytest.CaptureFixture[str]) -> Answer:
    def ask(*words: object, trust: list[str] = TRUST) -> tuple[int, str]:
        code = onrecord_verify.main([*map(str, words), *trust])
        return code, capsys.readouterr().out

    return ask


def test_a_mirror_is_verified(verify: Answer, mirror: Path) -> None:
    assert verify("mirror", mirror) == (
        0,
        f"{ORIGIN}: 1000 positions, 7 checkpoints, seen by {WITNESS.name} at {BEGIN // 1_000_000 + 1001} s\nverified\n",
    )


def test_the_file_alone_is_enough(mirror: Path, tmp_path: Path) -> None:
    alone = copy(onrecord_verify.__file__, tmp_path / "verify.py")
    ran = subprocess.run(
        [sys.executable, "-I", alone, "mirror", mirror, *TRUST], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stdout.splitlines()[-1]) == (0, "verified"), ran.stderr


def test_hashes_alone_are_verified_without_entries(verify: Answer, mirror: Path) -> None:
    (mirror / "tile" / "entries").rename(mirror / "elsewhere")
    code, said = verify("mirror", mirror)
    assert code == 0
    assert "hashes alone" in said


@pytest.mark.parametrize("seed", range(60))
def test_any_changed_bit_of_a_mirror_is_found(verify: Answer, mirror: Path, seed: int) -> None:
    drawn = random.Random(seed)
    file = drawn.choice(sorted(path for path in mirror.rglob("*") if path.is_file()))
    content = bytearray(file.read_bytes())
    # A witness's line that was damaged is one by nobody known, which an earlier checkpoint may have.
    at = drawn.randrange(len(content) if "checkpoints" not in file.parts else content.rindex(b"\xe2\x80\x94"))
    content[at] ^= 1 << drawn.randrange(8)
    file.write_bytes(content)
    code, said = verify("mirror", mirror)
    assert code == 1, (file, at)
    assert "WRONG" in said


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("tile/0/001", "tile/0/001 is missing"),
        ("tile/1/000.p/3", "tile/1/000.p/3 is missing"),
        ("tile/entries/003.p/232", "tile/entries/003.p/232 is missing"),
        ("checkpoint", "checkpoint"),
    ],
)
def test_what_is_missing_is_named(verify: Answer, mirror: Path, path: str, words: str) -> None:
    (mirror / path).unlink()
    code, said = verify("mirror", mirror)
    assert code == 1
    assert words in said


def test_a_changed_hash_is_named_by_the_positions_under_it(verify: Answer, mirror: Path) -> None:
    file = mirror / "tile" / "1" / "000.p" / "3"
    content = bytearray(file.read_bytes())
    content[40] ^= 1
    file.write_bytes(content)
    assert "hash 1 is not the one over positions 257 to 512" in verify("mirror", mirror)[1]


def test_a_rolled_back_log_is_named(verify: Answer, mirror: Path) -> None:
    copy(mirror / "checkpoints" / "300", mirror / "checkpoint")
    code, said = verify("mirror", mirror)
    assert code == 1
    assert "a checkpoint of 1000 was signed, but the log has 300" in said


def test_a_fork_is_named(verify: Answer, mirror: Path, tmp_path: Path) -> None:
    other = Sealed(rows(300, seed=2)).mirror(tmp_path / "other")
    copy(other / "checkpoint", mirror / "checkpoints" / "300")
    code, said = verify("mirror", mirror)
    assert code == 1
    assert "the checkpoint of 300 was signed over another history" in said


def test_a_rewritten_and_resealed_history_breaks_on_the_witness(verify: Answer, tmp_path: Path) -> None:
    """The operator has the key, so the signatures are right; the times that a witness saw are not to be had again."""
    made = rows(20)
    made[10] = made[10]._replace(recorded_at=BEGIN)
    history = Sealed(made, sizes=(5,))
    code, said = verify("mirror", history.mirror(tmp_path / "mirror"))
    assert code == 1
    assert "position 11: recorded before the one ahead of it" in said


def test_a_row_outside_its_witnessed_times_is_named(verify: Answer, tmp_path: Path) -> None:
    history = Sealed(rows(20), sizes=(5,))
    for size, hours in ((5, 3), (20, -3)):
        seconds = history.rows[size - 1].recorded_at // 1_000_000 + hours * 3600
        text = history.checkpoints[size].text
        history.checkpoints[size] = note.sign(text, [LOG]).and_signed([cosign(text, WITNESS, seconds)])
    code, said = verify("mirror", history.mirror(tmp_path / "mirror"))
    assert code == 1
    assert "position 6: says it was recorded before a witness saw the log without it" in said
    assert "position 6: says it was recorded after a witness saw it" in said


def test_a_removed_row_is_named(verify: Answer, tmp_path: Path) -> None:
    made = rows(20)
    at = next(at for at, row in enumerate(made) if any(later.stream == row.stream for later in made[at + 1 :]))
    gone = made.pop(at)
    renumbered = [row._replace(position=number) for number, row in enumerate(made, 1)]
    code, said = verify("mirror", Sealed(renumbered).mirror(tmp_path / "mirror"))
    assert code == 1
    assert f"{gone.stream} goes from version {gone.stream_version - 1} to {gone.stream_version + 1}" in said


def test_only_given_keys_and_enough_witnesses_count(verify: Answer, mirror: Path) -> None:
    other = SigningKey(ORIGIN, bytes(32))
    absent = SigningKey("witness.example/other", bytes(32), COSIGNATURE)
    assert "not signed by a given key" in verify("mirror", mirror, trust=["--key", str(other.verifier)])[1]
    both = [*TRUST, "--witness", str(absent.verifier)]
    assert "1 of 2 required witnesses" in verify("mirror", mirror, trust=both)[1]
    assert verify("mirror", mirror, trust=[*both, "--quorum", "1"])[0] == 0
    assert verify("mirror", mirror, trust=["--key", str(WITNESS.verifier)])[0] == 2


def test_a_key_for_another_log_is_none_for_this_one(verify: Answer, tmp_path: Path) -> None:
    history = Sealed(rows(3))
    history.checkpoints[3] = note.sign(Checkpoint("other.example", 3, bytes(32)).text, [LOG])
    code, said = verify("mirror", history.mirror(tmp_path / "m"), trust=["--key", str(LOG.verifier)])
    assert code == 1
    assert "the checkpoint is one of other.example" in said


def test_a_proof_is_verified_and_shows_its_entry(verify: Answer, sealed: Sealed, tmp_path: Path) -> None:
    file = tmp_path / "5.tlog-proof"
    file.write_text(str(sealed.proof(5)))
    code, said = verify("proof", file)
    assert code == 0
    assert f"event_id: {sealed.rows[4].event_id}" in said
    assert f"included in {ORIGIN} at position 5 of 1000" in said


def test_a_proof_is_bound_to_the_row_s_content(verify: Answer, sealed: Sealed, tmp_path: Path) -> None:
    file, row = tmp_path / "5.tlog-proof", tmp_path / "row.json"
    file.write_text(str(sealed.proof(5)))
    line = json.loads(sealed.export(tmp_path / "e", [5]).read_text().splitlines()[1])
    row.write_text(json.dumps(line))
    assert verify("proof", file, "--row", row)[0] == 0
    line["payload"] = b64encode(b"another").decode()
    row.write_text(json.dumps(line))
    assert "payload doesn't have the hash" in verify("proof", file, "--row", row)[1]
    del line["payload_hash"]
    row.write_text(json.dumps(line))
    assert "the entry is not at position 5" in verify("proof", file, "--row", row)[1]


@pytest.mark.parametrize("seed", range(40))
def test_any_changed_bit_of_a_proof_is_found(verify: Answer, sealed: Sealed, tmp_path: Path, seed: int) -> None:
    drawn = random.Random(seed)
    content = bytearray(str(sealed.proof(drawn.randrange(1, SIZE))).encode())
    content[drawn.randrange(len(content))] ^= 1 << drawn.randrange(8)
    file = tmp_path / "p"
    file.write_bytes(content)
    assert verify("proof", file)[0] == 1


def test_exports_are_verified(verify: Answer, sealed: Sealed, tmp_path: Path) -> None:
    assert verify("export", sealed.export(tmp_path / "all.jsonl"))[0] == 0
    code, said = verify("export", sealed.export(tmp_path / "some.jsonl", [1, 7, 500, 1000]))
    assert code == 0
    assert "4 rows, each with its proof" in said


CHANGES = {
    "format": 2,
    "position": 3,
    "recorded_at": BEGIN,
    "effective_at": BEGIN,
    "event_id": "00000000-0000-0000-0000-000000000000",
    "stream": "messaging.message/other",
    "stream_version": 9,
    "type": "messaging.message_posted.v2",
    "actor": None,
    "on_behalf_of": "00000000-0000-0000-0000-000000000000",
    "command_id": "",
    "correlation_id": None,
    "causation_id": "",
    "context": "",
    "payload": None,
    "salt": b64encode(bytes(16)).decode(),
    "proof": [],
}


@pytest.mark.parametrize(
    ("field", "whole"), [(field, whole) for field in CHANGES for whole in (True, False) if field != "proof" or not whole]
)
def test_any_changed_field_of_an_export_is_found(
    verify: Answer, sealed: Sealed, tmp_path: Path, field: str, *, whole: bool
) -> None:
    file = sealed.export(tmp_path / "rows.jsonl", None if whole else [1, 2, 3])
    lines = file.read_text().splitlines()
    row = json.loads(lines[2])
    assert row.get(field, [""]) != CHANGES[field]
    row[field] = CHANGES[field]
    del row["context_hash"], row["payload_hash"]
    lines[2] = json.dumps(row)
    file.write_text("\n".join(lines))
    code, said = verify("export", file)
    assert code == 1
    assert "WRONG" in said


def test_a_byte_moved_between_salt_and_content_is_found_under_the_same_hash(
    verify: Answer, sealed: Sealed, tmp_path: Path
) -> None:
    file = sealed.export(tmp_path / "rows.jsonl")
    lines = file.read_text().splitlines()
    row, was = json.loads(lines[2]), sealed.rows[1]
    assert was.salt is not None
    assert was.context is not None
    assert was.payload is not None
    moved = {"salt": was.salt[:15], "context": was.salt[15:] + was.context, "payload": was.salt[15:] + was.payload}
    lines[2] = json.dumps({**row, **{name: b64encode(value).decode() for name, value in moved.items()}})
    file.write_text("\n".join(lines))
    assert "line 3: salt is not 16 bytes" in verify("export", file)[1]


@pytest.mark.parametrize("change", ["remove", "swap", "insert", "truncate", "twice", "noise"])
def test_rows_removed_swapped_or_inserted_are_found(verify: Answer, sealed: Sealed, tmp_path: Path, change: str) -> None:
    file = sealed.export(tmp_path / "rows.jsonl")
    lines = file.read_text().splitlines()
    match change:
        case "remove":
            del lines[10]
        case "swap":
            lines[10], lines[11] = lines[11], lines[10]
        case "insert":
            lines.insert(10, lines[10])
        case "truncate":
            del lines[500:]
        case "twice":
            lines[10] = lines[10].replace('"format"', '"format":1,"format"')
        case _:
            lines[10] = "{"
    file.write_text("\n".join(lines))
    assert verify("export", file)[0] == 1


def test_what_is_no_export_is_refused(verify: Answer, tmp_path: Path) -> None:
    file = tmp_path / "none.jsonl"
    for content in ("", "[]", '{"format":"other"}'):
        file.write_text(content)
        assert verify("export", file)[0] == 1
    assert verify("export", tmp_path / "absent")[0] == 1
