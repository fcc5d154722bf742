"""The server of the fan-out figures, in a process of its own, with everything that a served organisation runs.

`python -m tests.benchmarks.fanout_app OWNER_DSN APPLICATION_DSN FOLDER REDIS_URL [PEOPLE CHANNELS]` prints its address. With
people and channels it makes them first, and prints as well where the log has come to, then for each person a token, then for each
channel its id.
"""

import asyncio
import sys
from pathlib import Path
from uuid import uuid4

import uvloop

from application.envelope import Asked
from application.policies.runner import FOLLOWER
from domain.directory.commands.person import AddPerson
from domain.kernel.commands import Command
from domain.kernel.events import Authority
from domain.kernel.identifiers import PersonId, service
from domain.messaging.commands.channel import OpenChannel
from domain.messaging.commands.membership import AddMember
from domain.messaging.ids import ChannelId
from infra.postgres.access import Access
from infra.telemetry.structured import configure_logs
from interfaces.bootstrap.organisation import OpenOrganisation
from interfaces.bootstrap.process import Process, running
from interfaces.graphql.ids import global_id
from interfaces.http.server import Server, listen, spare_the_collector, url_of
from interfaces.settings import Settings
from projections.engine.registry import models
from tests.support.postgres import ORGANISATION

OPERATOR = Authority("operator at the command line")


async def company(process: Process, people: int, channels: int) -> list[str]:
    """People who are all members of all channels, shown by the read models: what is printed of them."""
    assert process.issuer
    issue = process.issuer.issue
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
    for number, channel in enumerate(everywhere):
        await done(OpenChannel(channel=channel, name=f"Channel {number}", visibility="private"), everybody[0])
        joined = (done(AddMember(channel=channel, person=person), everybody[0]) for person in everybody[1:])
        await asyncio.gather(*joined)
    position = await quiet(served.organisation)
    await served.service.queries.progress.wait_for(position, list(models().values()), 60)
    ids = [global_id("Channel", channel) for channel in everywhere]
    return [str(position), *(issue(person, ORGANISATION) for person in everybody), *ids]


async def quiet(organisation: OpenOrganisation) -> int:
    """Waits until policies have told everybody of where they were added, which is more work than adding them; the log's end."""
    checkpoints, reader = organisation.checkpoints(), organisation.log.reader
    while await checkpoints.load(FOLLOWER) < await reader.head():  # noqa: ASYNC110 (another task of this process goes on)
        await asyncio.sleep(0.1)
    return await reader.head()


async def main(owner: str, application: str, folder: str, redis: str, *made: str) -> None:
    configure_logs(level=30)
    settings = Settings(data_dir=Path(folder), redis_url=redis or None, dev_issuer=True, cost_per_minute=2**40)
    async with running(settings, Access(owner, application)) as process:
        said = await company(process, *map(int, made)) if made else []
        listening = listen("127.0.0.1", 21_000, exactly=False)
        print(url_of(listening), *said, flush=True)
        await Server(process.app, spare_the_collector).serve([listening])


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))
