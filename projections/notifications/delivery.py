"""Deliveries: what was brought to whom, in which way, and what came of it. Without content, and without addresses."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from domain.kernel.events import Recorded
from domain.notifications.events.delivery import DeliveryBegun, DeliveryFailed, DeliveryGivenUp, DeliveryMade, Obstacle
from domain.notifications.events.preferences import Way
from projections.access.people import PRIMARY
from projections.directory.person import Person
from projections.engine.feeds import feeds
from projections.engine.fields import To, column, listed, many, one, replace
from projections.engine.model import Model

WAYS = {"mail": "By e-mail.", "webhook": "By calling a program of theirs."}
STATES = {
    "begun": "It is being attempted, or is to be attempted again.",
    "made": "It was taken on by the mail server, or by the program.",
    "given_up": "There is no further attempt.",
}
OBSTACLES = {
    "unreachable": "Nobody answered, or not as they should.",
    "refused": "It was refused for good.",
    "no_address": "They have no address, or no program.",
    "not_active": "They take part no longer.",
    "nothing_left": "They took note of all of it meanwhile, or may not see it any more.",
    "not_offered": "This way isn't set up here.",
}


class Delivery(
    Model,
    visible=f"{{this}}.person_id = {{viewer}} or {PRIMARY}",
    indexes=("due_at, id",),
    queries=(
        listed("deliveries", "What was brought out of the platform, to you; for administrators, to anybody.", order="-begun_at"),
    ),
):
    """Notifications that were brought to somebody together, outside the platform."""

    way: Way = column("In which way.", filter=("eq",), choices=WAYS)
    state: Literal["begun", "made", "given_up"] = column("How far it has come.", default="begun", filter=("eq",), choices=STATES)
    count: int = column("How many notifications it brings.")
    attempts: int = column("How many attempts there were.", default=0)
    obstacle: Obstacle | None = column("What stood in the way last.", default=None, choices=OBSTACLES)
    begun_at: datetime = column("When it was begun.", order=True, born=True)
    due_at: datetime | None = column("When the next attempt is, or was; nothing where there is none.")
    settled_at: datetime | None = column("When it was made or given up.", default=None)
    person: To[Person] = one(
        "To whom.", inverse=many("deliveries", "What was brought to them, if you may know it.", order="-begun_at")
    )


@feeds()
def begun(said: Recorded[DeliveryBegun]) -> Delivery:
    fact, at = said.event, said.effective_at
    return Delivery(id=said.thing, way=fact.way, count=len(fact.notifications), begun_at=at, due_at=at, person=fact.person)


@feeds()
def failed(row: Delivery, said: Recorded[DeliveryFailed]) -> Delivery:
    return replace(row, attempts=said.event.attempt, obstacle=said.event.obstacle, due_at=said.event.again_at)


@feeds()
def made(row: Delivery, said: Recorded[DeliveryMade]) -> Delivery:
    return replace(row, state="made", attempts=said.event.attempt, obstacle=None, due_at=None, settled_at=said.effective_at)


@feeds()
def given_up(row: Delivery, said: Recorded[DeliveryGivenUp]) -> Delivery:
    fact = said.event
    return replace(
        row, state="given_up", attempts=fact.attempt, obstacle=fact.obstacle, due_at=None, settled_at=said.effective_at
    )
