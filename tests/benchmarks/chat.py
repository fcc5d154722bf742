"""A chat history of any length, written straight into a log as the platform would have written it: sealed, with its keys."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

import psycopg

from application.ports.keys import DataKey, key_id
from domain.compliance.events import DataKeyCreated
from domain.directory.events.person import PersonJoined
from domain.kernel.events import Event
from domain.kernel.identifiers import PersonId, derived
from domain.messaging.events.channel import ChannelOpened
from domain.messaging.events.membership import MemberJoined
from domain.messaging.events.message import MessageEdited, MessagePosted
from domain.messaging.events.reaction import ReactionAdded
from domain.messaging.ids import ChannelId, MessageId
from infra.crypto.key_file import KeyRing
from infra.crypto.wrapping import Wrapping
from infra.postgres.connections import Connections
from infra.postgres.keys import PostgresKeys
from infra.serialisation.codec import JsonCodec
from tests.support.postgres import ORGANISATION_ID, Database

RING = KeyRing.new()
PEOPLE, CHANNELS = 200, 40
MONTH = "2026-03"
TEXTS = (
    "The second batch of housings leaves 上海 on Friday; the customer wants to hear of it today.",
    "收到，我下午去仓库核对数量，明天开会前给大家结果。",
    "Could somebody look at the drawing again? The bore on page 3 is 0.2 mm off.",
    "好的 👍",
)
COLUMNS = "format, position, recorded_at, effective_at, event_id, stream, stream_version, type, actor, context, payload, salt"
TYPES = ("int2", "int8", "timestamptz", "timestamptz", "uuid", "text", "int8", "text", "uuid", "bytea", "bytea", "bytea")
SALT = bytes(16)
CONTEXT = b'{"client":"bench"}'
START, STEP = datetime(2026, 3, 1, tzinfo=UTC), timedelta(milliseconds=500)
Sealed = tuple[str, int, Event, UUID | None, bytes]


def keys(database: Database, connections: Connections) -> PostgresKeys:
    """The history's data keys, opened with the ring that they were wrapped with."""
    return PostgresKeys(connections, database.organisation, Wrapping(RING, ORGANISATION_ID))


class History:
    """Writes one; each person's key of the month is made with the first event that needs it."""

    def __init__(self, database: Database) -> None:
        self._database, self._codec = database, JsonCodec()
        self._keys = keys(database, Connections(database.application))
        self._open: dict[UUID, DataKey] = {}
        self._new: list[tuple[Any, ...]] = []

    def write(self, messages: int) -> int:
        """People, channels, and so many messages with some edits and reactions; answers how many events that is."""
        schema, position = self._database.schema, 0
        with psycopg.connect(self._database.owner, autocommit=True) as owner:
            with (
                owner.cursor() as cursor,
                cursor.copy(f"COPY {schema}.events ({COLUMNS}) FROM STDIN (FORMAT BINARY)".encode()) as copy,
            ):
                copy.set_types(TYPES)
                for happening in _happenings(messages):
                    for stream, version, event, actor, payload in self._sealed(*happening):
                        position += 1
                        moment = START + position * STEP
                        row = (1, position, moment, moment, uuid4(), stream, version, event.wire, actor, CONTEXT, payload, SALT)
                        copy.write_row(row)
            insert = (
                f"INSERT INTO {self._database.organisation.keys}.data_keys (id, owner, epoch, wrapped) VALUES (%s, %s, %s, %s)"
            )
            owner.cursor().executemany(insert.encode(), self._new)
            owner.execute(f"VACUUM (ANALYZE) {schema}.events".encode())
        return position

    def _sealed(self, kind: str, thing: UUID, version: int, event: Event, actor: UUID | None) -> Iterator[Sealed]:
        def key(owner: UUID) -> DataKey:
            return self._open[key_id(owner, event.retention, MONTH)]

        for owner in self._codec.owners(event):
            if (id_ := key_id(owner, event.retention, MONTH)) not in self._open:
                new, self._open[id_], commitment = self._keys.create(id_, owner)
                self._new.append((new.id, owner, new.epoch, new.wrapped))
                made = DataKeyCreated(
                    owner=owner,
                    retention_class=event.retention,
                    month=MONTH,
                    generation=0,
                    commitment=commitment,
                    epoch=new.epoch,
                )
                stream = f"compliance.key/{id_}"
                yield stream, 1, made, None, self._codec.encode(made, stream, 1, key)
        stream = f"{kind}/{thing}"
        yield stream, version, event, actor, self._codec.encode(event, stream, version, key)


def _happenings(messages: int) -> Iterator[tuple[str, UUID, int, Event, UUID | None]]:
    chance = Random(7)
    people = [PersonId(derived("bench person", str(n))) for n in range(PEOPLE)]
    channels = [ChannelId(derived("bench channel", str(n))) for n in range(CHANNELS)]
    for number, who in enumerate(people):
        yield (
            "directory.person",
            who,
            1,
            PersonJoined(person=who, name=f"Person {number} 李", email=f"p{number}@example.com"),
            None,
        )
    for number, where in enumerate(channels):
        opened = ChannelOpened(channel=where, kind="group", visibility="public", name=f"channel {number}")
        yield "messaging.channel", where, 1, opened, people[0]
        for who in people[number % 5 :: 5]:
            yield "messaging.membership", derived("m", where, who), 1, MemberJoined(channel=where, person=who), who
    for number in range(messages):
        who, where = chance.choice(people), channels[int(chance.random() ** 2 * CHANNELS)]
        said = MessageId(derived("bench message", str(number)))
        text = chance.choice(TEXTS)
        yield "messaging.message", said, 1, MessagePosted(channel=where, author=who, text=text), who
        if number % 20 == 0:
            yield "messaging.message", said, 2, MessageEdited(author=who, text=f"{text} (edited)"), who
        if number % 5 == 0:
            added = ReactionAdded(message=said, person=who, emoji="👍")
            yield "messaging.reaction", derived("r", said, who), 1, added, who
