"""One process serves every organisation of a database, and says what of its work has ended."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from domain.directory.commands.person import AddPerson
from domain.kernel.identifiers import PersonId
from infra.postgres.access import Access, connect_as_owner
from infra.postgres.migrations import create_organisation
from interfaces.bootstrap.keys import create_key_file
from interfaces.bootstrap.process import Process, running
from interfaces.graphql.answers import Request, Session
from interfaces.graphql.service import Checked
from interfaces.settings import Settings
from tests.support.organisations import order
from tests.support.postgres import Database

pytestmark = pytest.mark.anyio


@pytest.fixture
async def process(database: Database, tmp_path: Path, clean_environment: None) -> AsyncIterator[Process]:
    """A process over a database with the organisations `main` and `second`."""
    with connect_as_owner(database.owner) as owner:
        create_organisation(owner, "second", uuid4())
    settings = Settings(database_url=database.owner, data_dir=tmp_path)
    await asyncio.to_thread(create_key_file, settings)
    async with running(settings, Access(database.owner, database.application)) as process:
        yield process


async def test_each_organisation_has_a_log_and_read_models_of_its_own(process: Process) -> None:
    assert sorted(process.organisations) == ["main", "second"]
    for number, served in enumerate(process.organisations.values(), 1):
        people = [AddPerson(person=PersonId(uuid4()), name="Li") for _ in range(number)]
        positions = [(await order(served.organisation, each)).position for each in people]
        await served.level(max(positions), 30)
        assert await served.wrong() is None
        assert served.follower.health.state == "following"
    assert len({await served.organisation.log.reader.head() for served in process.organisations.values()}) == 2


async def test_nobody_is_told_that_they_are_not_there_while_read_models_are_filled(process: Process) -> None:
    served = process.organisations["main"]
    ann = PersonId(uuid4())
    position = (await order(served.organisation, AddPerson(person=ann, name="Ann"))).position
    await served.level(position, 30)
    again = served._replace(start=position + 1)
    assert "filled" in str(await again.wrong())
    queries = served.service.queries
    queries.start, queries.limits = position + 1, queries.limits._replace(wait=0.01)
    viewer = served.service.check(Request("{ viewer { name } }"))
    assert isinstance(viewer, Checked)
    late = await served.service.execute(viewer, Session(ann))
    assert (late.status, late.errors and late.errors[0].extensions) == (503, {"code": "NOT_YET"})
    await order(served.organisation, AddPerson(person=PersonId(uuid4()), name="Bo"))
    await served.level(position + 1, 30)
    assert await again.wrong() is None
    for _ in range(2):
        assert (await served.service.execute(viewer, Session(ann))).data
    assert queries.start == 0
    assert (await served.service.execute(viewer, Session(PersonId(uuid4())))).status == 403


async def test_work_that_ended_with_a_fault_is_told(process: Process) -> None:
    served = process.organisations["main"]

    async def fails() -> None:
        raise ZeroDivisionError

    task = asyncio.create_task(fails())
    await asyncio.wait([task])
    assert (
        await served._replace(work={**served.work, "policies": task}).wrong() == "policies ended with a fault: ZeroDivisionError"
    )
