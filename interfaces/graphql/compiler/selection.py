"""Reading a selection: which fields, merged over fragments and directives, with which arguments."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from graphql import (
    FieldNode,
    GraphQLEnumType,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    get_named_type,
    is_non_null_type,
)
from graphql.execution.collect_fields import FieldDetailsList, FragmentDetails, collect_fields, collect_subfields
from graphql.execution.values import VariableValues, get_argument_values

from interfaces.graphql.ids import read_id
from projections.engine.members import MODELS

Details = FieldDetailsList | None
"""The nodes whose selections are merged; None for the operation itself."""


class Use(NamedTuple):
    """A field as one place of the answer asks for it. `slot` is where its arguments stand when the statement is run."""

    key: str
    field: GraphQLField
    details: FieldDetailsList
    args: Mapping[str, Any]
    slot: int

    @property
    def node(self) -> FieldNode:
        return self.details[0].node

    @property
    def member(self) -> Any:
        """What of the declaration answers it."""
        return self.field.extensions.get("member")


class Wrong(NamedTuple):
    """A field whose arguments can't be read: it is answered with the error in its place."""

    key: str
    field: GraphQLField
    error: GraphQLError


Slot = tuple[GraphQLField, FieldNode]


class Selection:
    """Reads the selections of one operation with these variables, by graphql-core's own functions."""

    def __init__(
        self,
        schema: GraphQLSchema,
        operation: OperationDefinitionNode,
        fragments: dict[str, FragmentDetails],
        variables: VariableValues,
    ) -> None:
        self.schema, self.operation, self.fragments, self.variables = schema, operation, fragments, variables
        self.slots: list[Slot] = []

    def fields(self, type_: GraphQLObjectType, details: Details) -> Iterator[tuple[str, FieldDetailsList]]:
        """The fields of an object under their response keys, in the order of the answer."""
        context = self.schema, self.fragments, self.variables
        if details is None:
            found = collect_fields(*context, type_, self.operation, hide_suggestions=True)
        else:
            found = collect_subfields(*context, self.operation, type_, details, hide_suggestions=True)
        yield from found.grouped_field_set.items()

    def use(self, type_: GraphQLObjectType, key: str, details: FieldDetailsList) -> Use | Wrong:
        """A field with its arguments, which get a slot of their own."""
        node = details[0].node
        field = type_.fields[node.name.value]
        if not field.args:
            return Use(key, field, details, {}, -1)
        try:
            args = arguments(field, node, self.variables)
        except GraphQLError as error:
            return Wrong(key, field, error)
        self.slots.append((field, node))
        return Use(key, field, details, args, len(self.slots))


def arguments(field: GraphQLField, node: FieldNode, variables: VariableValues) -> dict[str, Any]:
    """A field's coerced arguments. Raises GraphQLError."""
    return get_argument_values(field, node, variables, hide_suggestions=True)


def shape(variables: VariableValues) -> tuple[Any, ...]:
    """What of the variables a statement's text depends on.

    Nulls, booleans, enum values and the keys of objects; of an id the type that it names, and whether it is of the past. All
    other values are parameters.
    """
    return tuple(
        (name, _shape(value, variables.sources[name].signature.type)) for name, value in sorted(variables.coerced.items())
    )


def _shape(value: Any, type_: Any) -> Any:
    if is_non_null_type(type_):
        type_ = type_.of_type
    if value is None or isinstance(value, bool):
        return value
    named = get_named_type(type_)
    if isinstance(value, list):
        return ...
    if isinstance(value, dict):
        return tuple((name, _shape(each, named.fields[name].type)) for name, each in value.items())
    if isinstance(named, GraphQLEnumType):
        return value
    if named.name == "ID":
        found = read_id(value)
        return (found.type, found.position is not None) if found and found.type in MODELS else None
    return ...
