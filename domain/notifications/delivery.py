"""Bringing notifications out of the platform: planned for each person and way, then brought together, by attempts."""

from typing import Literal, assert_never

from msgspec.structs import replace

from domain.kernel.decisions import decides
from domain.kernel.identifiers import PersonId
from domain.kernel.loads import by
from domain.kernel.rules import PLATFORM
from domain.kernel.states import NOTHING, Events, Maybe, New, State
from domain.notifications.commands.delivery import (
    AbandonDelivery,
    BeginDelivery,
    ConfirmDelivery,
    PlanDeliveries,
    PostponeDelivery,
)
from domain.notifications.events.delivery import (
    DeliveriesPlanned,
    DeliveryBegun,
    DeliveryEvent,
    DeliveryFailed,
    DeliveryGivenUp,
    DeliveryMade,
    Planned,
)
from domain.notifications.events.preferences import Way
from domain.notifications.ids import DeliveryId, NotificationId


class Plans(State[DeliveriesPlanned], kind="notifications.plans", key=(NotificationId,)):
    """Who is told of one notification, in which ways."""

    planned: frozenset[tuple[PersonId, Way]] = frozenset()

    def evolve(self, event: DeliveriesPlanned) -> "Plans":
        return replace(self, planned=self.planned.union((plan.person, plan.way) for plan in event.plans))


class Delivery(State[DeliveryEvent], kind="notifications.delivery", key=(DeliveryId,)):
    """How far a delivery has come."""

    status: Literal["none", "begun", "made", "given_up"] = "none"
    person: PersonId | None = None
    way: Way = "mail"
    notifications: tuple[NotificationId, ...] = ()
    attempts: int = 0

    def evolve(self, event: DeliveryEvent) -> "Delivery":
        match event:
            case DeliveryBegun(person=person, way=way, notifications=notifications):
                return replace(self, status="begun", person=person, way=way, notifications=notifications)
            case DeliveryMade(attempt=attempt):
                return replace(self, status="made", attempts=attempt)
            case DeliveryFailed(attempt=attempt):
                return replace(self, attempts=attempt)
            case DeliveryGivenUp(attempt=attempt):
                return replace(self, status="given_up", attempts=attempt)
            case _:
                assert_never(event)


@decides(allowed=PLATFORM)
def plan(command: PlanDeliveries, plans: Maybe[Plans] = by("notification")) -> Events:
    """Each person once in each way, at the time that was planned first."""
    new = tuple(
        Planned(person=plan.person, way=plan.way, at=plan.at)
        for plan in command.plans
        if (plan.person, plan.way) not in plans.planned
    )
    return plans.records(DeliveriesPlanned(notification=command.notification, plans=new)) if new else NOTHING


@decides(allowed=PLATFORM)
def begin(command: BeginDelivery, delivery: New[Delivery]) -> Events:
    if delivery.exists:
        return NOTHING
    return delivery.records(DeliveryBegun(person=command.person, way=command.way, notifications=command.notifications))


@decides(allowed=PLATFORM)
def confirm(command: ConfirmDelivery, delivery: Delivery) -> Events:
    """Also where it was given up meanwhile: what was taken on was taken on."""
    return NOTHING if delivery.status == "made" else delivery.records(DeliveryMade(attempt=command.attempt))


@decides(allowed=PLATFORM)
def postpone(command: PostponeDelivery, delivery: Delivery) -> Events:
    if delivery.status != "begun" or command.attempt <= delivery.attempts:
        return NOTHING
    return delivery.records(DeliveryFailed(attempt=command.attempt, obstacle=command.obstacle, again_at=command.again_at))


@decides(allowed=PLATFORM)
def abandon(command: AbandonDelivery, delivery: Delivery) -> Events:
    if delivery.status != "begun":
        return NOTHING
    return delivery.records(DeliveryGivenUp(attempt=command.attempt, obstacle=command.obstacle))
