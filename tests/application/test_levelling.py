"""Whoever is refused waits for read models that lack a grant, not for those that lack records of refusals only."""

from collections.abc import AsyncIterator, Collection

import pytest

from domain.access.commands.grant import GrantPermission
from domain.access.ids import GrantId, ResourceId
from domain.kernel.identifiers import derived
from domain.kernel.refusals import NotPermitted
from domain.messaging.commands.channel import RenameChannel
from infra.postgres.projections.progress import PostgresProgress
from interfaces.bootstrap.levelling import level
from interfaces.bootstrap.organisation import OpenOrganisation
from projections.engine.members import Declared
from tests.support.organisations import ask, channel, order, person, settle
from tests.support.postgres import Database

pytestmark = pytest.mark.anyio


class Noted(PostgresProgress):
    """Notes which positions were waited for."""

    waited: list[int]

    async def wait_for(self, position: int, models: Collection[Declared], seconds: float) -> None:
        self.waited.append(position)
        await super().wait_for(position, models, seconds)


@pytest.fixture
async def progress(organisation: OpenOrganisation, database: Database) -> AsyncIterator[Noted]:
    """Read models that show how an organisation began, and nothing after that."""
    await settle(organisation, "ann", "bo")
    progress = Noted(database.application, organisation.connections, organisation.schema)
    progress.waited = []
    await level(organisation, progress)
    progress.waited.clear()
    organisation.proposals.progress = progress
    yield progress
    await progress.close()


async def test_records_of_refusals_are_not_waited_for(organisation: OpenOrganisation, progress: Noted) -> None:
    shown = await organisation.log.reader.head()
    for name in ("one", "two"):
        refused = await ask(organisation, RenameChannel(channel=channel("general"), name=name), person("bo"))
        assert isinstance(refused.refusal, NotPermitted)
    assert await organisation.log.reader.head() > shown
    assert progress.waited == [shown], "the first had nothing to look for, the second what the first left"


async def test_a_grant_that_is_not_shown_yet_is_waited_for(organisation: OpenOrganisation, progress: Noted) -> None:
    given = GrantPermission(
        grant=GrantId(derived("test grant", "late")),
        person=person("bo"),
        action="messaging.channel.manage",
        resource=ResourceId(channel("general")),
        reason="r",
    )
    at = (await order(organisation, given)).position
    refused = await ask(organisation, RenameChannel(channel=channel("general"), name="renamed"), person("bo"))
    assert isinstance(refused.refusal, NotPermitted), "nobody follows the log"
    assert progress.waited == [at]
