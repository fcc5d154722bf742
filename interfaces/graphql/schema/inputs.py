"""Inputs of mutations: made from the commands' own fields, and read back into commands."""

import inspect
from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from graphql import GraphQLDefaultInput, GraphQLID, GraphQLInputField, GraphQLInputObjectType, GraphQLList, GraphQLNonNull
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from domain.kernel.commands import Command
from interfaces.graphql import scalars
from interfaces.graphql.ids import local_key, read_id
from interfaces.graphql.schema.hints import Kind, kind
from interfaces.graphql.schema.naming import Enums, camel, pascal

COMMAND_ID = "commandId"


class Unreadable(Exception):
    """A value that its field can't have: where, why not, in words, and the bound that it is beyond, if it is one."""

    def __init__(self, field: str, reason: str, at_least: Decimal | None = None, at_most: Decimal | None = None) -> None:
        super().__init__(reason)
        self.field, self.reason, self.at_least, self.at_most = field, reason, at_least, at_most


class Field(NamedTuple):
    """A field of an input: its name in the command, and how its value is read."""

    name: str
    kind: Kind
    nested: "Input | None"


class Input(NamedTuple):
    """An input type with its fields by their GraphQL names."""

    type: GraphQLInputObjectType
    fields: Mapping[str, Field]

    def read(self, given: Mapping[str, Any], path: str = "") -> dict[str, Any]:
        """The values for the command. Raises Unreadable."""
        return {
            self.fields[name].name: _read(self.fields[name], value, f"{path}{name}")
            for name, value in given.items()
            if name in self.fields
        }


class Inputs:
    """Makes input types; each model has one."""

    def __init__(self, enums: Enums) -> None:
        self.enums = enums
        self.nested: dict[str, Input] = {}

    def command(self, command: type[Command], made: Collection[str]) -> Input:
        """The input of a command. The ids `made` of new things may be left out."""
        fields, types = self._fields(command, made)
        types[COMMAND_ID] = GraphQLInputField(
            scalars.UNIQUE_ID,
            description="The same id with the same input is done once, and answered alike every time; made for you if left out.",
        )
        doc = inspect.getdoc(command)
        return Input(GraphQLInputObjectType(f"{command.__name__}Input", types, description=doc), fields)

    def _fields(
        self, model: type[BaseModel], made: Collection[str] = ()
    ) -> tuple[dict[str, Field], dict[str, GraphQLInputField]]:
        fields: dict[str, Field] = {}
        types: dict[str, GraphQLInputField] = {}
        for name, info in model.model_fields.items():
            where = f"{model.__name__}.{name}"
            found = kind(where, info.annotation, tuple(info.metadata))
            nested = self._nested(found.model) if found.model else None
            fields[camel(name)] = Field(name, found, nested)
            types[camel(name)] = self._field(model, name, info, found, nested, optional=name in made)
        return fields, types

    def _field(
        self, model: type[BaseModel], name: str, info: FieldInfo, found: Kind, nested: Input | None, *, optional: bool
    ) -> GraphQLInputField:
        type_: Any = nested.type if nested else self._leaf(model, name, found, info.description or "")
        type_ = GraphQLList(GraphQLNonNull(type_)) if found.several else type_
        if info.is_required() and not optional:
            type_ = GraphQLNonNull(type_)
        default = None
        if isinstance(info.default, bool | int):
            default = GraphQLDefaultInput(info.default)
        elif isinstance(info.default, str):
            default = GraphQLDefaultInput(info.default.upper() if found.choices else info.default)
        doc = f"{info.description} Left out, one is made for you." if optional else info.description
        return GraphQLInputField(type_, description=doc, default=default)

    def _leaf(self, model: type[BaseModel], name: str, found: Kind, doc: str) -> Any:
        if found.of:
            return GraphQLID
        if found.choices:
            return self.enums.like(found.choices) or self.enums.of(f"{model.__name__}{pascal(name)}", found.choices, {}, doc)
        return found.leaf

    def _nested(self, model: type[BaseModel]) -> Input:
        if model.__name__ not in self.nested:
            fields, types = self._fields(model)
            type_ = GraphQLInputObjectType(f"{model.__name__}Input", types, description=inspect.getdoc(model))
            self.nested[model.__name__] = Input(type_, fields)
        return self.nested[model.__name__]


def _read(field: Field, value: Any, path: str) -> Any:
    if value is None:
        return None
    read = _reader(field)
    if field.kind.several:
        return [read(item, f"{path}.{n}") for n, item in enumerate(value)]
    return read(value, path)


def _reader(field: Field) -> Callable[[Any, str], Any]:
    if field.nested is not None:
        nested = field.nested
        return lambda value, at: nested.read(value, f"{at}.")
    if field.kind.of is not None:
        of = field.kind.of
        return lambda value, at: _key(value, of, at)
    return lambda value, _: value


ANYTHING = "Resource"
"""What an id may be of any type for: what is granted on it."""


def _key(text: str, of: str, path: str) -> Any:
    named = read_id(text) if of == ANYTHING else None
    key = named.key if named and named.position is None else local_key(text, of)
    if key is None:
        past = read_id(text)
        if past is not None and past.type == of and past.position is not None:
            raise Unreadable(path, f"It is the id of a {of} as of position {past.position}: the past can't be changed.")
        raise Unreadable(path, f"It must be the id of a {of}.")
    return key
