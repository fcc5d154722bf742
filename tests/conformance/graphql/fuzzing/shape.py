"""Whether an answer has exactly the form that its document and the schema say."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    is_abstract_type,
)

LEAVES: dict[str, type] = {"Int": int, "Float": float, "Boolean": bool}
"""How leaf values arrive; all others are strings."""


class Shape:
    """The form that the answers to one document have."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self.schema = schema
        [self.operation] = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
        self.fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}

    def wrong(self, data: Any) -> list[str]:
        """Where and how the data has another form; empty where it hasn't."""
        root = self.schema.get_root_type(self.operation.operation)
        assert root is not None
        return list(self._object(root, data, [self.operation.selection_set], "data"))

    def _value(self, type_: GraphQLOutputType, value: Any, selections: Sequence[SelectionSetNode], at: str) -> Iterator[str]:
        if isinstance(type_, GraphQLNonNull):
            if value is None:
                yield f"{at} is null"
                return
            type_ = type_.of_type
        if value is None:
            return
        if isinstance(type_, GraphQLList):
            if not isinstance(value, list):
                yield f"{at} is no list"
                return
            for number, item in enumerate(value):
                yield from self._value(type_.of_type, item, selections, f"{at}.{number}")
        elif isinstance(type_, GraphQLObjectType):
            yield from self._object(type_, value, selections, at)
        elif is_abstract_type(type_):
            possible = self.schema.get_possible_types(type_)
            tried = {possibility.name: list(self._object(possibility, value, selections, at)) for possibility in possible}
            if all(tried.values()):
                yield f"{at} is none of {type_.name}'s types: {min(tried.values(), key=len)}"
        elif isinstance(type_, GraphQLEnumType):
            if value not in type_.values:
                yield f"{at} is {value!r}, which is no {type_.name}"
        elif type(value) is not LEAVES.get(str(type_), str):
            yield f"{at} is {value!r}, which is no {type_}"

    def _object(self, type_: GraphQLObjectType, value: Any, selections: Sequence[SelectionSetNode], at: str) -> Iterator[str]:
        fields: dict[str, list[FieldNode]] = {}
        for field in self._fields(type_, selections):
            fields.setdefault(field.alias.value if field.alias else field.name.value, []).append(field)
        if not isinstance(value, dict) or list(value) != list(fields):
            yield f"{at} should have {list(fields)}: {value!r:.200}"
            return
        for key, merged in fields.items():
            name = merged[0].name.value
            if name == "__typename":
                if value[key] != type_.name:
                    yield f"{at}.{key} is {value[key]!r}"
            else:
                below = [field.selection_set for field in merged if field.selection_set]
                yield from self._value(type_.fields[name].type, value[key], below, f"{at}.{key}")

    def _fields(self, type_: GraphQLObjectType, selections: Iterable[SelectionSetNode]) -> Iterator[FieldNode]:
        for selection_set in selections:
            for node in selection_set.selections:
                if isinstance(node, FieldNode):
                    yield node
                elif self._applies(node, type_):
                    yield from self._fields(type_, [self._fragment(node).selection_set])

    def _fragment(self, node: SelectionNode) -> InlineFragmentNode | FragmentDefinitionNode:
        if isinstance(node, FragmentSpreadNode):
            return self.fragments[node.name.value]
        assert isinstance(node, InlineFragmentNode)
        return node

    def _applies(self, node: SelectionNode, type_: GraphQLObjectType) -> bool:
        condition = self._fragment(node).type_condition
        if condition is None or condition.name.value == type_.name:
            return True
        named = self.schema.type_map[condition.name.value]
        return is_abstract_type(named) and self.schema.is_sub_type(named, type_)
