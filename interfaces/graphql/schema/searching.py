"""The types of searches: what is looked for, what narrows it, and what of the text is shown."""

from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLBoolean,
    GraphQLDefaultInput,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLID,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLString,
)

from interfaces.graphql import scalars
from interfaces.graphql.compiler.lists import COUNTED, LARGEST_PAGE
from interfaces.graphql.compiler.search import CANDIDATES
from interfaces.graphql.schema.lists import PAGE_INFO
from interfaces.graphql.schema.naming import Enums, camel
from projections.engine.members import Searched

FOUND = 20
"""How many are shown on a page where nothing is said."""

ORDER = GraphQLEnumType(
    "SearchOrder",
    {
        "RELEVANCE": GraphQLEnumValue("relevance", f"What fits best first, of the {CANDIDATES} newest that have the words."),
        "NEWEST": GraphQLEnumValue("newest", "The newest first."),
        "OLDEST": GraphQLEnumValue("oldest", "The oldest first."),
    },
    description="In what order things are found.",
)
PIECE = GraphQLObjectType(
    "ExcerptPiece",
    {
        "text": GraphQLField(GraphQLNonNull(GraphQLString), description="A part of the text, as it is written."),
        "hit": GraphQLField(GraphQLNonNull(GraphQLBoolean), description="Whether it is what was looked for."),
    },
    description="A part of an excerpt.",
)
EXCERPT = GraphQLObjectType(
    "Excerpt",
    {
        "pieces": GraphQLField(
            GraphQLNonNull(GraphQLList(GraphQLNonNull(PIECE))), description="Its parts, which together are what is shown."
        ),
        "cutBefore": GraphQLField(GraphQLNonNull(GraphQLBoolean), description="Whether there is more text before it."),
        "cutAfter": GraphQLField(GraphQLNonNull(GraphQLBoolean), description="Whether there is more text after it."),
    },
    description="The part of a text around the first place where something was found.",
)


def search_field(member: Searched, type_: GraphQLObjectType, enums: Enums) -> GraphQLField:
    """The field of a search."""
    many_ids = GraphQLList(GraphQLNonNull(GraphQLID))
    kinds = enums.of(f"{type_.name}Kind", tuple(member.kinds), {}, f"What a {type_.name} brings.")
    args = {
        "query": GraphQLArgument(
            GraphQLNonNull(GraphQLString),
            description="The words; all of them must be there. What stands in quotes, and Chinese characters side by side, must "
            "stand so in the text.",
        ),
        **{camel(name): GraphQLArgument(many_ids, out_name=name, description=_by(name)) for name in member.by},
        "since": GraphQLArgument(scalars.DATE_TIME, description="Not before this time."),
        "until": GraphQLArgument(scalars.DATE_TIME, description="Before this time."),
        "kinds": GraphQLArgument(GraphQLList(GraphQLNonNull(kinds)), description="Only of these kinds."),
        "orderBy": GraphQLArgument(GraphQLNonNull(ORDER), description="In what order.", default=GraphQLDefaultInput("RELEVANCE")),
        "first": GraphQLArgument(
            GraphQLInt, description=f"How many at most, up to {LARGEST_PAGE}.", default=GraphQLDefaultInput(FOUND)
        ),
        "after": GraphQLArgument(
            GraphQLString,
            description="The cursor to start after. Those by time are also cursors of lists that are ordered by time.",
        ),
    }
    return GraphQLField(
        GraphQLNonNull(_connection(type_)), args, description=member.doc, extensions={"member": member, "model": None}
    )


def _by(relation: str) -> str:
    return f"Only with one of these for its {relation.replace('_', ' ')}."


def _connection(type_: GraphQLObjectType) -> GraphQLObjectType:
    edge = GraphQLObjectType(
        f"{type_.name}SearchEdge",
        {
            "cursor": GraphQLField(GraphQLNonNull(GraphQLString), description="Where it stands in what was found."),
            "node": GraphQLField(GraphQLNonNull(type_), description="What was found."),
            "excerpt": GraphQLField(GraphQLNonNull(EXCERPT), description="Where in its text."),
        },
        description="Something that was found.",
    )
    return GraphQLObjectType(
        f"{type_.name}SearchConnection",
        {
            "edges": GraphQLField(_all(edge), description="Those on this page, with their cursors and excerpts."),
            "nodes": GraphQLField(_all(type_), description="Those on this page."),
            "pageInfo": GraphQLField(GraphQLNonNull(PAGE_INFO), description="Where this page stands."),
            "totalCount": GraphQLField(
                GraphQLNonNull(GraphQLInt), description=f"How many there are on all pages; counted up to {COUNTED}."
            ),
        },
        description="A page of what was found.",
    )


def _all(type_: GraphQLObjectType) -> Any:
    return GraphQLNonNull(GraphQLList(GraphQLNonNull(type_)))
