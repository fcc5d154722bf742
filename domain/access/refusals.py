"""What was refused to somebody: each by itself at first, and above a rate as one count."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import assert_never
from uuid import UUID

from msgspec.structs import replace

from domain.access.events.refusals import CommandRefused, RefusalEvent, RefusalsCounted
from domain.kernel.commands import Command
from domain.kernel.identifiers import PersonId
from domain.kernel.refusals import NotPermitted, Refusal
from domain.kernel.states import NOTHING, Events, State

WINDOW = timedelta(minutes=1)
EACH = 30
"""How many refusals of one actor are written down each by itself in a WINDOW."""
TARGETS = 16
"""How many of a command's ids a record of its refusal names at most."""


class Refusals(State[RefusalEvent], kind="access.refusals", key=(PersonId,)):
    """How many refusals were written down in the present window, and when it began."""

    since: datetime | None = None
    written: int = 0

    def evolve(self, event: RefusalEvent) -> "Refusals":
        match event:
            case CommandRefused(at=at):
                if self.since is None or at >= self.since + WINDOW:
                    return replace(self, since=at, written=1)
                return replace(self, written=self.written + 1)
            case RefusalsCounted():
                return self
            case _:
                assert_never(event)


def refused(refusals: Refusals, command: Command, refusal: Refusal, lacking: str | None, digest: bytes, now: datetime) -> Events:
    """The record of a refused command, or nothing where too many were written down just now.

    Those are not lost: the outcome of every command is stored with it, and `counted` records how many there were.
    """
    if refusals.since is not None and now < refusals.since + WINDOW and refusals.written >= EACH:
        return NOTHING
    return refusals.records(
        CommandRefused(
            command=type(command).__name__,
            refusal=type(refusal).__name__,
            targets=targets(command),
            rule=lacking,
            missing=refusal.authority if isinstance(refusal, NotPermitted) else None,
            digest=digest.hex(),
            at=now,
        )
    )


def counted(refusals: Refusals, since: datetime, until: datetime, counts: Mapping[str, int]) -> Events:
    """The record of refusals that were not written down each by itself, by the refusal's name."""
    return refusals.records(RefusalsCounted(since=since, until=until, counts=dict(counts))) if counts else NOTHING


def targets(command: Command) -> dict[str, UUID]:
    """The ids in a command by field; a list's items are counted, as in `people.0`. Nothing else of the command."""
    found: dict[str, UUID] = {}
    for field, identifier in _ids(command):
        if len(found) == TARGETS:
            break
        found[field] = identifier
    return found


def _ids(command: Command) -> Iterator[tuple[str, UUID]]:
    for field in type(command).model_fields:
        value = getattr(command, field)
        if isinstance(value, UUID):
            yield field, value
        elif isinstance(value, tuple):
            yield from ((f"{field}.{n}", item) for n, item in enumerate(value) if isinstance(item, UUID))
