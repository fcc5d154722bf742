"""A copy of checkpoints, tiles and entries in a folder, laid out as it is served (C2SP tlog-tiles)."""

import os
from collections.abc import Iterable
from pathlib import Path

from infra.ledger.paths import number_path

CHECKPOINT = "checkpoint"


def checkpoint_path(size: int) -> str:
    """Where a mirror keeps each checkpoint for good, beside the last one."""
    return f"checkpoints/{number_path(size)}"


def write(folder: Path, files: Iterable[tuple[str, bytes]]) -> None:
    """Writes files in the order given, each whole or not at all: tiles first, then the checkpoint that covers them."""
    for path, content in files:
        replace(folder / path, content)


def replace(file: Path, content: bytes) -> None:
    """Puts content in a file's place and waits until it is on the disk. For one thread of a process at a time."""
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f".{file.name}.{os.getpid()}.new")
    with beside.open("wb") as new:
        new.write(content)
        new.flush()
        os.fsync(new.fileno())
    beside.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
