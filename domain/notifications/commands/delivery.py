"""What the platform does about bringing notifications out of it. No client is offered any of it."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from domain.kernel.commands import Command
from domain.kernel.identifiers import PersonId, derived
from domain.notifications.events.delivery import Obstacle
from domain.notifications.events.preferences import Way
from domain.notifications.ids import DeliveryId, NotificationId

BUNDLE = 100
"""How many notifications are brought together at most."""
PLANS = 400
"""How many plans one command holds at most: as many as fit into a row of the log."""


class Plan(BaseModel):
    """When somebody is told in one way."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    person: PersonId = Field(description="Who.")
    way: Way = Field(description="In which way.")
    at: datetime = Field(description="When.")


class PlanDeliveries(Command):
    """Tell people of a notification outside the platform, each at their time."""

    notification: NotificationId = Field(description="Of what.")
    plans: tuple[Plan, ...] = Field(description="Whom, in which way and when.", min_length=1, max_length=PLANS)


class BeginDelivery(Command):
    """Bring notifications to somebody together."""

    person: PersonId = Field(description="To whom.")
    way: Way = Field(description="In which way.")
    notifications: tuple[NotificationId, ...] = Field(description="Which.", min_length=1, max_length=BUNDLE)

    @property
    def delivery(self) -> DeliveryId:
        """The one delivery of exactly these."""
        return DeliveryId(derived("delivery", self.person, self.way, *sorted(self.notifications)))


class ConfirmDelivery(Command):
    """Record that a delivery was taken on."""

    delivery: DeliveryId = Field(description="Which.")
    attempt: int = Field(description="The how-manieth attempt that was.", ge=1, le=1_000)


class PostponeDelivery(Command):
    """Record that an attempt came to nothing, and when the next one is."""

    delivery: DeliveryId = Field(description="Which.")
    attempt: int = Field(description="The how-manieth attempt that was.", ge=1, le=1_000)
    obstacle: Obstacle = Field(description="What stood in the way.")
    again_at: datetime = Field(description="When it is tried again.")


class AbandonDelivery(Command):
    """Record that there is no further attempt."""

    delivery: DeliveryId = Field(description="Which.")
    attempt: int = Field(description="The how-manieth attempt that was.", ge=0, le=1_000)
    obstacle: Obstacle = Field(description="What stood in the way.")
