"""The channels of a Slack export, and which folder belongs to which."""

from collections.abc import Iterator

import msgspec

from application.imports.records.channels import Archived, Channel, Described, Joined, Left
from application.imports.records.record import Micros, Place, Record
from infra.imports.slack.shapes import Conversation, Pin
from infra.imports.slack.survey import Survey
from infra.imports.slack.times import micros

LISTS = {"channels.json": "channel", "groups.json": "private", "dms.json": "direct", "mpims.json": "several"}
"""The lists of an export, by file; any of them may be absent."""


class Talk(msgspec.Struct):
    """A channel while its messages are read: what has been told of it so far."""

    shape: Conversation
    listed: str
    place: Place
    survey: Survey
    opened: Micros = 0
    pins: dict[Micros, Pin] = {}
    members: set[str] = set()
    roots: set[Micros] = set()
    archived: bool = False

    @property
    def key(self) -> str:
        return self.shape.id

    @property
    def direct(self) -> bool:
        return self.listed in ("direct", "several")

    @property
    def folder(self) -> str:
        """The folder of its messages: named by id where a channel has no name."""
        return self.shape.name or self.shape.id

    def starts(self) -> list[Micros]:
        """The times at which it was there already: its creation, and the first message, which may come before."""
        return [at for at in (micros(self.shape.created), self.survey.first) if at]

    def opening(self) -> Iterator[Record]:
        """How it came to be: its creation, those whose joining isn't told, and a topic that was never changed."""
        shape, at = self.shape, self.opened
        if self.direct:
            self.members.update(shape.members)
            members = tuple(dict.fromkeys(shape.members))
            yield Channel(key=shape.id, kind="direct", private=True, members=members, by=shape.creator, at=at, place=self.place)
            return
        name = self.survey.first_name or shape.name or shape.id
        private = self.listed == "private"
        yield Channel(key=shape.id, kind="group", name=name, private=private, by=shape.creator or None, at=at, place=self.place)
        for member in dict.fromkeys(shape.members):
            if member not in self.survey.joiners:
                self.members.add(member)
                yield Joined(channel=shape.id, person=member, keeps=member == shape.creator, at=at, place=self.place)
        for what, note in (("topic", shape.topic), ("purpose", shape.purpose)):
            if note and note.value and what not in self.survey.described:
                by = note.creator or None
                yield Described(channel=shape.id, what=what, text=note.value, by=by, at=at, place=self.place)  # type: ignore[arg-type] # a literal of two

    def closing(self, at: Micros) -> Iterator[Record]:
        """What must have happened by the end, though no message tells of it."""
        if self.direct:
            return
        if self.shape.is_archived:
            if not self.archived:
                yield Archived(channel=self.key, at=at, place=self.place)
            return
        listed = dict.fromkeys(self.shape.members)
        for person in sorted(self.members - listed.keys()):
            yield Left(channel=self.key, person=person, at=at, place=self.place)
        for person in listed:
            if person not in self.members:
                yield Joined(channel=self.key, person=person, at=at, place=self.place)


def pinned(shape: Conversation) -> dict[Micros, Pin]:
    """The pinned messages, by their times."""
    return {at: pin for pin in shape.pins or () if pin.type == "C" and (at := micros(pin.id))}
