"""The notice: the one message that stands on top of a channel."""

from __future__ import annotations

from datetime import datetime

from domain.kernel.events import Recorded
from domain.messaging.events.notice import NoticeCleared, NoticeSet
from projections.directory.person import Person
from projections.engine.feeds import feeds
from projections.engine.fields import To, column, many, one
from projections.engine.model import Model
from projections.messaging.channel import Channel
from projections.messaging.message import Message


class ChannelNotice(Model, visible="channel", live="channel"):
    """What stands on top of a channel."""

    set_at: datetime = column("Since when.", order=True)
    channel: To[Channel] = one("Where.", inverse=many("notices", "The one message that stands on top, or none.", order="set_at"))
    message: To[Message] = one("What stands there; nothing where it was said before you came and you may not see it.")
    set_by: To[Person] = one("Who set it there.")


@feeds(by="channel")
def put(row: ChannelNotice | None, said: Recorded[NoticeSet]) -> ChannelNotice:
    fact = said.event
    return ChannelNotice(id=fact.channel, set_at=said.effective_at, channel=fact.channel, message=fact.message, set_by=fact.by)


@feeds(by="channel")
def cleared(row: ChannelNotice, said: Recorded[NoticeCleared]) -> None:
    return None
