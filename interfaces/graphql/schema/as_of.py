"""The root's field `at`: everything that can be read, as it was."""

from collections.abc import Mapping

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLNonNull,
    GraphQLObjectType,
)

from interfaces.graphql import scalars
from interfaces.graphql.compiler.objects import At

AS_OF = GraphQLInputObjectType(
    "AsOf",
    {
        "position": GraphQLInputField(scalars.POSITION, description="When the log had come to this position."),
        "recordedAt": GraphQLInputField(scalars.DATE_TIME, description="At this time, by when things were recorded."),
        "time": GraphQLInputField(
            scalars.DATE_TIME,
            description="At this time, by when things happened: a history that was imported first of all is asked by its "
            "original times; one that was imported later shows from when it was known here.",
        ),
    },
    description="A moment of the log: exactly one of these. Before the first event nothing is there yet.",
    is_one_of=True,
)


def at_field(fields: Mapping[str, GraphQLField]) -> GraphQLField:
    """The field, which has all these again."""
    past = GraphQLObjectType(
        "Past",
        dict(sorted(fields.items())),
        description="What could be read, as it was. You see what you could see then and may see now. What was since changed, "
        "taken back or ended is for those who may read history: for others the words of earlier versions are null, and what is "
        "gone isn't there.",
    )
    return GraphQLField(
        past,
        {"asOf": GraphQLArgument(GraphQLNonNull(AS_OF), description="As of when.")},
        description="Everything as it was at a moment. The ids here say the position, so that they are no ids of the present.",
        extensions={"member": At(), "model": None},
    )
