"""The schema says everything: each command and read model is in it, and each part of it is described."""

from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLID,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
)

from domain.kernel.decisions import DECIDERS
from interfaces.graphql.refusals import EVERYWHERE
from interfaces.graphql.schema.build import build_schema
from interfaces.graphql.schema.writing import refuse_clashes
from projections.engine.registry import models


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema()


def described(schema: GraphQLSchema) -> list[tuple[str, str | None]]:
    """Every part of the schema that is ours, with its description."""
    parts: list[tuple[str, str | None]] = []
    for name, type_ in schema.type_map.items():
        if name.startswith("__"):
            continue
        parts.append((name, type_.description))
        fields: dict[str, Any] = {}
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            fields = dict(type_.fields)
        elif isinstance(type_, GraphQLEnumType):
            fields = dict(type_.values)
        for key, field in fields.items():
            parts.append((f"{name}.{key}", field.description))
            parts += [(f"{name}.{key}.{arg}", declared.description) for arg, declared in getattr(field, "args", {}).items()]
    return parts


def test_everything_is_described(schema: GraphQLSchema) -> None:
    assert [name for name, text in described(schema) if not text] == []


def test_every_command_has_a_mutation(schema: GraphQLSchema) -> None:
    assert schema.mutation_type
    names = {name.lower() for name in schema.mutation_type.fields}
    not_on_record = {"showpresence", "showtyping"}
    assert names - not_on_record == {command.__name__.lower() for command, decider in DECIDERS.items() if decider.offered}


def test_every_mutation_names_its_refusals(schema: GraphQLSchema) -> None:
    assert schema.mutation_type
    fields = {name.lower(): field for name, field in schema.mutation_type.fields.items()}
    for command, decider in ((c, d) for c, d in DECIDERS.items() if d.offered):
        union = get_named_type(fields[command.__name__.lower()].type)
        assert isinstance(union, GraphQLUnionType)
        results = {type_.name for type_ in union.types}
        everywhere = {refusal.__name__ for refusal in EVERYWHERE}
        assert results == everywhere | {refusal.__name__ for refusal in decider.refusals} | {f"{command.__name__}Done"}


def test_what_can_not_be_asked_for_in_one_selection_is_refused() -> None:
    def union(of: Any) -> GraphQLUnionType:
        done = GraphQLObjectType("MoveDone", {"desk": GraphQLField(GraphQLObjectType("Desk", {"id": GraphQLField(GraphQLID)}))})
        return GraphQLUnionType("MoveResult", (done, GraphQLObjectType("DeskTaken", {"desk": GraphQLField(of)})))

    with pytest.raises(TypeError, match="MoveResult: `desk` is Desk in MoveDone and ID! in DeskTaken; rename one"):
        refuse_clashes(union(GraphQLNonNull(GraphQLID)))
    refuse_clashes(union(GraphQLObjectType("Table", {"id": GraphQLField(GraphQLID)})))


def test_every_read_model_is_a_node(schema: GraphQLSchema) -> None:
    node = schema.type_map["Node"]
    assert isinstance(node, GraphQLInterfaceType)
    assert {type_.name for type_ in schema.get_possible_types(node)} == set(models())


def test_a_made_id_can_be_left_out_and_others_cannot(schema: GraphQLSchema) -> None:
    post, edit = schema.type_map["PostMessageInput"], schema.type_map["EditMessageInput"]
    assert isinstance(post, GraphQLInputObjectType)
    assert isinstance(edit, GraphQLInputObjectType)
    assert (str(post.fields["message"].type), str(post.fields["channel"].type)) == ("ID", "ID!")
    assert str(edit.fields["message"].type) == "ID!"
