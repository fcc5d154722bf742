"""Who is told of what is said where, as it was at a position of the log."""

from collections.abc import Sequence
from typing import Protocol

from domain.kernel.identifiers import PersonId
from domain.messaging.ids import ChannelId, MessageId


class RecipientsUnknown(Exception):
    """Who is told can't be found out now: the database is away, or the read models haven't come that far yet."""


class Recipients(Protocol):
    """Finds people by what they take part in. Every method raises RecipientsUnknown."""

    async def direct(self, channel: ChannelId, at: int) -> Sequence[PersonId] | None:
        """Everybody in a direct channel; None where the channel isn't one."""
        ...

    async def of_thread(self, root: MessageId, at: int) -> Sequence[PersonId]:
        """Who began a thread and who replied in it."""
        ...
