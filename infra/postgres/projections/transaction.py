"""What every transaction on read models has: what waits to be sent, and what the server's refusals mean."""

from collections.abc import Collection
from typing import LiteralString, Protocol

import psycopg
from psycopg import pq

from infra.postgres.projections.binary import array
from infra.postgres.projections.session import Copied, Said, Session
from infra.postgres.projections.sets import SetStatements
from infra.postgres.projections.statements import Statements
from projections.engine.store import Changes, Overtaken, Slot, Unforeseen

_OVERTAKEN, _HELD = "not where it was", "no longer clear"
# Text that isn't a number stops the transaction where it stands, and says why.
_MOVE: LiteralString = (
    "WITH moved AS (UPDATE {projections} SET position = $1::bigint, moved_at = clock_timestamp()"
    " WHERE table_name = ANY($2::text[]) AND position = $3::bigint RETURNING 1)"
    " SELECT (CASE WHEN count(*) = cardinality($2::text[]) THEN '1' ELSE 'not where it was' END)::integer FROM moved"
)
_NOTHING_HELD: LiteralString = (
    "SELECT (CASE WHEN count(*) = 0 THEN '1' ELSE 'no longer clear' END)::integer FROM {quarantine}"
    " WHERE table_name = ANY($1::text[])"
)
_HELD_KEYS: LiteralString = "SELECT table_name, key FROM {quarantine} WHERE table_name = ANY($1::text[])"
_HOLD: LiteralString = (
    "INSERT INTO {quarantine} (table_name, key, position, type, error)"
    " SELECT * FROM unnest($1::text[], $2::uuid[], $3::bigint[], $4::text[], $5::text[]) ON CONFLICT DO NOTHING"
)
_STALE: LiteralString = (
    "UPDATE {projections} SET stale = true WHERE table_name = ANY($1::text[]) AND made_at <= ($2::timestamptz[])[1]"
)
_RELEASE: LiteralString = "DELETE FROM {quarantine} WHERE table_name = ANY($1::text[]) AND key = ANY($2::uuid[])"
_TYPE: LiteralString = "SELECT type FROM {events} WHERE position = $1::bigint"
_STAND: LiteralString = "SELECT table_name, position FROM {projections} WHERE table_name = ANY($1::text[]) ORDER BY 1 FOR UPDATE"
_OTHER_SETS: LiteralString = (
    "UPDATE {projections} SET stale = true WHERE shape LIKE 'set %' AND NOT rebuilds AND table_name <> ALL($1::text[])"
)


DATA_FAULTS = (psycopg.DataError, psycopg.IntegrityError, psycopg.errors.CardinalityViolation)
"""What a statement can raise because of what is in the tables."""


class Texts:
    """The statements about checkpoints and quarantine of one organisation; `schema` is quoted."""

    def __init__(self, schema: str) -> None:
        names = {name: f"{schema}.{name}" for name in ("projections", "quarantine", "events")}
        texts = (_MOVE, _NOTHING_HELD, _HELD_KEYS, _HOLD, _STALE, _RELEASE)
        made = [text.format(**names).encode() for text in texts]
        self.move, self.nothing_held, self.held_keys, self.hold, self.stale, self.release = made
        self.type, self.stand, self.other_sets = (text.format(**names).encode() for text in (_TYPE, _STAND, _OTHER_SETS))


class Tables(Protocol):
    """What a batch needs to know of the store that it is of."""

    texts: Texts
    channel: str
    clear: bool
    """Whether nothing was held when this was looked at last."""

    def statements(self, slot: Slot) -> Statements:
        """What is said about a slot's table."""
        ...

    def set_statements(self, slot: Slot) -> SetStatements:
        """What is said about a set's table."""
        ...


class Transaction:
    """Nothing is sent before it must be. It brings some slots from one position to another."""

    def __init__(self, tables: Tables, session: Session, slots: Collection[Slot], after: int, upto: int) -> None:
        self.tables, self.session = tables, session
        self.names = [slot.checkpoint for slot in slots]
        self.after, self.upto = after, upto
        moved = Said(tables.texts.move, (int8(upto), array("text", self.names), int8(after)))
        self.waiting: list[Said | Copied] = [Said(b"BEGIN"), moved]
        self.derives = False

    async def run(self, *said: Said | Copied) -> list[pq.abc.PGresult]:
        """Sends these now. Raises Overtaken, Unforeseen."""
        try:
            return await self.session.run(said)
        except psycopg.errors.UniqueViolation as error:
            raise Unforeseen(f"{error.diag.table_name}: a row that an event makes is there already") from error
        except DATA_FAULTS as error:
            if isinstance(error, psycopg.errors.InvalidTextRepresentation):
                self._refuse_moved(error)
            if not self.derives:
                raise
            raise Unforeseen(f"a set's rows can't be made: {without_values(error)}") from error

    def _refuse_moved(self, error: psycopg.Error) -> None:
        if _OVERTAKEN in str(error):
            raise Overtaken(f"not all of {len(self.names)} read models stand where this batch begins") from None
        if _HELD in str(error):
            self.tables.clear = False
            raise Unforeseen("a row is held meanwhile") from None

    def hold(self, changes: Changes) -> Said:
        """What puts events aside."""
        keys, positions, types, errors = zip(*changes.held, strict=True)
        tables = array("text", [changes.slot.table] * len(keys))
        columns = array("uuid", keys), array("bigint", positions), array("text", types), array("text", errors)
        return Said(self.tables.texts.hold, (tables, *columns))


def without_values(error: psycopg.Error) -> str:
    """What failed: the message may hold what somebody wrote."""
    return f"{type(error).__name__} ({error.sqlstate})"


def int8(value: int) -> bytes:
    """A bigint in PostgreSQL's binary form."""
    return value.to_bytes(8, "big", signed=True)
