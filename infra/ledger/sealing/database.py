"""The ledger's tables of one organisation, as SQL on a connection that the caller gives."""

from collections.abc import Iterable, Sequence
from typing import LiteralString, NamedTuple
from uuid import UUID

from psycopg import AsyncConnection, AsyncRawCursor, sql

from infra.ledger.entry import PREFIX
from infra.ledger.sealing.refusals import LogHasGap
from infra.ledger.sql import statement
from infra.ledger.tree import Tile, TileAddress
from infra.postgres.log.statements import newest_in

_SIGNATURE = b"PGCOPY\n\xff\r\n\x00"
_HEADER = 19
_TRAILER = b"\xff\xff"
_FIELDS = (15).to_bytes(2)
_HASH = (32).to_bytes(4)


class State(NamedTuple):
    """How far a log is sealed, and what of it may be shown."""

    origin: str
    size: int
    published: int


class Signed(NamedTuple):
    """A stored checkpoint."""

    size: int
    root: bytes
    note: str


class LedgerTables:
    """Statements by name, for one schema."""

    def __init__(self, schema: str) -> None:
        self._schema = schema

    async def lock(self, connection: AsyncConnection) -> State | None:
        """The state, locked until the transaction ends; None before the first seal."""
        rows = await self._rows(connection, "SELECT origin, size, published FROM {ledger} FOR UPDATE")
        return State(*rows[0]) if rows else None

    async def state(self, connection: AsyncConnection) -> State | None:
        """The state as it was committed last."""
        rows = await self._rows(connection, "SELECT origin, size, published FROM {ledger}")
        return State(*rows[0]) if rows else None

    async def begin(self, connection: AsyncConnection, origin: str) -> None:
        """Makes the state of a log that was never sealed; nothing where it is there."""
        await self._do(
            connection, "INSERT INTO {ledger} (origin, size, published) VALUES (%s, 0, 0) ON CONFLICT DO NOTHING", origin
        )

    async def head(self, connection: AsyncConnection, known: int) -> int:
        """The last position of the log; 0 for an empty one. `known`: one that it has most probably come to."""
        async with AsyncRawCursor(connection) as cursor:
            await cursor.execute(newest_in(self._schema), (known,), prepare=True)
            rows = await cursor.fetchall()
        return int(rows[0][0])

    async def position(self, connection: AsyncConnection, event_id: UUID) -> int | None:
        """Where an event stands in the log."""
        rows = await self._rows(connection, "SELECT position FROM {events} WHERE event_id = %s", event_id)
        return rows[0][0] if rows else None

    async def newest(self, connection: AsyncConnection, origin: str) -> Signed | None:
        """The largest checkpoint of a log."""
        found = await self._rows(
            connection,
            "SELECT size, root, note FROM {ledger_checkpoints} WHERE origin = %s ORDER BY size DESC LIMIT 1",
            origin,
        )
        return Signed(*found[0]) if found else None

    async def checkpoint(self, connection: AsyncConnection, origin: str, size: int) -> Signed | None:
        """The checkpoint of this size."""
        found = await self._rows(
            connection, "SELECT size, root, note FROM {ledger_checkpoints} WHERE origin = %s AND size = %s", origin, size
        )
        return Signed(*found[0]) if found else None

    async def checkpoints(self, connection: AsyncConnection, origin: str, after: int, upto: int) -> list[Signed]:
        """The checkpoints of larger sizes than one, up to another."""
        found = await self._rows(
            connection,
            "SELECT size, root, note FROM {ledger_checkpoints} WHERE origin = %s AND size > %s AND size <= %s ORDER BY size",
            origin,
            after,
            upto,
        )
        return [Signed(*row) for row in found]

    async def tiles(self, connection: AsyncConnection, addresses: Iterable[TileAddress]) -> dict[TileAddress, bytes]:
        """The tiles that are there, as wide as they are."""
        wanted = list(addresses)
        found = await self._rows(
            connection,
            "SELECT level, number, hashes FROM {ledger_tiles}"
            " JOIN unnest(%s::smallint[], %s::bigint[]) AS wanted (level, number) USING (level, number)",
            [address.level for address in wanted],
            [address.number for address in wanted],
        )
        return {TileAddress(level, number): hashes for level, number, hashes in found}

    async def entries(self, connection: AsyncConnection, after: int, upto: int) -> list[bytes]:
        """The entries of these positions, read as they are stored. Raises LogHasGap where one is missing or has no content."""
        found = await self._copied(connection, after, upto)
        for position, entry in enumerate(found, after + 1):
            # The second field is the position; the last two are the hashes of the content.
            if entry[19:27] != position.to_bytes(8) or entry[-36:-32] != _HASH or entry[-72:-68] != _HASH:
                raise LogHasGap(f"position {position} is missing, or its content without a purge")
        if len(found) != upto - after:
            raise LogHasGap(f"position {after + len(found) + 1} is missing")
        return found

    async def store(self, connection: AsyncConnection, tiles: Sequence[Tile], signed: Signed, origin: str) -> None:
        """Puts tiles, checkpoint and state in place, for the transaction at hand."""
        await self._do(
            connection,
            "INSERT INTO {ledger_tiles} AS t (level, number, hashes)"
            " SELECT * FROM unnest(%s::smallint[], %s::bigint[], %s::bytea[])"
            " ON CONFLICT (level, number) DO UPDATE SET hashes = excluded.hashes",
            [tile.level for tile in tiles],
            [tile.number for tile in tiles],
            [tile.hashes for tile in tiles],
        )
        await self._do(
            connection,
            "INSERT INTO {ledger_checkpoints} (origin, size, root, note) VALUES (%s, %s, %s, %s)",
            origin,
            signed.size,
            signed.root,
            signed.note,
        )
        await self._do(connection, "UPDATE {ledger} SET size = %s", signed.size)

    async def publish(self, connection: AsyncConnection, size: int) -> None:
        """Lets others see the log up to this size."""
        await self._do(connection, "UPDATE {ledger} SET published = %s WHERE published < %s", size, size)

    async def cosigned(self, connection: AsyncConnection, origin: str, size: int, witness: str, seconds: int, line: str) -> None:
        """Keeps a witness's line for a checkpoint."""
        await self._do(
            connection,
            "INSERT INTO {ledger_cosignatures} (origin, size, witness, seconds, line) VALUES (%s, %s, %s, %s, %s)"
            " ON CONFLICT (origin, size, witness) DO UPDATE SET seconds = excluded.seconds, line = excluded.line",
            origin,
            size,
            witness,
            seconds,
            line,
        )

    async def last_cosigned(self, connection: AsyncConnection, origin: str, witness: str) -> int:
        """The largest size that this witness cosigned; 0 where it never did."""
        rows = await self._rows(
            connection, "SELECT max(size) FROM {ledger_cosignatures} WHERE origin = %s AND witness = %s", origin, witness
        )
        return rows[0][0] or 0

    async def cosignatures(self, connection: AsyncConnection, origin: str, size: int) -> str:
        """The witnesses' lines for a checkpoint, as they stand under it."""
        rows = await self._rows(
            connection, "SELECT line FROM {ledger_cosignatures} WHERE origin = %s AND size = %s ORDER BY witness", origin, size
        )
        return "".join(line for (line,) in rows)

    async def _copied(self, connection: AsyncConnection, after: int, upto: int) -> list[bytes]:
        query = statement("entries").format(schema=sql.Identifier(self._schema), after=sql.Literal(after), upto=sql.Literal(upto))
        at_hand = connection.pgconn.get_copy_data
        blocks: list[bytes] = []
        async with connection.cursor() as cursor, cursor.copy(query) as copy:
            while block := bytes(await copy.read()):
                blocks.append(block)
                # What has arrived already needs no turn of the event loop for each row. The end is left to read().
                while not blocks[-1].endswith(_TRAILER) and (found := at_hand(1))[0] > 0:
                    blocks.append(bytes(found[1]))
        return [PREFIX + row for block in blocks if (row := copied_row(block)) is not None]

    async def _rows(self, connection: AsyncConnection, query: LiteralString, *values: object) -> list[tuple]:  # type: ignore[type-arg]
        cursor = await connection.execute(self._named(query), values, prepare=True, binary=True)
        return await cursor.fetchall()

    async def _do(self, connection: AsyncConnection, query: LiteralString, *values: object) -> None:
        await connection.execute(self._named(query), values)

    def _named(self, query: LiteralString) -> sql.Composed:
        tables = ("ledger", "ledger_tiles", "ledger_checkpoints", "ledger_cosignatures", "events")
        return sql.SQL(query).format(**{table: sql.Identifier(self._schema, table) for table in tables})


def copied_row(chunk: bytes) -> bytes | None:
    """The fields of a row as COPY (FORMAT binary) gives it, each after its length; None for the end of the data."""
    if chunk.startswith(_SIGNATURE):
        chunk = chunk[_HEADER:]
    return chunk[2:] if chunk and chunk != _TRAILER else None
