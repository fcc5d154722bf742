"""One message of a Slack export as neutral records: what was said, with its reactions, edits, pins and files."""

import re
from collections.abc import Callable, Iterator

from application.imports.records.messages import Edited, File, Pinned, Reacted, Retracted, Said
from application.imports.records.record import Micros, NotTaken, Place, Record
from infra.imports.emoji import emoji
from infra.imports.slack.conversations import Talk
from infra.imports.slack.markup import of_blocks, plain
from infra.imports.slack.people import People
from infra.imports.slack.shapes import Attachment, Message, Upload
from infra.imports.slack.times import micros

SHARED = re.compile(r"<@[^>]+> (?:uploaded|shared) (?:a|an) [\w ]*?file: <[^>]+>(?: and commented: (.*))?", re.DOTALL)
COMMENTED = re.compile(r"<@[^>]+> commented on .*? file <[^>]+>: (.*)", re.DOTALL)
"""How older exports wrap what was really said in a sentence of their own."""


def key_of(at: Micros) -> str:
    """A message's key: its time stamp, always written alike."""
    return f"{at // 1_000_000}.{at % 1_000_000:06}"


class Teller:
    """Turns messages into records, naming channels and people as the whole export knows them."""

    def __init__(self, people: People, channel_name: Callable[[str], str]) -> None:
        self.people, self.channel_name = people, channel_name

    def tell(self, talk: Talk, message: Message, at: Micros, place: Place, text: str | None = None) -> Iterator[Record]:
        """A message and what belongs to it; `text` are its first words, where they were others than it has now."""
        author = self._author(message, at, place)
        key = key_of(at)
        if author is None:
            yield NotTaken(reason="nobody is named as its author", key=key, at=at, place=place)
            return
        words, mentions = self.words(_wording(message) if text is None else text, at, place)
        thread, lost = _thread(talk, message, at)
        if thread is None and (message.thread_ts is not None or message.reply_count):
            talk.roots.add(at)
        yield Said(
            channel=talk.key,
            key=key,
            author=author,
            text=words,
            thread=thread,
            also_in_channel=message.subtype == "thread_broadcast" and thread is not None,
            quotes=_quoted(message),
            mentions=mentions,
            files=tuple(_file(upload, author) for upload in _uploads(message)),
            at=at,
            place=place,
        )
        for reason in (*lost, *_left_out(message)):
            yield NotTaken(reason=reason, lost=False, key=key, at=at, place=place)
        yield from self._reactions(talk, message, key, at, place)
        yield from self._marks(talk, message, key, author, at, place, edited=text is None)

    def words(self, text: str, at: Micros, place: Place) -> tuple[str, tuple[str, ...]]:
        """A text as plain words, and who is mentioned in it."""
        said, mentioned = plain(text, self.channel_name)
        return said, tuple(self.people.somebody(mention.person, mention.label, at, place) for mention in mentioned)

    def _author(self, message: Message, at: Micros, place: Place) -> str | None:
        if message.subtype == "file_comment" and message.comment and message.comment.user:
            return self.people.somebody(message.comment.user, None, at, place)
        return self.people.author(message, at, place)

    def _reactions(self, talk: Talk, message: Message, key: str, at: Micros, place: Place) -> Iterator[Record]:
        for reaction in message.reactions or ():
            users = dict.fromkeys(reaction.users)
            sign = emoji(reaction.name)
            for user in users:
                person = self.people.somebody(user, None, at, place)
                yield Reacted(channel=talk.key, message=key, person=person, emoji=sign, at=at, place=place)
            if reaction.count > len(users):
                missing = f"{reaction.count - len(users)} reactions {sign} by people who aren't listed"
                yield NotTaken(reason=missing, key=key, at=at, place=place)

    def _marks(
        self, talk: Talk, message: Message, key: str, author: str, at: Micros, place: Place, *, edited: bool
    ) -> Iterator[Record]:
        if message.subtype == "tombstone":
            yield Retracted(channel=talk.key, message=key, by=author, at=at, place=place)
        if message.edited and edited:
            by = self.people.somebody(message.edited.user, None, at, place) if message.edited.user else None
            yield Edited(channel=talk.key, message=key, by=by, at=max(at, micros(message.edited.ts) or at), place=place)
        pin = talk.pins.pop(at, None)
        by, when = (pin.user, pin.created) if pin else (None, 0)
        if pin is None and message.pinned_info:
            by, when = message.pinned_info.pinned_by, message.pinned_info.pinned_ts
        if pin is not None or message.pinned_info is not None:
            pinner = self.people.somebody(by, None, at, place) if by else author
            yield Pinned(channel=talk.key, message=key, by=pinner, at=max(at, micros(when) or at), place=place)


def _wording(message: Message) -> str:
    text = message.text or ""
    if message.subtype == "tombstone":
        return ""
    if message.subtype == "file_comment":
        found = COMMENTED.fullmatch(text)
        return message.comment.comment if message.comment else found[1] if found else text
    if found := SHARED.fullmatch(text):
        comment = message.file and message.file.initial_comment
        return (comment and comment.comment) or found[1] or ""
    if not text and message.blocks:
        text = of_blocks(message.blocks)
    if not text:
        text = "\n\n".join(filter(None, map(_attached, message.attachments or ())))
    return text


def _attached(attachment: Attachment) -> str:
    lines = [part for part in (attachment.pretext, attachment.title, attachment.text) if part]
    return "\n".join(lines) or attachment.fallback or ""


def _left_out(message: Message) -> Iterator[str]:
    """What hangs below a text and isn't taken: mostly previews that the system itself fetched."""
    if message.text and any(not each.is_msg_unfurl for each in message.attachments or ()):
        yield "previews and attachments below the text are left out"
    if any(upload is None or upload.mode == "tombstone" for upload in message.files or ()):
        yield "a file of it had been deleted"


def _thread(talk: Talk, message: Message, at: Micros) -> tuple[str | None, tuple[str, ...]]:
    root = micros(message.thread_ts)
    if root is None or root == at:
        return None, ()
    if root not in talk.roots:
        return None, ("the message that its thread began with isn't here: it stands by itself",)
    return key_of(root), ()


def _quoted(message: Message) -> tuple[str, str] | None:
    for attachment in message.attachments or ():
        if attachment.is_msg_unfurl and attachment.channel_id and (at := micros(attachment.ts)):
            return attachment.channel_id, key_of(at)
    return None


def _uploads(message: Message) -> list[Upload]:
    uploads = [*(message.files or ()), *([message.file] if message.file and not message.files else [])]
    found = {upload.id: upload for upload in uploads if upload is not None and upload.mode != "tombstone"}
    return [] if message.subtype == "file_comment" else list(found.values())


def _file(upload: Upload, author: str) -> File:
    name = upload.name or upload.title or upload.id
    title = upload.title if upload.title not in (name, "") else None
    return File(
        key=upload.id,
        name=name,
        owner=upload.user or author,
        media_type=upload.mimetype or None,
        size=upload.size if upload.size is not None and upload.size >= 0 else None,
        title=title,
    )
