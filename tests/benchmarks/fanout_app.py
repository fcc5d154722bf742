"""The server of the fan-out figures, in a process of its own, with everything that a served organisation runs.

`python -m tests.benchmarks.fanout_app OWNER_DSN APPLICATION_DSN FOLDER PEOPLE CHANNELS` prints its address, then for each person
a token, then for each channel its id.
"""

import asyncio
import sys
from pathlib import Path
from uuid import uuid4

import uvloop

from application.envelope import Asked
from domain.directory.commands import AddPerson
from domain.kernel.commands import Command
from domain.kernel.events import Authority
from domain.kernel.identifiers import PersonId, service
from domain.messaging.commands.channel import OpenChannel
from domain.messaging.commands.membership import AddMember
from domain.messaging.ids import ChannelId
from infra.postgres.access import Access
from infra.telemetry.structured import configure_logs
from interfaces.bootstrap.process import Process, running
from interfaces.graphql.ids import global_id
from interfaces.http.server import Server, listen, url_of
from interfaces.settings import Settings
from projections.engine.registry import models
from tests.support.postgres import ORGANISATION

OPERATOR = Authority("operator at the command line")


async def company(process: Process, people: int, channels: int) -> tuple[list[PersonId], list[ChannelId]]:
    """People who are all members of all channels, shown by the read models."""
    served = process.organisations[ORGANISATION]
    platform, operator = served.organisation.platform, service("operator")

    async def done(command: Command, actor: PersonId = operator) -> int:
        outcome = await platform.handle(command, Asked(actor, uuid4()), OPERATOR)
        assert outcome.refusal is None, outcome.refusal
        return outcome.position

    everybody = [PersonId(uuid4()) for _ in range(people)]
    everywhere = [ChannelId(uuid4()) for _ in range(channels)]
    added = (done(AddPerson(person=person, name=f"Person {number}")) for number, person in enumerate(everybody))
    await asyncio.gather(*added)
    position = 0
    for number, channel in enumerate(everywhere):
        await done(OpenChannel(channel=channel, name=f"Channel {number}", visibility="private"), everybody[0])
        joined = (done(AddMember(channel=channel, person=person), everybody[0]) for person in everybody[1:])
        position = max(await asyncio.gather(*joined))
    await served.service.queries.progress.wait_for(position, list(models().values()), 60)
    return everybody, everywhere


async def main(owner: str, application: str, folder: str, people: int, channels: int) -> None:
    configure_logs(level=30)
    settings = Settings(data_dir=Path(folder), dev_issuer=True, cost_per_minute=2**40)
    async with running(settings, Access(owner, application)) as process:
        everybody, everywhere = await company(process, people, channels)
        assert process.issuer
        listening = listen("127.0.0.1", 21_000, exactly=False)
        tokens = [process.issuer.issue(person, ORGANISATION) for person in everybody]
        print(url_of(listening), *tokens, *(global_id("Channel", channel) for channel in everywhere), flush=True)
        await Server(process.app, lambda: None).serve([listening])


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])))
