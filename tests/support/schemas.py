"""The GraphQL schema of the program, which is the same for every server of a process."""

from functools import cache

from graphql import GraphQLSchema

from interfaces.graphql.schema.build import build_schema


@cache
def whole_schema() -> GraphQLSchema:
    """Built once: it takes longer than all else that a server of a test begins with."""
    return build_schema()
