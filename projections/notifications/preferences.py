"""How people want to be told outside the platform, and what holds for everybody."""

from __future__ import annotations

from uuid import UUID

from domain.kernel.events import Recorded
from domain.kernel.identifiers import derived
from domain.kernel.personal import readable
from domain.notifications.events.notification import NotificationKind
from domain.notifications.events.preferences import (
    Pace,
    PaceChosen,
    QuietHoursChosen,
    QuietHoursDropped,
    Way,
    WebhookChosen,
    WebhookDropped,
)
from projections.directory.person import Person
from projections.engine.feeds import feeds
from projections.engine.fields import To, column, found, many, one, replace
from projections.engine.model import Model
from projections.notifications.delivery import WAYS
from projections.notifications.notification import KINDS

PACES = {
    "at_once": "At once.",
    "bundled": "Together with what else happens within some minutes.",
    "daily": "Once a day, when it begins.",
    "never": "Not in this way.",
}


class ChosenPace(Model, visible="{this}.person_id = {viewer}"):
    """How soon you chose to be told for one reason in one way. What you didn't choose goes by the platform's own choice."""

    kind: NotificationKind = column("For which reason.", order=True, choices=KINDS)
    way: Way = column("In which way.", choices=WAYS)
    pace: Pace = column("How soon.", choices=PACES)
    person: To[Person] = one("Whose choice it is.", inverse=many("chosen_paces", "What they chose: your own only.", order="kind"))


def chosen_id(said: Recorded[PaceChosen]) -> UUID:
    """One row for each person, reason and way."""
    return derived("notifications.pace", said.event.person, said.event.kind, said.event.way)


@feeds(by=chosen_id)
def chosen(row: ChosenPace | None, said: Recorded[PaceChosen]) -> ChosenPace:
    fact = said.event
    return ChosenPace(id=chosen_id(said), kind=fact.kind, way=fact.way, pace=fact.pace, person=fact.person)


class NotificationSettings(
    Model,
    visible="{this}.id = {viewer}",
    queries=(found("notification_settings", "Your own, once you have made any.", where="{this}.id = {viewer}"),),
):
    """When you are left alone, and what program of yours is called; its id is yours."""

    quiet_from: str | None = column("From when on you are left alone, by your time zone.", default=None)
    quiet_until: str | None = column("Until when.", default=None)
    webhook: str | None = column("Where your program listens; its secret is never shown.", personal=("url",), default=None)


@feeds(by="person")
def quiet_hours_chosen(row: NotificationSettings | None, said: Recorded[QuietHoursChosen]) -> NotificationSettings:
    fact = said.event
    return replace(row or NotificationSettings(id=fact.person), quiet_from=fact.starts, quiet_until=fact.ends)


@feeds(by="person")
def quiet_hours_dropped(row: NotificationSettings, said: Recorded[QuietHoursDropped]) -> NotificationSettings:
    return replace(row, quiet_from=None, quiet_until=None)


@feeds(by="person")
def webhook_chosen(row: NotificationSettings | None, said: Recorded[WebhookChosen]) -> NotificationSettings:
    return replace(row or NotificationSettings(id=said.event.person), webhook=readable(said.event.url))


@feeds(by="person")
def webhook_dropped(row: NotificationSettings, said: Recorded[WebhookDropped]) -> NotificationSettings:
    return replace(row, webhook=None)
