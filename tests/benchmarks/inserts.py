"""The baseline of the writer alone: connections that each insert one row and commit, with nothing verified."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from uuid import UUID, uuid4

import psycopg

from infra.postgres.connections import application_conninfo
from infra.system import random_id
from tests.benchmarks import threads
from tests.benchmarks.harness import Server, Side

TABLE = """
CREATE TABLE rows (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    effective_at timestamptz, event_id uuid NOT NULL UNIQUE, stream text COLLATE "C" NOT NULL, stream_version bigint NOT NULL,
    type text COLLATE "C" NOT NULL, actor uuid, on_behalf_of uuid, command_id uuid, correlation_id uuid, causation_id uuid,
    context bytea, payload bytea, salt bytea, UNIQUE (stream, stream_version)
);
GRANT SELECT, INSERT ON rows TO onrecord_app;
"""
INSERT = """
INSERT INTO rows (event_id, stream, stream_version, type, actor, command_id, correlation_id, context, payload, salt)
VALUES (%b, %b, %b, %b, %b, %b, %b, %b, %b, %b)
"""
SALT = b"s" * 16


@contextmanager
def single_row_inserts(server: Server, connections: int, actor: UUID, context: bytes, payload: bytes) -> Iterator[Side]:
    """The same bytes into a table with the log's columns and indexes: prepared, binary, autocommit, a thread per connection.

    Threads, because the same on one event loop was a third slower.
    """
    with server.scratch() as database, ExitStack() as stack:
        with psycopg.connect(database.owner, autocommit=True) as owner:
            owner.execute(TABLE)
        conninfo = application_conninfo(database.application, "baseline", {})
        opened = [stack.enter_context(psycopg.connect(conninfo, autocommit=True)) for _ in range(connections)]
        pool = stack.enter_context(ThreadPoolExecutor(connections))
        yield threads.side(pool, [_client(connection, actor, context, payload) for connection in opened])


def _client(connection: psycopg.Connection, actor: UUID, context: bytes, payload: bytes) -> Callable[[], object]:
    insert = partial(connection.cursor().execute, INSERT, prepare=True)

    def once() -> None:
        command = uuid4()
        stream = f"messaging.message/{uuid4()}"
        insert((random_id(), stream, 1, "messaging.message_posted.v2", actor, command, command, context, payload, SALT))

    return once
