"""Who reports to whom by a table: everybody named is found, and every line ends."""

from collections.abc import Collection, Mapping, Sequence

from application.imports.people.entries import Entry
from application.imports.people.faults import Faults, Kind
from application.imports.people.present import Here
from application.imports.people.table import Columns, Field
from domain.directory.reporting import LEVELS
from domain.kernel.identifiers import PersonId


class Lines:
    """Managers and dotted lines. What doesn't hold together is among the faults."""

    def __init__(
        self, entries: Sequence[Entry], people: Sequence[PersonId], columns: Columns, here: Here, faults: Faults
    ) -> None:
        self._entries, self._people, self._here = entries, people, here
        self._columns, self._faults = columns, faults
        self.managers: dict[PersonId, PersonId | None] = {}
        self.dotted: dict[PersonId, frozenset[PersonId]] = {}
        self._leavers: Collection[PersonId] = ()
        self._gone: Collection[PersonId] = ()

    def draw(self, leavers: Collection[PersonId]) -> None:
        """Works them all out; nobody can report to those who leave."""
        self._leavers = leavers
        self._gone = self._here.left.difference(self._people)
        self._named()
        self._circles()

    def _named(self) -> None:
        numbers: dict[str, PersonId | None] = dict(self._here.by_number)
        addresses: dict[str, PersonId | None] = dict(self._here.by_email)
        names: dict[str, PersonId | None] = {}
        for entry, person in zip(self._entries, self._people, strict=True):
            if entry.number:
                numbers[entry.number] = person
            if entry.email:
                addresses[entry.email.lower()] = person
            names[entry.name] = None if entry.name in names else person

        def find(said: str) -> PersonId | None:
            return numbers.get(said) or addresses.get(said.lower()) or names.get(said)

        for entry, person in zip(self._entries, self._people, strict=True):
            if entry.manager is not None:
                self.managers[person] = self._found(entry.row, "manager", entry.manager, find(entry.manager), names)
            if entry.dotted is not None:
                found = (self._found(entry.row, "dotted", said, find(said), names) for said in entry.dotted)
                self.dotted[person] = frozenset(to for to in found if to is not None and to != person)

    def _found(
        self, row: int, field: Field, said: str, found: PersonId | None, names: Mapping[str, PersonId | None]
    ) -> PersonId | None:
        if said and found is None:
            kind: Kind = "ambiguous" if said in names else "unknown"
            why = "several people are called" if said in names else "nobody is known as"
            self._fault(row, field, kind, f"{why} {said[:60]}")
        elif said and found in self._leavers:
            self._fault(row, field, "gone", f"{said[:60]} isn't in this table, and so leaves")
        elif said and found in self._gone:
            self._fault(row, field, "gone", f"{said[:60]} has left")
        return found if said else None

    def _circles(self) -> None:
        """Everybody's line must end: also where it goes on through people who aren't in the table."""
        rows = {person: entry for entry, person in zip(self._entries, self._people, strict=True)}
        ends: set[PersonId] = set()
        for person, entry in rows.items():
            way: dict[PersonId, None] = {}
            at: PersonId | None = person
            while at is not None and at not in ends and at not in way and len(way) <= LEVELS:
                way[at] = None
                at = self.managers[at] if at in self.managers else self._here.managers.get(at)
            if at is not None and at in way:
                self._circle([rows[each] for each in [*way][[*way].index(at) :] if each in rows])
            elif len(way) > LEVELS:
                self._fault(entry.row, "manager", "too deep", f"there are more than {LEVELS} managers above each other")
                continue
            ends.update(way)

    def _circle(self, circle: Sequence[Entry]) -> None:
        """One fault for all of it, where the table has the first of them."""
        first = min(circle, key=lambda entry: entry.row)
        others = ", ".join(str(entry.row) for entry in sorted(circle, key=lambda entry: entry.row)[1:10])
        through = f", through row {others}" if others else ""
        self._fault(first.row, "manager", "circular", f"{first.name[:60]} would report to themselves{through}")

    def _fault(self, row: int, field: Field, kind: Kind, problem: str) -> None:
        self._faults.add(row, self._columns.title(field), kind, problem)
