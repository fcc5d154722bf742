"""The lines of a file of JSON Lines, each with the place that it stands at, and read again from there."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

import msgspec

from application.imports.errors import NotAnExport, NotReadable, TooLarge, WrongEncoding
from infra.imports.elements import UNHOLDABLE
from infra.imports.limits import LIMITS, Limits

NAMES = ("export.jsonl", "import.jsonl", "export.json", "data.jsonl")


class Line(NamedTuple):
    """A line: its number from 1, where it begins in the file, and its text."""

    number: int
    offset: int
    text: str


def jsonl_file(path: Path, limits: Limits = LIMITS) -> Path:
    """The file of a bulk export: the path itself, or the one in a folder. Raises NotAnExport, TooLarge."""
    if path.is_dir():
        found = [path / name for name in NAMES if (path / name).is_file()] or sorted(path.glob("*.jsonl"))
        if len(found) != 1:
            raise NotAnExport(str(path), "there must be one file of JSON Lines in the folder")
        path = found[0]
    if not path.is_file():
        raise NotAnExport(str(path), "no such file or folder")
    if (size := path.stat().st_size) > limits.file:
        raise TooLarge(path.name, f"{size:,} bytes, more than {limits.file:,}")
    with path.open("rb") as stream:
        if stream.read(4).startswith(b"PK\x03\x04"):
            raise NotAnExport(path.name, "it is an archive: unpack it, and give the file of JSON Lines in it")
    return path


def lines(stream: BinaryIO, name: str, limits: Limits = LIMITS) -> Iterator[Line]:
    """Every line that isn't blank. Raises WrongEncoding, TooLarge at the line where it goes wrong."""
    number, offset = 0, stream.tell()
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
