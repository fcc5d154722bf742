"""Queries under a case: compiled with its scope in place of the viewer's own rights, and on record before they are answered."""

from hashlib import sha256
from typing import Any

import orjson
from graphql import (
    DirectiveLocation,
    GraphQLArgument,
    GraphQLDirective,
    GraphQLError,
    GraphQLID,
    GraphQLNonNull,
    GraphQLSchema,
    OperationDefinitionNode,
    get_directive_values,
)
from graphql.execution.values import VariableValues

from application.ports.auditing import Auditing, NotOpen, Read
from application.ports.reading import Queries
from domain.compliance.events import CaseId, Scope
from domain.kernel.identifiers import PersonId
from interfaces.graphql.answers import Session
from interfaces.graphql.compiler.reads import Operation, Reads
from interfaces.graphql.compiler.rows import Opened, Tables
from interfaces.graphql.documents import Bounded
from interfaces.graphql.ids import local_key

CASE = GraphQLDirective(
    "case",
    [DirectiveLocation.QUERY],
    {"id": GraphQLArgument(GraphQLNonNull(GraphQLID), description="Which case.")},
    description="Reads under a case, as one of its auditors: what lies within its scope, of now or of any moment, and nothing "
    "else but who people are. Every such read is on record before it is answered.",
)
SCOPES = 100
"""Of how many cases the compiled statements are remembered."""


class NoSuchCase(GraphQLError):
    """What anybody is told to whom a case isn't open."""

    def __init__(self) -> None:
        super().__init__("There is no such case that is open to you.", extensions={"code": "NO_CASE"})


class CaseReads:
    """Reads of one organisation under its cases. `gate` is SQL over {viewer}: who may read under cases at all."""

    def __init__(self, tables: Tables, gate: str, auditing: Auditing, rows: int) -> None:
        self._tables, self._gate, self._auditing, self._rows = tables, gate, auditing, rows
        self._reads: Bounded[CaseId, tuple[Scope, Reads]] = Bounded(SCOPES)

    def asked(self, operation: OperationDefinitionNode, variables: VariableValues) -> CaseId | None:
        """The case that a query is to be read under. Raises NoSuchCase."""
        given = get_directive_values(CASE, operation, variables) if operation.directives else None
        if given is None:
            return None
        key = local_key(given["id"], "Case")
        if key is None:
            raise NoSuchCase
        return CaseId(key)

    async def reads(self, case: CaseId, session: Session, schema: GraphQLSchema, queries: Queries) -> Reads:
        """What reads under a case. Raises NoSuchCase, LogUnavailable."""
        try:
            scope = await self._auditing.scope(case, PersonId(session.viewer))
        except NotOpen:
            raise NoSuchCase from None
        known = self._reads.get(case)
        if known is not None and known[0] == scope:
            return known[1]
        tables = self._tables._replace(gate=self._gate, history="true", scope=opened(scope))
        made = Reads(tables, schema, queries, self._rows)
        self._reads.put(case, (scope, made))
        return made

    async def record(self, case: CaseId, session: Session, operation: Operation, position: int, data: Any) -> None:
        """Returns when the read is on record. Raises NoSuchCase, LogUnavailable."""
        document, name, variables = operation
        named = document.operation(name).name
        given = orjson.dumps(variables.coerced, default=str, option=orjson.OPT_SORT_KEYS)
        read = Read(
            auditor=PersonId(session.viewer),
            document=_digest(document.text.encode()),
            operation=named.value if named else None,
            variables=_digest(given),
            position=position,
            objects=_objects(orjson.loads(orjson.dumps(data))),
        )
        try:
            await self._auditing.record(case, read)
        except NotOpen:
            raise NoSuchCase from None


def opened(scope: Scope) -> Opened:
    """The scope as SQL. Its parts are ids and times, which hold nothing that SQL could take for its own."""
    return {
        "scope_people": f"array[{', '.join(map(_quoted, scope.people))}]::uuid[]",
        "scope_channels": f"array[{', '.join(map(_quoted, scope.channels))}]::uuid[]",
        "scope_since": f"{_quoted(scope.since.isoformat() if scope.since else '-infinity')}::timestamptz",
        "scope_until": f"{_quoted(scope.until.isoformat() if scope.until else 'infinity')}::timestamptz",
    }


def _quoted(value: object) -> str:
    return f"'{value}'"


def _digest(text: bytes) -> str:
    return sha256(text).hexdigest()


def _objects(data: Any) -> int:
    match data:
        case dict():
            return 1 + sum(map(_objects, data.values()))
        case list():
            return sum(map(_objects, data))
        case _:
            return 0
