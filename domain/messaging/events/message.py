"""What happens to a message.

`by` is who wished it. The envelope's actor is the same person, but for what was imported: there the actor is the
importer, and `by` is None where the source doesn't say.
"""

from typing import Literal

import msgspec

from domain.directory.ids import DepartmentId
from domain.kernel.events import Event, catalogue
from domain.kernel.identifiers import PersonId
from domain.kernel.personal import Authored
from domain.kernel.upcasts import Fields, upcast
from domain.messaging.events.channel import HistoryVisibility
from domain.messaging.ids import ChannelId, FileId, MessageId, PollId, UserGroupId

Call = Literal["all", "here"]
"""Everybody in the channel is meant, or those of them who are there at that moment."""


class Attachment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What is known of a file beside a message; its bytes are elsewhere. `size` is in bytes, `width` and `height` in pixels,
    `duration` in milliseconds."""

    file: FileId
    name: str
    owner: PersonId
    media_type: str | None = None
    size: int | None = None
    title: str | None = None
    width: int | None = None
    height: int | None = None
    duration: int | None = None


class Link(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What is known of a page that a message links to: enough to show it without asking for it."""

    url: str
    title: str | None = None
    description: str | None = None
    site: str | None = None
    image: str | None = None


class MessagePosted(Event, wire="messaging.message_posted.v2", retention="conversation"):
    """Something was said.

    A person is mentioned in the text as `<@id>`, and never by name; `departments` and `groups` are mentioned alike, and `calls`
    everybody. `thread` is the message that a reply belongs to, itself no reply; a reply may also be shown in the channel.
    `quotes` is a message of the channel that is shown with this one, `forwards` one of any channel, and `poll` is asked with it.
    `history` says what newcomers see, as it was settled for the channel at that moment.
    """

    channel: ChannelId
    author: PersonId
    text: Authored[str]
    thread: MessageId | None = None
    also_in_channel: bool = False
    quotes: MessageId | None = None
    forwards: MessageId | None = None
    poll: PollId | None = None
    mentions: tuple[PersonId, ...] = ()
    departments: tuple[DepartmentId, ...] = ()
    groups: tuple[UserGroupId, ...] = ()
    calls: Call | None = None
    attachments: Authored[tuple[Attachment, ...]] = ()
    links: Authored[tuple[Link, ...]] = ()
    history: HistoryVisibility = "all"


@upcast("messaging.message_posted.v1", "messaging.message_posted.v2", personal=("text", "attachments"))
def without_calls_and_links(old: Fields) -> Fields:
    """Newcomers saw everything, and only people were mentioned."""
    return old


class MessageEdited(Event, wire="messaging.message_edited.v1", retention="conversation"):
    """It was said in other words; the earlier ones stay in the history."""

    author: PersonId
    text: Authored[str]
    mentions: tuple[PersonId, ...] = ()


class MessageEditNoted(Event, wire="messaging.message_edit_noted.v1"):
    """It had been edited before it was brought here: the words are the last ones, and the earlier ones are not known."""

    by: PersonId | None = None


class MessageRetracted(Event, wire="messaging.message_retracted.v1"):
    """It was taken back, by its author or by somebody who keeps the channel."""

    by: PersonId | None = None


class MessagePinned(Event, wire="messaging.message_pinned.v1"):
    """It is kept at hand in its channel."""

    by: PersonId | None = None


class MessageUnpinned(Event, wire="messaging.message_unpinned.v1"):
    """It is no longer kept at hand."""

    by: PersonId | None = None


MessageEvent = MessagePosted | MessageEdited | MessageEditNoted | MessageRetracted | MessagePinned | MessageUnpinned

catalogue(
    MessagePosted,
    MessageEdited,
    MessageEditNoted,
    MessageRetracted,
    MessagePinned,
    MessageUnpinned,
)
