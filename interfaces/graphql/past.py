"""Which moments an operation asks for: each is found in the log before anything is compiled or read."""

from collections.abc import Iterator
from typing import cast

from graphql import GraphQLError, GraphQLObjectType, GraphQLSchema

from application.ports.moments import Moment, Moments, NotYet
from interfaces.graphql.compiler.objects import At
from interfaces.graphql.compiler.reads import Operation
from interfaces.graphql.compiler.selection import Selection, Use, Wrong
from interfaces.graphql.ids import of_the_past, read_id

NOWHERE = Moment(-1, None)
"""Before everything: nothing is found there."""


AHEAD = "AHEAD"


class Ahead(GraphQLError):
    """What is asked for hasn't happened yet."""

    def __init__(self, reason: str, use: Use) -> None:
        super().__init__(reason, use.node, extensions={"code": AHEAD})


class PastAsked:
    """Finds the moments of the fields of a query's root."""

    def __init__(self, schema: GraphQLSchema, moments: Moments | None) -> None:
        self.schema, self.moments = schema, moments

    async def of(self, operation: Operation) -> dict[str, Moment]:
        """The moments by the root's keys; none for what is read as it is now. Raises Ahead, LogUnavailable."""
        document, _, variables = operation
        given = variables.coerced.values()
        if self.moments is None or not (document.past or any(isinstance(v, str) and of_the_past(v) for v in given)):
            return {}
        found: dict[str, Moment] = {}
        for use in self._uses(operation):
            if isinstance(use.member, At):
                found[use.key] = await self._at(self.moments, use)
            elif of_the_past(use.args.get("id", "")):
                found[use.key] = await self._id(self.moments, use.args["id"])
        return found

    def _uses(self, operation: Operation) -> Iterator[Use]:
        document, name, variables = operation
        selection = Selection(self.schema, document.operation(name), document.fragments, variables)
        query = cast(GraphQLObjectType, self.schema.query_type)
        for key, merged in selection.fields(query, None):
            if merged[0].node.name.value.startswith("__"):
                continue
            use = selection.use(query, key, merged)
            if not isinstance(use, Wrong):
                yield use

    async def _at(self, moments: Moments, use: Use) -> Moment:
        [(kind, value)] = use.args["asOf"].items()
        try:
            match kind:
                case "position":
                    return await moments.at(value)
                case "recordedAt":
                    return await moments.recorded(value)
                case _:
                    return await moments.effective(value)
        except NotYet as reason:
            raise Ahead(str(reason), use) from None

    async def _id(self, moments: Moments, text: str) -> Moment:
        read = read_id(text)
        try:
            return await moments.at(read.position or 0) if read else NOWHERE
        except NotYet:
            return NOWHERE
