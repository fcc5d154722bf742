"""The key file: what opens the data keys of every organisation of a server, kept outside the database.

TOML, readable by its owner only. `epochs` holds the keys that wrap data keys, by number; new ones are wrapped under
`current`. `pseudonyms` never changes: identifiers in the log depend on it. Without this file nothing personal can be
read again; with it and the database, everything can. So back it up, and not together with the database.
"""

import os
import stat
import tempfile
import tomllib
from binascii import Error as NotBase64
from binascii import a2b_base64, b2a_base64
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

ROOT_BYTES = 32
_HEADER = """\
# OnRecord's key file. Without it nothing personal in the database can be read again; with it, everything can.
# Keep a copy of it apart from the copies of the database. `pseudonyms` must never change.
"""


class KeyFileUnusable(Exception):
    """The key file can't be used as it is; says which file, what is wrong and what to do."""


@dataclass(frozen=True)
class KeyRing:
    """The contents of a key file. `repr` shows no key."""

    current: int
    epochs: Mapping[int, bytes]
    pseudonyms: bytes

    def __repr__(self) -> str:
        return f"KeyRing(current={self.current}, epochs={sorted(self.epochs)})"

    @classmethod
    def new(cls) -> "KeyRing":
        """Fresh keys, in epoch 1."""
        return cls(1, {1: os.urandom(ROOT_BYTES)}, os.urandom(ROOT_BYTES))

    def advanced(self) -> "KeyRing":
        """With a new epoch, which is then current; the earlier ones stay until all data keys are wrapped anew."""
        epoch = max(self.epochs) + 1
        return replace(self, current=epoch, epochs={**self.epochs, epoch: os.urandom(ROOT_BYTES)})

    def without(self, epoch: int) -> "KeyRing":
        """Without an epoch: what only it opens, in an old backup for example, stays closed for ever."""
        if epoch == self.current:
            raise ValueError(f"epoch {epoch} is the current one")
        return replace(self, epochs={number: key for number, key in self.epochs.items() if number != epoch})


def read(path: Path) -> KeyRing:
    """The keys of a file. Raises KeyFileUnusable: absent, readable by others, malformed."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            if stat.S_IMODE(mode) & 0o077:
                raise KeyFileUnusable(f"{path} can be read by others (mode {stat.S_IMODE(mode):04o}). Run: chmod 600 {path}")
            return _parse(path, tomllib.load(file))
    except FileNotFoundError:
        raise KeyFileUnusable(
            f"There is no key file {path}. Name it in ONRECORD_KEY_FILE, restore it from your copy, or if no data was "
            "ever stored make one with `onrecord keys create`."
        ) from None
    except OSError as error:
        raise KeyFileUnusable(f"{path} can't be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise KeyFileUnusable(f"{path} isn't a key file: {error}.") from None


def read_or_create(path: Path) -> KeyRing:
    """The keys of a file, made if there is none; of several processes that make it at once, one wins for all."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(path, KeyRing.new(), replace_existing=False)
    return read(path)


def write(path: Path, ring: KeyRing) -> None:
    """Puts other keys into the file, in one step: a reader sees the old or the new ones. It is durable when this returns."""
    _write(path, ring, replace_existing=True)


def _write(path: Path, ring: KeyRing, *, replace_existing: bool) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)  # mkstemp makes it with mode 0600
    beside = Path(name)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(_text(ring))
            file.flush()
            os.fsync(file.fileno())
        if replace_existing:
            beside.replace(path)
        else:
            _link(beside, path)
        _sync(path.parent)
    finally:
        beside.unlink(missing_ok=True)


def _link(beside: Path, path: Path) -> None:
    """Gives the file its name only if nobody else has taken it meanwhile: the one that is there wins."""
    try:
        path.hardlink_to(beside)
    except FileExistsError:
        return


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _text(ring: KeyRing) -> str:
    epochs = "".join(f'{number} = "{_shown(key)}"\n' for number, key in sorted(ring.epochs.items()))
    return f'{_HEADER}current = {ring.current}\npseudonyms = "{_shown(ring.pseudonyms)}"\n\n[epochs]\n{epochs}'


def _shown(key: bytes) -> str:
    return b2a_base64(key, newline=False).decode("ascii")


def _parse(path: Path, found: Mapping[str, Any]) -> KeyRing:
    try:
        epochs = {int(number): _key(text) for number, text in found["epochs"].items()}
        ring = KeyRing(found["current"], epochs, _key(found["pseudonyms"]))
    except (KeyError, TypeError, ValueError, AttributeError, NotBase64):
        raise KeyFileUnusable(f"{path} isn't a key file: it needs current, pseudonyms and [epochs], keys of 32 bytes.") from None
    if ring.current not in epochs or found.keys() - {"current", "pseudonyms", "epochs"}:
        raise KeyFileUnusable(f"{path} isn't a key file: `current` must be one of [epochs], and nothing else may stand there.")
    return ring


def _key(text: str) -> bytes:
    key = a2b_base64(text, strict_mode=True)
    if len(key) != ROOT_BYTES:
        raise ValueError(len(key))
    return key
