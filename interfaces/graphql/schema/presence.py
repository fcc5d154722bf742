"""Presence and typing in the schema: what is shown of people now, and stored nowhere."""

from collections.abc import Mapping

from graphql import (
    GraphQLArgument,
    GraphQLBoolean,
    GraphQLDefaultInput,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLFloat,
    GraphQLID,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
)

from interfaces.graphql.schema.writing import Writing

SHOWN = {"ONLINE": "Connected, and looking.", "AWAY": "Connected, and not looking."}
STATE = GraphQLEnumType(
    "PresenceState",
    {name: GraphQLEnumValue(name.lower(), doc) for name, doc in SHOWN.items()},
    description="What somebody who is connected wants to be shown as.",
)
SEEN = GraphQLEnumType(
    "PresenceSeen",
    {name: GraphQLEnumValue(name, doc) for name, doc in {**SHOWN, "OFFLINE": "Not connected."}.items()},
    description="What somebody is shown as.",
)
CHANNEL = "The channel. You must take part in it."


def subscriptions(writing: Writing) -> Mapping[str, GraphQLField]:
    """The fields of the subscription's root."""
    person = {
        "personId": GraphQLField(GraphQLNonNull(GraphQLID), description="Who."),
        "state": GraphQLField(GraphQLNonNull(SEEN), description="What they are shown as now."),
    }
    present = GraphQLObjectType("PersonPresence", person, description="What somebody is shown as.")
    people = GraphQLNonNull(GraphQLList(GraphQLNonNull(present)))
    shown = "At first everybody who is connected, then those for whom it has changed."
    presence = GraphQLObjectType(
        "PresenceShown",
        {"people": GraphQLField(people, description=shown)},
        description="What people of the channel are shown as.",
    )
    ids = GraphQLNonNull(GraphQLList(GraphQLNonNull(GraphQLID)))
    who = "All of them; nobody where it is empty."
    typing = GraphQLObjectType(
        "TypingShown", {"personIds": GraphQLField(ids, description=who)}, description="Who else is typing in the channel."
    )
    return {
        "presence": _followed(writing, "presence", presence, "Who of a channel is connected, from now on."),
        "typing": _followed(writing, "typing", typing, "Who is typing in a channel, from now on."),
    }


def _followed(writing: Writing, name: str, shown: GraphQLObjectType, doc: str) -> GraphQLField:
    union = GraphQLUnionType(
        f"{name.title()}Update", (shown, writing.refusal_type("NotFound")), description="What is delivered; nothing is resumed."
    )
    args = {"channel": GraphQLArgument(GraphQLNonNull(GraphQLID), description=CHANNEL)}
    return GraphQLField(GraphQLNonNull(union), args, description=doc, extensions={"watched": name})


def mutations(writing: Writing) -> Mapping[str, GraphQLField]:
    """The fields of the mutation's root, which are no commands: nothing of them is on record."""
    state = GraphQLInputField(GraphQLNonNull(STATE), description="What to be shown as, until you are no longer connected.")
    done = GraphQLField(GraphQLNonNull(STATE), description="What you are shown as, wherever you are connected.")
    channel = GraphQLInputField(GraphQLNonNull(GraphQLID), description=CHANNEL)
    typing = GraphQLInputField(
        GraphQLNonNull(GraphQLBoolean), description="False when you stop.", default=GraphQLDefaultInput(True)
    )
    seconds = GraphQLField(
        GraphQLNonNull(GraphQLFloat), description="For how long it is shown. Whoever goes on says it again before."
    )
    return {
        "showPresence": _shown(writing, "ShowPresence", {"state": state}, {"state": done}, "Be shown as looking, or away."),
        "showTyping": _shown(
            writing,
            "ShowTyping",
            {"channel": channel, "typing": typing},
            {"seconds": seconds},
            "Be shown as typing in a channel.",
        ),
    }


def _shown(
    writing: Writing, name: str, given: dict[str, GraphQLInputField], done: dict[str, GraphQLField], doc: str
) -> GraphQLField:
    input_ = GraphQLInputObjectType(f"{name}Input", given, description=doc)
    result = GraphQLUnionType(
        f"{name}Result",
        (GraphQLObjectType(f"{name}Done", done, description="It is shown."), writing.refusal_type("NotFound")),
        description=f"What comes of {name[0].lower()}{name[1:]}.",
    )
    args = {"input": GraphQLArgument(GraphQLNonNull(input_), description="What to show.")}
    return GraphQLField(result, args, description=f"{doc} Nothing of it is on record.", extensions={"shows": name})
