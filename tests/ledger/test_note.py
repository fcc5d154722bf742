"""Signed notes, checkpoints and cosignatures, with the examples of their specifications."""

import base64
from collections.abc import Callable

import pytest

from infra.ledger import checkpoint, note, proof_file
from infra.ledger.checkpoint import Checkpoint
from infra.ledger.cosignature import cosign, cosigned_at
from infra.ledger.errors import CheckpointInvalid, LedgerError, NoteInvalid, ProofInvalid
from infra.ledger.keys import COSIGNATURE, SigningKey, VerifierKey
from infra.ledger.note import Note, Signature
from infra.ledger.proof_file import ProofFile
from infra.ledger.tree import EMPTY_ROOT

ORIGIN = "log.example/main"
LOG = SigningKey(ORIGIN, bytes(range(32)))
NEXT = SigningKey(ORIGIN, bytes(range(1, 33)))
WITNESS = SigningKey("witness.example/w1", bytes(range(2, 34)), COSIGNATURE)
HEAD = Checkpoint(ORIGIN, 7, bytes(range(32)))

# From the documentation of golang.org/x/mod/sumdb/note.
PETER_SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_SIGNED = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
GO_SUMDB = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"


def test_a_note_and_key_of_others_verify() -> None:
    assert note.verify(note.parse(PETER_SIGNED), [VerifierKey.parse(PETER)])
    assert str(VerifierKey.parse(GO_SUMDB)) == GO_SUMDB


def test_the_same_key_signs_as_others_do() -> None:
    key = SigningKey.parse(PETER_SECRET)
    assert str(key.verifier) == PETER
    assert key.reveal() == PETER_SECRET
    assert str(note.sign(note.parse(PETER_SIGNED).text, [key])) == PETER_SIGNED


def test_signing_twice_gives_the_same_bytes() -> None:
    assert note.sign(HEAD.text, [LOG]) == note.sign(HEAD.text, [LOG])


def test_while_keys_change_verifiers_of_either_accept() -> None:
    signed = note.parse(str(note.sign(HEAD.text, [LOG, NEXT])))
    assert note.verify(signed, [LOG.verifier]) == [LOG.verifier]
    assert note.verify(signed, [NEXT.verifier]) == [NEXT.verifier]
    assert note.verify(signed, [LOG.verifier, NEXT.verifier]) == [LOG.verifier, NEXT.verifier]
    assert LOG.verifier.id != NEXT.verifier.id


def test_a_signature_by_nobody_known_is_none() -> None:
    with pytest.raises(NoteInvalid, match="no signature by a known key"):
        note.verify(note.sign(HEAD.text, [NEXT]), [LOG.verifier])


def test_a_wrong_signature_by_a_known_key_is_refused_beside_a_right_one() -> None:
    wrong = Signature(ORIGIN, NEXT.verifier.id, bytes(64))
    with pytest.raises(NoteInvalid, match="is wrong"):
        note.verify(note.sign(HEAD.text, [LOG]).and_signed([wrong]), [LOG.verifier, NEXT.verifier])


def test_a_cosigning_key_does_not_speak_for_the_log() -> None:
    key = VerifierKey(ORIGIN, COSIGNATURE, LOG.verifier.public)
    lines = [Signature(ORIGIN, key.id, LOG.sign(HEAD.text.encode()))]
    with pytest.raises(NoteInvalid, match="no signature"):
        note.verify(Note(HEAD.text, tuple(lines)), [key])


@pytest.mark.parametrize("bit", range(0, 8 * 64, 37))
def test_any_changed_bit_of_a_signature_is_found(bit: int) -> None:
    line = note.sign(HEAD.text, [LOG]).signatures[0]
    value = bytearray(line.value)
    value[bit // 8] ^= 1 << bit % 8
    with pytest.raises(NoteInvalid, match="is wrong"):
        note.verify(Note(HEAD.text, (line._replace(value=bytes(value)),)), [LOG.verifier])


def test_a_text_may_have_empty_lines() -> None:
    signed = note.sign("one\n\ntwo\n", [LOG])
    assert note.parse(str(signed)) == signed


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: raw[:-1],
        lambda raw: raw.replace("\n\n", "\n"),
        lambda raw: raw.replace("— ", "- "),
        lambda raw: raw.replace("— ", "—  "),
        lambda raw: raw + "\n",
        lambda raw: raw.replace("7\n", "7\r\n"),
        lambda raw: raw.replace("7\n", "7\t\n"),
        lambda raw: raw + "— " + ORIGIN + " AAAA\n",
        lambda raw: raw + "— a+b " + "A" * 92 + "\n",
        lambda raw: raw + "— a " + "A" * 90 + "B=\n",
        lambda raw: raw + raw.split("\n\n")[1] * 64,
        lambda raw: "x" * 70_000 + raw,
        lambda raw: b"\xff" + raw.encode(),
        lambda raw: raw[:0],
    ],
)
def test_a_malformed_note_is_refused(change: Callable[[str], str]) -> None:
    with pytest.raises(NoteInvalid):
        note.parse(change(str(note.sign(HEAD.text, [LOG]))))


@pytest.mark.parametrize("text", ["", "no newline", "tab\t\n", "bell\a\n"])
def test_what_a_note_cannot_carry_is_not_signed(text: str) -> None:
    with pytest.raises(NoteInvalid):
        note.sign(text, [LOG])


@pytest.mark.parametrize(
    "text",
    [
        "name",
        "name+c74f20a3",
        PETER.replace("c74f20a3", "c74f20a4"),
        PETER.replace("c74f20a3", "C74F20A3"),
        PETER[:-4],
        PETER.replace("PeterNeumann", "Peter Neumann"),
        "+c74f20a3+ARpc",
        "x+c74f20a3+",
        PETER.replace("+AR", "+CR"),
    ],
)
def test_a_malformed_key_is_refused(text: str) -> None:
    with pytest.raises(NoteInvalid):
        VerifierKey.parse(text)


def test_a_secret_is_shown_by_reveal_alone() -> None:
    assert base64.b64encode(LOG.seed).decode()[:20] not in repr(LOG)
    for broken in (LOG.reveal()[:-4], LOG.reveal().removeprefix("PRIVATE+"), LOG.reveal().replace("+A", "+B")):
        with pytest.raises(NoteInvalid) as refused:
            SigningKey.parse(broken)
        assert broken[-30:] not in str(refused.value)


def test_a_checkpoint_is_three_lines() -> None:
    assert HEAD.text == f"{ORIGIN}\n7\n{base64.b64encode(HEAD.root).decode()}\n"
    assert checkpoint.parse(HEAD.text) == HEAD
    extended = HEAD._replace(extensions=("more", "lines"))
    assert checkpoint.parse(extended.text) == extended
    assert checkpoint.verified(note.sign(HEAD.text, [LOG]), ORIGIN, [LOG.verifier]) == HEAD


@pytest.mark.parametrize(
    "text",
    [
        "",
        "origin\n7\n",
        HEAD.text.replace("7", "07"),
        HEAD.text.replace("7", "-7"),
        HEAD.text.replace("7", "٧"),
        HEAD.text.replace("7", "99999999999999999999"),
        HEAD._replace(root=b"short").text,
        HEAD._replace(size=0).text,
        HEAD.text + "\n",
        "\n" + HEAD.text,
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises((CheckpointInvalid, NoteInvalid)):
        checkpoint.parse(text)


def test_a_checkpoint_of_another_log_is_refused() -> None:
    with pytest.raises(CheckpointInvalid, match="a checkpoint of log"):
        checkpoint.verified(note.sign(HEAD.text, [LOG]), "other.example", [LOG.verifier])


def test_an_empty_tree_has_its_root() -> None:
    assert checkpoint.parse(Checkpoint(ORIGIN, 0, EMPTY_ROOT).text).size == 0


def test_a_cosignature_carries_its_time() -> None:
    signed = note.sign(HEAD.text, [LOG]).and_signed([cosign(HEAD.text, WITNESS, 1_679_315_147)])
    assert cosigned_at(note.parse(str(signed)), WITNESS.verifier) == 1_679_315_147
    assert cosigned_at(note.sign(HEAD.text, [LOG]), WITNESS.verifier) is None


def test_a_cosignature_of_the_specification_has_its_layout() -> None:
    line = note.signatures(
        "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZ"
        "qhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
    )[0]
    assert int.from_bytes(line.value[:8]) == 1_679_315_147
    assert len(line.value) == 72


@pytest.mark.parametrize("change", [lambda v: bytes(8) + v[8:], lambda v: v[:-1], lambda v: b"\xff" * 8 + v[8:], lambda v: v[:0]])
def test_a_wrong_cosignature_is_refused(change: Callable[[bytes], bytes]) -> None:
    line = cosign(HEAD.text, WITNESS, 5)
    wrong = Note(HEAD.text, (line._replace(value=change(line.value)),))
    with pytest.raises(NoteInvalid, match="the cosignature by witness"):
        cosigned_at(wrong, WITNESS.verifier)


def test_a_cosignature_replaces_the_witness_s_earlier_one() -> None:
    signed = note.sign(HEAD.text, [LOG]).and_signed([cosign(HEAD.text, WITNESS, 5)]).and_signed([cosign(HEAD.text, WITNESS, 9)])
    assert cosigned_at(signed, WITNESS.verifier) == 9
    assert len(signed.signatures) == 2


PROOF = ProofFile(6, (bytes(32), bytes(range(32))), note.sign(HEAD.text, [LOG]), b"entry")


@pytest.mark.parametrize("proof", [PROOF, ProofFile(0, (), PROOF.checkpoint)])
def test_a_proof_file_can_be_read_back(proof: ProofFile) -> None:
    assert proof_file.parse(str(proof)) == proof


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("@v1", "@v2"),
        lambda text: text.replace("index 6", "index 06"),
        lambda text: text.replace("index 6\n", ""),
        lambda text: text.replace("AAAA", "AAA"),
        lambda text: text.replace("extra ", "extra !"),
        lambda text: text.replace("\n\n", "\n"),
        lambda text: text.replace("index 6\n", "index 6\nAAAA\n"),
    ],
)
def test_a_malformed_proof_file_is_refused(change: Callable[[str], str]) -> None:
    with pytest.raises((ProofInvalid, NoteInvalid)) as refused:
        proof_file.parse(change(str(PROOF)))
    assert isinstance(refused.value, LedgerError)
