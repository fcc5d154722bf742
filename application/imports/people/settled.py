"""What has to happen so that the organisation is as a table says: asked of the states as the log has them, some at a time."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from msgspec.structs import replace

from application.imports.people.chart import Chart
from application.imports.people.entries import Entry
from application.imports.people.passing import Passing, States
from application.imports.people.posts import NewPost
from application.imports.people.present import Present
from application.imports.people.saying import Said, told
from application.ports.codec import Codec
from application.ports.log import LogReader
from application.states import Snapshot
from domain.directory import settling
from domain.directory.department import Department
from domain.directory.events.person import Details
from domain.directory.ids import DepartmentId, PostId
from domain.directory.membership import DepartmentMembership
from domain.directory.person import Person
from domain.directory.post import Holding, Post
from domain.directory.reporting import ReportingLine
from domain.kernel.identifiers import PersonId
from domain.kernel.personal import Erased, readable
from domain.kernel.states import NOTHING, Events

T = TypeVar("T")
PIECE = 500
"""People whose states are in memory at once."""
PROFILE = ("number", "phone", "location", "language", "time_zone")


class Piece(NamedTuple):
    """Some of what has to happen, with the version of each stream that it goes to, and how many departments that concerns."""

    events: Events
    versions: Mapping[str, int]
    said: Sequence[Said]
    departments: int = 0


class Settling:
    """Goes through a chart piece by piece."""

    def __init__(self, chart: Chart, present: Present, reader: LogReader, codec: Codec, keys: Passing) -> None:
        self._chart, self._present = chart, present
        self._reader, self._codec, self._keys = reader, codec, keys

    async def pieces(self, *, leavers: bool, undo_until: datetime | None) -> AsyncIterator[Piece]:
        """Departments from the top downwards, posts, those in the table, then, if wanted, those who aren't in it any more."""
        for some in _some(list(self._chart.departments)):
            yield await self._departments(some)
            self._keys.done()
        for posts in _some(list(self._chart.posts.new.values())):
            yield await self._posts(posts)
            self._keys.done()
        for rows in _some(list(zip(self._chart.entries, self._chart.people, strict=True))):
            yield await self._entries(rows)
            self._keys.done()
        if leavers:
            gone = list(self._chart.leavers())
            for people in _some(gone):
                yield await self._leavers(people, frozenset(gone), undo_until)
                self._keys.done()

    async def _departments(self, said: Sequence[Any]) -> Piece:
        wanted = [self._chart.departments[each] for each in said]
        states = await self._load((Department, each.id) for each in wanted)
        events: Events = NOTHING
        changed = 0
        for each in wanted:
            now = states.of(Department, each.id)
            happened = settling.settle_department(now, replace(now, status="open", name=each.name, parent=each.parent))
            events, changed = events + happened, changed + bool(happened)
        return Piece(events, states.versions, (), changed)

    async def _posts(self, new: Sequence[NewPost]) -> Piece:
        states = await self._load((Post, each.id) for each in new)
        events: Events = NOTHING
        said: list[Said] = []
        for each in new:
            now = states.of(Post, each.id)
            events += settling.settle_post(now, replace(now, status="open", name=each.name, department=each.department))
            said.append(Said("opens", self._chart.post(each.id), each.row, ("post",)))
        return Piece(events, states.versions, said)

    async def _entries(self, rows: Sequence[tuple[Entry, PersonId]]) -> Piece:
        states = await self._load((kind, person) for _, person in rows for kind in (Person, ReportingLine))
        further: Mapping[PersonId, Sequence[DepartmentId]] = {}
        if any(entry.further is not None for entry, _ in rows):
            further = await self._present.memberships([person for _, person in rows])
        places = {person: self._places(entry, states.of(Person, person), further.get(person, ())) for entry, person in rows}
        await states.add((DepartmentMembership, place, person) for person, found in places.items() for place in found)
        posts = await self._held(rows)
        await states.add((Holding, post, person) for person, found in posts.items() for post in found)
        events: list[Any] = []
        said: list[Said] = []
        for entry, person in rows:
            now, line = states.of(Person, person), states.of(ReportingLine, person)
            moved: Events = NOTHING
            for department, wanted in places[person].items():
                theirs = states.of(DepartmentMembership, department, person)
                moved += settling.settle_membership(theirs, wanted(theirs), department, person)
            moved += settling.settle_line(line, self._line(line, person))
            own = settling.settle_person(now, self._person(entry, now))
            # Who is there already joins a department before it becomes their first, and leaves it before it is no longer.
            happened = (*own, *moved) if not now.exists else (*moved, *own)
            for post in posts.get(person, ()):
                holding = states.of(Holding, post, person)
                held = replace(holding, active=post in self._chart.held[person])
                happened += settling.settle_holding(holding, held, post, person)
            events += happened
            if happened:
                said.append(told(entry.name, entry.row, [each.event for each in happened], self._chart.post))
        return Piece(tuple(events), states.versions, said)

    async def _held(self, rows: Sequence[tuple[Entry, PersonId]]) -> Mapping[PersonId, Sequence[PostId]]:
        """The posts that the entries say something about: those that people shall hold no longer first."""
        people = [person for entry, person in rows if entry.posts is not None]
        held = await self._present.holdings(people) if people else {}
        wanted = self._chart.held
        return {person: [*sorted({*held.get(person, ())} - wanted[person]), *sorted(wanted[person])] for person in people}

    async def _leavers(self, people: Sequence[PersonId], gone: frozenset[PersonId], until: datetime | None) -> Piece:
        states = await self._load((Person, person) for person in people)
        events: Events = NOTHING
        said: list[Said] = []
        for person in people:
            now = states.of(Person, person)
            above = self._chart.here.managers.get(person)
            successor = above if above is not None and above not in gone else None
            if happened := settling.leaver(now, successor, until):
                events += happened
                said.append(Said("leaves", readable(now.name) or str(person), None, ("offboarded",)))
        return Piece(events, states.versions, said)

    def _places(self, entry: Entry, now: Person, further: Sequence[DepartmentId]) -> dict[DepartmentId, Any]:
        """The departments that an entry says something about, each with a function to what belonging there shall be."""
        places: dict[DepartmentId, Any] = {}
        if entry.further is not None:
            places = dict.fromkeys(further, _ended)
        if entry.department is not None and now.primary is not None:
            places[now.primary] = _ended
        for path in entry.further or ():
            if (place := self._chart.department(path)) is not None:
                places[place] = _kept
        if (first := self._chart.department(entry.department)) is not None:
            places[first] = _kept if entry.leads is None else _led if entry.leads else _followed
        return places

    def _person(self, entry: Entry, now: Person) -> Person:
        details = now.details if isinstance(now.details, Details) else Details()
        new = {field: value or None for field in PROFILE if (value := getattr(entry, field)) is not None}
        given: dict[str, Any] = {
            field: value or None for field in ("email", "title") if (value := getattr(entry, field)) is not None
        }
        if entry.department is not None:
            given["primary"] = self._chart.department(entry.department)
        if entry.kind is not None:
            given["kind_of"] = entry.kind
        status = "suspended" if now.status == "suspended" else "active"
        kept = now.details if isinstance(now.details, Erased) and not new else replace(details, **new)
        return replace(now, status=status, name=entry.name, details=kept, **given)

    def _line(self, now: ReportingLine, person: PersonId) -> ReportingLine:
        manager = self._chart.managers.get(person, now.manager)
        return replace(now, manager=manager, dotted=self._chart.dotted.get(person, now.dotted))

    async def _load(self, wanted: Iterator[tuple[Any, ...]]) -> "States":
        states = States(Snapshot(self._reader.streams, self._codec, self._keys))
        await states.add(wanted)
        return states


def _kept(now: DepartmentMembership) -> DepartmentMembership:
    return replace(now, active=True)


def _led(now: DepartmentMembership) -> DepartmentMembership:
    return replace(now, active=True, leader=True)


def _followed(now: DepartmentMembership) -> DepartmentMembership:
    return replace(now, active=True, leader=False)


def _ended(now: DepartmentMembership) -> DepartmentMembership:
    return replace(now, active=False, leader=False)


def _some(many: Sequence[T]) -> Iterator[list[T]]:
    left = iter(many)
    while piece := list(islice(left, PIECE)):
        yield piece
