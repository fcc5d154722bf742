"""The data keys of one organisation: stored wrapped, checked against the log, and those in use kept open in memory."""

import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any, LiteralString, get_args
from uuid import UUID

import msgspec
import psycopg
from psycopg import AsyncConnection, sql

from application.ports.keys import DataKey, KeyUnusable
from application.ports.log import LogUnavailable, NewKey
from domain.compliance.data_key import DataKey as KeyState
from domain.compliance.events import DataKeyCreated, KeyEvent, KeyId
from infra.crypto.data_key import AesDataKey, new_secret
from infra.crypto.wrapping import Wrapping
from infra.postgres.connections import Connections
from infra.postgres.errors import DatabaseUnreachable
from infra.postgres.migrations import OrganisationSchema

KEPT_OPEN = 20_000
"""How many keys are kept open, at about 3 KB each; those used longest ago go first. A large act holds more by itself."""
KEPT_FOR = 300.0
"""Seconds after which an open key is looked up again, should a process have missed that it was destroyed or restricted."""

_OPEN: LiteralString = """
    SELECT k.id, k.epoch, k.wrapped, array_agg(e.type ORDER BY e.stream_version), array_agg(e.payload ORDER BY e.stream_version)
    FROM {keys}.data_keys k LEFT JOIN {schema}.events e ON e.stream = 'compliance.key/' || k.id::text
    WHERE k.id = ANY(%s) GROUP BY k.id
"""
_OF: LiteralString = "SELECT k.id FROM {keys}.data_keys k WHERE k.owner = %s ORDER BY k.id"
_ONE_PER_EPOCH: LiteralString = (
    "SELECT DISTINCT ON (k.epoch) k.id, k.epoch, k.wrapped FROM {keys}.data_keys k ORDER BY k.epoch, k.id"
)


class PostgresKeys:
    """Fulfils application.ports.keys.Keys. `clock` counts seconds and never runs back."""

    def __init__(
        self,
        connections: Connections,
        organisation: OrganisationSchema,
        wrapping: Wrapping,
        *,
        kept_open: int = KEPT_OPEN,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._connections, self._wrapping, self._clock = connections, wrapping, clock
        names = {"schema": sql.Identifier(organisation.schema), "keys": sql.Identifier(organisation.keys)}
        self._open, self._of, self._per_epoch = (sql.SQL(text).format(**names) for text in (_OPEN, _OF, _ONE_PER_EPOCH))
        self._kept_open = kept_open
        self._opened: OrderedDict[UUID, tuple[DataKey, float]] = OrderedDict()
        self._forgotten = 0

    async def open(self, ids: Collection[UUID]) -> Mapping[UUID, DataKey]:
        """Raises KeyUnusable, LogUnavailable."""
        found = {key: opened for key in ids if (opened := self.at_hand(key)) is not None}
        lacking = [key for key in ids if key not in found]
        if not lacking:
            return found
        before = self._forgotten
        for key, epoch, wrapped, types, payloads in await self._rows(self._open, (lacking,)):
            state, created = _history(key, types, payloads)
            if state.status != "usable":
                continue
            opened = AesDataKey(key, self._wrapping.unwrap(key, epoch, wrapped))
            if opened.commitment != created.commitment:
                raise KeyUnusable(f"data key {key} isn't the one whose commitment its first event records: it was swapped")
            found[key] = opened
            if before == self._forgotten:  # else the row may be older than what made somebody forget the key
                self._keep(opened)
        return found

    def at_hand(self, key: UUID) -> DataKey | None:
        """An opened key, if it is in memory and was looked up lately."""
        kept = self._opened.get(key)
        if kept is None:
            return None
        opened, since = kept
        if self._clock() - since > KEPT_FOR:
            del self._opened[key]
            return None
        self._opened.move_to_end(key)
        return opened

    def create(self, key: UUID, owner: UUID) -> tuple[NewKey, DataKey, str]:
        """A new key, wrapped in the key file's current epoch."""
        secret = new_secret()
        opened = AesDataKey(key, secret)
        return NewKey(key, owner, *self._wrapping.wrap(key, secret)), opened, opened.commitment

    def forget(self, key: UUID) -> None:
        """Drops a key from memory; one that is just being opened isn't kept."""
        self._forgotten += 1
        self._opened.pop(key, None)

    def moved(self, streams: Mapping[str, int]) -> None:
        """A Watcher of the log: forgets the keys whose streams others have written to."""
        for stream in streams:
            if stream.startswith(_STREAM):
                self.forget(UUID(stream.removeprefix(_STREAM)))

    async def of(self, owner: UUID) -> list[UUID]:
        """Raises LogUnavailable."""
        return [key for (key,) in await self._rows(self._of, (owner,))]

    async def verify(self) -> None:
        """Opens one stored key of each epoch, to find at the start that the key file is the wrong one. Raises KeyUnusable."""
        for key, epoch, wrapped in await self._rows(self._per_epoch, ()):
            self._wrapping.unwrap(key, epoch, wrapped)

    async def _rows(self, query: sql.Composed, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        async with _connection(self._connections) as connection:
            return await (await connection.execute(query, values)).fetchall()

    def _keep(self, opened: AesDataKey) -> None:
        self._opened[opened.id] = opened, self._clock()
        self._opened.move_to_end(opened.id)
        while len(self._opened) > self._kept_open:
            self._opened.popitem(last=False)


_STREAM = f"{KeyState.kind}/"
_EVENTS: Mapping[str, type[KeyEvent]] = {event.wire: event for event in get_args(KeyEvent)}


@asynccontextmanager
async def _connection(connections: Connections) -> AsyncIterator[AsyncConnection]:
    try:
        async with connections.connection() as connection:
            yield connection
    except (psycopg.OperationalError, DatabaseUnreachable) as error:
        raise LogUnavailable(f"the data keys can't be read now: {error}") from error


def _history(key: UUID, types: Iterable[str | None], payloads: Iterable[bytes]) -> tuple[KeyState, DataKeyCreated]:
    """What a key's stream has come to, and its first event. Its events hold nothing personal, so the JSON is all of them."""
    try:
        events = [msgspec.json.decode(p, type=_EVENTS[t]) for t, p in zip(types, payloads, strict=True) if t is not None]
    except (KeyError, msgspec.MsgspecError) as error:
        raise KeyUnusable(f"data key {key}: its stream in the log can't be read ({error})") from error
    if not events or not isinstance(events[0], DataKeyCreated):
        raise KeyUnusable(f"data key {key} is stored, but no event in the log says that it was made")
    state = KeyState.at(KeyId(key))
    for event in events:
        state = state.after(event)
    return state, events[0]
