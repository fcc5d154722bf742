"""Telling people of something."""

from uuid import UUID

from pydantic import Field

from domain.kernel.commands import Command
from domain.kernel.identifiers import PersonId, derived
from domain.notifications.events.notification import NotificationKind, ThingKind
from domain.notifications.ids import NotificationId

TOGETHER = 500
"""How many people one command tells at most: as many as fit into a row of the log."""


class NotifyPeople(Command):
    """Tell people of something, each once."""

    people: tuple[PersonId, ...] = Field(description="Whom.", min_length=1, max_length=TOGETHER)
    kind: NotificationKind = Field(description="Why them.")
    thing_kind: ThingKind = Field(description="What kind of thing it is about.")
    thing: UUID = Field(description="What it is about.")
    occasion: UUID | None = Field(
        default=None,
        description="What sets it apart from other times that they are told of the same thing for the same reason.",
    )
    by: PersonId | None = Field(default=None, description="Whose doing it was.")

    @property
    def notification(self) -> NotificationId:
        """The one notification that there is of this."""
        return NotificationId(derived("notification", self.kind, self.thing, self.occasion or ""))
