"""Answers that no statement makes: values of our own in the shape that was asked for."""

from collections.abc import Mapping
from typing import Any

from graphql import GraphQLObjectType, get_named_type

from interfaces.graphql.answers import Answer
from interfaces.graphql.compiler.selection import Details, Selection, Use


def typed(selection: Selection, use: Use, type_name: str, values: Mapping[str, Any]) -> bytes:
    """An encoded answer of one of the types that a field may have; an `explanation` left out is the type's description."""
    type_ = selection.schema.type_map[type_name]
    assert isinstance(type_, GraphQLObjectType)  # noqa: S101  members of unions are
    given = {"explanation": type_.description, **values}
    return Answer({use.key: shaped(selection, type_, use.details, given)}).encoded()


def shaped(selection: Selection, type_: GraphQLObjectType, details: Details, values: Mapping[str, Any]) -> dict[str, Any]:
    """What a selection takes of an object."""
    answer: dict[str, Any] = {}
    for key, merged in selection.fields(type_, details):
        name = merged[0].node.name.value
        if name == "__typename":
            answer[key] = type_.name
            continue
        value, inner = values[name], get_named_type(type_.fields[name].type)
        if isinstance(inner, GraphQLObjectType):
            answer[key] = [shaped(selection, inner, merged, each) for each in value]
        else:
            answer[key] = value
    return answer
