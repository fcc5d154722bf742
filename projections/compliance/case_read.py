"""What auditors read under cases."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from domain.compliance.events import CaseRead as Recording
from domain.kernel.events import Recorded
from domain.kernel.identifiers import derived
from projections.compliance.case import Case
from projections.directory.person import Person
from projections.engine.feeds import feeds
from projections.engine.fields import To, column, many, one
from projections.engine.model import Model
from projections.engine.values import Long


class CaseRead(Model, visible="case"):
    """An operation that an auditor read by, recorded before it was answered."""

    read_at: datetime = column("When.", order=True)
    document: str = column("The SHA-256 of the document, in hex.", filter=("eq",))
    operation: str | None = column("The operation's name.")
    variables: str = column("The SHA-256 of the variables as JSON with sorted keys, in hex.")
    position: Long = column("The position that it was answered as of.")
    objects: int = column("How many objects the answer held.")
    case: To[Case] = one("Under which case.", inverse=many("reads", "What was read under it.", order="-read_at"))
    auditor: To[Person] = one("Who read.")


@feeds()
def read(said: Recorded[Recording]) -> Iterable[CaseRead]:
    for number, each in enumerate(said.event.reads, start=1):
        yield CaseRead(
            id=derived("compliance.case_read", said.thing, str(number)),
            read_at=each.at,
            document=each.document,
            operation=each.operation,
            variables=each.variables,
            position=Long(each.position),
            objects=each.objects,
            case=said.event.case,
            auditor=each.auditor,
        )
