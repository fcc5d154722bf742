"""Cases: what auditors may read for a purpose. Whoever a case concerns doesn't see it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal
from uuid import UUID

from domain.compliance.events import CaseClosed, CaseOpened
from domain.kernel.events import Recorded
from domain.kernel.identifiers import derived
from domain.kernel.personal import readable
from projections.access.people import PRIMARY
from projections.directory.person import Person
from projections.engine.feeds import feeds
from projections.engine.fields import Maybe, To, column, found, listed, many, one, replace
from projections.engine.model import Model
from projections.messaging.channel import Channel

Part = Literal["auditor", "concerned"]
PART = "exists (select from {{case_party}} p where p.case_id = {{this}}.id and p.person_id = {{viewer}} and p.part = '{}')"
VISIBLE = f"({PRIMARY} or {PART.format('auditor')}) and not {PART.format('concerned')}".replace("{{", "{").replace("}}", "}")


class Case(
    Model,
    visible=VISIBLE,
    queries=(
        found("case", "A case, by its id."),
        listed("cases", "The cases that you may know of.", order="-opened_at"),
    ),
):
    """What auditors may read beyond what they see anyhow. It isn't known to those whom it concerns."""

    purpose: str | None = column("Why it was opened, and on what ground.", personal=True)
    opened_at: datetime = column("When it was opened.", order=True, born=True)
    ends_at: datetime = column("Until when it may be read under, unless it is closed before.", order=True)
    closed_at: datetime | None = column("When it was closed; nothing where it wasn't.", default=None)
    since: datetime | None = column("Only what was said at this time or later.")
    until: datetime | None = column("Only what was said before this time.")
    opened_by: To[Person] = one("Who opened it.")
    closed_by: Maybe[Person] = one("Who closed it.", default=None)


class CaseParty(Model, visible="case", indexes=("case_id, person_id",)):
    """Somebody whom a case concerns, or who reads under it."""

    part: Part = column(
        "Which of both.",
        order=True,
        filter=("eq",),
        choices={"auditor": "Reads under the case.", "concerned": "What they said is opened."},
    )
    case: To[Case] = one("Which case.", inverse=many("parties", "Who reads, and whom it concerns.", order="part"))
    person: To[Person] = one("Who.")


class CaseChannel(Model, visible="case"):
    """A channel that a case opens."""

    number: int = column("Its place among those that were named, from 1.", order=True)
    case: To[Case] = one("Which case.", inverse=many("channels", "What is opened of channels.", order="number"))
    channel: To[Channel] = one("Which channel, if you may see it anyhow.")


def party_id(case: UUID, person: UUID, part: str) -> UUID:
    """One row for each person and part."""
    return derived("compliance.case_party", case, person, part)


@feeds()
def opened(said: Recorded[CaseOpened]) -> Case:
    fact = said.event
    return Case(
        id=said.thing,
        purpose=readable(fact.purpose),
        opened_at=said.effective_at,
        ends_at=fact.ends_at,
        since=fact.scope.since,
        until=fact.scope.until,
        opened_by=fact.by,
    )


@feeds()
def closed(row: Case, said: Recorded[CaseClosed]) -> Case:
    return replace(row, closed_at=said.effective_at, closed_by=said.event.by)


@feeds()
def parties(said: Recorded[CaseOpened]) -> Iterable[CaseParty]:
    fact = said.event
    sides: tuple[tuple[Part, Iterable[UUID]], ...] = (("auditor", fact.auditors), ("concerned", fact.scope.people))
    for part, people in sides:
        for person in dict.fromkeys(people):
            key = party_id(said.thing, person, part)
            yield CaseParty(id=key, part=part, case=said.thing, person=person)


@feeds()
def channels(said: Recorded[CaseOpened]) -> Iterable[CaseChannel]:
    for number, channel in enumerate(dict.fromkeys(said.event.scope.channels), start=1):
        key = derived("compliance.case_channel", said.thing, channel)
        yield CaseChannel(id=key, number=number, case=said.thing, channel=channel)
