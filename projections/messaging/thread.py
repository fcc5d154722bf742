"""Threads: what the replies to a message come to."""

from __future__ import annotations

from datetime import datetime

from projections.engine.fields import To, column, found, many, one
from projections.engine.model import Model
from projections.engine.sets import per
from projections.messaging.channel import Channel
from projections.messaging.message import Message

REPLIES = """
    select {key} as id, count(*)::integer as replies, count(distinct m.author_id)::integer as people,
           max(m.sent_at) as last_reply_at, (array_agg(m.channel_id order by m.position))[1] as channel_id
    from {message} m where not m.retracted having count(*) > 0
"""


class Thread(
    Model,
    visible="root",
    derived=per("root", REPLIES, of={Message: "{this}.thread_id"}),
    queries=(found("thread", "A thread, by its id."),),
):
    """A message that was replied to, and its replies. Replies that were taken back don't count."""

    replies: int = column("How many replies there are.", order=True)
    people: int = column("How many people replied.")
    last_reply_at: datetime = column("When the last of the replies was made.", order=True)
    channel: To[Channel] = one(
        "Where it is.",
        inverse=many("threads", "The threads here, the one with the latest reply first.", order="-last_reply_at"),
    )
    root: To[Message] = one("The message that it begins with.")
