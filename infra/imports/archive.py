"""A folder or a zip file, looked through before anything of it is believed. Files are read where they are, as streams."""

import os
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol, cast

from application.imports.errors import DamagedArchive, NotAnExport, TooLarge, UnsafeName
from infra.imports.limits import LIMITS, Limits

LITTER = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")
"""What file managers leave behind; it is passed over."""
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ENCRYPTED = 0x1


class Entry(NamedTuple):
    """A file in an archive, with its unpacked size in bytes."""

    name: str
    size: int


class Archive(Protocol):
    """Files by name, with `/` between the parts, in no folder of their own."""

    def entries(self) -> list[Entry]:
        """Every file, sorted by name."""
        ...

    def open(self, name: str) -> BinaryIO:
        """The file's bytes. Raises DamagedArchive."""
        ...

    def close(self) -> None: ...


def open_archive(path: Path, limits: Limits = LIMITS) -> Archive:
    """Opens a folder or a zip file. Raises NotAnExport, DamagedArchive, UnsafeName and TooLarge; reads no content."""
    if path.is_dir():
        return Folder(path, limits)
    if not path.is_file():
        raise NotAnExport(str(path), "there is no such file or folder")
    return Zipped(path, limits)


class Folder:
    """A folder and those in it. Links aren't followed, and anything but plain files is refused."""

    def __init__(self, path: Path, limits: Limits = LIMITS) -> None:
        self.path = path
        found = list(_walk(path, ""))
        _bounded(str(path), found, limits)
        self.top, self.found = _inside(found)

    def entries(self) -> list[Entry]:
        return self.found

    def open(self, name: str) -> BinaryIO:
        try:
            descriptor = os.open(self.path / (self.top + name), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError as problem:
            raise DamagedArchive(name, problem.strerror or str(problem)) from None
        return os.fdopen(descriptor, "rb")

    def close(self) -> None:
        """Nothing is held open."""


class Zipped:
    """A zip file. Every file is checked by its name, flags and sizes before the first byte is unpacked."""

    def __init__(self, path: Path, limits: Limits = LIMITS) -> None:
        try:
            self.zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as problem:
            raise DamagedArchive(str(path), f"it isn't a zip file that can be read ({problem})") from None
        try:
            files = [info for info in self.zip.infolist() if not info.is_dir()]
            for info in self.zip.infolist():
                _safe(info.filename, info.orig_filename)
                _plain(info, limits)
            _apart(str(path), files)
            found = [Entry(info.filename, info.file_size) for info in files]
            _bounded(str(path), found, limits)
            self.top, self.found = _inside(found)
        except BaseException:
            self.zip.close()
            raise

    def entries(self) -> list[Entry]:
        return self.found

    def open(self, name: str) -> BinaryIO:
        try:
            return cast(BinaryIO, self.zip.open(self.top + name))
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as problem:
            raise DamagedArchive(name, str(problem)) from None

    def close(self) -> None:
        self.zip.close()


def _walk(folder: Path, before: str) -> Iterator[Entry]:
    try:
        with os.scandir(folder) as listing:
            inside = sorted(listing, key=lambda found: found.name)
    except OSError as problem:
        raise DamagedArchive(str(folder), problem.strerror or str(problem)) from None
    for found in inside:
        name = before + found.name
        kind = found.stat(follow_symlinks=False)
        if stat.S_ISLNK(kind.st_mode):
            raise UnsafeName(name, "it is a link")
        if stat.S_ISDIR(kind.st_mode):
            yield from _walk(folder / found.name, f"{name}/")
        elif stat.S_ISREG(kind.st_mode):
            yield Entry(name, kind.st_size)
        else:
            raise UnsafeName(name, "it is neither a file nor a folder")


def _safe(name: str, written: str) -> None:
    """Nothing is written under these names, but one that tries to lead elsewhere says what the archive is."""
    shown = ascii(written)[1:-1]
    if "\0" in written or "\\" in written or name != written:
        raise UnsafeName(shown, "a name with characters that no name has")
    parts = name.rstrip("/").split("/")
    if name.startswith("/") or ":" in parts[0] or ".." in parts or "." in parts or "" in parts:
        raise UnsafeName(shown, "a name that leads out of the archive")


def _plain(info: zipfile.ZipInfo, limits: Limits) -> None:
    mode = info.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise UnsafeName(info.filename, "it is a link, or neither a file nor a folder")
    if info.flag_bits & ENCRYPTED:
        raise DamagedArchive(info.filename, "it is encrypted")
    if info.compress_type not in METHODS:
        raise DamagedArchive(info.filename, f"it is packed in a way that isn't known ({info.compress_type})")
    if info.file_size > limits.ratio_from and info.file_size > limits.ratio * max(1, info.compress_size):
        raise TooLarge(info.filename, f"{info.compress_size:,} bytes unpack to {info.file_size:,}: no chat does that")


def _apart(path: str, files: list[zipfile.ZipInfo]) -> None:
    """Files that share their packed bytes unpack to far more than the archive's size."""
    end = 0
    for info in sorted(files, key=lambda each: each.header_offset):
        if info.header_offset < end:
            raise DamagedArchive(path, f"{info.filename} lies over another file's bytes")
        end = info.header_offset + len(info.filename.encode()) + info.compress_size


def _bounded(path: str, found: list[Entry], limits: Limits) -> None:
    if len(found) > limits.files:
        raise TooLarge(path, f"{len(found):,} files, more than {limits.files:,}")
    if (total := sum(entry.size for entry in found)) > limits.total:
        raise TooLarge(path, f"{total:,} bytes, more than {limits.total:,}")
    seen: set[str] = set()
    for entry in found:
        if entry.size > limits.file:
            raise TooLarge(entry.name, f"{entry.size:,} bytes, more than {limits.file:,}")
        if entry.name in seen:
            raise UnsafeName(entry.name, "it stands there twice")
        seen.add(entry.name)


def _inside(found: list[Entry]) -> tuple[str, list[Entry]]:
    """What is inside the one folder that some tools put around everything; litter is passed over."""
    kept = [e for e in found if not e.name.startswith(LITTER) and e.name.rpartition("/")[2] not in LITTER]
    tops = {e.name.partition("/")[0] if "/" in e.name else "" for e in kept}
    top = ""
    if len(tops) == 1 and (only := tops.pop()):
        top = f"{only}/"
    return top, sorted(Entry(e.name.removeprefix(top), e.size) for e in kept)
