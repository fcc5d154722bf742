"""Ids of messaging. Opaque; made by clients, or derived where uniqueness is a rule."""

from typing import NewType
from uuid import UUID

ChannelId = NewType("ChannelId", UUID)
MessageId = NewType("MessageId", UUID)
FileId = NewType("FileId", UUID)
ScheduledMessageId = NewType("ScheduledMessageId", UUID)
"""The message that comes of it will have the same value for its id."""
PlaceId = NewType("PlaceId", UUID)
"""A channel, or the message that a thread begins with: where somebody may be about to say something."""
UserGroupId = NewType("UserGroupId", UUID)
PollId = NewType("PollId", UUID)
