"""The sample company as a history: the same use case brings it that brings the export of another system."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib.resources import files
from operator import attrgetter

from application.imports.naming import Names
from application.imports.records.channels import Announcing, Archived, Channel, Described, HandedOver, Joined, Left
from application.imports.records.every import AnyRecord
from application.imports.records.messages import MENTION, Chosen, Edited, File, Noticed, Pinned, Polled, Reacted, Retracted, Said
from application.imports.records.organisation import Appointed, Departed, Department, Person, Placed, Removed, Switched
from application.imports.records.record import Micros, Source
from domain.kernel.identifiers import PersonId
from infra.samples import company
from infra.samples.chart import chart
from infra.samples.routine import routine
from infra.samples.talk import Line, read_talk
from infra.samples.times import at, micros

SOURCE = Source("sample", "qinglan")
MENTIONED = re.compile(r"@(\w+)(?=\W|$)")
KEYS = {someone.key for someone in company.PEOPLE}
CALL = "@all"


def person_id(key: str) -> PersonId:
    """Who somebody of the sample is, in every installation: `wei` is always the same."""
    return Names(SOURCE).by_account(key)


class SampleCompany:
    """See History. Every time is an original one: eight weeks of spring 2025."""

    source = SOURCE

    def __init__(self) -> None:
        self._records = sorted(_everything(), key=attrgetter("at"))
        self.total, self.done = len(self._records), 0

    def records(self) -> Iterator[AnyRecord]:
        """Everything in the order of its times."""
        for record in self._records:
            self.done += 1
            yield record

    def close(self) -> None:
        """Nothing is held open."""


def lines() -> list[Line]:
    """All that is said, in order."""
    written = [read_talk(talk.read_text("utf-8")) for talk in sorted(files(__package__).joinpath("talks").iterdir(), key=str)]
    return sorted((line for told in (*written, routine()) for line in told), key=attrgetter("at"))


def _everything() -> Iterator[AnyRecord]:
    """Those of one moment in the order in which they depend on each other."""
    yield from _organisation()
    yield from chart()
    yield from _rooms()
    yield from _talk()


def _organisation() -> Iterator[AnyRecord]:
    first = at(company.FOUNDED, "07:00")
    for unit in company.UNITS:
        yield Department(key=unit.key, name=unit.name, parent=unit.parent, at=first)
    leaders = {leader: unit.key for unit in company.UNITS for leader in unit.leaders}
    for number, someone in enumerate(company.PEOPLE, 1):
        came = someone.begins
        yield Person(key=someone.key, name=someone.name, title=someone.title, number=f"QL{number:03}", at=came)
        leads = leaders.get(someone.key) == someone.department
        yield Placed(department=someone.department, person=someone.key, leads=leads, at=came)
        for higher in above(someone.department):
            yield Placed(department=higher, person=someone.key, first=False, at=came)
        if someone.until:
            yield from _gone(someone, at(someone.until, "18:00"))
    for key, name, since in company.PROGRAMS:
        yield Person(key=key, name=name, kind="bot", at=at(since, "07:00"))
    for key, department, since in company.PLACED_TOO:
        yield Placed(department=department, person=key, first=(key, department) in company.NEW_FIRST, at=at(since))
    for key, department, since in company.LEFT_DEPARTMENT:
        yield Removed(department=department, person=key, at=at(since))
    for key, scope in company.ADMINISTRATORS:
        yield Appointed(person=key, department=scope, at=first)
    for module, switch, by, since, departments, people in company.SWITCHES:
        when = at(since, "07:00")
        yield Switched(module=module, switch=switch, by=by, departments=departments, people=people, at=when)


def above(unit: str) -> Iterator[str]:
    """The departments above one, nearest first: whoever belongs to it belongs to them too."""
    parents = {each.key: each.parent for each in company.UNITS}
    while (parent := parents[unit]) is not None:
        yield parent
        unit = parent


def _gone(someone: company.Someone, when: Micros) -> Iterator[AnyRecord]:
    """What they belonged to stays as it was, and counts no more; a channel that they kept is kept by their successor."""
    yield Departed(person=someone.key, successor=someone.successor, at=when)
    for room in company.ROOMS:
        if room.kind == "group" and room.by == someone.key and someone.successor:
            yield HandedOver(channel=room.key, person=someone.successor, predecessor=someone.key, at=when)


def _rooms() -> Iterator[AnyRecord]:
    for room in company.ROOMS:
        opened = at(room.opened, "07:30")
        kind, direct = room.kind, room.kind == "direct"
        yield Channel(
            key=room.key,
            kind="direct" if direct else "department" if kind == "department" else "group",
            name=room.name,
            private=room.private or direct,
            by=room.by,
            members=room.members if direct else (),
            department=room.department,
            at=opened,
        )
        if room.topic:
            yield Described(channel=room.key, what="topic", text=room.topic, by=room.by, at=opened)
        for member in room.members if kind == "group" else ():
            yield Joined(channel=room.key, person=member, by=room.by, keeps=member == room.by, at=opened)
    for key, who, by, day, time in company.JOINED_LATER:
        yield Joined(channel=key, person=who, by=by, at=at(day, time))
    for key, who, by, day, time in company.TAKEN_OUT:
        yield Left(channel=key, person=who, by=by, at=at(day, time))
    for key, by, day, time in company.ANNOUNCING:
        yield Announcing(channel=key, by=by, at=at(day, time))
    for key, by, day, time in company.CLOSED:
        yield Archived(channel=key, by=by, at=at(day, time))


def _talk() -> Iterator[AnyRecord]:
    seconds: dict[tuple[str, datetime], int] = {}
    keys: dict[int, str] = {}
    for number, line in enumerate(lines()):
        second = seconds[line.room, line.at] = seconds.get((line.room, line.at), -7) + 9
        said = micros(line.at + timedelta(seconds=second))
        keys[id(line)] = str(number)
        yield from _line(line, str(number), keys[id(line.thread)] if line.thread else None, said)


def _line(line: Line, key: str, thread: str | None, at: Micros) -> Iterator[AnyRecord]:
    text, mentions = _words(line.text)
    shared = tuple(File(key=f"{key}/{name}", name=name, owner=line.author, media_type=media, size=size)
                   for name, size, media in line.files)  # fmt: skip
    yield Said(
        channel=line.room,
        key=key,
        author=line.author,
        text=text,
        thread=thread,
        mentions=mentions,
        files=shared,
        calls=CALL in line.text,
        asks=bool(line.options),
        at=at,
    )
    if line.options:
        yield Polled(channel=line.room, message=key, author=line.author, options=tuple(line.options), at=at)
    for number, (option, who) in enumerate(line.choices, 1):
        yield Chosen(channel=line.room, message=key, person=who, choices=(option,), at=at + 61_000_000 * number)
    for when, who in line.notices:
        yield Noticed(channel=line.room, message=key, by=who, at=max(at + 2, micros(when)))
    for number, (emoji, who) in enumerate(line.signs, 1):
        yield Reacted(channel=line.room, message=key, person=who, emoji=emoji, at=at + 47_000_000 * number)
    for when, new in line.edits:
        words, people = _words(new)
        yield Edited(channel=line.room, message=key, by=line.author, text=words, mentions=people, at=max(at + 1, micros(when)))
    for when, who in line.pins:
        yield Pinned(channel=line.room, message=key, by=who, at=max(at + 2, micros(when)))
    if line.retracted:
        yield Retracted(channel=line.room, message=key, by=line.author, at=max(at + 3, micros(line.retracted)))


def _words(text: str) -> tuple[str, tuple[str, ...]]:
    people = tuple(found[1] for found in MENTIONED.finditer(text) if found[1] in KEYS)
    return MENTIONED.sub(lambda found: MENTION if found[1] in KEYS else found[0], text), people
