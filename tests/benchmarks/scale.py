"""Whether appending stays as fast when the log has grown."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import psycopg

from infra.postgres.connections import Connections
from infra.postgres.log.log import PostgresLog
from tests.benchmarks.append import append_message, found
from tests.benchmarks.clients import Loop, loop
from tests.benchmarks.harness import Figure, Pair, Server, Side
from tests.support.postgres import Database

LARGE, SMALL = 1_000_000, 10_000
# Rows like those that are appended while it is measured, each of its own stream and with its command.
FILL = """
INSERT INTO org_main.events (
    format, position, recorded_at, effective_at, event_id, stream, stream_version, type, actor, command_id, correlation_id,
    context, payload, salt
)
SELECT
    1, n, now(), now(), gen_random_uuid(), 'messaging.message/' || gen_random_uuid(), 1, 'messaging.message_posted.v2',
    id, id, id, repeat('c', 200)::bytea, (md5(n::text) || repeat('x', 240))::bytea, decode(md5(n::text), 'hex')
FROM generate_series(1, {count}) n, LATERAL (SELECT gen_random_uuid() AS id WHERE n > 0) made
"""
FILL_COMMANDS = """
INSERT INTO org_main.commands (actor, command_id, digest, first_position, last_position, recorded_at)
SELECT actor, command_id, sha256(salt), position, position, recorded_at FROM org_main.events
"""


@contextmanager
def append(server: Server) -> Iterator[Pair]:
    """The writer at 32 in flight on a log of a million events, against one of ten thousand."""
    with loop() as on, server.scratch() as large, server.scratch() as small:
        fill(large, LARGE)
        fill(small, SMALL)
        with open_log(on, large) as ours:
            yield Pair(ours, partial(_on_a_copy, on, server, small), {"stored": [LARGE, SMALL]})


def fill(database: Database, count: int) -> None:
    """A log of so many events, analysed and checkpointed."""
    with psycopg.connect(database.owner, autocommit=True) as owner:
        owner.execute(FILL.format(count=count))
        owner.execute(FILL_COMMANDS)
        owner.execute("VACUUM (ANALYZE) org_main.events, org_main.commands")
    with psycopg.connect(database.server, autocommit=True) as server:
        server.execute("CHECKPOINT")


@contextmanager
def open_log(on: Loop, database: Database) -> Iterator[Side]:
    """The writer on a log, with 32 clients."""
    with (
        on.within(Connections(database.application)) as connections,
        on.within(PostgresLog(database.application, connections, database.organisation)) as log,
    ):
        on.run(found(log.writer))
        yield on.side(32, partial(append_message, log.writer))


def _on_a_copy(on: Loop, server: Server, template: Database, seconds: float) -> float:
    """Each time on a copy, since a small log that is appended to soon isn't small any more; warmed up like the large one."""
    with server.scratch(template) as copy, open_log(on, copy) as side:
        side(min(seconds / 3, 0.5))
        return side(seconds)


FIGURES = [
    Figure("scale.append", "The writer on a log of 1,000,000 events against one of 10,000", "appends/s", 0.8, append),
]
