"""Who may go on following: asked for many at once, whenever their rights may have changed."""

from collections.abc import Collection
from uuid import UUID

import orjson

from application.ports.reading import Queries, SqlValue
from interfaces.graphql.compiler.followed import visible_to
from interfaces.graphql.compiler.rows import Tables
from interfaces.graphql.compiler.statement import Statement
from interfaces.live.followed import Followed
from projections.engine.members import Declared


class Sight:
    """Asks who sees the containers of what is followed; of what has none, who takes part in the organisation."""

    def __init__(self, tables: Tables, queries: Queries) -> None:
        self.tables, self.queries = tables, queries
        self._statements: dict[Declared | None, Statement] = {}

    async def of(self, followed: Followed, container: UUID, viewers: Collection[UUID]) -> frozenset[UUID]:
        """Those of the viewers who may follow it. Raises ReadUnavailable, ReadTooLong."""
        statement = self._statements.get(followed.container)
        if statement is None:
            statement = self._statements[followed.container] = visible_to(self.tables, followed.container)
        given: dict[str, SqlValue] = {"containers": [str(container)], "viewers": [str(viewer) for viewer in viewers]}
        values = [given[str(parameter.key)] for parameter in statement.parameters]
        return frozenset(map(UUID, orjson.loads(await self.queries.value(statement.sql, values) or "[]")))
