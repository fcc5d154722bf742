"""Reading annotations of commands and refusals: what kind of value a field holds."""

from datetime import date, datetime
from decimal import Decimal
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin
from uuid import UUID

from graphql import GraphQLBoolean, GraphQLFloat, GraphQLInt, GraphQLString
from pydantic import BaseModel

from interfaces.graphql import scalars

LEAVES: dict[Any, Any] = {
    str: GraphQLString,
    int: GraphQLInt,
    bool: GraphQLBoolean,
    float: GraphQLFloat,
    UUID: scalars.UNIQUE_ID,
    date: scalars.DATE,
    datetime: scalars.DATE_TIME,
    Decimal: scalars.DECIMAL,
}
INT_MAX = 2**31 - 1


class Kind(NamedTuple):
    """What an annotation means. Exactly one of `leaf`, `of`, `choices`, `model` says what the value is.

    `of` is the type that an identifier names (Channel for ChannelId); `several` a list of such values.
    """

    nullable: bool = False
    several: bool = False
    leaf: Any = None
    of: str | None = None
    choices: tuple[str, ...] = ()
    model: type[BaseModel] | None = None


def kind(where: str, hint: Any, metadata: tuple[Any, ...] = ()) -> Kind:
    """The kind of an annotation. Raises TypeError, naming `where`, for one that the schema has no words for."""
    if get_origin(hint) is Annotated:
        hint, *more = get_args(hint)
        return kind(where, hint, (*metadata, *more))
    if get_origin(hint) in (Union, UnionType):
        rest = [arg for arg in get_args(hint) if arg is not NoneType]
        if len(rest) == 1:
            return kind(where, rest[0], metadata)._replace(nullable=True)
    if get_origin(hint) in (tuple, list, frozenset):
        inner = kind(where, get_args(hint)[0])
        if not inner.several and not inner.nullable:
            return inner._replace(several=True)
    if get_origin(hint) is Literal:
        return Kind(choices=get_args(hint))
    if hasattr(hint, "__supertype__"):
        if hint.__supertype__ is UUID and hint.__name__.endswith("Id"):
            return Kind(of=hint.__name__.removesuffix("Id"))
        return kind(where, hint.__supertype__, metadata)
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return Kind(model=hint)
    if hint is int and any(getattr(mark, "le", 0) > INT_MAX for mark in metadata):
        return Kind(leaf=scalars.LONG)
    if hint in LEAVES:
        return Kind(leaf=LEAVES[hint])
    raise TypeError(f"{where}: the schema has no type for {hint!r}")
