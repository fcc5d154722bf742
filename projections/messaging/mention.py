"""Mentions: whom a message means, one row for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Literal
from uuid import UUID

from domain.kernel.events import Recorded
from domain.kernel.identifiers import derived
from domain.messaging.events.message import MessageEdited, MessagePosted, MessageRetracted
from projections.directory.department import Department
from projections.directory.person import Person
from projections.engine.feeds import feeds
from projections.engine.fields import Maybe, To, column, listed, many, one
from projections.engine.model import Model
from projections.engine.values import Long
from projections.messaging.channel import Channel
from projections.messaging.message import Message
from projections.messaging.user_group import UserGroup

MentionKind = Literal["person", "department", "group", "all", "here"]
KINDS = {
    "person": "One person.",
    "department": "Those who belong to a department.",
    "group": "Those in a group.",
    "all": "Everybody in the channel.",
    "here": "Those in the channel who are there at that moment.",
}
STANDS = (
    "({this}.kind <> 'person' or {this}.position ="
    " (select m.worded_at from {message} m where m.id = {this}.message_id and not m.retracted))"
)
"""People are mentioned by the words that stand now; departments, groups and everybody once for all."""
MEANS_VIEWER = """
    {this}.person_id = {viewer}
    or {this}.department_id in (select v.department_id from {department_membership} v where v.person_id = {viewer})
    or {this}.group_id in (select v.group_id from {user_group_member} v where v.person_id = {viewer})
    or {this}.kind in ('all', 'here') and exists (
        select from {message} m join {channel_member} v on v.channel_id = m.channel_id
        where m.id = {this}.message_id and v.person_id = {viewer}
    )
"""


class Mention(
    Model,
    version=3,
    visible="message",
    indexes=("target, channel_id, position",),  # counts of what mentions somebody and is unread
    queries=(
        listed(
            "mentions",
            "Where you are mentioned: yourself, with a department or group of yours, or with everybody in a channel.",
            order="-mentioned_at",
            where=f"({MEANS_VIEWER}) and {STANDS}",
        ),
    ),
):
    """Whom a message means."""

    kind: MentionKind = column("Whether it means one person, or several at once.", filter=("eq", "any"), choices=KINDS)
    mentioned_at: datetime = column("When.", order=True)
    position: Long = column("The position of the words in which it stands.", order=True, born=True)
    target: UUID = column("The id of whom it means: a person, a department, a group, or the channel for everybody in it.")
    message: To[Message] = one(
        "The message.", inverse=many("mentions", "Whom it means in the words that stand now.", order="mentioned_at", where=STANDS)
    )
    person: Maybe[Person] = one(
        "Who is meant.",
        inverse=many("mentions", "Where they were mentioned, in words that still stand.", order="-position", where=STANDS),
        default=None,
    )
    department: Maybe[Department] = one("Which department is meant.", default=None, index=True)
    group: Maybe[UserGroup] = one("Which group is meant.", default=None, index=True)
    channel: Maybe[Channel] = one(
        "Where it was said, for the words with which it was said first; later ones don't say it, their message does.",
        default=None,
    )


def _mention(
    said: Recorded[MessagePosted | MessageEdited], kind: MentionKind, target: UUID, channel: UUID | None = None
) -> Mention:
    return Mention(
        id=derived("messaging.mention", said.thing, str(said.position), kind, str(target)),
        kind=kind,
        mentioned_at=said.effective_at,
        position=Long(said.position),
        target=target,
        message=said.thing,
        channel=channel,
        person=target if kind == "person" else None,
        department=target if kind == "department" else None,
        group=target if kind == "group" else None,
    )


@feeds()
def posted(said: Recorded[MessagePosted]) -> Iterable[Mention]:
    return tuple(_meant(said))


def _meant(said: Recorded[MessagePosted]) -> Iterator[Mention]:
    fact = said.event
    where = fact.channel
    yield from (_mention(said, "person", person, where) for person in dict.fromkeys(fact.mentions))
    yield from (_mention(said, "department", department, where) for department in dict.fromkeys(fact.departments))
    yield from (_mention(said, "group", group, where) for group in dict.fromkeys(fact.groups))
    if fact.calls:
        yield _mention(said, fact.calls, where, where)


@feeds()
def edited(said: Recorded[MessageEdited]) -> Iterable[Mention]:
    return tuple(_mention(said, "person", person) for person in dict.fromkeys(said.event.mentions))


@feeds(where={"message": "thing"})
def retracted(row: Mention, said: Recorded[MessageRetracted]) -> None:
    return None
