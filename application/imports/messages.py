"""What is imported of messages, as claims."""

from collections.abc import Callable

import msgspec

from application.bulk import Claim
from application.imports.naming import Names, claim
from application.imports.records.messages import (
    MENTION,
    Chosen,
    Edited,
    File,
    Pinned,
    Polled,
    PollEnded,
    Reacted,
    Retracted,
    Said,
    Unpinned,
)
from application.imports.records.record import Key, NotTaken
from domain.kernel.identifiers import PersonId
from domain.kernel.states import NOTHING, Events
from domain.messaging import imported
from domain.messaging.events.message import Attachment
from domain.messaging.ids import MessageId
from domain.messaging.message import Message
from domain.messaging.reaction import Reaction

OfPoll = Polled | Chosen | PollEnded
OfMessage = Said | Edited | Retracted | Reacted | Pinned | Unpinned
LONGEST = 44_000
"""Bytes of a message's personal values as JSON: sealed, and with all else that its event holds, just below a payload's limit."""
MENTION_BYTES = 90
"""What somebody mentioned adds: their id in the text, sealed, and in the list."""


class Messages:
    """Tells of messages; what is longer than an event may be is refused, with all that belongs to it."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._refused: set[tuple[Key, Key]] = set()

    def refusal(self, record: OfMessage | OfPoll) -> NotTaken | None:
        """Why a record can't be taken, if so."""
        key = record.key if isinstance(record, Said) else record.message
        if (record.channel, key) in self._refused:
            reason = "it belongs to a message that can't be taken"
        elif isinstance(record, Said | Edited) and (size := _size(record)) > LONGEST:
            reason = f"its {size:,} bytes are more than a message can hold ({LONGEST:,})"
            if isinstance(record, Said):
                self._refused.add((record.channel, key))
        else:
            return None
        return NotTaken(reason=reason, key=key, at=record.at, place=record.place)

    def claim(self, record: OfMessage) -> Claim:
        """What a record claims about a message."""
        if isinstance(record, Said):
            return self._said(record)
        message = self._names.message(record.channel, record.message)
        if isinstance(record, Reacted):
            return self._reacted(record, message)
        by = self._names.somebody(record.by)
        return claim(Message, (message,), self._change(record, by), record.at, type(record).__name__, by)

    def _change(self, record: Edited | Retracted | Pinned | Unpinned, by: PersonId | None) -> Callable[[Message], Events]:
        match record:
            case Edited(text=None):
                return lambda s: imported.edit_noted(s, by=by) if s.exists else NOTHING
            case Edited():
                words, mentions = self._words(record.text or "", record.mentions)
                return lambda s: imported.edited(s, author=s.author, text=words, mentions=mentions) if s.author else NOTHING
            case Retracted():
                return lambda s: imported.retracted(s, by=by) if s.exists else NOTHING
            case Pinned():
                return lambda s: imported.pinned(s, by=by) if s.exists else NOTHING
            case Unpinned():
                return lambda s: imported.unpinned(s, by=by)

    def _reacted(self, record: Reacted, message: MessageId) -> Claim:
        person, emoji = self._names.person(record.person), record.emoji
        return claim(
            Reaction,
            (message, person),
            lambda s: imported.reaction_added(s, message=message, person=person, emoji=emoji),
            record.at,
            emoji,
            person,
        )

    def _said(self, record: Said) -> Claim:
        names, author = self._names, self._names.person(record.author)
        channel = names.channel(record.channel)
        text, mentions = self._words(record.text, record.mentions)
        thread = names.message(record.channel, record.thread) if record.thread else None
        forwards = names.message(*record.forwards) if record.forwards else None
        quotes = names.message(*record.quotes) if record.quotes else None
        attachments = tuple(self._attachment(file) for file in record.files)
        poll = names.poll(record.channel, record.key) if record.asks else None
        return claim(
            Message,
            (names.message(record.channel, record.key),),
            lambda s: imported.posted(
                s,
                channel=channel,
                author=author,
                text=text,
                thread=thread,
                also_in_channel=record.also_in_channel,
                quotes=quotes,
                forwards=forwards,
                mentions=mentions,
                attachments=attachments,
                calls="all" if record.calls else None,
                poll=poll,
            ),
            record.at,
            "said",
            author,
        )

    def _words(self, text: str, mentioned: tuple[Key, ...]) -> tuple[str, tuple[PersonId, ...]]:
        """A text with everybody mentioned in their place; each of them once."""
        if not mentioned:
            return text, ()
        people = [self._names.person(key) for key in mentioned]
        first, *rest = text.split(MENTION)
        marks = (imported.mention(person) for person in people)
        words = "".join((first, *(next(marks, MENTION) + part for part in rest)))
        return words, tuple(dict.fromkeys(people))

    def _attachment(self, file: File) -> Attachment:
        return Attachment(
            file=self._names.file(file.key),
            name=file.name,
            owner=self._names.person(file.owner),
            media_type=file.media_type,
            size=file.size,
            title=file.title,
            width=file.width,
            height=file.height,
            duration=file.duration,
        )


def _size(record: Said | Edited) -> int:
    text = record.text or ""
    files = record.files if isinstance(record, Said) else ()
    if len(text) < LONGEST // 12 and not files and len(record.mentions) < 10:
        return 0  # Shorter than could matter, whatever its characters take.
    return len(msgspec.json.encode(text)) + len(msgspec.json.encode(files)) + MENTION_BYTES * (len(record.mentions) + len(files))
