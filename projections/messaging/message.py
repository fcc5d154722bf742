"""Messages, as those who may see their channel read them."""

from __future__ import annotations

from datetime import datetime

from domain.kernel.events import Recorded
from domain.kernel.personal import readable
from domain.messaging.events.channel import HistoryVisibility
from domain.messaging.events.message import (
    MessageEdited,
    MessageEditNoted,
    MessagePinned,
    MessagePosted,
    MessageRetracted,
    MessageUnpinned,
)
from projections.directory.person import Person
from projections.engine.feeds import feeds
from projections.engine.fields import Formula, Maybe, To, column, formula, found, listed, many, one, replace, searched
from projections.engine.model import Model
from projections.engine.values import Long
from projections.messaging.channel import HISTORY, Channel, said_in_scope

HIDDEN = """
    {this}.history <> 'all' and {this}.author_id <> {viewer}
    and not exists (
        select from {channel_membership} v
        where v.channel_id = {this}.channel_id and v.person_id = {viewer} and {this}.sent_at > (
            case when {this}.history = 'invited' then
                coalesce((select i.invited_at from {channel_invitation} i where i.id = v.id and i.status = 'accepted'), v.since)
            else v.since end
        )
    )
    and not exists (
        select from {channel} c join {department_membership} d on d.department_id = c.department_id
        where c.id = {this}.channel_id and c.kind = 'department' and d.person_id = {viewer} and {this}.sent_at > d.since
    )
"""
"""What was said before a newcomer came, where that was settled for the channel when it was said."""

MESSAGE_KINDS = {
    "poll": "exists (select from {poll} k where k.message_id = {this}.id)",
    "forward": "{this}.forwards_id is not null",
    "file": "exists (select from {attachment} k where k.message_id = {this}.id)",
    "link": "exists (select from {link_preview} k where k.message_id = {this}.id)",
    "text": "true",
}
"""What a message brings: the first of these that holds."""
IN_CHANNEL = "{this}.thread_id is null or {this}.also_in_channel"
STRAY = "{this}.thread_id is not null and not exists (select from {seen_message} r where r.id = {this}.thread_id)"


class Message(
    Model,
    version=2,
    visible="channel",
    live=("channel", "viewer.channels"),
    unless=HIDDEN,
    case=f"(cardinality({{scope_channels}}) = 0 or {{this}}.channel_id = any({{scope_channels}})) and {said_in_scope('{this}')}",
    indexes=("channel_id, position",),
    queries=(
        found("message", "A message, by its id."),
        searched(
            "searchMessages",
            "What was said where you may read it, by its words.",
            text="text",
            time="sent_at",
            by=("channel", "author"),
            kinds=MESSAGE_KINDS,
        ),
        listed("messages", "Everything that was said where you may read it: the place to search.", order="-sent_at"),
    ),
):
    """Something said in a channel."""

    position: Long = column("Its place in the log.", born=True, filter=("lt", "gte"))
    sent_at: datetime = column("When it was said.", order=True, born=True, filter=("gte", "lt"))
    text: str | None = column(
        "What was said, a mention of somebody as `<@id>`; nothing where it was retracted or erased.",
        personal=True,
        filter=("contains", "search"),
    )
    retracted: bool = column("Whether it was taken back.", default=False, filter=("eq",))
    edited_at: datetime | None = column("When it was last said in other words.", default=None)
    also_in_channel: bool = column("Whether a reply is shown in the channel too.", default=False)
    pinned_at: datetime | None = column("When it was pinned; nothing where it isn't.", default=None)
    history: HistoryVisibility = column(
        "What newcomers see of the channel, as it was settled when this was said.", default="all", choices=HISTORY
    )
    worded_at: Long = column("The position of the words that stand now.")
    imported: str | None = column("The system that it was brought from.", default=None, filter=("eq",))
    channel: To[Channel] = one(
        "Where it was said.",
        inverse=(
            many(
                "messages",
                "What was said here, without replies that are shown in their threads only.",
                order="-sent_at",
                where=IN_CHANNEL,
            ),
            many("pins", "What is kept at hand here.", order="-sent_at", where="{this}.pinned_at is not null"),
            many(
                "strayReplies",
                "Replies to messages that you may not see, so that they stand in no thread of yours.",
                order="sent_at",
                where=STRAY,
            ),
        ),
    )
    author: To[Person] = one("Who said it.", inverse=many("messages", "What they said where you may see it.", order="-sent_at"))
    thread: Maybe[Message] = one(
        "The message that it replies to, which is none itself.",
        inverse=many("replies", "What was replied.", order="sent_at"),
        default=None,
    )
    quotes: Maybe[Message] = one("A message that is shown with this one.", default=None)
    forwards: Maybe[Message] = one("The message that it shows here too; nothing where you may not see that.", default=None)
    pinned_by: Maybe[Person] = one("Who pinned it.", default=None)
    retracted_by: Maybe[Person] = one("Who took it back.", default=None)
    thread_key: Formula[str | None] = formula(
        # An id holds the moment of its making, which is nobody's to know who may not see the message.
        "md5({this}.thread_id::text)",
        "The same for all replies of one thread, whether or not you may see the message that it began with; nothing where it is "
        "no reply.",
    )
    quoting: Formula[bool] = formula(
        "{this}.quotes_id is not null", "Whether it quotes a message; perhaps one that you may not see."
    )
    forwarding: Formula[bool] = formula(
        "{this}.forwards_id is not null", "Whether it shows a message from elsewhere; perhaps one that you may not see."
    )
    saved: Formula[bool] = formula(
        "exists (select from {saved_message} s where s.message_id = {this}.id and s.person_id = {viewer})",
        "Whether you keep it for yourself.",
    )
    following: Formula[bool] = formula(
        "exists (select from {thread_follower} f where f.thread_id = {this}.id and f.person_id = {viewer})",
        "Whether you hear of what is replied to it.",
    )
    reply_count: Formula[int] = formula(
        "select count(*)::integer from {message} r where r.thread_id = {this}.id and not r.retracted",
        "How many replies it has, without those that were retracted.",
    )
    last_reply_at: Formula[datetime | None] = formula(
        "select max(r.sent_at) from {message} r where r.thread_id = {this}.id and not r.retracted",
        "When the last reply was made.",
    )


@feeds()
def posted(said: Recorded[MessagePosted]) -> Message:
    fact = said.event
    return Message(
        id=said.thing,
        position=Long(said.position),
        sent_at=said.effective_at,
        text=readable(fact.text),
        also_in_channel=fact.also_in_channel,
        history=fact.history,
        worded_at=Long(said.position),
        imported=said.context.imported,
        channel=fact.channel,
        author=fact.author,
        thread=fact.thread,
        quotes=fact.quotes,
        forwards=fact.forwards,
    )


@feeds()
def edited(row: Message, said: Recorded[MessageEdited]) -> Message:
    return replace(row, text=readable(said.event.text), edited_at=said.effective_at, worded_at=Long(said.position))


@feeds()
def edit_noted(row: Message, said: Recorded[MessageEditNoted]) -> Message:
    return replace(row, edited_at=said.effective_at)


@feeds()
def retracted(row: Message, said: Recorded[MessageRetracted]) -> Message:
    return replace(row, text=None, retracted=True, retracted_by=said.event.by, pinned_at=None, pinned_by=None)


@feeds()
def pinned(row: Message, said: Recorded[MessagePinned]) -> Message:
    return replace(row, pinned_at=said.effective_at, pinned_by=said.event.by)


@feeds()
def unpinned(row: Message, said: Recorded[MessageUnpinned]) -> Message:
    return replace(row, pinned_at=None, pinned_by=None)
