"""Who is told of what is said where, as it was at a position of the log."""

from collections.abc import Collection, Sequence
from typing import Protocol

from domain.kernel.identifiers import PersonId
from domain.messaging.ids import ChannelId, MessageId, UserGroupId


class Recipients(Protocol):
    """Finds people by what they take part in. Every method raises LogUnavailable where that can't be read now."""

    async def direct(self, channel: ChannelId, at: int) -> Sequence[PersonId]:
        """Everybody in a direct channel; nobody where the channel isn't one."""
        ...

    async def everybody(self, channel: ChannelId, at: int) -> Sequence[PersonId]:
        """Everybody who takes part in a channel, as a member of their own or of its department."""
        ...

    async def muted(self, channel: ChannelId, at: int) -> Collection[PersonId]:
        """Who wishes to be told nothing of a channel now."""
        ...

    async def of_group(self, group: UserGroupId, at: int) -> Sequence[PersonId]:
        """Who is meant when a group is mentioned."""
        ...

    async def of_thread(self, root: MessageId, at: int) -> Sequence[PersonId]:
        """Who follows a thread: by taking part in it, or because they wished to; nobody who wished not to."""
        ...

    async def of_message(self, message: MessageId, at: int) -> Sequence[PersonId]:
        """Those who took part in its channel when it was said, its author left out."""
        ...
