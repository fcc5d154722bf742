"""Tables of people, brought into an organisation as one act, and taken back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

from application.imports.people.act import Difference, Options, PeopleImport, Told
from application.imports.people.revert import Reverting
from application.imports.people.table import Table
from domain.kernel.identifiers import PersonId
from infra.imports.people.opening import open_table
from infra.postgres.present import PostgresPresent
from infra.postgres.projections.progress import PostgresProgress
from interfaces.bootstrap.levelling import levelled
from interfaces.bootstrap.opening import opened
from interfaces.settings import Settings
from projections.engine.registry import models

__all__ = ["Difference", "Options", "Told", "apply", "compare", "revert", "table"]


def table(path: Path, sheet: str | None) -> Table:
    """A file as a table. Raises ImportRefused."""
    return open_table(path, sheet)


async def compare(settings: Settings, organisation: str, source: Table, options: Options, told: Told) -> Difference:
    """What applying a table would change. Raises EXPECTED, ImportRefused, LogUnavailable."""
    async with _importing(settings, organisation) as importing:
        return await importing.compare(source, options, told)


async def apply(settings: Settings, organisation: str, source: Table, options: Options, by: PersonId, told: Told) -> Difference:
    """Applies a table. Raises EXPECTED, and what PeopleImport.apply does."""
    async with _importing(settings, organisation) as importing:
        return await importing.apply(source, options, by, told)


async def revert(settings: Settings, organisation: str, act: UUID, by: PersonId, seconds: float) -> int:
    """Takes an import back. Raises EXPECTED, and what Reverting.revert does."""
    async with opened(settings, organisation) as found:
        return await Reverting(found.bulk).revert(act, by, seconds)


@asynccontextmanager
async def _importing(settings: Settings, name: str) -> AsyncIterator[PeopleImport]:
    async with opened(settings, name) as organisation:
        progress = PostgresProgress(organisation.dsn, organisation.connections, organisation.schema)
        progress.start()
        try:
            async with levelled(organisation, progress):
                reader = organisation.log.reader
                present = PostgresPresent(organisation.connections, reader, progress, organisation.schema, models())
                yield PeopleImport(organisation.bulk, present, organisation.pseudonyms)
        finally:
            await progress.close()
