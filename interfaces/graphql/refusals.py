"""Reasons that the interface itself knows for not doing a command; those of the domain are beside its decisions."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from domain.access.module import ModuleOff
from domain.access.standing import GuestTimeOver, ViewOnly
from domain.kernel.refusals import NotFound, NotPermitted, Refusal, Withheld


class InvalidInput(Refusal, frozen=True):
    """A value of the input can't be what it is."""

    field: Annotated[str, "Which field, as in `attachments.0.name`."]
    reason: Annotated[str, "Why not, in words."]
    at_least: Annotated[Decimal | None, "The least that it may be, or how many characters or entries it must have."] = None
    at_most: Annotated[Decimal | None, "The most that it may be, or how many characters or entries it may have."] = None


class CommandIdReused(Refusal, frozen=True):
    """You used this commandId before, for something else."""

    command_id: Annotated[UUID, "The id."]


class TryAgain(Refusal, frozen=True):
    """It can't be said now whether it was done."""

    command_id: Annotated[UUID, "Send this as `commandId` when you try again: then it is done once at most."]
    reason: Annotated[str, "Why not, in words."]


EVERYWHERE: tuple[type[Refusal], ...] = (
    NotPermitted,
    NotFound,
    ViewOnly,
    GuestTimeOver,
    ModuleOff,
    Withheld,
    InvalidInput,
    CommandIdReused,
    TryAgain,
)
"""What any mutation may answer."""
