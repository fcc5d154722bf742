"""The root of subscriptions: what can be followed live, with a position on every change, so that it can be resumed."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

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
    gone, fields = writing.refusal_type("NotFound"), dict(presence.subscriptions(writing))
    ways: dict[str, list[Followed]] = defaultdict(list)
    for each in followed:
        ways[each.model_name].append(each)
    for same in ways.values():
        union, change = _update(same, reading.types[same[0].model_name], gone)
        fields |= {camel(each.name): _field(each, union, change) for each in same}
    return GraphQLObjectType("Subscription", dict(sorted(fields.items())), description="What can be followed live.")


def _field(followed: Followed, union: GraphQLUnionType, change: GraphQLObjectType) -> GraphQLField:
    """A field of the subscription's root."""
    args = {
        "after": GraphQLArgument(
            scalars.POSITION,
            description="The position of the last change that you have, to miss none; left out, from now on.",
        ),
    }
    if followed.by is not None and followed.container is not None:
        args = {camel(followed.by): GraphQLArgument(GraphQLNonNull(GraphQLID), description="Where."), **args}
    extensions = {"followed": followed, "change": change}
    return GraphQLField(GraphQLNonNull(union), args, description=followed.doc, extensions=extensions)


def _update(
    ways: Sequence[Followed], row: GraphQLObjectType, gone: GraphQLObjectType
) -> tuple[GraphQLUnionType, GraphQLObjectType]:
    """What is delivered of one read model, whichever of its ways is followed: the enum holds what any of them may tell."""
    every = [each for way in ways for each in triggers(way).values()]
    followed, deletes = ways[0], any(each.deletes for each in every)
    name = followed.model_name
    values = {each.name: GraphQLEnumValue(each.name, each.doc) for each in sorted(every, key=lambda each: each.name)}
    events = GraphQLEnumType(f"{name}Event", values, description=f"What can happen to a {name}.")
    target = {"target": followed.model}
    how = "How it is now, or later; null where it is gone." if deletes else "How it is now, or later."
    fields = {
        "position": GraphQLField(GraphQLNonNull(scalars.POSITION), description="Its place in the log: resume after it."),
        "event": GraphQLField(GraphQLNonNull(events), description="What happened."),
        "id": GraphQLField(GraphQLNonNull(GraphQLID), description=f"The id of the {name}."),
        camel(followed.row): GraphQLField(row if deletes else GraphQLNonNull(row), description=how, extensions=target),
    }
    change = GraphQLObjectType(f"{name}Change", fields, description=f"Something happened to a {name}.")
    union = GraphQLUnionType(f"{name}Update", (change, RESYNC, gone), description="What is delivered.")
    return union, change
