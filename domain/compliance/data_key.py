"""A data key, as far as decisions and every write that uses it need it."""

from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Literal, assert_never
from uuid import UUID

from msgspec.structs import replace

from domain.access.administration import administrator
from domain.compliance.commands import DestroyKey, ReleaseKey, RestrictKey
from domain.compliance.events import DataKeyCreated, DataKeyDestroyed, DataKeyReleased, DataKeyRestricted, KeyEvent, KeyId
from domain.kernel.decisions import decides
from domain.kernel.refusals import Refusal
from domain.kernel.states import NOTHING, Events, State

Status = Literal["absent", "usable", "restricted", "destroyed"]
"""Absent: the write that needs the key first creates it. Destroyed: its next generation takes its place."""


class DataKey(State[KeyEvent], kind="compliance.key", key=(KeyId,)):
    """The key of one person or container, one retention class and one month. Every write that uses it guards it."""

    owner: UUID | None = None
    retention_class: str = ""
    month: str = ""
    generation: int = 0
    status: Status = "absent"

    def evolve(self, event: KeyEvent) -> "DataKey":
        match event:
            case DataKeyCreated(owner=owner, retention_class=kept, month=month, generation=generation):
                return replace(self, owner=owner, retention_class=kept, month=month, generation=generation, status="usable")
            case DataKeyRestricted():
                return replace(self, status="restricted")
            case DataKeyReleased():
                return replace(self, status="usable")
            case DataKeyDestroyed():
                return replace(self, status="destroyed")
            case _:
                assert_never(event)


class KeyIsDestroyed(Refusal, frozen=True):
    """What was sealed under this key is gone for ever, so it can neither be restricted nor released."""

    key: Annotated[KeyId, "The key."]


@decides(allowed=administrator())
def restrict(command: RestrictKey, key: DataKey) -> Events | KeyIsDestroyed:
    match key.status:
        case "restricted":
            return NOTHING
        case "destroyed":
            return KeyIsDestroyed(key=command.key)
        case _:
            return key.records(DataKeyRestricted())


@decides(allowed=administrator())
def release(command: ReleaseKey, key: DataKey) -> Events | KeyIsDestroyed:
    match key.status:
        case "usable":
            return NOTHING
        case "destroyed":
            return KeyIsDestroyed(key=command.key)
        case _:
            return key.records(DataKeyReleased())


@decides(allowed=administrator())
def destroy(command: DestroyKey, key: DataKey) -> Events:
    return NOTHING if key.status == "destroyed" else key.records(DataKeyDestroyed(ground=command.ground))


def month_of(moment: datetime) -> str:
    """The month of a key for what is written at this moment, in UTC: `2026-11`."""
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return _named(utc.year, utc.month)


@cache
def _named(year: int, month: int) -> str:
    return f"{year:04}-{month:02}"
