"""Polls in channels: what can be chosen, and what was."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from domain.kernel.events import Recorded
from domain.kernel.identifiers import derived
from domain.kernel.personal import readable
from domain.messaging.events.poll import PollAnswered, PollClosed, PollOpened
from projections.directory.person import Person
from projections.engine.feeds import feeds
from projections.engine.fields import Formula, Maybe, To, column, formula, found, many, one, replace
from projections.engine.model import Model
from projections.engine.values import Long
from projections.messaging.message import Message


class Poll(Model, visible="message", queries=(found("poll", "A poll, by its id."),)):
    """A question that is answered by choosing. Who chose what can be seen."""

    opened_at: datetime = column("When it was asked.", order=True)
    several: bool = column("Whether one may choose several options.", default=False)
    closes_at: datetime | None = column("When it closes by itself.", default=None)
    closed_at: datetime | None = column("When somebody closed it.", default=None)
    message: To[Message] = one(
        "The message with the question.", inverse=many("polls", "The poll that it asks, or none.", order="opened_at")
    )
    author: To[Person] = one("Who asks.")
    closed_by: Maybe[Person] = one("Who closed it.", default=None)
    participants: Formula[int] = formula(
        "select count(distinct a.person_id)::integer from {poll_choice} a where a.poll_id = {this}.id", "How many people chose."
    )


class PollOption(Model, visible="poll"):
    """What can be chosen."""

    number: int = column("Its number, from 1.", order=True)
    text: str = column("What it says.", personal=("options",))
    poll: To[Poll] = one("The poll.", inverse=many("options", "What can be chosen.", order="number"))
    author: To[Person] = one("Who wrote it.")
    votes: Formula[int] = formula(
        "select count(*)::integer from {poll_choice} a where a.option_id = {this}.id", "How many chose it."
    )
    chosen: Formula[bool] = formula(
        "exists (select from {poll_choice} a where a.option_id = {this}.id and a.person_id = {viewer})", "Whether you chose it."
    )


class PollAnswer(Model, visible="poll", indexes=("poll_id, person_id",)):
    """What somebody chose in a poll; how many of the options, as a set of bits."""

    answered_at: datetime = column("When they chose last.", order=True)
    chosen: Long = column("The options chosen: the bit 2^(number - 1) of each.")
    poll: To[Poll] = one("The poll.", inverse=many("answers", "Who chose.", order="answered_at"))
    person: To[Person] = one("Who.")


CHOICES = """
    select md5(a.id::text || o.id::text)::uuid id, a.answered_at chosen_at, a.poll_id, a.person_id, o.id option_id
    from {poll_answer} a join {poll_option} o on o.poll_id = a.poll_id
    where a.chosen & (1::bigint << (o.number - 1)) <> 0
"""


class PollChoice(Model, visible="option", view=CHOICES):
    """That somebody chose an option."""

    chosen_at: datetime = column("When they chose.", order=True)
    option: To[PollOption] = one("The option.", inverse=many("choices", "Who chose it.", order="chosen_at"))
    poll: To[Poll] = one("The poll.")
    person: To[Person] = one("Who.")


@feeds()
def opened(said: Recorded[PollOpened]) -> Poll:
    fact = said.event
    return Poll(
        id=fact.poll,
        opened_at=said.effective_at,
        several=fact.several,
        closes_at=fact.closes_at,
        message=fact.message,
        author=fact.author,
    )


@feeds()
def closed(row: Poll, said: Recorded[PollClosed]) -> Poll:
    return replace(row, closed_at=said.effective_at, closed_by=said.event.by)


@feeds()
def offered(said: Recorded[PollOpened]) -> Iterable[PollOption]:
    fact = said.event
    for number, text in enumerate(readable(fact.options) or (), start=1):
        yield PollOption(id=option_of(fact.poll, number), number=number, text=text, poll=fact.poll, author=fact.author)


def option_of(poll: UUID, number: int) -> UUID:
    """The id of an option."""
    return derived("messaging.poll_option", poll, str(number))


@feeds()
def answered(row: PollAnswer | None, said: Recorded[PollAnswered]) -> PollAnswer | None:
    fact = said.event
    if not fact.choices:
        return None
    chosen = Long(sum(1 << (number - 1) for number in {*fact.choices} if 0 < number < 64))
    return PollAnswer(id=said.thing, answered_at=said.effective_at, chosen=chosen, poll=fact.poll, person=fact.person)
