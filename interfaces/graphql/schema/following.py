"""The root of subscriptions: what can be followed live, with a position on every change, so that it can be resumed."""

from collections.abc import Iterable

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLID,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLString,
    GraphQLUnionType,
)

from interfaces.graphql import scalars
from interfaces.graphql.schema import presence
from interfaces.graphql.schema.naming import camel
from interfaces.graphql.schema.reading import Reading
from interfaces.graphql.schema.writing import Writing
from interfaces.live.followed import Followed, triggers

RESYNC = GraphQLObjectType(
    "ResyncRequired",
    {
        "position": GraphQLField(
            GraphQLNonNull(scalars.POSITION), description="Where the log is now: query anew, then follow from here."
        ),
        "explanation": GraphQLField(GraphQLNonNull(GraphQLString), description="The reason, in words."),
    },
    description="Changes were missed that can't be delivered any more; nothing follows.",
)


def subscription(reading: Reading, writing: Writing, followed: Iterable[Followed]) -> GraphQLObjectType:
    """The root of subscriptions."""
    gone = writing.refusal_type("NotFound")
    fields = {each.name: _field(reading, each, gone) for each in followed} | dict(presence.subscriptions(writing))
    return GraphQLObjectType("Subscription", fields, description="What can be followed live.")


def _field(reading: Reading, followed: Followed, gone: GraphQLObjectType) -> GraphQLField:
    name, row = followed.model_name, reading.types[followed.model_name]
    values = {t.name: GraphQLEnumValue(t.name, t.doc) for t in triggers(followed.model).values()}
    events = GraphQLEnumType(f"{name}Event", values, description=f"What can happen to a {name}.")
    change = GraphQLObjectType(
        f"{name}Change",
        {
            "position": GraphQLField(GraphQLNonNull(scalars.POSITION), description="Its place in the log: resume after it."),
            "event": GraphQLField(GraphQLNonNull(events), description="What happened."),
            camel(followed.row): GraphQLField(
                GraphQLNonNull(row), description="How it is now, or later.", extensions={"target": followed.model}
            ),
        },
        description=f"Something happened to a {name}.",
    )
    union = GraphQLUnionType(f"{name}Update", (change, RESYNC, gone), description="What is delivered.")
    args = {
        camel(followed.by): GraphQLArgument(GraphQLNonNull(GraphQLID), description="Where."),
        "after": GraphQLArgument(
            scalars.POSITION, description="The position of the last change that you have, to miss none; left out, from now on."
        ),
    }
    return GraphQLField(
        GraphQLNonNull(union), args, description=followed.doc, extensions={"followed": followed, "change": change}
    )
