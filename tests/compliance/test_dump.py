"""A dump of the whole database, after a person's keys were destroyed, holds no text of theirs anywhere."""

import asyncio
import re
import subprocess
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, suppress

import pytest
from prometheus_client import CollectorRegistry

from application.envelope import Asked
from application.erasure import erase
from domain.directory.commands.person import ChangeProfile
from domain.messaging.commands.message import EditMessage, RetractMessage
from infra.postgres.checkpoints import PostgresCheckpoints
from infra.postgres.connections import Connections
from infra.postgres.embedded.binaries import find_binaries
from infra.postgres.projections.progress import PostgresProgress
from infra.postgres.projections.store import PostgresStore
from infra.telemetry.structured import StructuredTelemetry
from interfaces.bootstrap.organisation import OpenOrganisation
from projections.engine.follower import Follower
from projections.engine.registry import models
from tests.support.organisations import ask, fresh_id, message, order, person, post, settle
from tests.support.postgres import Database

pytestmark = pytest.mark.anyio
ANN, BO = person("ann"), person("bo")
SAID = {
    "kept": "下周三在外滩见面 beneath the vermilion lantern",
    "first words": "colophon manuscripts 锦鲤池塘",
    "other words": "palimpsest overwritten 琉璃瓦片",
    "taken back": "indiscretion regretted 覆水难收",
}
PROFILE = ("bo.zhangsan@zhangsan.example", "Understudy Wordsmith 文案")


@asynccontextmanager
async def followed(organisation: OpenOrganisation, database: Database) -> AsyncIterator[PostgresProgress]:
    """All read models follow the log while this lasts."""
    async with Connections(database.application, size=4) as connections:
        store = PostgresStore(database.application, database.organisation)
        checkpoints = PostgresCheckpoints(connections, database.application, database.schema)
        progress = PostgresProgress(database.application, connections, database.organisation)
        telemetry = StructuredTelemetry(CollectorRegistry(), organisation=organisation.name)
        everyone = list(models().values())
        follower = Follower(
            everyone,
            organisation.log.reader,
            organisation.codec,
            organisation.keys,
            store,
            checkpoints,
            telemetry,
            progress.moved,
        )
        progress.start()
        task = asyncio.create_task(follower.run())
        try:
            yield progress
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            await progress.close()
            await store.close()


def dump(database: Database) -> str:
    """The whole database as pg_dump writes it."""
    program = find_binaries().folder / "pg_dump"
    return subprocess.run([program, "--inserts", database.owner], capture_output=True, check=True, timeout=60).stdout.decode()


def pieces(texts: Collection[str]) -> set[str]:
    """Every longer word and every pair of Chinese characters in these texts: what would show even in an index of words."""
    words = {word.lower() for text in texts for word in re.findall(r"[A-Za-z.@]{6,}", text)}
    chinese = [run for text in texts for run in re.findall(r"[\u4e00-\u9fff]+", text)]
    return words | {run[at : at + 2] for run in chinese for at in range(len(run) - 1)}


def found(dumped: str, wanted: Collection[str]) -> set[str]:
    """Which of these stand in a dump, as text or as the bytes of text."""
    lower = dumped.lower()
    return {piece for piece in wanted if piece in lower or piece.encode().hex() in lower}


async def level(progress: PostgresProgress, position: int) -> None:
    await progress.wait_for(position, [model for model in models().values() if model.view is None], 20)


async def test_a_dump_holds_no_text_of_an_erased_person(organisation: OpenOrganisation, database: Database) -> None:
    await settle(organisation, "ann", "bo")
    async with followed(organisation, database) as progress:
        await order(organisation, ChangeProfile(person=BO, email=PROFILE[0], title=PROFILE[1]))
        await ask(organisation, post("kept", SAID["kept"]), BO)
        await ask(organisation, post("edited", SAID["first words"]), BO)
        await ask(organisation, EditMessage(message=message("edited"), text=SAID["other words"]), BO)
        await ask(organisation, post("retracted", SAID["taken back"]), BO)
        await ask(organisation, RetractMessage(message=message("retracted")), BO)
        last = await ask(organisation, post("others", "Ann's chrysanthemum 菊花"), ANN)
        await level(progress, last.position)
        theirs, others = pieces([*SAID.values(), *PROFILE]), pieces(["Ann's chrysanthemum 菊花"])
        keys = {str(key) for key in await organisation.keys.of(BO)}
        before = dump(database)
        assert found(before, theirs) >= pieces([SAID["kept"], SAID["other words"], *PROFILE])
        assert len(keys & set(re.findall(r"data_keys VALUES \('([0-9a-f-]{36})'", before))) == len(keys) > 0

        done = await erase(BO, "requested", Asked(ANN, fresh_id()), organisation.platform.handle, organisation.keys)
        assert not done.kept
        await level(progress, done.position)
        after = dump(database)
        assert found(after, theirs) == set()
        assert found(after, others) == others
        assert not keys & set(re.findall(r"data_keys VALUES \('([0-9a-f-]{36})'", after))
