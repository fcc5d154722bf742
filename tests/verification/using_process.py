"""A process that uses a grant until that is refused: `python -m tests.verification.using_process DSN KEYFILE`.

It reads a line for each round: `PERSON CHANNEL ENOUGH`. It says `enough` once it has used it more often than that, goes on at
the next line, and says at the end of the round how often it was used in all, how often since then, and when each of those was
asked that was refused.
"""

import asyncio
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from application.envelope import Asked
from application.outcomes import Outcome
from application.platform import Platform
from application.ports.log import LogUnavailable
from domain.kernel.commands import Command
from domain.kernel.events import Authority
from domain.kernel.identifiers import PersonId
from domain.messaging.commands.channel import RenameChannel
from domain.messaging.ids import ChannelId
from infra.crypto import key_file
from infra.postgres.connections import Connections
from infra.postgres.projections.progress import PostgresProgress
from infra.system import random_id
from interfaces.bootstrap.organisation import OpenOrganisation
from tests.support.postgres import ORGANISATION, ORGANISATION_ID

USERS = 3
"""Who use it at the same time, in each process."""


class Used(NamedTuple):
    """How often it was used in all, how often since they began to race, and when each of those was asked that was refused, by the
    clock that all processes share."""

    times: int
    raced: int
    refused: Sequence[int]


def say(what: object) -> None:
    """One line, at once."""
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


async def answered(platform: Platform, wish: Command, asked: Asked, authority: Authority | None = None) -> Outcome:
    """Asks until there is an answer, as a client does who isn't sure: under the same id it is done once."""
    while True:
        try:
            return await platform.handle(wish, asked, authority)
        except LogUnavailable:
            await asyncio.sleep(0.02)


class Start:
    """Both processes begin to race when each has used it often enough by itself: or the faster would do so for a long time."""

    def __init__(self) -> None:
        self.ready, self.go = asyncio.Event(), asyncio.Event()


async def used(platform: Platform, person: PersonId, channel: ChannelId, enough: int, start: Start) -> Used:
    """Several use it again and again, until each of them is refused."""
    times, raced, refused = 0, 0, list[int]()

    async def user() -> None:
        nonlocal times, raced
        while True:
            wish, asked = RenameChannel(channel=channel, name=str(random_id())), time.monotonic_ns()
            if (await answered(platform, wish, Asked(person, random_id()))).refusal is not None:
                refused.append(asked)
                start.ready.set()
                return
            times += 1
            raced += start.go.is_set()
            if times > enough:
                start.ready.set()
                await start.go.wait()

    await asyncio.gather(*(user() for _ in range(USERS)))
    return Used(times, raced, refused)


async def main(dsn: str, keys: Path) -> None:
    """Plays rounds until its input ends."""
    ring = key_file.read(keys)
    async with (
        Connections(dsn, size=4) as connections,
        OpenOrganisation(dsn, connections, ring, ORGANISATION, ORGANISATION_ID) as organisation,
    ):
        progress = PostgresProgress(dsn, connections, organisation.schema)
        progress.start()
        organisation.proposals.progress = progress
        say("ready")
        while line := await asyncio.to_thread(sys.stdin.readline):
            person, channel, enough = line.split()
            start = Start()
            telling = asyncio.create_task(_tell(start))
            found = await used(organisation.platform, PersonId(UUID(person)), ChannelId(UUID(channel)), int(enough), start)
            await telling
            say(" ".join(map(str, (found.times, found.raced, *found.refused))))
        await progress.close()


async def _tell(start: Start) -> None:
    await start.ready.wait()
    say("enough")
    await asyncio.to_thread(sys.stdin.readline)
    start.go.set()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
