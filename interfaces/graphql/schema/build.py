"""The whole schema of the program, from everything that is declared."""

from collections.abc import Mapping

from graphql import GraphQLSchema, print_schema, specified_directives, validate_schema

import domain.everything  # noqa: F401 (registers every decision)
from domain.kernel.decisions import DECIDERS
from interfaces.graphql import proofs
from interfaces.graphql.cases import CASE
from interfaces.graphql.queries import WAIT_FOR
from interfaces.graphql.schema import lookups, presence
from interfaces.graphql.schema.following import subscription
from interfaces.graphql.schema.reading import Reading
from interfaces.graphql.schema.writing import Writing
from interfaces.live.followed import followed
from projections.engine.members import Declared
from projections.engine.registry import models


def build_schema(declared: Mapping[str, Declared] | None = None) -> GraphQLSchema:
    """The schema. Raises TypeError, in words, where declarations don't fit together."""
    reading = Reading(models().values() if declared is None else declared.values())
    writing = Writing(reading, (decider for decider in DECIDERS.values() if decider.offered))
    mutation = writing.mutation(presence.mutations)
    schema = GraphQLSchema(
        reading.query({**proofs.fields(), **lookups.fields()}),
        mutation,
        subscription(reading, writing, followed()),
        types=reading.named(),
        directives=[*specified_directives, WAIT_FOR, CASE],
        description="What can be read, done and followed. Ids and cursors are opaque; positions order everything.",
    )
    if errors := validate_schema(schema):
        raise TypeError("; ".join(error.message for error in errors))
    return schema


def schema_page() -> str:
    """The program's schema, as docs/reference/schema.graphql holds it."""
    return exported(build_schema())


def exported(schema: GraphQLSchema) -> str:
    """A schema in GraphQL's own language."""
    return print_schema(schema) + "\n"
