"""Compiled reads: one statement per shape of a request, remembered, run, and what SQL left open filled in."""

from collections.abc import Hashable, Sequence
from typing import Any
from uuid import UUID

import orjson
from graphql import GraphQLError, GraphQLSchema
from graphql.execution.values import VariableValues

from application.ports.reading import Queries
from interfaces.graphql.compiler.fill import fill
from interfaces.graphql.compiler.selection import Selection, Use, shape
from interfaces.graphql.compiler.statement import Statement, compile_query, compile_row
from interfaces.graphql.documents import Bounded, Document

Data = orjson.Fragment | dict[str, Any] | None


class Reads:
    """Reads of one organisation, whose tables are in `schema_name`."""

    def __init__(self, schema_name: str, schema: GraphQLSchema, queries: Queries, rows: int, size: int = 1_000) -> None:
        self.schema_name, self.schema, self.queries, self.rows = schema_name, schema, queries, rows
        self.known: Bounded[Hashable, Statement] = Bounded(size)

    def query(self, document: Document, name: str | None, variables: VariableValues) -> Statement:
        """The statement of a query."""
        key = document.text, name, shape(variables)
        statement = self.known.get(key)
        if statement is None:
            statement = compile_query(self.schema_name, self.schema, document, name, variables)
            self._remember(key, statement)
        return statement

    def row(self, document: Document, name: str | None, variables: VariableValues, use: Use, path: tuple[str, ...]) -> Statement:
        """The statement of one row that a mutation or a subscription shows; `path` tells this use of a field from others."""
        key = document.text, name, shape(variables), path
        statement = self.known.get(key)
        if statement is None:
            selection = Selection(self.schema, document.operation(name), document.fragments, variables)
            statement = compile_row(self.schema_name, selection, use)
            self._remember(key, statement)
        return statement

    async def run(
        self, statement: Statement, viewer: UUID, variables: VariableValues, given: Sequence[Any] = ()
    ) -> tuple[Data, list[GraphQLError]]:
        """The statement's answer for a viewer, and what went wrong in it. Raises TooMuch, ReadUnavailable, ReadTooLong."""
        text = await self.queries.value(statement.sql, statement.values(viewer, variables, self.rows, given))
        if text is None:
            return None, []
        if not statement.places:
            return orjson.Fragment(text), []
        return await fill(orjson.loads(text), statement.places)

    def _remember(self, key: Hashable, statement: Statement) -> None:
        if not statement.wrong:
            self.known.put(key, statement)
