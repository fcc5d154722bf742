"""What is shown to those who asked for the same: read in one statement, and what is alike encoded once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import orjson

from application.ports.reading import Queries, SqlValue
from interfaces.graphql.answers import Answer
from interfaces.graphql.compiler.fill import fill
from interfaces.graphql.compiler.statement import Statement
from interfaces.graphql.compiler.viewers import GIVEN
from interfaces.live.changes import Change
from projections.engine.members import Declared


class Form(NamedTuple):
    """In what form something is asked to be shown; subscriptions of equal forms are served together.

    `name` is the followed field, `alias` its key in the answer; `values` are the statement's parameters but for those of the
    changes and the viewers. `besides`: the same for changes by way of rows of other models, by their names.
    """

    name: str
    alias: str
    statement: Statement
    values: tuple[Any, ...]
    besides: Mapping[str, "Form"] = MappingProxyType({})

    @property
    def models(self) -> frozenset[Declared]:
        """Every model that is read to show a change."""
        return self.statement.models.union(*(form.statement.models for form in self.besides.values()))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Form) and self._same() == other._same()

    def __hash__(self) -> int:
        return hash(self._same())

    def _same(self) -> tuple[Any, ...]:
        return self.name, self.alias, self.statement.sql, self.values


class Delivery(NamedTuple):
    """A change as somebody sees it, encoded."""

    position: int
    answer: bytes


class Asking(NamedTuple):
    """Viewers and beside each the container that they follow, as the contents of SQL arrays."""

    viewers: str
    containers: str


class Shown(NamedTuple):
    """A delivery, and who is to have it: their numbers, from 0, among those who were asked for."""

    delivery: Delivery
    viewers: Sequence[int]


async def shown(queries: Queries, form: Form, changes: Sequence[Change], asking: Asking) -> list[Shown]:
    """The changes as the viewers may see them, in order: one statement for all, and one for those by way of each other model.

    Raises ReadUnavailable, ReadTooLong.
    """
    found: list[Shown] = []
    for beside in {change.beside and change.beside[0]: None for change in changes}:
        alike = [change for change in changes if (change.beside and change.beside[0]) == beside]
        found += await _shown(queries, form.besides[beside] if beside else form, alike, asking)
    return sorted(found, key=lambda each: each.delivery.position)


async def _shown(queries: Queries, form: Form, changes: Sequence[Change], asking: Asking) -> list[Shown]:
    given = (
        _array(str(change.key) for change in changes),
        _array(str(change.position) for change in changes),
        _array(change.event for change in changes),
        _array(str(change.container) for change in changes),
        _array(str(change.beside[1]) for change in changes if change.beside),
        f"{{{asking.viewers}}}",
        f"{{{asking.containers}}}",
    )
    found = orjson.loads(await queries.value(form.statement.sql, list(_values(form, given))) or "[]")
    return [Shown(Delivery(changes[number].position, await _answer(form, text)), seen_by) for number, text, seen_by in found]


def _array(values: Iterable[str]) -> str:
    """An array of ids, numbers or names, none of which needs quotes."""
    return "{" + ",".join(values) + "}"


def _values(form: Form, given: Sequence[str]) -> Iterator[SqlValue]:
    """The parameters in the statement's order: those of the changes have slots counted from the end."""
    fixed = iter(form.values)
    for parameter in form.statement.parameters:
        if parameter.slot < 0:
            yield given[parameter.slot + len(GIVEN)]
        else:
            value = next(fixed)
            yield list(value) if isinstance(value, tuple) else value


async def _answer(form: Form, text: str) -> bytes:
    if not form.statement.places:
        return Answer({form.alias: orjson.Fragment(text)}).encoded()
    data, errors = await fill(orjson.loads(text), form.statement.places)
    return Answer({form.alias: data} if data is not None else None, errors).encoded()
