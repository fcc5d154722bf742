"""The use case: a table of people is compared with the organisation, and applied as one act, all or nothing."""

from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Literal, NamedTuple
from uuid import UUID

import msgspec

from application.bulk import Bulk, Contested
from application.envelope import Asked
from application.imports.people.chart import Chart
from application.imports.people.entries import Entries, Entry
from application.imports.people.faults import Faults, Faulty
from application.imports.people.passing import Passing
from application.imports.people.present import Present
from application.imports.people.saying import Said, Turn
from application.imports.people.settled import Piece, Settling
from application.imports.people.table import Columns, NoHeader, Table
from application.imports.people.writing import Writing, standing
from application.ports.keys import Pseudonyms
from application.ports.log import Unmoved
from domain.directory.events.importing import OrganisationImported
from domain.directory.events.post import PostAssigned, PostWithdrawn
from domain.directory.ids import OrganisationImportId
from domain.directory.importing import OrganisationImport
from domain.kernel.events import Context
from domain.kernel.identifiers import PersonId

KINDS = (
    "directory.department", "directory.person", "directory.membership", "directory.reporting",
    "directory.post", "directory.holding",
)  # fmt: skip
"""What the comparison rests on: nothing of it may change until the act is written."""
ATTEMPTS = 3


class Options(NamedTuple):
    """How a table is taken. `columns`: headers by field; `leavers`: whether who isn't in it is offboarded, and how long that
    can be undone; `seconds` that the log may be held for."""

    columns: dict[str, str]
    leavers: bool = True
    undo: timedelta = timedelta(days=30)
    seconds: float = 5.0


class Difference(msgspec.Struct):
    """What applying a table changes, or has changed."""

    rows: int = 0
    counts: Counter[Turn] = msgspec.field(default_factory=Counter)
    departments: int = 0
    posts: Counter[Literal["assigned", "withdrawn"]] = msgspec.field(default_factory=Counter)
    events: int = 0
    said: list[Said] = msgspec.field(default_factory=list)
    ignored: list[str] = msgspec.field(default_factory=list)
    act: UUID | None = None

    def take(self, piece: Piece, most: int) -> None:
        """Adds a piece; at most so many people are listed."""
        self.events += len(piece.events)
        self.departments += piece.departments
        self.posts["assigned"] += sum(isinstance(event, PostAssigned) for _, event in piece.events)
        self.posts["withdrawn"] += sum(isinstance(event, PostWithdrawn) for _, event in piece.events)
        for each in piece.said:
            self.counts[each.turn] += 1
            if len(self.said) < most:
                self.said.append(each)


Told = Callable[[str, int, int], None]
"""Hears what is being done, how far it is, and of how much."""


class PeopleImport(NamedTuple):
    """Brings a table of people into one organisation."""

    bulk: Bulk
    present: Present
    pseudonyms: Pseudonyms

    async def compare(self, table: Table, options: Options, told: Told, most: int = 1_000) -> Difference:
        """What applying the table would change. Raises ImportRefused (Faulty), LogUnavailable."""
        chart, difference = await self._chart(table, options, told)
        async for piece in self._pieces(chart, options, told):
            difference.take(piece, most)
        return difference

    async def apply(self, table: Table, options: Options, by: PersonId, told: Told, most: int = 1_000) -> Difference:
        """Applies the table in the name of an administrator. Without any difference nothing is written.

        Raises NotAllowed, Contested, KeyWithheld, ImportRefused (Faulty), and what a staged append raises.
        """
        for _ in range(ATTEMPTS):
            chart, difference = await self._chart(table, options, told)
            allowed = await standing(self.bulk, by)
            act = OrganisationImportId(self.bulk.new_id())
            asked = Asked(by, act, Context(client="onrecord import people"))
            async with self.bulk.writer.stage(options.seconds) as staged:
                writing = Writing(self.bulk, staged, asked, allowed)
                async for piece in self._pieces(chart, options, told):
                    difference.take(piece, most)
                    await writing.add(piece)
                if not difference.events:
                    return difference
                await writing.add(_recorded(act, table, difference))
                told("writing", 0, 0)
                if await writing.append(table.digest, Unmoved(KINDS, chart.here.position)):
                    difference.act = act
                    return difference
        raise Contested("the organisation kept changing while it was compared")

    async def _chart(self, table: Table, options: Options, told: Told) -> tuple[Chart, Difference]:
        faults, lines = Faults(), table.rows()
        try:
            _, header = next(lines)
        except StopIteration:
            raise NoHeader(table.name, "it is empty") from None
        columns = Columns(table.name, header, options.columns)
        reading = Entries(table, columns, faults)
        entries: list[Entry] = list(reading.read(lines, lambda count: told("reading", count, 0)))
        here = await self.present.here()
        chart = Chart(entries, columns, here, self.pseudonyms, faults)
        chart.draw(reading.coded, leavers=options.leavers)
        if faults.count:
            raise Faulty(table.name, faults)
        return chart, Difference(rows=len(entries), ignored=columns.ignored)

    async def _pieces(self, chart: Chart, options: Options, told: Told) -> AsyncIterator[Piece]:
        keys = Passing(self.bulk.keys)
        settling = Settling(chart, self.present, self.bulk.reader, self.bulk.codec, keys)
        until = self.bulk.clock() + options.undo
        done = 0
        async for piece in settling.pieces(leavers=options.leavers, undo_until=until):
            yield piece
            done = min(done + len(piece.versions), 1 << 40)
            told("comparing", done, 0)


def _recorded(act: OrganisationImportId, table: Table, difference: Difference) -> Piece:
    state, counts = OrganisationImport.at(act), difference.counts
    imported = OrganisationImported(
        digest=table.digest.hex(),
        joined=counts["joins"],
        moved=counts["moves"],
        changed=counts["changes"],
        left=counts["leaves"],
        departments=difference.departments,
        posts=counts["opens"],
    )
    return Piece(state.records(imported), {state.stream: 0}, ())
