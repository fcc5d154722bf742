"""Subscribers who asked for the same: what they see is read in one statement, and what is alike is encoded once."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from application.ports.reading import Queries, SqlValue
from interfaces.graphql.answers import Answer
from interfaces.graphql.compiler.fill import fill
from interfaces.graphql.compiler.followed import GIVEN
from interfaces.graphql.compiler.statement import Statement
from interfaces.live.changes import Change


class Interest(NamedTuple):
    """What one subscription asks to be shown, of which container; equal ones are served together.

    `name` is the followed field, `alias` its key in the answer; `values` are the statement's parameters but for those
    of the changes and the viewers.
    """

    name: str
    container: UUID
    alias: str
    statement: Statement
    values: tuple[Any, ...]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Interest) and self._same() == other._same()

    def __hash__(self) -> int:
        return hash(self._same())

    def _same(self) -> tuple[Any, ...]:
        return self.name, self.container, self.alias, self.statement.sql, self.values


class Delivery(NamedTuple):
    """A change as some viewers see it, encoded."""

    position: int
    answer: bytes
    viewers: frozenset[UUID]


async def shown(queries: Queries, interest: Interest, changes: Sequence[Change], viewers: Collection[UUID]) -> list[Delivery]:
    """The changes as the viewers may see them, in order. Raises ReadUnavailable, ReadTooLong."""
    given = (
        _array(str(change.key) for change in changes),
        _array(str(change.position) for change in changes),
        _array(change.event for change in changes),
        _array(str(change.gone).lower() for change in changes),
        str(interest.container),
        _array(map(str, viewers)),
    )
    found = orjson.loads(await queries.value(interest.statement.sql, list(_values(interest, given))) or "[]")
    deliveries = []
    for number, text, seen_by in found:
        answer = await _answer(interest, text)
        deliveries.append(Delivery(changes[number - 1].position, answer, frozenset(map(UUID, seen_by))))
    return deliveries


def _array(values: Iterable[str]) -> str:
    """An array of ids, numbers or names, none of which needs quotes."""
    return "{" + ",".join(values) + "}"


def _values(interest: Interest, given: Sequence[str]) -> Iterator[SqlValue]:
    """The parameters in the statement's order: those of the changes have slots counted from the end."""
    fixed = iter(interest.values)
    for parameter in interest.statement.parameters:
        if parameter.slot < 0:
            yield given[parameter.slot + len(GIVEN)]
        else:
            value = next(fixed)
            yield list(value) if isinstance(value, tuple) else value


async def _answer(interest: Interest, text: str) -> bytes:
    if not interest.statement.places:
        return Answer({interest.alias: orjson.Fragment(text)}).encoded()
    data, errors = await fill(orjson.loads(text), interest.statement.places)
    return Answer({interest.alias: data} if data is not None else None, errors).encoded()
