"""Read models where no server runs: brought level, kept so for as long as they are needed, or it is said what hinders it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from domain.access.commands.administration import AppointAdministrator
from domain.directory.commands.person import AddPerson
from infra.postgres.checkpoints import PostgresCheckpoints
from infra.postgres.present import PostgresPresent
from infra.postgres.projections.progress import PostgresProgress
from infra.postgres.projections.store import PostgresStore
from interfaces.bootstrap.levelling import NotLevel, follower_of, level, levelled
from interfaces.bootstrap.organisation import OpenOrganisation
from projections.engine.registry import models
from tests.support.organisations import opened, order, person
from tests.support.postgres import Database

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def progress_of(organisation: OpenOrganisation) -> AsyncIterator[PostgresProgress]:
    progress = PostgresProgress(organisation.dsn, organisation.connections, organisation.schema)
    progress.start()
    try:
        yield progress
    finally:
        await progress.close()


async def test_what_others_write_meanwhile_is_followed(database: Database) -> None:
    async with opened(database) as organisation, progress_of(organisation) as progress:
        await order(organisation, AddPerson(person=person("ann"), name="Ann"))
        reader = organisation.log.reader
        present = PostgresPresent(organisation.connections, reader, progress, organisation.schema, models())
        async with levelled(organisation, progress):
            await order(organisation, AddPerson(person=person("bo"), name="Bo"))
            await order(organisation, AppointAdministrator(person=person("bo")))
            here = await present.here()
        assert here.staff == {person("ann"), person("bo")}
        assert here.administrators == {person("bo")}


async def test_it_is_said_where_another_program_follows_and_does_not_come_forward(database: Database) -> None:
    async with opened(database) as organisation, progress_of(organisation) as progress:
        await order(organisation, AddPerson(person=person("ann"), name="Ann"))
        await level(organisation, progress)
        checkpoints = PostgresCheckpoints(organisation.connections, organisation.dsn, organisation.schema.schema)
        store = PostgresStore(organisation.dsn, organisation.schema)
        async with checkpoints.hold(follower_of(organisation, store, progress).name):
            await order(organisation, AddPerson(person=person("bo"), name="Bo"))
            with pytest.raises(NotLevel, match="another program follows the log"):
                async with levelled(organisation, progress, patience=0.1):
                    pytest.fail("it isn't level")
        async with asyncio.timeout(30), levelled(organisation, progress):
            assert progress.shows(await organisation.log.reader.head(), [models()["Person"]])
