"""Who is told of something is told outside the platform too, as they chose."""

from collections.abc import AsyncIterator, Iterator

from application.deliveries.times import Times, due, zone
from application.policies.declaration import policy
from application.ports.choices import Addressee, Choices
from domain.kernel.events import Recorded
from domain.notifications.commands.delivery import PLANS, Plan, PlanDeliveries
from domain.notifications.events.notification import PeopleNotified
from domain.notifications.events.preferences import DeliveryRulesChanged, Way
from domain.notifications.ids import NotificationId


@policy
async def plan_deliveries(told: Recorded[PeopleNotified], choices: Choices) -> AsyncIterator[PlanDeliveries]:
    """The times are those of their preferences, quiet hours and time zone at this moment."""
    rules, addressees = await choices.rules(), await choices.addressees(told.event.people)
    plans = [
        Plan(person=person, way=way, at=at)
        for person, addressee in addressees.items()
        if addressee.active
        for way in _ways(addressee)
        if (at := due(addressee.preferences.pace(way, told.event.kind), told.recorded_at, _times(addressee, rules)))
    ]
    for start in range(0, len(plans), PLANS):
        yield PlanDeliveries(notification=NotificationId(told.thing), plans=tuple(plans[start : start + PLANS]))


def _ways(addressee: Addressee) -> Iterator[Way]:
    if addressee.address is not None:
        yield "mail"
    if addressee.hook is not None:
        yield "webhook"


def _times(addressee: Addressee, rules: DeliveryRulesChanged) -> Times:
    local = zone(addressee.time_zone or rules.time_zone)
    return Times(local, addressee.preferences.quiet, rules.day_begins, rules.bundle_minutes)
