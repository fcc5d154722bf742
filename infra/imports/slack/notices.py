"""Elements of a day's file that nobody said: they tell of joining, leaving, naming, archiving, changing, deleting."""

from collections.abc import Iterator

from application.imports.records.channels import Archived, Described, Joined, Left, Renamed
from application.imports.records.messages import Edited, Retracted
from application.imports.records.record import Micros, NotTaken, Place, Record
from infra.imports.slack.conversations import Talk
from infra.imports.slack.messages import Teller, key_of
from infra.imports.slack.shapes import Message
from infra.imports.slack.survey import DESCRIBING, JOINING, NAMING
from infra.imports.slack.times import micros

LEAVING = {"channel_leave", "group_leave"}
CLOSING = {"channel_archive", "group_archive"}
REOPENING = {"channel_unarchive", "group_unarchive"}
PINNING = {"pinned_item", "unpinned_item"}
SILENT = {
    "app_conversation_join",
    "bot_add",
    "bot_disable",
    "bot_enable",
    "bot_remove",
    "channel_canvas_updated",
    "channel_convert_to_private",
    "channel_convert_to_public",
    "channel_posting_permissions",
    "document_mention",
    "ekm_access_denied",
    "huddle_thread",
    "joiner_notification",
    "joiner_notification_for_inviter",
    "message_replied",
    "reminder_add",
    "reply_broadcast",
    "sh_room_created",
    "sh_room_shared",
    "tabbed_canvas_updated",
}
"""Notices with no counterpart: they are listed, not taken."""
HANDLED = JOINING | LEAVING | CLOSING | REOPENING | PINNING | SILENT | NAMING | DESCRIBING.keys()
HANDLED |= {"message_changed", "message_deleted"}


class Notices:
    """Tells of notices; `said` holds the changed messages whose own element has been told."""

    def __init__(self, teller: Teller) -> None:
        self.teller = teller
        self.said: set[tuple[str, Micros]] = set()

    def tell(self, talk: Talk, notice: Message, at: Micros, place: Place) -> Iterator[Record]:
        """What a notice means; NotTaken where it means nothing here."""
        subtype = notice.subtype or ""
        if subtype in ("message_changed", "message_deleted"):
            yield from self._changed(talk, notice, at, place)
        elif subtype in SILENT:
            yield NotTaken(reason=f"a notice of the system ({subtype})", key=key_of(at), at=at, place=place)
        elif subtype in PINNING:
            # The list of channels says what is pinned; a notice of something else tells of a pin that is gone.
            yield NotTaken(reason=f"a notice of the system ({subtype})", lost=False, key=key_of(at), at=at, place=place)
        elif not notice.user:
            yield NotTaken(reason=f"a notice ({subtype}) that names nobody", key=key_of(at), at=at, place=place)
        else:
            yield self._done(talk, notice, subtype, self.teller.people.author(notice, at, place) or notice.user, at, place)
        if reactions := sum(len(reaction.users) for reaction in notice.reactions or ()):
            yield NotTaken(reason=f"{reactions} reactions to a notice ({subtype})", key=key_of(at), at=at, place=place)

    def _done(self, talk: Talk, notice: Message, subtype: str, by: str, at: Micros, place: Place) -> Record:
        channel = talk.key
        if subtype in JOINING:
            talk.members.add(by)
            host = self.teller.people.somebody(notice.inviter, None, at, place) if notice.inviter else by
            return Joined(channel=channel, person=by, by=host, keeps=by == talk.shape.creator, at=at, place=place)
        if subtype in LEAVING:
            talk.members.discard(by)
            return Left(channel=channel, person=by, by=by, at=at, place=place)
        if subtype in CLOSING or subtype in REOPENING:
            talk.archived = subtype in CLOSING
            return Archived(channel=channel, by=by, again=not talk.archived, at=at, place=place)
        if subtype in NAMING:
            if not notice.name:
                return NotTaken(reason="a new name is missing", key=key_of(at), at=at, place=place)
            return Renamed(channel=channel, name=notice.name, by=by, at=at, place=place)
        what = DESCRIBING[subtype]
        text = (notice.topic if what == "topic" else notice.purpose) or ""
        words, _ = self.teller.words(text, at, place)
        return Described(channel=channel, what="topic" if what == "topic" else "purpose", text=words, by=by, at=at, place=place)

    def _changed(self, talk: Talk, notice: Message, at: Micros, place: Place) -> Iterator[Record]:
        before = notice.previous_message or notice.original
        of = micros(notice.deleted_ts) or micros((before or notice.message or notice).ts)
        if of is None or (notice.subtype == "message_changed" and notice.message is None):
            yield NotTaken(reason=f"{notice.subtype} without the message that it is about", key=key_of(at), at=at, place=place)
            return
        if (talk.key, of) not in self.said:
            told = before or notice.message
            if told is None:
                yield NotTaken(reason="a message that isn't here was deleted", key=key_of(at), at=at, place=place)
                return
            self.said.add((talk.key, of))
            yield from self.teller.tell(talk, told, of, place, text=talk.survey.wordings.get(of))
        changed = notice.message
        author = (changed and changed.user) or (before and before.user) or notice.user
        by = notice.user or (changed and changed.edited and changed.edited.user) or author
        person = self.teller.people.somebody(by, None, at, place) if by else None
        if notice.subtype == "message_deleted":
            if person is None:
                yield NotTaken(reason="a deletion that names nobody", key=key_of(at), at=at, place=place)
            else:
                yield Retracted(channel=talk.key, message=key_of(of), by=person, at=at, place=place)
        elif changed is not None and changed.text is not None and changed.text != (before and before.text):
            words, mentions = self.teller.words(changed.text, at, place)
            yield Edited(channel=talk.key, message=key_of(of), by=person, text=words, mentions=mentions, at=at, place=place)
