"""An organisation that two processes have open, with one log and one read side under them."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from application.envelope import Asked
from application.outcomes import Outcome
from application.ports.clock import Clock
from domain.kernel.commands import Command
from domain.kernel.identifiers import PersonId
from infra.postgres.connections import Connections
from infra.postgres.projections.progress import PostgresProgress
from infra.system import utc_now
from interfaces.bootstrap.organisation import OpenOrganisation
from interfaces.bootstrap.service import open_service
from interfaces.graphql.answers import Request, Session
from interfaces.graphql.service import Checked, Service
from projections.engine.registry import models
from tests.graphql.club import ROOMY
from tests.support.following import following
from tests.support.organisations import opened
from tests.support.postgres import Database
from tests.support.schemas import whole_schema


class TwoProcesses(NamedTuple):
    """The organisation as each process has it, and the read side of the first."""

    organisations: tuple[OpenOrganisation, OpenOrganisation]
    progress: PostgresProgress
    service: Service

    async def ask(self, process: int, command: Command, by: PersonId, command_id: UUID) -> Outcome:
        """A command, through one of the two."""
        return await self.organisations[process].platform.handle(command, Asked(by, command_id))

    async def read(self, query: str, by: PersonId) -> Any:
        """The data of an answer, on everything that was written before; None for whom nothing may be read."""
        head = await self.organisations[0].log.reader.head()
        await self.progress.wait_for(head, list(models().values()), 20)
        checked = self.service.check(Request(query))
        assert isinstance(checked, Checked), checked
        answer = orjson.loads((await self.service.execute(checked, Session(by))).encoded())
        if [error["extensions"]["code"] for error in answer.get("errors", ())] == ["NOT_ACTIVE"]:
            return None
        assert "errors" not in answer, answer
        return answer["data"]


@asynccontextmanager
async def two_processes(database: Database, clock: Clock = utc_now) -> AsyncIterator[TwoProcesses]:
    """Both, and a follower."""
    async with AsyncExitStack() as stack:
        here = await stack.enter_async_context(opened(database, clock=clock))
        there = await stack.enter_async_context(opened(database, clock=clock))
        dsn = database.application
        connections = await stack.enter_async_context(Connections(dsn, size=3))
        progress = PostgresProgress(dsn, connections, database.organisation)
        progress.start()
        stack.push_async_callback(progress.close)
        await stack.enter_async_context(following(here, progress))
        service = await stack.enter_async_context(open_service(whole_schema(), here, connections, progress, ROOMY))
        yield TwoProcesses((here, there), progress, service)
