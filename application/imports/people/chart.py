"""The organisation that a table describes, as a whole: its departments as a tree, who is who, and who reports to whom."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from application.imports.people.entries import DepartmentRow, Entry
from application.imports.people.faults import Faults, Kind
from application.imports.people.lines import Lines
from application.imports.people.paths import Path
from application.imports.people.posts import Posts
from application.imports.people.present import Here
from application.imports.people.table import Columns, Field
from application.ports.keys import Pseudonyms
from domain.directory.department import LEVELS
from domain.directory.ids import DepartmentId, PostId
from domain.kernel.identifiers import PersonId, derived


class Wanted(NamedTuple):
    """A department as it shall be."""

    id: DepartmentId
    name: str
    parent: DepartmentId | None


class Chart:
    """What the entries come to. What doesn't hold together is among the faults."""

    def __init__(self, entries: Sequence[Entry], columns: Columns, here: Here, pseudonyms: Pseudonyms, faults: Faults) -> None:
        self.entries, self.here = entries, here
        self._columns, self._pseudonyms, self._faults = columns, pseudonyms, faults
        self.departments: dict[Path | str, Wanted] = {}
        self.people: list[PersonId] = []
        self.managers: dict[PersonId, PersonId | None] = {}
        self.dotted: dict[PersonId, frozenset[PersonId]] = {}
        self.posts = Posts(here.posts)
        self.held: dict[PersonId, frozenset[PostId]] = {}
        self._names: dict[DepartmentId, str] = {}

    def draw(self, coded: Mapping[str, DepartmentRow], *, leavers: bool = True) -> None:
        """Works it all out, in the order in which one thing rests on another. `leavers`: whether who is absent leaves."""
        self._coded(coded)
        self._paths()
        self._people()
        self._held()
        lines = Lines(self.entries, self.people, self._columns, self.here, self._faults)
        self.managers, self.dotted = lines.managers, lines.dotted
        lines.draw(frozenset(self.leavers()) if leavers else frozenset())

    def department(self, said: Path | str | None) -> DepartmentId | None:
        """The department that an entry names, by path or code. None for none, and for one that is a fault already."""
        if not said:
            return None
        found = self.departments.get(said) or (self.departments.get(said[0]) if isinstance(said, tuple) else None)
        return found.id if found else None

    def post(self, id_: PostId) -> str:
        """What a post is called, with its department."""
        department, name = self.posts.placed(id_)
        if not self._names:
            self._names |= {each: place.name for each, place in self.here.departments.items()}
            self._names |= {wanted.id: wanted.name for wanted in self.departments.values()}
        return f"{self._names[department]}/{name}" if department else name

    def _fault(self, row: int, field: Field, kind: Kind, problem: str) -> None:
        self._faults.add(row, self._columns.title(field), kind, problem)

    def _coded(self, coded: Mapping[str, DepartmentRow]) -> None:
        ids = {code: DepartmentId(derived("department code", code)) for code in coded}
        for code, row in coded.items():
            if row.parent and row.parent not in coded:
                self._fault(row.row, "parent_code", "unknown", f"{row.parent} is no department of this table")
            elif not self._ends(code, coded):
                self._fault(row.row, "parent_code", "circular", f"{code} would be below itself")
            place = self.here.departments.get(ids[code])
            if place is not None and not place.open:
                self._fault(row.row, "department_code", "closed", f"{code} was closed here")
        for code in sorted(coded, key=lambda each: self._depth(each, coded)):
            row = coded[code]
            self.departments[code] = Wanted(ids[code], row.name, ids.get(row.parent or ""))
        for entry in self.entries:
            if not coded:
                break
            for (code,) in entry.further or ():
                if code not in coded:
                    self._fault(entry.row, "further", "unknown", f"{code} is no department of this table")
            for post in entry.posts or ():
                if post.department and (len(post.department) > 1 or post.department[0] not in coded):
                    self._fault(entry.row, "posts", "unknown", f"{'/'.join(post.department)} is no department of this table")

    def _ends(self, code: str, coded: Mapping[str, DepartmentRow]) -> bool:
        return self._depth(code, coded) <= LEVELS

    def _depth(self, code: str, coded: Mapping[str, DepartmentRow]) -> int:
        """How many departments are above one; more than there may be where it is below itself."""
        depth, at = 0, coded[code].parent
        while at is not None and at in coded and depth <= LEVELS:
            depth, at = depth + 1, coded[at].parent
        return depth

    def _paths(self) -> None:
        known = {(place.parent, place.name): id_ for id_, place in self.here.departments.items() if place.open}
        paths: dict[Path, int] = {}
        for entry in self.entries:
            for path in (entry.department, *(entry.further or ()), *(post.department for post in entry.posts or ())):
                if isinstance(path, tuple) and path and path not in self.departments and path[0] not in self.departments:
                    for end in range(1, len(path) + 1):
                        paths.setdefault(path[:end], entry.row)
        for path in sorted(paths, key=len):
            if len(path) > LEVELS:
                self._fault(paths[path], "department", "too deep", f"there are more than {LEVELS} departments above each other")
                continue
            parent = self.departments[path[:-1]].id if path[:-1] else None
            self.departments[path] = Wanted(known.get((parent, path[-1])) or self._new(path), path[-1], parent)

    def _new(self, path: Path) -> DepartmentId:
        """An id of its own, also where a department that was made from the same path is another one by now."""
        number = 0
        while (made := DepartmentId(derived("department path", *path, str(number)))) in self.here.departments:
            number += 1
        return made

    def _people(self) -> None:
        seen: dict[PersonId, int] = {}
        told = self._twice("number") | self._twice("email")
        for entry in self.entries:
            person = self._who(entry)
            known_by: Field = "number" if entry.number else "email"
            if person is None:
                self._fault(entry.row, known_by, "ambiguous", "several people here have the same")
                person = PersonId(derived("nobody", str(entry.row)))
            elif person in seen and entry.row not in told:
                self._fault(entry.row, known_by, "twice", f"they stand in row {seen[person]} already")
            seen.setdefault(person, entry.row)
            self.people.append(person)

    def _twice(self, field: Field) -> set[int]:
        """The rows that repeat what must be somebody's own."""
        seen: dict[str, int] = {}
        told: set[int] = set()
        for entry in self.entries:
            value = (getattr(entry, field) or "").casefold()
            if value and seen.setdefault(value, entry.row) != entry.row:
                self._fault(entry.row, field, "twice", f"{value} stands in row {seen[value]} already")
                told.add(entry.row)
        return told

    def _who(self, entry: Entry) -> PersonId | None:
        """By employee number, else by address, else somebody new. None where it can't be told."""
        address = (entry.email or "").strip().lower()
        if entry.number and entry.number in self.here.by_number:
            return self.here.by_number[entry.number]
        if address and address in self.here.by_email:
            return self.here.by_email[address]
        if entry.number:
            return PersonId(self._pseudonyms("employee number", entry.number))
        return PersonId(self._pseudonyms("person", address))

    def _held(self) -> None:
        for entry, person in zip(self.entries, self.people, strict=True):
            if entry.posts is None:
                continue
            own, held = self.department(entry.department), set()
            for said in entry.posts:
                place = own if said.department is None else self.department(said.department)
                post = self.posts.find(entry.row, said.name, place)
                if post is None:
                    self._fault(entry.row, "posts", "ambiguous", f"several posts there are called {said.name[:60]}")
                else:
                    held.add(post)
            self.held[person] = frozenset(held)

    def leavers(self) -> Iterable[PersonId]:
        """Who works here and isn't in the table, but for those who administer everything: so that somebody always does."""
        return sorted(self.here.staff.difference(self.people) - self.here.administrators)
