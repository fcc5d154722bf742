"""The forms in which changes are shown: compiled once for all subscriptions of one document."""

from collections.abc import Callable, Hashable
from typing import Any
from uuid import UUID

from graphql import GraphQLError

from interfaces.graphql.compiler.followed import compile_followed, owned, seen_within
from interfaces.graphql.compiler.reads import Operation, Reads
from interfaces.graphql.compiler.rows import Rows
from interfaces.graphql.compiler.selection import Selection, Use, shape
from interfaces.graphql.compiler.statement import Statement
from interfaces.graphql.compiler.viewers import GIVEN
from interfaces.graphql.documents import Bounded
from interfaces.graphql.limits import TooMuch
from interfaces.live.audience import Form
from interfaces.live.changes import Changes
from interfaces.live.followed import Followed
from projections.engine.members import Declared

STATEMENTS = 200
"""Statements that are remembered: many subscribers bring few documents."""


class Unreadable(Exception):
    """Arguments within the selection can't be read."""

    def __init__(self, *errors: GraphQLError) -> None:
        super().__init__()
        self.errors = errors


class Forms:
    """Knows the statements of one organisation's subscriptions."""

    def __init__(self, reads: Reads) -> None:
        self.reads = reads
        self.known: Bounded[Hashable, Statement] = Bounded(STATEMENTS)

    def form(self, operation: Operation, selection: Selection, use: Use, changes: Changes) -> tuple[Form, int]:
        """The form that is asked for, and how many rows each change shows in it. Raises Unreadable, TooMuch."""
        form, rows = self._form(operation, selection, use, changes, None)
        besides = {name: self._form(operation, selection, use, changes, model)[0] for name, model in changes.besides.items()}
        return form._replace(besides=besides), rows

    def _form(
        self, operation: Operation, selection: Selection, use: Use, changes: Changes, beside: Declared | None
    ) -> tuple[Form, int]:
        followed = changes.followed
        key = operation.document.text, operation.name, shape(operation.variables), beside
        if known := self.known.get(key):
            try:
                return self._filled(followed, use, known, selection)
            except TooMuch:
                raise
            except GraphQLError:
                pass  # an argument of this request can't be read: compiled for it alone, the error gets its place
        gone = _told_of_what_is_gone(followed) if changes.deletes else None
        statement = compile_followed(self.reads.tables, selection, use, followed.model, gone, beside)
        if statement.wrong:
            raise Unreadable(*(place.error for place in statement.places if place.error))
        self.known.put(key, statement)
        return self._filled(followed, use, statement, selection)

    def _filled(self, followed: Followed, use: Use, statement: Statement, selection: Selection) -> tuple[Form, int]:
        values, rows = statement.values(UUID(int=0), selection.variables, self.reads.rows, [""] * len(GIVEN))
        pairs = zip(statement.parameters, values, strict=True)
        fixed: tuple[Any, ...] = tuple(
            tuple(value) if isinstance(value, list) else value for parameter, value in pairs if parameter.slot >= 0
        )
        return Form(followed.name, use.key, statement, fixed), rows


def _told_of_what_is_gone(followed: Followed) -> Callable[[Rows], str] | None:
    if followed.own:
        return owned
    return seen_within(followed.container) if followed.container else None
