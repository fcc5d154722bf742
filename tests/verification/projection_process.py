"""A process that works on read models until it is killed: `python -m tests.verification.projection_process WHAT DSN KEY_FILE`.

WHAT is `follow` (feeds them live), `rebuild` (rebuilds all of them, again and again) or `write` (talks, 1,000 events a second).
Each line that it says is a JSON object: `at`, the position that it has come to, and of a finished rebuild `differences`. Who
talks is silent from SIGUSR1 until SIGUSR2, between two appends: stopped by the system within one it would lose the log's lock.
"""

import asyncio
import itertools
import json
import random
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

from domain.directory.events.person import PersonJoined, PersonRenamed
from domain.messaging.events.channel import ChannelOpened
from domain.messaging.events.message import MessageEdited, MessagePosted, MessageRetracted
from domain.messaging.events.reaction import ReactionAdded
from domain.messaging.ids import ChannelId, MessageId
from infra.crypto.key_file import read
from infra.crypto.wrapping import Wrapping
from infra.postgres.checkpoints import PostgresCheckpoints
from infra.postgres.connections import Connections
from infra.postgres.keys import PostgresKeys
from infra.postgres.log.log import PostgresLog
from infra.postgres.migrations import OrganisationSchema
from infra.postgres.projections.store import PostgresStore
from infra.postgres.projections.swap import PostgresRebuildStore
from infra.rebuilding.crew import Place, ProcessCrew, Ring
from infra.serialisation.codec import JsonCodec
from projections.engine.beside import RebuildRuns
from projections.engine.follower import Follower
from projections.engine.rebuild import Rebuild
from projections.engine.registry import models
from projections.engine.store import StoreUnavailable
from tests.projections.chronicle import Chronicle, Said
from tests.projections.heard import Heard
from tests.projections.stories import an_id, person
from tests.support.postgres import ORGANISATION, ORGANISATION_ID

MODELS = [model for model in models().values() if model.view is None]
PEOPLE = [person(f"talker {number}") for number in range(20)]
ROOMS = [ChannelId(an_id(f"room {number}")) for number in range(5)]
RATE = 1_000
"""Events a second."""
AT_ONCE = 25
MADE_UP = 2.0
"""Seconds."""
SHARED = 0.3
"""How often a rebuild is shared by processes, which take a while to start."""


class Part:
    """What the process has of the organisation."""

    def __init__(self, dsn: str, key_file: str, connections: Connections, log: PostgresLog) -> None:
        self.dsn, self.connections, self.log = dsn, connections, log
        self.schema = OrganisationSchema(ORGANISATION)
        ring = read(Path(key_file))
        self.keys = PostgresKeys(connections, self.schema, Wrapping(ring, ORGANISATION_ID))
        self.crew = ProcessCrew(Place(dsn, ORGANISATION, ORGANISATION_ID, Ring.of(ring)), 2)

    async def follow(self) -> None:
        """Feeds the read models."""
        store = PostgresStore(self.dsn, self.schema)
        checkpoints = PostgresCheckpoints(self.connections, self.dsn, self.schema.schema)

        def moved(positions: Mapping[str, int]) -> None:
            say(at=min(positions.values()))

        follower = Follower(MODELS, self.log.reader, JsonCodec(), self.keys, store, checkpoints, Heard(), moved)
        await follower.run()
        sys.exit(f"the follower stopped: {follower.health.reason}")

    async def rebuild(self) -> None:
        """Rebuilds all read models, for ever, in some lives with others; waits while somebody who was killed holds on still."""
        patch("projections.engine.rebuild.DIVIDED_FROM", 1).start()
        crew = self.crew if random.random() < SHARED else None
        store = PostgresRebuildStore(self.dsn, self.schema)
        while True:
            work = Rebuild(MODELS, self.log.reader, JsonCodec(), self.keys, store, crew)
            try:
                differences = await work.run(lambda done, _: say(at=done), compare=True)
            except (RebuildRuns, StoreUnavailable):
                await asyncio.sleep(0.05)
                continue
            say(differences=[str(each) for each in differences])

    async def write(self) -> None:
        """Talks."""
        chronicle, due, talking = Chronicle(self.log, self.keys), time.monotonic(), asyncio.Event()
        talking.set()
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGUSR1, talking.clear)
        loop.add_signal_handler(signal.SIGUSR2, talking.set)
        for some in chunks(talk(random.Random(str(due)))):
            await talking.wait()
            say(at=await chronicle.say(*some))
            # What couldn't be said in time is made up for, what was not to be said isn't.
            due = max(due + len(some) / RATE, time.monotonic() - MADE_UP)
            await asyncio.sleep(max(0.0, due - time.monotonic()))


def talk(chance: random.Random) -> Iterator[Said]:
    """What people do, without end; ids of messages are new in every life."""
    life = chance.random()
    for who in PEOPLE:
        yield "directory.person", who, PersonJoined(person=who, name=f"{who} 李")
    for room in ROOMS:
        yield "messaging.channel", room, ChannelOpened(channel=room, kind="group", visibility="public", name="大厅")
    for number in itertools.count():
        who, message = chance.choice(PEOPLE), MessageId(an_id(f"{life} {number}"))
        text, room = f"{number}: 明天开会 at nine", chance.choice(ROOMS)
        # Every third answers one of the hundred before: what follows from replies changes all the time.
        thread = MessageId(an_id(f"{life} {number - number % 100 + chance.randrange(3)}")) if number % 3 == 0 else None
        yield "messaging.message", message, MessagePosted(channel=room, author=who, text=text, thread=thread)
        match number % 6:
            case 0:
                yield "messaging.message", message, MessageEdited(author=who, text=f"{text}, sharp")
            case 1:
                sign = ReactionAdded(message=message, person=who, emoji="👍")
                yield "messaging.reaction", an_id(f"sign {life} {number}"), sign
            case 2 | 3 if number % 12 < 4:
                yield "messaging.message", message, MessageRetracted()
            case 3:
                yield "directory.person", who, PersonRenamed(person=who, name=f"{who} {number}")
            case _:
                pass


def chunks(all_said: Iterator[Said]) -> Iterator[list[Said]]:
    while some := list(itertools.islice(all_said, AT_ONCE)):
        yield some


def say(**what: object) -> None:
    """One line, whole or not at all when the process is killed."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


async def main(what: str, dsn: str, key_file: str) -> None:
    """Runs until it is killed."""
    async with Connections(dsn, size=3) as connections, PostgresLog(dsn, connections, OrganisationSchema(ORGANISATION)) as log:
        work: Any = getattr(Part(dsn, key_file, connections, log), what)
        await work()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
