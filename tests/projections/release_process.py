"""A process of some release, which follows the log and reads the read model `Arrival` in its own version.

`python -m tests.projections.release_process`: its first line of input is an Order in JSON; it says each position that it has
come to, and ends with its input.
"""

import asyncio
import sys

import msgspec

from infra.crypto.wrapping import Wrapping
from infra.postgres.checkpoints import PostgresCheckpoints
from infra.postgres.connections import Connections
from infra.postgres.keys import PostgresKeys
from infra.postgres.log.log import PostgresLog
from infra.postgres.migrations import OrganisationSchema
from infra.postgres.projections.progress import PostgresProgress
from infra.postgres.projections.store import PostgresStore
from infra.rebuilding.crew import Ring
from infra.serialisation.codec import JsonCodec
from projections.engine import follower
from projections.engine.follower import Follower
from projections.engine.registry import models
from tests.projections.heard import Heard
from tests.projections.test_versions import declare
from tests.support.postgres import ORGANISATION, ORGANISATION_ID


class Order(msgspec.Struct):
    """Where, and which version of `Arrival`, with how many columns."""

    dsn: str
    ring: Ring
    version: int


async def follow(order: Order) -> None:
    """Follows until it is cancelled."""
    follower.SWEEP = 0.1
    follower.POLL = 0.1
    models()
    model, schema = declare(order.version, columns=order.version).declared, OrganisationSchema(ORGANISATION)
    async with Connections(order.dsn, size=2) as connections, PostgresLog(order.dsn, connections, schema) as log:
        progress = PostgresProgress(order.dsn, connections, schema)
        progress.start()
        keys = PostgresKeys(connections, schema, Wrapping(order.ring.opened(), ORGANISATION_ID))
        store, checkpoints = PostgresStore(order.dsn, schema), PostgresCheckpoints(connections, order.dsn, schema.schema)
        one = Follower(
            [model],
            log.reader,
            JsonCodec(),
            keys,
            store,
            checkpoints,
            Heard(),
            lambda positions: say(positions[model.table]),
        )
        await one.run()


def say(position: int) -> None:
    """One line."""
    sys.stdout.write(f"{position}\n")
    sys.stdout.flush()


async def main() -> None:
    """Works for as long as somebody listens."""
    order = msgspec.json.decode(sys.stdin.buffer.readline(), type=Order)
    work = asyncio.create_task(follow(order))
    ended = asyncio.create_task(asyncio.to_thread(sys.stdin.buffer.read))
    await asyncio.wait({work, ended}, return_when=asyncio.FIRST_COMPLETED)
    work.cancel()


if __name__ == "__main__":
    asyncio.run(main())
