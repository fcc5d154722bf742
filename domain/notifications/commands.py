"""What may be wished about notifications."""

from uuid import UUID

from pydantic import Field

from domain.kernel.commands import Command
from domain.kernel.identifiers import PersonId, derived
from domain.notifications.events import NotificationId, NotificationKind, ReadingId, ThingKind

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


class ReadNotification(Command):
    """Take note of something that you were told of."""

    notification: NotificationId = Field(description="Which notification.")


class MarkNotificationUnread(Command):
    """Keep something that you were told of among what you have yet to take note of."""

    notification: NotificationId = Field(description="Which notification.")


class DismissNotification(Command):
    """Show something that you were told of to yourself no more."""

    notification: NotificationId = Field(description="Which notification.")


class ReadInbox(Command):
    """Take note of everything that you were told of up to a position of the log."""

    upto: int = Field(description="The position of the last notification that you have seen.", ge=0, le=2**63 - 1)

    @property
    def reading(self) -> ReadingId:
        """What names the one time that somebody takes note of everything up to here."""
        return ReadingId(derived("inbox reading", str(self.upto)))
