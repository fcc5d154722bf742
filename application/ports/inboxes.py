"""What stands in somebody's inbox, as it is put into words on the way out."""

from collections.abc import Collection, Sequence
from typing import Protocol

import msgspec

from domain.kernel.identifiers import PersonId
from domain.notifications.events.notification import NotificationKind
from domain.notifications.ids import NotificationId


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A notification with the names of what it is about. Ids are those that clients have.

    `place` is what the channel or department is called that it is about or in; `text` is what was said, cut short.
    """

    notification: str
    kind: NotificationKind
    thing: str
    by: str | None
    by_name: str | None
    channel: str | None
    place: str | None
    text: str | None


class InboxUnavailable(Exception):
    """It can't be read now: the database is away."""


class Inboxes(Protocol):
    """Reads inboxes by the rights of whose they are, as of now."""

    async def unread(self, person: PersonId, notifications: Collection[NotificationId]) -> Sequence[Told]:
        """Those of these notifications that they may still see and have not taken note of, in their order.

        Raises InboxUnavailable.
        """
        ...
