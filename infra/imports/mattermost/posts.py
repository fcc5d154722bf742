"""Posts as records: what was said, replied, edited, pinned, taken back, and answered with signs."""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import zip_longest

from application.imports.records.messages import Chosen, Edited, File, Pinned, Polled, PollEnded, Reacted, Retracted, Said
from application.imports.records.record import Micros, Place, Record
from infra.imports.emoji import emoji
from infra.imports.mattermost.lines import holdable
from infra.imports.mattermost.own import OUTSIDE, KnownFile, Own, Poll, own
from infra.imports.mattermost.people import People
from infra.imports.mattermost.shapes import Attachment, Post, Reply


class Posts:
    """Tells of posts in the order in which they are given."""

    def __init__(self, people: People) -> None:
        self.people = people
        self._seen: dict[tuple[str, int], int] = {}

    def tell(self, channel: str, post: Post, place: Place) -> Iterator[Record]:
        """A post and the replies that stand in it."""
        added = own(post)
        key = self._key(channel, post, added)
        if OUTSIDE in added.outside:
            # It only stands for a message that wasn't exported: there is nothing to take but the replies to it.
            yield from self._replies(channel, added.thread or key, post, place)
            return
        yield from self._message(channel, key, added.thread, post, added, place)
        if post.is_pinned and added.pinned is None:
            yield self._pinned(channel, key, post.user, post.create_at * 1_000, place)
        yield from self._replies(channel, added.thread or key, post, place)

    def _replies(self, channel: str, thread: str, post: Post, place: Place) -> Iterator[Record]:
        for reply in post.replies or ():
            more = own(reply)
            yield from self._message(channel, self._key(channel, reply, more), thread, reply, more, place)

    def _key(self, channel: str, post: Post | Reply, added: Own) -> str:
        """Messages have no name there: their time is one, with a number where several have the same. Ours have ids."""
        if added.id:
            return added.id
        at = post.create_at
        number = self._seen[channel, at] = self._seen.get((channel, at), 0) + 1
        return str(at) if number == 1 else f"{at}-{number}"

    def _message(
        self, channel: str, key: str, thread: str | None, post: Post | Reply, added: Own, place: Place
    ) -> Iterator[Record]:
        at = added.began(post.create_at)
        author = self.people.somebody(post.user, at, place)
        first, *later = [(each.at, each.message) for each in added.wordings] or [(at, post.message)]
        text, mentions = self.people.words(first[1])
        yield Said(
            channel=channel,
            key=key,
            author=author,
            text=text,
            thread=thread,
            also_in_channel=added.also_in_channel and thread is not None,
            quotes=(channel, added.quotes) if added.quotes else None,
            forwards=(added.forwards.channel, added.forwards.id) if added.forwards else None,
            asks=bool(added.poll and added.poll.options),
            mentions=mentions,
            files=tuple(_files(post.attachments or (), added, author)),
            calls=added.calls,
            at=at,
            place=place,
        )
        for edited, words in later:
            text, mentions = self.people.words(words)
            since = max(at, edited)
            yield Edited(channel=channel, message=key, by=author, text=text, mentions=mentions, at=since, place=place)
        if post.edit_at and not later:
            yield Edited(channel=channel, message=key, by=author, at=max(at, post.edit_at * 1_000), place=place)
        if added.poll and added.poll.options:
            yield from self._poll(channel, key, author, added.poll, at, place)
        yield from self._around(channel, key, post, added, at, place)

    def _poll(self, channel: str, message: str, author: str, poll: Poll, at: Micros, place: Place) -> Iterator[Record]:
        options = tuple(map(holdable, poll.options))
        yield Polled(
            channel=channel,
            message=message,
            author=author,
            options=options,
            several=poll.several,
            closes_at=poll.closes_at,
            at=at,
            place=place,
        )
        for each in poll.choices:
            person, since = self.people.somebody(each.by, at, place), max(at, each.at)
            numbers = tuple(sorted({number for number in each.numbers if number <= len(options)}))
            yield Chosen(channel=channel, message=message, person=person, choices=numbers, at=since, place=place)
        if poll.closed:
            by, since = self.people.somebody(poll.closed.by, at, place), max(at, poll.closed.at)
            yield PollEnded(channel=channel, message=message, by=by, at=since, place=place)

    def _around(self, channel: str, message: str, post: Post | Reply, added: Own, at: Micros, place: Place) -> Iterator[Record]:
        for each in post.reactions or ():
            person, sign = self.people.somebody(each.user, at, place), emoji(holdable(each.emoji_name))
            since = max(at, each.create_at * 1_000)
            yield Reacted(channel=channel, message=message, person=person, emoji=sign, at=since, place=place)
        if added.pinned:
            yield self._pinned(channel, message, added.pinned.by, max(at, added.pinned.at), place)
        if added.retracted:
            by, since = self.people.somebody(added.retracted.by, at, place), max(at, added.retracted.at)
            yield Retracted(channel=channel, message=message, by=by, at=since, place=place)

    def _pinned(self, channel: str, message: str, by: str, at: Micros, place: Place) -> Pinned:
        return Pinned(channel=channel, message=message, by=self.people.somebody(by, at, place), at=at, place=place)


def _files(attachments: Iterable[Attachment], added: Own, owner: str) -> Iterator[File]:
    for attachment, known in zip_longest(attachments, added.files):
        if attachment is not None:
            yield _file(attachment, known, owner)


def _file(attachment: Attachment, known: KnownFile | None, owner: str) -> File:
    key = sha256(attachment.path.encode()).hexdigest()[:32]
    if known is None:
        name = attachment.path.replace("\\", "/").rpartition("/")[2]
        return File(key=key, name=holdable(name) or "file", owner=owner)
    title, media_type = (text and holdable(text) for text in (known.title, known.media_type))
    return File(
        key=key,
        name=holdable(known.name) or "file",
        owner=owner,
        media_type=media_type,
        size=known.size,
        title=title,
        width=known.width,
        height=known.height,
        duration=known.duration,
    )
