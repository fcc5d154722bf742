"""A witness of other people's logs: it needs a folder, a key and the logs' keys, and nothing of the rest."""

from collections.abc import Sequence
from pathlib import Path
from time import time

from starlette.types import ASGIApp

from infra.ledger.errors import NoteInvalid
from infra.ledger.keys import COSIGNATURE, SigningKey, VerifierKey
from infra.ledger.sealing.keyring import write_secret
from infra.ledger.witness.server import witness
from infra.ledger.witness.store import HeadFile

KEY = "witness-key"
HEADS = "heads.sqlite"


def open_witness(folder: Path, name: str, logs: Sequence[str]) -> tuple[ASGIApp, str]:
    """The application and the key that its cosignatures are checked with, made under this name on first use.

    Raises LedgerError: a key that can't be used, or one of another name.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not (folder / KEY).exists():
        write_secret(folder / KEY, SigningKey.generate(name, COSIGNATURE).reveal())
    key = SigningKey.parse((folder / KEY).read_text().strip())
    if key.name != name or key.algorithm != COSIGNATURE:
        raise NoteInvalid(f"{folder / KEY} is the key of {key.name}, not of {name}")
    watched: dict[str, list[VerifierKey]] = {}
    for text in logs:
        log = VerifierKey.parse(text)
        watched.setdefault(log.name, []).append(log)
    return witness(key, watched, HeadFile(folder / HEADS), lambda: int(time())), str(key.verifier)
