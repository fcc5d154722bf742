"""The root's fields that look back: who could do what, and who could see it."""

from collections.abc import Awaitable, Mapping
from typing import Any
from uuid import UUID

from graphql import (
    GraphQLArgument,
    GraphQLBoolean,
    GraphQLField,
    GraphQLID,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLString,
)

from interfaces.graphql import scalars
from interfaces.graphql.lookups import Answers, Looked, Lookups
from interfaces.graphql.schema.as_of import AS_OF


def _text(doc: str, *, nullable: bool = True) -> GraphQLField:
    return GraphQLField(GraphQLString if nullable else GraphQLNonNull(GraphQLString), description=doc)


LINK = GraphQLObjectType(
    "AuthorityLink",
    {
        "stream": _text("Which: a grant, a role, a post's holder, a membership, a department, an invitation.", nullable=False),
        "version": GraphQLField(GraphQLNonNull(GraphQLInt), description="How much had happened in it by then."),
        "event": _text("What had last happened in it, by its wire name.", nullable=False),
        "position": GraphQLField(GraphQLNonNull(scalars.POSITION), description="Where that stands in the log."),
        "at": GraphQLField(GraphQLNonNull(scalars.DATE_TIME), description="When that was."),
        "by": GraphQLField(GraphQLID, description="Who did it: of a grant, who gave it."),
        "reason": _text("Of a grant: why it was given; null where that was erased."),
        "since": GraphQLField(scalars.DATE_TIME, description="Of a grant: from when."),
        "until": GraphQLField(scalars.DATE_TIME, description="Of a grant: the last moment; null where it doesn't end by time."),
    },
    description="One of the things that an authority rested on, as it was then.",
)
LINKS = GraphQLField(
    GraphQLNonNull(GraphQLList(GraphQLNonNull(LINK))),
    description="The same, with what had happened there by then: when, by whom; of grants also why, from and until when.",
)


COULD_HAVE = GraphQLObjectType(
    "CouldHave",
    {
        "could": GraphQLField(GraphQLNonNull(GraphQLBoolean), description="Whether they could."),
        "command": _text("The command that was asked about; null where it was about seeing."),
        "rule": _text("What allowed it, in words."),
        "chain": GraphQLField(
            GraphQLNonNull(GraphQLList(GraphQLNonNull(GraphQLString))),
            description="The streams that allowed it: grant, role, memberships, departments, invitation.",
        ),
        "links": LINKS,
        "scope": _text("What the authority was given over: `organisation`, a department's stream, or a resource."),
        "lacking": _text("What would have allowed it, where they could not."),
        "unsaid": GraphQLField(
            GraphQLNonNull(GraphQLList(GraphQLNonNull(GraphQLString))),
            description="Fields of the command's input that decide it too and were not said, where they could not.",
        ),
    },
    description="Whether somebody could do or see something at a moment, and on whose authority.",
)
EXPOSURE = GraphQLObjectType(
    "Exposure",
    {
        "person": GraphQLField(GraphQLNonNull(GraphQLID), description="Who, by their id."),
        "name": _text("What they are called; null where it was erased."),
        "reason": _text("Why they could see it.", nullable=False),
        "chain": GraphQLField(
            GraphQLNonNull(GraphQLList(GraphQLNonNull(GraphQLString))),
            description="Where they could by grants: the streams of these, and of the roles, posts, memberships and departments"
            " through which they had them.",
        ),
        "links": LINKS,
        "from": GraphQLField(GraphQLNonNull(scalars.DATE_TIME), description="Since when, within the time that was asked for."),
        "until": GraphQLField(GraphQLNonNull(scalars.DATE_TIME), description="Until when, within the time that was asked for."),
    },
    description="That somebody could see something for a while, and why.",
)


def _could_have(lookups: Lookups, viewer: UUID, asked: Mapping[str, Any]) -> Awaitable[Answers]:
    return lookups.could_have(viewer, asked)


def _exposure(lookups: Lookups, viewer: UUID, asked: Mapping[str, Any]) -> Awaitable[Answers]:
    return lookups.exposure(viewer, asked)


def fields() -> dict[str, GraphQLField]:
    """The fields, for the root of queries."""
    person = GraphQLArgument(GraphQLNonNull(GraphQLID), description="Who.")
    action = GraphQLArgument(
        GraphQLNonNull(GraphQLString), description="An action, as in `messaging.channel.manage`, a command by its name, or `see`."
    )
    on = GraphQLArgument(GraphQLID, description="On what.")
    also = GraphQLArgument(
        GraphQLList(GraphQLNonNull(GraphQLID)),
        description="What else the command would name: each id is taken for the first field of its type that isn't said yet.",
    )
    resource = GraphQLArgument(GraphQLNonNull(GraphQLID), description="What was seen.")
    at = GraphQLArgument(GraphQLNonNull(AS_OF), description="When.")
    since = GraphQLArgument(GraphQLNonNull(scalars.DATE_TIME), description="From when.")
    until = GraphQLArgument(GraphQLNonNull(scalars.DATE_TIME), description="Until when.")
    may = "For primary administrators and those who were granted `access.audit`."
    return {
        "couldHave": GraphQLField(
            COULD_HAVE,
            {"person": person, "action": action, "resource": on, "also": also, "at": at},
            description=f"Whether somebody could do or see something at a moment, and on whose authority. {may}",
            extensions={"member": Looked("couldHave", _could_have), "model": None},
        ),
        "exposure": GraphQLField(
            GraphQLNonNull(GraphQLList(GraphQLNonNull(EXPOSURE))),
            {"resource": resource, "from": since, "until": until},
            description="Everybody who could see something in a time, and why. A time in which too much changed is refused by "
            f"TOO_MUCH_CHANGED, whose `until` says up to when it can be asked; ask on from there. {may}",
            extensions={"member": Looked("exposure", _exposure), "model": None},
        ),
    }
