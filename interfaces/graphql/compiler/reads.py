"""Compiled reads: one statement per shape of a request, remembered, run, and what SQL left open filled in."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from graphql import GraphQLError, GraphQLSchema
from graphql.execution.values import VariableValues

from application.ports.moments import Moment
from application.ports.reading import Queries, SqlValue
from interfaces.graphql.compiler.fill import fill
from interfaces.graphql.compiler.rows import Tables
from interfaces.graphql.compiler.selection import Selection, Use, shape
from interfaces.graphql.compiler.statement import CLOSED, MOVED, OFF, Statement, compile_query, compile_row
from interfaces.graphql.compiler.traits import NOTHING_KNOWN, Lacks
from interfaces.graphql.documents import Bounded, Document
from interfaces.graphql.limits import TooMuch
from interfaces.graphql.lookups import Lookups
from interfaces.graphql.proofs import Proofs

Data = orjson.Fragment | dict[str, Any] | None


class NoReader(Exception):
    """The viewer may read nothing: suspended, gone, or never there."""


class ModuleIsOff(Exception):
    """What is asked for belongs to a module, which the text names, that isn't there for the viewer."""


class Moved(Exception):
    """What the viewer was known to lack is no longer known: to be asked again with nothing left out."""


class Operation(NamedTuple):
    """An operation of a document, with the coerced variables of a request."""

    document: Document
    name: str | None
    variables: VariableValues


class Ready(NamedTuple):
    """A statement with its parameters, ready to be run, and how many rows it asks for."""

    statement: Statement
    values: Sequence[SqlValue]
    rows: int


class Reads:
    """Reads of one organisation; an answer has at most so many `rows`."""

    def __init__(
        self,
        tables: Tables,
        schema: GraphQLSchema,
        queries: Queries,
        rows: int,
        size: int = 1_000,
        proofs: Proofs | None = None,
        lookups: Lookups | None = None,
    ) -> None:
        self.tables, self.schema, self.queries, self.rows = tables, schema, queries, rows
        self.proofs, self.lookups = proofs, lookups
        self.known: Bounded[Hashable, Statement] = Bounded(size)

    def query(self, operation: Operation, viewer: UUID, past: Mapping[str, Moment] = {}, lacks: Lacks = NOTHING_KNOWN) -> Ready:
        """A whole query, of which some fields of the root are read as of moments, for a viewer of whom this is known.

        Raises TooMuch.
        """
        keys = tuple(past)

        def compile_() -> Statement:
            return compile_query(self.tables, self.schema, *operation, past=keys, lacks=lacks)

        known = (str(lacks.upto),) if lacks.traits else ()
        return self._ready(operation, (keys, lacks.traits), compile_, viewer, (*past.values(), *known))

    def row(self, operation: Operation, use: Use, path: tuple[str, ...], viewer: UUID, key: UUID) -> Ready:
        """One row that a mutation or a subscription shows; `path` tells this use of a field from others. Raises TooMuch."""

        def compile_() -> Statement:
            document, name, variables = operation
            selection = Selection(self.schema, document.operation(name), document.fragments, variables)
            return compile_row(self.tables, selection, use)

        return self._ready(operation, path, compile_, viewer, (key,))

    async def run(self, ready: Ready) -> tuple[Data, list[GraphQLError]]:
        """The answer, and what went wrong in it. Raises NoReader, ModuleIsOff, Moved, ReadUnavailable, ReadTooLong."""
        text = await self.queries.value(ready.statement.sql, ready.values)
        if text == CLOSED:
            raise NoReader
        if text is None:
            return None, []
        if text == MOVED:
            raise Moved
        if text.startswith(OFF):
            raise ModuleIsOff(text.removeprefix(OFF))
        if not ready.statement.places:
            return orjson.Fragment(text), []
        return await fill(orjson.loads(text), ready.statement.places, self.proofs, self.lookups)

    def _ready(
        self, operation: Operation, path: Hashable, compile_: Callable[[], Statement], viewer: UUID, given: Sequence[Any]
    ) -> Ready:
        key = operation.document.text, operation.name, shape(operation.variables), path
        statement = self.known.get(key)
        if statement is not None:
            try:
                return Ready(statement, *statement.values(viewer, operation.variables, self.rows, given))
            except TooMuch:
                raise
            except GraphQLError:
                pass  # an argument of this request can't be read: compiled for it alone, the error gets its place
        statement = compile_()
        if not statement.wrong:
            self.known.put(key, statement)
        return Ready(statement, *statement.values(viewer, operation.variables, self.rows, given))
