"""What one may do about something that one was told of."""

from pydantic import Field

from domain.kernel.commands import Command
from domain.notifications.ids import NotificationId


class ReadNotification(Command):
    """Take note of something that you were told of."""

    notification: NotificationId = Field(description="Which notification.")


class MarkNotificationUnread(Command):
    """Keep something that you were told of among what you have yet to take note of."""

    notification: NotificationId = Field(description="Which notification.")


class DismissNotification(Command):
    """Show something that you were told of to yourself no more."""

    notification: NotificationId = Field(description="Which notification.")
