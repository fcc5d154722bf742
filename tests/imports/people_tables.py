"""Tables of people for tests, and an organisation that they are brought into."""

import csv
import io
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from openpyxl import Workbook

from application.imports.people.act import Difference, Options, PeopleImport
from application.imports.people.faults import Faulty
from application.imports.people.revert import Reverting
from domain.access.commands.administration import AppointAdministrator
from domain.directory.commands.person import AddPerson
from infra.imports.people.opening import open_table
from infra.postgres.present import PostgresPresent
from infra.postgres.projections.progress import PostgresProgress
from interfaces.bootstrap.levelling import level
from interfaces.bootstrap.organisation import OpenOrganisation
from projections.engine.registry import models
from tests.support.organisations import opened, order, person
from tests.support.postgres import Database

ROOT = person("root")
HEADER = "工号,姓名,邮箱,部门,上级,职位"
COMPANY = (
    "1,沈云帆,shen@q.cn,青岚,,总经理",
    "2,魏建国,wei@q.cn,青岚/供应链,1,经理",
    "3,Ben Oduya,ben@q.cn,青岚/供应链,wei@q.cn,Buyer",
    "4,梅晓燕,mei@q.cn,青岚/供应链,魏建国,采购员",
    "5,Karl Müller,karl@q.cn,青岚/Service,1,Engineer",
)
ALL = Options({})


def written(folder: Path, *rows: str, header: str = HEADER, encoding: str = "utf-8", name: str = "people.csv") -> Path:
    path = folder / name
    path.write_text("\n".join((header, *rows)) + "\n", encoding=encoding)
    return path


def workbook(folder: Path, rows: Sequence[Sequence[Any]], name: str = "people.xlsx") -> Path:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(list(row))
    path = folder / name
    book.save(path)
    return path


def digest(path: Path) -> bytes:
    return sha256(path.read_bytes()).digest()


class Bringing(NamedTuple):
    """An organisation with a primary administrator, and what brings tables into it."""

    organisation: OpenOrganisation
    progress: PostgresProgress
    importing: PeopleImport
    folder: Path

    async def apply(self, *rows: str, header: str = HEADER, options: Options = ALL) -> Difference:
        """Brings in a table of these rows."""
        await self.level()
        table = open_table(written(self.folder, *rows, header=header))
        return await self.importing.apply(table, options, ROOT, _untold)

    async def compare(self, *rows: str, header: str = HEADER, options: Options = ALL) -> Difference:
        await self.level()
        return await self.importing.compare(open_table(written(self.folder, *rows, header=header)), options, _untold)

    async def faults(self, *rows: str, header: str = HEADER, options: Options = ALL) -> list[tuple[int, str, str]]:
        """What is wrong with a table."""
        try:
            await self.compare(*rows, header=header, options=options)
        except Faulty as faulty:
            return [(fault.row, fault.column, fault.problem) for fault in faulty.faults.listed]
        return []

    async def revert(self, difference: Difference) -> int:
        assert difference.act
        return await Reverting(self.organisation.bulk).revert(difference.act, ROOT)

    async def level(self) -> None:
        """Lets the read models show all that has happened."""
        await level(self.organisation, self.progress)

    async def query(self, text: str) -> list[tuple[Any, ...]]:
        """Rows of the read models; a model's name in braces is its table."""
        await self.level()
        names = {model.placeholder: f"org_main.{model.table}" for model in models().values() if model.view is None}
        async with self.organisation.connections.connection() as connection:
            return await (await connection.execute(text.format(**names))).fetchall()

    async def chart(self) -> set[tuple[Any, ...]]:
        """Everybody who is here: name, standing, title, first department with the one above it, and manager."""
        return {
            *await self.query(
                "SELECT p.name, p.standing, p.title, u.name || '/' || d.name, m.name FROM {person} p"
                " LEFT JOIN {department} d ON d.id = p.primary_department_id LEFT JOIN {department} u ON u.id = d.parent_id"
                " LEFT JOIN {person} m ON m.id = p.reports_to_id"
            )
        }


def _untold(_: str, __: int, ___: int) -> None:
    """Nobody is told."""


@asynccontextmanager
async def bringing(database: Database, folder: Path) -> AsyncIterator[Bringing]:
    """An organisation that nothing was brought into yet."""
    async with opened(database) as organisation:
        await order(organisation, AddPerson(person=ROOT, name="Root"))
        await order(organisation, AppointAdministrator(person=ROOT))
        progress = PostgresProgress(organisation.dsn, organisation.connections, organisation.schema)
        progress.start()
        reader = organisation.log.reader
        present = PostgresPresent(organisation.connections, reader, progress, organisation.schema, models())
        try:
            importing = PeopleImport(organisation.bulk, present, organisation.pseudonyms)
            yield Bringing(organisation, progress, importing, folder)
        finally:
            await progress.close()


def rows_of(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text())))
