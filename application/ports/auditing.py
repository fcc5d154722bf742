"""Reading under a case: what it opens, and the record of what was read."""

from typing import NamedTuple, Protocol

from domain.compliance.events import CaseId, Scope
from domain.kernel.identifiers import PersonId


class NotOpen(Exception):
    """There is no such case, it has ended or was closed, or it isn't theirs: which of these isn't told."""


class Read(NamedTuple):
    """What is to be recorded of one operation; see domain.compliance.events.ReadUnderCase."""

    auditor: PersonId
    document: str
    operation: str | None
    variables: str
    position: int
    objects: int


class Auditing(Protocol):
    """Opens cases to their auditors. Every method raises NotOpen, LogUnavailable."""

    async def scope(self, case: CaseId, auditor: PersonId) -> Scope:
        """What the case opens to them now, by what is recorded now."""
        ...

    async def record(self, case: CaseId, read: Read) -> None:
        """Returns when the read is durably on record, and the case was still open to them then."""
        ...
