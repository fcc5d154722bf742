"""Revoking what somebody is using at that moment, on two writers of one log at once: nothing of theirs comes after it."""

import asyncio
import os
from uuid import uuid4

import pytest

from application.envelope import Asked
from domain.access.commands import GrantPermission, RevokeGrant
from domain.access.ids import GrantId, ResourceId
from domain.kernel.events import Authority
from domain.kernel.identifiers import PersonId
from domain.messaging.commands.channel import OpenChannel, RenameChannel
from domain.messaging.ids import ChannelId
from infra.crypto.key_file import KeyRing
from infra.postgres.connections import Connections
from infra.system import random_id
from interfaces.bootstrap.organisation import OpenOrganisation
from tests.support.postgres import ORGANISATION, ORGANISATION_ID, Database
from tests.support.serving import SETUP, Served, serving

ROUNDS = int(os.environ.get("ONRECORD_RACES", "25"))
USERS = 3
"""Who use it at the same time, on each of both writers."""
BY_TEST = Authority("test")


@pytest.mark.timeout(1800)
async def test_no_event_of_theirs_follows_the_revocation(database: Database, tmp_path: object) -> None:
    ring = KeyRing.new()
    async with (
        serving(database, tmp_path, ring=ring) as here,  # type: ignore[arg-type]  # a folder
        Connections(database.application, size=4) as connections,
        OpenOrganisation(database.application, connections, ring, ORGANISATION, ORGANISATION_ID) as there,
    ):
        there.proposals.progress = here.service.queries.progress
        person, channel = (await here.person("Di")).person, ChannelId(uuid4())
        await here.do(OpenChannel(channel=channel, name="Orders"))
        for number in range(ROUNDS):
            assert await _race(here, there, person, channel, number) > number % 7


async def _race(here: Served, there: OpenOrganisation, person: PersonId, channel: ChannelId, number: int) -> int:
    """One round; how often it was used before it was revoked."""
    grant = GrantId(uuid4())
    await here.do(
        GrantPermission(
            grant=grant, person=person, action="messaging.channel.manage", resource=ResourceId(channel), reason="race"
        )
    )

    enough, used = asyncio.Event(), 0

    async def use(organisation: OpenOrganisation) -> None:
        """Uses it again and again, until that is refused."""
        nonlocal used
        while True:
            wish = RenameChannel(channel=channel, name=f"{number} {uuid4()}")
            if (await organisation.platform.handle(wish, Asked(person, random_id()))).refusal is not None:
                return
            used += 1
            if used > number % 7:
                enough.set()

    async def revoke() -> int:
        await enough.wait()
        revoking = RevokeGrant(grant=grant)
        return (await here.organisation.platform.handle(revoking, Asked(SETUP, random_id()), BY_TEST)).position

    users = [use(organisation) for organisation in (here.organisation, there) for _ in range(USERS)]
    async with asyncio.timeout(60):
        revoked, *_ = await asyncio.gather(revoke(), *users)
    rows = await here.organisation.log.reader.read(int(revoked or 0), 1_000)
    theirs = [row.type for row in rows if row.actor == person]
    assert theirs == ["access.command_refused.v1"] * len(theirs)
    return used
