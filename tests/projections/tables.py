"""What stands in the read models' tables, for comparing."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from psycopg.rows import dict_row

from infra.postgres.connections import Connections
from projections.engine.members import Declared

Rows = dict[str, list[dict[str, Any]]]


class Tables:
    """Reads whole tables."""

    def __init__(self, connections: Connections, schema: str) -> None:
        self._connections, self._schema = connections, schema

    async def rows(self, text: str, *values: Any) -> list[dict[str, Any]]:
        """The answer of a query, `{s}` being the schema."""
        async with self._connections.connection() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            await cursor.execute(text.replace("{s}", self._schema).encode(), values or None)
            return await cursor.fetchall()

    async def all(self, models: Iterable[Declared], suffix: str = "") -> Rows:
        """Every table with its history, in one order."""
        found: Rows = {}
        for model in models:
            if model.view is None:
                found[model.name] = await self.rows(f"SELECT * FROM {{s}}.{model.table}{suffix} ORDER BY id")
                if model.history:
                    past = f"SELECT * FROM {{s}}.{model.table}{suffix}_history ORDER BY id, valid_from"
                    found[f"{model.name} before"] = await self.rows(past)
        return found

    async def at(self, model: Declared, position: int) -> list[dict[str, Any]]:
        """The rows as of a position."""
        now = f"SELECT t.*, 9223372036854775807 AS valid_to FROM {{s}}.{model.table} t"
        every = f"{now} UNION ALL SELECT * FROM {{s}}.{model.table}_history"
        then = "valid_from <= %s AND valid_to > %s"
        return await self.rows(f"SELECT * FROM ({every}) t WHERE {then} ORDER BY id", position, position)

    async def row(self, model: Declared, id_: UUID) -> dict[str, Any] | None:
        """One row, or None."""
        found = await self.rows(f"SELECT * FROM {{s}}.{model.table} WHERE id = %s", id_)
        return found[0] if found else None

    async def execute(self, text: str) -> None:
        """Statements, `{s}` being the schema."""
        async with self._connections.connection() as connection:
            await connection.execute(text.replace("{s}", self._schema).encode())

    async def indexes(self) -> list[tuple[str, str]]:
        """The indexes of all tables, by name, with their definitions."""
        found = await self.rows("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = %s ORDER BY 1", self._schema)
        return [(row["indexname"], row["indexdef"]) for row in found]
