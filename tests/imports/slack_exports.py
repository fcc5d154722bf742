"""Small Slack exports, made for tests: a folder or a zip file with what a test puts into it."""

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

Files = dict[str, Any]
"""JSON values by file name; bytes and str are written as they are."""

ANN, BEN, CAI = "U0ANN", "U0BEN", "U0CAI"
DAY = "2024-03-04"
MORNING = 1_709_539_200


def stamp(second: int, number: int = 100) -> str:
    """A time stamp so many seconds after eight in the morning."""
    return f"{MORNING + second}.{number:06}"


def micros(second: int, number: int = 100) -> int:
    """The same time in microseconds."""
    return (MORNING + second) * 1_000_000 + number


def user(key: str, name: str, **more: Any) -> dict[str, Any]:
    """An element of users.json."""
    profile = {"real_name": name, "email": f"{name.split()[0].lower()}@example.test"}
    return {"id": key, "team_id": "T0TEAM", "name": name.lower(), "deleted": False, "profile": profile} | more


def channel(key: str, name: str, *members: str, **more: Any) -> dict[str, Any]:
    """An element of channels.json."""
    return {"id": key, "name": name, "created": MORNING - 3600, "creator": ANN, "members": list(members)} | more


def said(second: int, author: str, text: str, **more: Any) -> dict[str, Any]:
    """An element of a day's file."""
    return {"type": "message", "user": author, "text": text, "ts": stamp(second)} | more


def export(days: Mapping[str, Any] | None = None, **lists: Any) -> Files:
    """An export with three users and the channel `general`, and these days' files."""
    users = [user(ANN, "Ann Smith"), user(BEN, "Ben Ode"), user(CAI, "蔡文")]
    files: Files = {"users.json": users, "channels.json": [channel("C0GEN", "general", ANN, BEN, CAI)]}
    files |= {f"{name}.json": value for name, value in lists.items()}
    return files | dict(days or {})


def contents(files: Mapping[str, Any]) -> dict[str, bytes]:
    """The files' bytes, one element of a list a line and more."""
    made: dict[str, bytes] = {}
    for name, value in files.items():
        if isinstance(value, bytes):
            made[name] = value
        else:
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=1)
            made[name] = text.encode()
    return made


def folder(path: Path, files: Mapping[str, Any]) -> Path:
    """Writes an export as a folder."""
    for name, data in contents(files).items():
        target = path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return path


def zipped(path: Path, files: Mapping[str, Any]) -> Path:
    """Writes an export as a zip file."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in contents(files).items():
            archive.writestr(name, data)
    return path
