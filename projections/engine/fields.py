"""What stands in a read model's class: typed for mypy as the row's values, read by the engine as declarations."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar, overload
from uuid import UUID

from projections.engine.values import Ref

if TYPE_CHECKING:
    from dataclasses import replace
else:
    from msgspec.structs import replace

__all__ = [
    "Formula",
    "Maybe",
    "OneOf",
    "To",
    "column",
    "computed",
    "formula",
    "found",
    "listed",
    "many",
    "one",
    "replace",
    "searched",
]

M = TypeVar("M")
F = TypeVar("F", bound=Callable[..., Any])
Operator = Literal["eq", "any", "lt", "gte", "contains", "search"]


class To(Generic[M]):
    """A relation to one row: its id in the row, the other object in GraphQL (null where the viewer may not see it)."""

    if TYPE_CHECKING:

        @overload
        def __get__(self, row: None, model: Any) -> "To[M]": ...
        @overload
        def __get__(self, row: object, model: Any) -> UUID: ...
        def __get__(self, row: Any, model: Any) -> Any: ...
        def __set__(self, row: object, other: UUID) -> None: ...


class Maybe(Generic[M]):
    """A relation to one row or none: an id or None in the row."""

    if TYPE_CHECKING:

        @overload
        def __get__(self, row: None, model: Any) -> "Maybe[M]": ...
        @overload
        def __get__(self, row: object, model: Any) -> UUID | None: ...
        def __get__(self, row: Any, model: Any) -> Any: ...
        def __set__(self, row: object, other: UUID | None) -> None: ...


class OneOf(Generic[M]):
    """A relation to one row of one of several models, `OneOf[Message | Person]`: a `Ref` in the row, a union in GraphQL."""

    if TYPE_CHECKING:

        @overload
        def __get__(self, row: None, model: Any) -> "OneOf[M]": ...
        @overload
        def __get__(self, row: object, model: Any) -> Ref: ...
        def __get__(self, row: Any, model: Any) -> Any: ...
        def __set__(self, row: object, other: Ref) -> None: ...


class Formula(Generic[M]):
    """A value that SQL computes when it is read; the row itself doesn't have it."""


class Nothing:
    """Stands for a default that wasn't given."""


NOTHING: Any = Nothing()


@dataclass(frozen=True, kw_only=True)
class ManySpec:
    doc: str
    name: str
    order: str
    where: str | None


@dataclass(frozen=True, kw_only=True)
class ColumnSpec:
    doc: str
    default: Any
    order: bool
    born: bool
    filter: tuple[Operator, ...]
    personal: tuple[str, ...] | bool
    choices: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class OneSpec:
    doc: str
    default: Any
    inverse: tuple[ManySpec, ...]
    index: bool


@dataclass(frozen=True, kw_only=True)
class FormulaSpec:
    doc: str
    sql: str


@dataclass(frozen=True, kw_only=True)
class FoundSpec:
    doc: str
    name: str
    where: str | None


@dataclass(frozen=True, kw_only=True)
class SearchedSpec:
    doc: str
    name: str
    text: str
    time: str
    by: tuple[str, ...]
    kinds: Mapping[str, str]


def column(
    doc: str,
    *,
    default: Any = NOTHING,
    order: bool = False,
    born: bool = False,
    filter: Sequence[Operator] = (),  # noqa: A002 (the word that the schema has)
    personal: bool | Sequence[str] = False,
    choices: Mapping[str, str] = {},
) -> Any:
    """A value of the row.

    `order`: rows can be listed by it, upwards and downwards. `filter`: how lists can be narrowed by it; `search` keeps tokens of
    the text in an index. `born`: it is known when the row is made, never changes, and is the position or effective time then.
    `personal`: the value is a person's; it comes from the event's field of the same name, or from the fields named here, all of
    one owner: from their values themselves or, where such a value is a record, from its field of the column's name. When the key
    of that field is destroyed the value becomes None, or, where it can't be None, the row goes.
    `choices`: what each of a Literal's values means.
    """
    sources = personal if isinstance(personal, bool) else tuple(personal)
    return ColumnSpec(
        doc=doc, default=default, order=order, born=born, filter=tuple(filter), personal=sources, choices=dict(choices)
    )


def many(name: str, doc: str, *, order: str, where: str | None = None) -> ManySpec:
    """The other side of a relation: a list `name` on the row pointed to. `order`: a column that lists may be ordered by,
    with `-` for downwards, as the default; `where`: SQL that narrows it, over {this}."""
    return ManySpec(doc=doc, name=name, order=order, where=where)


def one(doc: str, *, inverse: ManySpec | Sequence[ManySpec] = (), index: bool = False, default: Any = NOTHING) -> Any:
    """A relation to one row, annotated `To[…]`, `Maybe[…]` or `OneOf[…]`; `inverse` gives the other model its list of these rows.

    An inverse brings its index; `index=True` makes one without.
    """
    lists = (inverse,) if isinstance(inverse, ManySpec) else tuple(inverse)
    return OneSpec(doc=doc, default=default, inverse=lists, index=index)


def formula(sql: str, doc: str, *, init: Literal[False] = False) -> Any:
    """A value computed by SQL when it is read: {this} is the row, {viewer} who asks, {now} the time, {message} the table of the
    model Message, {seen_message} those of its rows that the viewer may see.

    It sees rows past visibility unless it says otherwise.
    """
    return FormulaSpec(doc=doc, sql=sql)


def computed(*needs: str) -> Callable[[F], F]:
    """A method whose value GraphQL shows: computed in Python from these columns alone; its docstring is the description."""

    def mark(method: F) -> F:
        method.needs = needs  # type: ignore[attr-defined]  # a mark that the class reads
        return method

    return mark


def found(name: str, doc: str, *, where: str | None = None) -> FoundSpec:
    """A field of the query's root that finds one row: by its id, or by `where`, SQL over {this} and {viewer}."""
    return FoundSpec(doc=doc, name=name, where=where)


def searched(name: str, doc: str, *, text: str, time: str, by: Sequence[str], kinds: Mapping[str, str]) -> SearchedSpec:
    """A field of the query's root that searches in the column `text`, which has the filter `search`; `time` is a column that
    lists can be ordered by, `by` are relations that narrow the search, and `kinds` kinds of rows, each with its SQL over
    {this}."""
    return SearchedSpec(doc=doc, name=name, text=text, time=time, by=tuple(by), kinds=kinds)


def listed(name: str, doc: str, *, order: str, where: str | None = None) -> ManySpec:
    """A field of the query's root that lists rows: all that the viewer may see, or those where the SQL `where` holds."""
    return ManySpec(doc=doc, name=name, order=order, where=where)
