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
from interfaces.live.followed import followed as every_way

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
    updates = Updates(reading, writing.refusal_type("NotFound"))
    fields = {camel(each.name): updates.field(each) for each in followed} | dict(presence.subscriptions(writing))
    return GraphQLObjectType("Subscription", dict(sorted(fields.items())), description="What can be followed live.")


class Updates:
    """What is delivered of each read model, however it is followed."""

    def __init__(self, reading: Reading, gone: GraphQLObjectType) -> None:
        self.reading, self.gone = reading, gone
        self.known: dict[str, tuple[GraphQLUnionType, GraphQLObjectType]] = {}

    def field(self, followed: Followed) -> GraphQLField:
        """A field of the subscription's root."""
        if followed.model_name not in self.known:
            self.known[followed.model_name] = self._update(followed)
        union, change = self.known[followed.model_name]
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

    def _update(self, followed: Followed) -> tuple[GraphQLUnionType, GraphQLObjectType]:
        # Whichever way of following is met first, the enum holds what any of them may tell.
        every = [each for way in _ways(followed) for each in triggers(way).values()]
        name, row, deletes = followed.model_name, self.reading.types[followed.model_name], any(each.deletes for each in every)
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
        union = GraphQLUnionType(f"{name}Update", (change, RESYNC, self.gone), description="What is delivered.")
        return union, change


def _ways(followed: Followed) -> Iterable[Followed]:
    return [each for each in every_way() if each.model_name == followed.model_name]
