"""The lines of a file of JSON Lines, each with the place that it stands at, and read again from there."""

import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import BinaryIO, NamedTuple, cast
from zipfile import BadZipFile

import msgspec

from application.imports.errors import DamagedArchive, NotAnExport, NotReadable, TooLarge, WrongEncoding
from infra.imports.archive import open_archive
from infra.imports.elements import UNHOLDABLE
from infra.imports.limits import LIMITS, Limits

PIECE = 1 << 18
NAMES = ("export.jsonl", "import.jsonl", "export.json", "data.jsonl")


class Line(NamedTuple):
    """A line: its number from 1, where it begins in the file, and its text."""

    number: int
    offset: int
    text: str


class Text(NamedTuple):
    """The file of JSON Lines of a bulk export, or what was unpacked of an archive, until it is closed."""

    name: str
    path: Path
    unpacked: BinaryIO | None = None

    @contextmanager
    def reading(self) -> Iterator[BinaryIO]:
        """Its bytes, at any place and as often as wanted: lines are read in the order of their times."""
        if self.unpacked is not None:
            yield self.unpacked
            return
        with self.path.open("rb") as stream:
            yield stream

    def close(self) -> None:
        """Ends what was unpacked."""
        if self.unpacked is not None:
            self.unpacked.close()


def opened(path: Path, limits: Limits = LIMITS) -> Text:
    """The file of a bulk export: the path itself, or the one in a folder or a zip file. Raises ImportRefused."""
    if path.is_dir():
        found = _chosen(str(path), [each.name for each in path.iterdir() if each.is_file()], "folder")
        return opened(path / found, limits)
    if not path.is_file():
        raise NotAnExport(str(path), "no such file or folder")
    with path.open("rb") as beginning:
        packed = beginning.read(4).startswith((b"PK\x03\x04", b"PK\x05\x06"))
    if packed:
        return _unpacked(path, limits)
    if (size := path.stat().st_size) > limits.file:
        raise TooLarge(path.name, f"{size:,} bytes, more than {limits.file:,}")
    return Text(path.name, path)


def _chosen(where: str, names: list[str], kind: str) -> str:
    found = [name for name in NAMES if name in names] or [name for name in names if name.endswith(".jsonl") and "/" not in name]
    if len(found) != 1:
        raise NotAnExport(where, f"there must be one file of JSON Lines in the {kind}")
    return found[0]


def _unpacked(path: Path, limits: Limits) -> Text:
    """The one file that is wanted of an archive, in a temporary one without a name: what is packed can't be read at any place.

    The archive was looked through by then, by names, sizes and what it unpacks to; what else is in it isn't unpacked.
    """
    with closing(open_archive(path, limits)) as archive:
        name = _chosen(str(path), [entry.name for entry in archive.entries()], "archive")
        unpacked = cast(BinaryIO, TemporaryFile())  # noqa: SIM115 (whoever reads it closes it)
        try:
            with archive.open(name) as packed:
                copyfileobj(packed, unpacked, PIECE)
        except (BadZipFile, zlib.error, EOFError, OSError) as problem:
            unpacked.close()
            raise DamagedArchive(name, str(problem)) from None
    return Text(name, path, unpacked)


def lines(stream: BinaryIO, name: str, limits: Limits = LIMITS) -> Iterator[Line]:
    """Every line that isn't blank. Raises WrongEncoding, TooLarge at the line where it goes wrong."""
    number, offset = 0, stream.seek(0)
    while raw := stream.readline(limits.element + 1):
        number += 1
        if len(raw) > limits.element:
            raise TooLarge(f"{name}:{number}", f"a line of more than {limits.element:,} bytes")
        if raw.strip():
            yield Line(number, offset, _text(raw, f"{name}:{number}"))
        offset += len(raw)


def line_at(stream: BinaryIO, offset: int) -> bytes:
    """The line that begins there, as `lines` gave it before."""
    stream.seek(offset)
    return stream.readline()


def parsed(text: str | bytes, here: str, shape: type[msgspec.Struct]) -> msgspec.Struct:
    """A line as what it should be. Raises NotReadable."""
    try:
        return msgspec.json.decode(text, type=shape)
    except (msgspec.ValidationError, msgspec.DecodeError, RecursionError) as problem:
        raise NotReadable(here, str(problem)) from None


def holdable(text: str) -> str:
    """The text with U+FFFD in the place of what no text can hold."""
    return UNHOLDABLE.sub("\ufffd", text)


def _text(raw: bytes, here: str) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise WrongEncoding(here, f"it is not UTF-8 (byte 0x{raw[problem.start]:02x})") from None
