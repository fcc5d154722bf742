"""In which encoding a text file was written: those in which tables of people come in China and Europe."""

import codecs
import re
from pathlib import Path

from application.imports.errors import WrongEncoding

CHUNK = 1 << 20
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
COMMON = 0.9
"""Part of the characters beyond ASCII that GB 2312 has, where a text is Chinese. Accented letters, read so, are rare signs."""


def encoding_of(path: Path) -> str:
    """The name that Python has for it. Raises WrongEncoding where it is none of them."""
    with path.open("rb") as file:
        start = file.read(4)
    for mark, name in MARKS:
        if start.startswith(mark):
            return name
    if _decodes(path, "utf-8"):
        return "utf-8"
    if _decodes(path, "gb18030") and _is_chinese(path):
        return "gb18030"
    if _decodes(path, "cp1252"):
        return "cp1252"
    raise WrongEncoding(path.name, "it is written in neither UTF-8 nor UTF-16, GB 18030 or Windows-1252")


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _is_chinese(path: Path) -> bool:
    with path.open("rb") as file:
        text = codecs.getincrementaldecoder("gb18030")().decode(file.read(CHUNK))
    beyond = re.sub(r"[\x00-\x7f]", "", text)
    known = beyond.encode("gb2312", errors="ignore").decode("gb2312")
    return len(known) >= COMMON * len(beyond)
