"""A process that uses a grant until that is refused: `python -m tests.verification.using_process DSN KEYFILE`.

It reads a line for each round: `PERSON CHANNEL ENOUGH`. It says `enough` once it has used it more often than that, and at the
end of the round how often in all.
"""

import asyncio
import sys
from pathlib import Path
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


async def used(platform: Platform, person: PersonId, channel: ChannelId, enough: int, reached: asyncio.Event) -> int:
    """Several use it again and again, until each of them is refused; how often it was used in all."""
    times = 0

    async def user() -> None:
        nonlocal times
        while True:
            wish = RenameChannel(channel=channel, name=str(random_id()))
            if (await answered(platform, wish, Asked(person, random_id()))).refusal is not None:
                reached.set()
                return
            times += 1
            if times > enough:
                reached.set()

    await asyncio.gather(*(user() for _ in range(USERS)))
    return times


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
            reached = asyncio.Event()
            telling = asyncio.create_task(_tell(reached))
            times = await used(organisation.platform, PersonId(UUID(person)), ChannelId(UUID(channel)), int(enough), reached)
            await telling
            say(times)
        await progress.close()


async def _tell(reached: asyncio.Event) -> None:
    await reached.wait()
    say("enough")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
