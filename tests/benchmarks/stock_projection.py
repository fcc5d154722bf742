"""The baseline of the rebuild figures: the library's projection runner over the library's own log, a table row per message."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from uuid import UUID, uuid4

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from psycopg.conninfo import conninfo_to_dict
from psycopg.sql import SQL, Identifier

from tests.benchmarks.harness import Server, Side

TEXT = "The second batch of housings leaves 上海 on Friday; the customer wants to hear of it today."

CHUNK = 100
"""Events in one pipeline of the library's recorder: with thousands it waits for ever."""


class Message(Aggregate):
    """A message, as the library's documentation writes such things."""

    @event("Posted")
    def __init__(self, channel: str, author: str, text: str) -> None:
        self.channel, self.author, self.text = channel, author, text


class Chat(Application[UUID]):
    """Holds messages."""


class Rows(PostgresTrackingRecorder):
    """A table of messages, written with the checkpoint in one transaction."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        table = SQL("{}.{}").format(Identifier(self.datastore.schema), Identifier("message_rows"))
        self.sql_create_statements.append(
            SQL(
                "CREATE TABLE IF NOT EXISTS {} (id uuid PRIMARY KEY, channel text, author text, text text, sent_at timestamptz)"
            ).format(table)
        )
        self.add = SQL("INSERT INTO {} VALUES (%s, %s, %s, %s, %s)").format(table)
        tracking = SQL("{}.{}").format(Identifier(self.datastore.schema), Identifier(self.tracking_table_name))
        self.clear = SQL("TRUNCATE {}; DELETE FROM {} WHERE application_name = 'Chat'").format(table, tracking)


class Messages(Projection[Rows]):
    """Writes a row for each message."""

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        """One event, one transaction, as the library has it."""
        with self.view.datastore.transaction(commit=True) as cursor:
            posted = domain_event
            values = (posted.originator_id, posted.channel, posted.author, posted.text, posted.timestamp)
            cursor.execute(self.view.add, values, prepare=True)
            self.view._insert_tracking(cursor, tracking)


@contextmanager
def stock_runner(server: Server, messages: int) -> Iterator[Side]:
    """Projects a log of so many messages from its beginning, for some seconds each time."""
    with server.scratch() as database:
        environment = _environment(database.owner)
        chat = Chat(environment)
        stored = [
            chat.mapper.to_stored_event(each)
            for _ in range(messages)
            for each in Message(str(uuid4()), str(uuid4()), TEXT).collect_events()
        ]
        for first in range(0, len(stored), CHUNK):
            chat.recorder.insert_events(stored[first : first + CHUNK])
        chat.close()
        yield lambda seconds: _project(environment, seconds)


def _project(environment: dict[str, str], seconds: float) -> float:
    begun = time.perf_counter()
    with ProjectionRunner(application_class=Chat, projection_class=Messages, view_class=Rows, env=environment) as runner:
        with suppress(TimeoutError):
            runner.run_forever(timeout=seconds)
        passed = time.perf_counter() - begun
        done = runner.view.max_tracking_id(Chat.name) or 0
    with runner.view.datastore.transaction(commit=True) as cursor:
        cursor.execute(runner.view.clear)
    return done / passed


def _environment(owner: str) -> dict[str, str]:
    parts = conninfo_to_dict(owner)
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": str(parts["dbname"]),
        "POSTGRES_HOST": str(parts["host"]),
        "POSTGRES_PORT": str(parts.get("port", "5432")),
        "POSTGRES_USER": str(parts["user"]),
        "POSTGRES_PASSWORD": str(parts.get("password", "none")),
    }
