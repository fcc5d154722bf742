"""Newcomers: who does something about a message must be shown it. What is shown was settled when it was said.

The read model of messages says the same in SQL; here it is decided on facts. Every command that names a message has one of
these checks in its rule.
"""

from datetime import datetime
from typing import Annotated

from domain.directory.membership import DepartmentMembership
from domain.kernel.identifiers import PersonId
from domain.kernel.loads import by
from domain.kernel.refusals import Refusal
from domain.kernel.rules import Check
from domain.kernel.states import Maybe
from domain.messaging.channel import Channel
from domain.messaging.ids import MessageId
from domain.messaging.membership import OF_CHANNEL, Membership
from domain.messaging.message import MY_MEMBERSHIP, WHERE, Message


class SaidBeforeYouCame(Refusal, frozen=True):
    """It was said before you came, and newcomers aren't shown what was said then."""

    message: Annotated[MessageId, "The message."]


def _shown(
    message: Message | None, reader: PersonId, channel: Channel, own: Membership, belonging: DepartmentMembership | None
) -> bool | SaidBeforeYouCame:
    if message is None or message.posted is None or message.channel != channel.thing:
        return True  # nothing of this channel: what is wrong with that, the decision says
    said = message.posted
    if said.history == "all" or said.author == reader:
        return True
    came = own.asked_at if said.history == "invited" and own.asked_at is not None else own.since
    if own.active and _after(message.began_at, came):
        return True
    if belonging is not None and belonging.active and _after(message.began_at, belonging.since):
        return True
    return SaidBeforeYouCame(message=MessageId(message.thing))


def _after(said: datetime | None, came: datetime | None) -> bool:
    """At the same moment it isn't shown: more is never shown than was settled."""
    return said is not None and came is not None and said > came


def _message(
    actor: PersonId,
    message: Message,
    channel: Channel = WHERE,
    membership: Maybe[Membership] = MY_MEMBERSHIP,
    belonging: Maybe[DepartmentMembership] | None = OF_CHANNEL,
) -> bool | SaidBeforeYouCame:
    return _shown(message, actor, channel, membership, belonging)


def _root(
    actor: PersonId,
    channel: Channel,
    root: Maybe[Message] | None = by("thread"),
    membership: Maybe[Membership] = by("channel", "actor"),
    belonging: Maybe[DepartmentMembership] | None = OF_CHANNEL,
) -> bool | SaidBeforeYouCame:
    return _shown(root, actor, channel, membership, belonging)


def _quoted(
    actor: PersonId,
    channel: Channel,
    quoted: Maybe[Message] | None = by("quotes"),
    membership: Maybe[Membership] = by("channel", "actor"),
    belonging: Maybe[DepartmentMembership] | None = OF_CHANNEL,
) -> bool | SaidBeforeYouCame:
    return _shown(quoted, actor, channel, membership, belonging)


def _planned(
    actor: PersonId,
    channel: Channel = by("scheduled_message.channel"),
    root: Maybe[Message] | None = by("scheduled_message.thread"),
    quoted: Maybe[Message] | None = by("scheduled_message.quotes"),
    membership: Maybe[Membership] = by("scheduled_message.channel", "actor"),
    belonging: Maybe[DepartmentMembership] | None = OF_CHANNEL,
) -> bool | SaidBeforeYouCame:
    answered = _shown(root, actor, channel, membership, belonging)
    return answered if answered is not True else _shown(quoted, actor, channel, membership, belonging)


def _forwarded(
    actor: PersonId,
    forwarded: Message = by("forwards"),
    source: Channel = by("forwarded.channel"),
    there: Maybe[Membership] = by("forwarded.channel", "actor"),
    belonging_there: Maybe[DepartmentMembership] | None = by("source.department", "actor"),
) -> bool | SaidBeforeYouCame:
    return _shown(forwarded, actor, source, there, belonging_there)


def _polled(
    actor: PersonId,
    message: Message = by("poll.message"),
    channel: Channel = by("poll.channel"),
    membership: Maybe[Membership] = by("poll.channel", "actor"),
    belonging: Maybe[DepartmentMembership] | None = OF_CHANNEL,
) -> bool | SaidBeforeYouCame:
    return _shown(message, actor, channel, membership, belonging)


shown = Check("whom the message is shown to", _message, tacit=True)
"""Of the command's message."""
thread_shown = Check("whom the thread is shown to", _root, tacit=True)
quote_shown = Check("whom the quoted message is shown to", _quoted, tacit=True)
plan_shown = Check("whom what it answers is shown to", _planned, tacit=True)
source_shown = Check("whom the forwarded message is shown to", _forwarded, tacit=True)
poll_shown = Check("whom the poll is shown to", _polled, tacit=True)
CHECKS = frozenset({shown, thread_shown, quote_shown, plan_shown, source_shown, poll_shown})
