"""A case: what auditors may read beyond what they see anyhow, for a purpose, within a scope, until a time."""

from datetime import datetime, timedelta
from typing import Annotated, Literal, assert_never

from msgspec.structs import replace

from domain.access.actions import reads
from domain.access.administration import administrator
from domain.compliance.commands import CloseCase, OpenCase, RecordCaseReads
from domain.compliance.events import (
    CaseClosed,
    CaseEvent,
    CaseId,
    CaseOpened,
    CaseRead,
    CaseReadingId,
    ReadUnderCase,
    Scope,
)
from domain.directory.person import Person, UnknownPeople, unknown
from domain.kernel.decisions import decides
from domain.kernel.identifiers import PersonId
from domain.kernel.loads import by
from domain.kernel.refusals import IdTaken, Refusal
from domain.kernel.rules import PLATFORM
from domain.kernel.states import NOTHING, Events, Maybe, New, State

AUDITING = reads("case.read", "what lies within the scope of a case that names them as an auditor", administrators=False)
LONGEST = timedelta(days=366)


class Case(State[CaseEvent], kind="compliance.case", key=(CaseId,)):
    """What it opens, to whom, and until when."""

    status: Literal["unknown", "open", "closed"] = "unknown"
    opened: CaseOpened | None = None

    def evolve(self, event: CaseEvent) -> "Case":
        match event:
            case CaseOpened():
                return replace(self, status="open", opened=event)
            case CaseClosed():
                return replace(self, status="closed")
            case _:
                assert_never(event)

    def open_to(self, person: PersonId, now: datetime) -> Scope | None:
        """What somebody may read under it now; None for nothing."""
        opened = self.opened
        if self.status != "open" or opened is None or now >= opened.ends_at or person not in opened.auditors:
            return None
        return opened.scope


class CaseReading(State[CaseRead], kind="compliance.case_reading", key=(CaseReadingId,)):
    """What was read at the same time."""

    reads: int = 0

    def evolve(self, event: CaseRead) -> "CaseReading":
        return replace(self, reads=len(event.reads))


class ScopeIsEmpty(Refusal, frozen=True):
    """A case names people or channels, and its period has a beginning before its end: nothing is opened as a whole."""


class EndsTooLate(Refusal, frozen=True):
    """A case ends in the future, and within a year."""

    latest: Annotated[datetime, "The latest that it may end."]


class Concerned(Refusal, frozen=True):
    """Nobody opens or reads a case that concerns themselves."""

    person: Annotated[PersonId, "Whom it concerns."]


class CaseIsClosed(Refusal, frozen=True):
    """Nothing more is read under this case, or not by them."""

    case: Annotated[CaseId, "Which case."]


@decides(allowed=administrator())
def open_case(
    command: OpenCase,
    actor: PersonId,
    now: datetime,
    case: New[Case],
    concerned: tuple[Maybe[Person], ...] = by("people"),
    auditing: tuple[Maybe[Person], ...] = by("auditors"),
) -> Events | IdTaken | ScopeIsEmpty | EndsTooLate | Concerned | UnknownPeople:
    opened = _opened(command, actor)
    if case.exists:
        return NOTHING if case.opened == opened else IdTaken(id=command.case)
    period = command.since is None or command.until is None or command.since < command.until
    if not (command.people or command.channels) or not period:
        return ScopeIsEmpty()
    if not now < command.ends_at <= now + LONGEST:
        return EndsTooLate(latest=now + LONGEST)
    if own := next((person for person in (actor, *command.auditors) if person in command.people), None):
        return Concerned(person=own)
    return unknown((*concerned, *auditing)) or case.records(opened)


def _opened(command: OpenCase, actor: PersonId) -> CaseOpened:
    return CaseOpened(
        case=command.case,
        by=actor,
        purpose=command.purpose,
        scope=Scope(people=command.people, channels=command.channels, since=command.since, until=command.until),
        auditors=command.auditors,
        ends_at=command.ends_at,
    )


@decides(allowed=administrator())
def close(command: CloseCase, actor: PersonId, case: Case) -> Events:
    return NOTHING if case.status == "closed" else case.records(CaseClosed(case=command.case, by=actor))


@decides(allowed=PLATFORM)
def record_reads(command: RecordCaseReads, now: datetime, case: Case, case_reading: New[CaseReading]) -> Events | CaseIsClosed:
    """Guarded by the case: what is on record was read while it was open."""
    if case_reading.exists:
        return NOTHING
    if any(case.open_to(read.auditor, now) is None for read in command.reads):
        return CaseIsClosed(case=command.case)
    found = tuple(ReadUnderCase(**read.model_dump()) for read in command.reads)
    return case_reading.records(CaseRead(case=command.case, reads=found))
