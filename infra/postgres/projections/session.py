"""The connection on which batches are written: statements in groups, each prepared when it is first used."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import psycopg
from psycopg import pq
from psycopg.abc import Buffer

from infra.postgres.connections import StandingConnection
from infra.postgres.log.pipe import ConnectionLost, Pipe, Statement
from infra.postgres.log.session import tuples

PATIENCE = 15.0
"""Seconds after which a connection that doesn't answer counts as lost: longer than any time-out of the server's."""


class Said(NamedTuple):
    """A statement's text, with parameters in PostgreSQL's binary form."""

    text: bytes
    parameters: Sequence[Buffer | None] = ()


ROLLBACK = Said(b"ROLLBACK")


class Copied(NamedTuple):
    """A COPY FROM STDIN, with all that it is to be sent."""

    text: bytes
    body: bytes


class Session:
    """For one task at a time."""

    def __init__(self, dsn: str, name: str, settings: Mapping[str, str]) -> None:
        self._standing = StandingConnection(dsn, name, settings=settings)
        self._pipe: Pipe | None = None
        self._names: dict[bytes, bytes] = {}

    async def run(self, said: Sequence[Said | Copied]) -> list[pq.abc.PGresult]:
        """Runs them in order, those between two COPYs in one round trip; the results, but for those of COPYs.

        Raises psycopg.Error, ConnectionLost.
        """
        results: list[pq.abc.PGresult] = []
        group: list[Said] = []
        for each in said:
            if isinstance(each, Said):
                group.append(each)
                continue
            results += await self._group(group)
            group = []
            await self._copy(each)
        return results + await self._group(group)

    async def undo(self) -> None:
        """Rolls back what was begun; a connection on which that isn't possible is given up, which does the same."""
        with suppress(psycopg.Error, ConnectionLost):
            if self._pipe is None:
                return
            if self._pipe.lost is None:
                await self._group([ROLLBACK])
                return
        await self.close()

    async def close(self) -> None:
        """Disconnects; it connects again when it is used."""
        if self._pipe is not None:
            await self._pipe.close()
            self._pipe = None
        self._names.clear()
        await self._standing.close()

    def tuples(self, result: pq.abc.PGresult) -> list[tuple[Any, ...]]:
        """The rows of a result, in Python's types. Raises ConnectionLost."""
        if self._pipe is None:
            raise ConnectionLost("the connection was closed")
        return tuples(self._pipe, result)

    async def _group(self, group: Sequence[Said]) -> list[pq.abc.PGresult]:
        if not group:
            return []
        pipe = await self._connected()
        if lacking := {each.text for each in group} - self._names.keys():
            names = {text: b"s%d" % number for number, text in enumerate(lacking, start=len(self._names))}
            await pipe.prepare({name: text for text, name in names.items()})
            self._names |= names
        return await pipe.run([Statement(self._names[each.text], each.parameters) for each in group])

    async def _copy(self, each: Copied) -> None:
        pipe = await self._connected()
        async with pipe.suspended() as connection, connection.cursor() as cursor, cursor.copy(each.text) as copy:
            await copy.write(each.body)

    async def _connected(self) -> Pipe:
        if self._pipe is None or self._pipe.lost is not None:
            await self.close()
            self._pipe = Pipe(await self._standing.once(), PATIENCE)
        return self._pipe
