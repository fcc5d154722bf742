"""How an event written under an older wire name is read as the newest one."""

from collections.abc import Callable, Collection
from typing import Any, NamedTuple

from domain.kernel.events import WIRE

Fields = dict[str, Any]
Change = Callable[[Fields], Fields]


class Upcast(NamedTuple):
    """One step from an older version of an event to the next; `personal` are the fields that the older one sealed."""

    old: str
    new: str
    personal: frozenset[str]
    change: Change


UPCASTS: dict[str, Upcast] = {}
"""Steps by the older wire name."""


def upcast(old: str, new: str, *, personal: Collection[str] = ()) -> Callable[[Change], Change]:
    """Declares the step from one version to the next: a pure function from fields to fields.

    `personal` names the personal fields of the old version: only these are decrypted. The change is applied after
    decryption, to JSON values; an erased value is `{"is": "erased"}` and must be passed on.
    """
    name, _, version = old.rpartition(".v")
    if not (WIRE.fullmatch(old) and new == f"{name}.v{int(version) + 1}"):
        raise TypeError(f"an upcast goes from one version to the next one of the same event, not from {old} to {new}")
    if old in UPCASTS:
        raise TypeError(f"there is an upcast from {old} already")

    def declare(change: Change) -> Change:
        UPCASTS[old] = Upcast(old, new, frozenset(personal), change)
        return change

    return declare


def newest(wire: str, fields: Fields) -> tuple[str, Fields]:
    """The wire name and fields after every step that applies."""
    while step := UPCASTS.get(wire):
        wire, fields = step.new, step.change(fields)
    return wire, fields
