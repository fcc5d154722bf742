"""Slack's markup as plain text, with the people who are mentioned. Emphasis stays as it was typed."""

import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from application.imports.records.messages import MENTION
from infra.imports.emoji import EMOJI, emoji

ANGLE = re.compile(r"<((?:[@#!]|[A-Za-z][A-Za-z0-9+.-]*:)[^<>\n]{1,4000})>")
ENTITY = re.compile(r"&(amp|lt|gt);")
ENTITIES = {"amp": "&", "lt": "<", "gt": ">"}
COLONS = re.compile(r":([a-z0-9_+'-]{1,64})(?:::(skin-tone-[2-6]))?:")

Naming = Callable[[str], str]


class Mention(NamedTuple):
    """Somebody mentioned in a text: their id, and the name beside it, where there is one."""

    person: str
    label: str


def plain(text: str, channel: Naming) -> tuple[str, list[Mention]]:
    """What a reader saw, with `MENTION` for each person mentioned; `channel` gives the name of a channel's id."""
    mentioned: list[Mention] = []

    def angle(found: re.Match[str]) -> str:
        what, bar, label = found[1].partition("|")
        kind, name = what[:1], what[1:]
        if kind == "@":
            mentioned.append(Mention(name, label))
            return MENTION
        if kind == "#":
            return f"#{label or channel(name)}"
        if kind == "!":
            return _special(name, label)
        return _link(what, label if bar else "")

    said = ANGLE.sub(angle, text.replace(MENTION, "\ufffd"))
    if ":" in said:
        said = COLONS.sub(_emoji, said)
    if "&" in said:
        said = ENTITY.sub(lambda found: ENTITIES[found[1]], said)
    return said, mentioned


def of_blocks(blocks: Iterable[Any], limit: int = 200) -> str:
    """The texts of a message made of blocks: what remains where it carries no text beside them."""
    found: list[str] = []
    pending = list(blocks)[::-1]
    while pending and len(found) < limit:
        block = pending.pop()
        if isinstance(block, list):
            pending.extend(reversed(block))
        elif isinstance(block, dict):
            said = block.get("text")
            if isinstance(said, str):
                found.append(said)
            else:
                pending.extend(block[k] for k in ("accessory", "fields", "elements", "text", "title") if k in block)
    return "\n".join(found)


def _special(name: str, label: str) -> str:
    if name.startswith(("date^", "subteam^")):
        return label or name.partition("^")[0]
    return f"@{name}" if name in {"here", "channel", "everyone", "group"} else label or name


def _link(address: str, label: str) -> str:
    target = address.removeprefix("mailto:")
    if not label or label in (address, target) or target in (f"http://{label}", f"https://{label}"):
        return target
    return f"{label} ({target})"


def _emoji(found: re.Match[str]) -> str:
    name = found[1]
    if name not in EMOJI:
        return found[0]
    return emoji(f"{name}::{found[2]}" if found[2] else name)
