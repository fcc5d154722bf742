"""The elements of a JSON array, one by one, however long the file and wherever its lines break."""

import codecs
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

from application.imports.errors import DamagedArchive, NotReadable, TooLarge, WrongEncoding
from infra.imports.limits import LIMITS, Limits

CHUNK = 1 << 18
UNHOLDABLE = re.compile("[\x00\ud800-\udfff]")
"""What no text in a database can hold: NUL, and halves of surrogate pairs."""
SUSPICIOUS = re.compile(r"\x00|\\u0000|\\u[dD][89a-fA-F]")
"""How such characters may be written; pairs that belong together are, too."""
BLANK = " \t\r\n"
OTHER_ENCODINGS = {codecs.BOM_UTF32_LE: "UTF-32", codecs.BOM_UTF32_BE: "UTF-32"} | {
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
"""By how a file begins; the longer marks come first, as one of them begins with a shorter one."""


class Element(NamedTuple):
    """One element: its line and number in the file, from 1.

    `altered`: it had characters that no text can hold, and has U+FFFD in their places.
    """

    line: int
    number: int
    value: Any
    altered: bool


class _Window:
    """A piece of a file as text, moved along it; what was passed is let go."""

    def __init__(self, stream: BinaryIO, name: str, limit: int) -> None:
        self.stream, self.name, self.limit = stream, name, limit
        self.decode = codecs.getincrementaldecoder("utf-8")()
        self.text, self.at, self.line, self.ended = "", 0, 1, False
        self.first = True

    def more(self) -> bool:
        """Reads on, at least doubling what is held, so that a long element is tried a few times only."""
        if self.ended:
            return False
        wanted = max(CHUNK, len(self.text) - self.at)
        try:
            data = self.stream.read(wanted)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as problem:
            raise DamagedArchive(self.name, str(problem)) from None
        if self.first:
            self.first = False
            for mark, encoding in OTHER_ENCODINGS.items():
                if data.startswith(mark):
                    raise WrongEncoding(self.name, f"it is {encoding}, not UTF-8")
            data = data.removeprefix(codecs.BOM_UTF8)
        self.ended = len(data) < wanted
        held = self.text[self.at :]
        try:
            self.text, self.at = held + self.decode.decode(data, self.ended), 0
        except UnicodeDecodeError as problem:
            line = self.line + held.count("\n") + data.count(b"\n", 0, problem.start)
            wrong = problem.object[problem.start]
            raise WrongEncoding(f"{self.name}:{line}", f"it is not UTF-8 (byte 0x{wrong:02x})") from None
        return True

    def move(self, to: int) -> None:
        self.line += self.text.count("\n", self.at, to)
        self.at = to

    def peek(self) -> str:
        """The next character that isn't blank, not taken yet; empty at the end."""
        while True:
            end = len(self.text)
            at = self.at
            while at < end and self.text[at] in BLANK:
                at += 1
            self.move(at)
            if at < end:
                return self.text[at]
            if not self.more():
                return ""

    def take(self) -> str:
        found = self.peek()
        if found:
            self.at += 1
        return found

    def value(self) -> tuple[Any, bool]:
        """The value that stands here, and whether it had to be altered."""
        while True:
            try:
                value, end = _SCANNER.raw_decode(self.text, self.at)
            except (ValueError, RecursionError) as problem:
                if isinstance(problem, RecursionError):
                    raise NotReadable(self.here(), "it is nested too deeply") from None
                if self.ended or _final(problem, len(self.text)):
                    raise NotReadable(self.here(), f"it is not JSON ({_short(problem)})") from None
            else:
                # A number at the end of what is held may go on.
                if end < len(self.text) or self.ended:
                    length = end - self.at
                    if length > self.limit:
                        raise TooLarge(self.here(), f"one element has {length:,} characters, more than {self.limit:,}")
                    suspicious = SUSPICIOUS.search(self.text, self.at, end)
                    self.move(end)
                    clean = _holdable(value) if suspicious else value
                    return clean, clean != value
            if len(self.text) - self.at > self.limit:
                raise TooLarge(self.here(), f"an element of more than {self.limit:,} characters, or it is not JSON")
            self.more()

    def here(self) -> str:
        return f"{self.name}:{self.line}"


_SCANNER = json.JSONDecoder(strict=False)


def _holdable(value: Any) -> Any:
    if isinstance(value, str):
        return UNHOLDABLE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_holdable(each) for each in value]
    if isinstance(value, dict):
        return {_holdable(key): _holdable(each) for key, each in value.items()}
    return value


def _final(problem: BaseException, length: int) -> bool:
    """Whether more text couldn't help: what breaks off is complained of at its end, or at a string's beginning."""
    if not isinstance(problem, json.JSONDecodeError):
        return True
    return problem.pos < length - 16 and not problem.msg.startswith("Unterminated string")


def _short(problem: BaseException) -> str:
    return problem.msg if isinstance(problem, json.JSONDecodeError) else str(problem)


def elements(stream: BinaryIO, name: str, limits: Limits = LIMITS) -> Iterator[Element]:
    """Every element of the array that the file is.

    Raises WrongEncoding, NotReadable and TooLarge with file and line at the element where it goes wrong: what came
    before has been given. Holds a small multiple of one element's limit in memory.
    """
    window = _Window(stream, name, limits.element)
    if window.take() != "[":
        raise NotReadable(window.here(), "it is not a JSON array")
    if window.peek() == "]":
        window.take()
    else:
        number = 0
        while True:
            window.peek()
            number, line = number + 1, window.line
            value, altered = window.value()
            yield Element(line, number, value, altered)
            separator = window.take()
            if separator == "]":
                break
            if separator != ",":
                raise NotReadable(window.here(), "it ends in the middle" if not separator else "a comma is missing")
    if window.peek():
        raise NotReadable(window.here(), "something follows the array")
