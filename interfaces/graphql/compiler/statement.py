"""A compiled operation: its text, what its parameters are taken from, and what is left to do in Python."""

from collections.abc import Sequence
from math import prod
from typing import Any, NamedTuple, cast
from uuid import UUID

from graphql import GraphQLObjectType, GraphQLSchema
from graphql.execution.values import VariableValues

from application.ports.reading import SqlValue
from interfaces.graphql.compiler.fill import Place
from interfaces.graphql.compiler.objects import LEVEL, Compilation, Pages
from interfaces.graphql.compiler.past import Moment
from interfaces.graphql.compiler.rows import Tables
from interfaces.graphql.compiler.selection import Selection, Slot, Use, arguments
from interfaces.graphql.compiler.text import Parameter, literal
from interfaces.graphql.compiler.traits import NOTHING_KNOWN, Lacks, checkpoints
from interfaces.graphql.documents import Document
from interfaces.graphql.limits import TooMuch
from projections.engine.members import MODELS, Declared

CLOSED = ""
"""What a statement answers to those who may read nothing: no JSON."""
OFF = "!"
"""What stands before the name of a module that isn't there for who asks: no JSON either."""
MOVED = "~"
"""What a statement answers for which something was left out, where that may no longer be left out: no JSON either."""


class Statement(NamedTuple):
    """One SQL statement that gives one JSON value, with everything that is needed to run it on other variables.

    `models` are the read models whose tables it touches.
    """

    sql: str
    slots: tuple[Slot, ...]
    parameters: tuple[Parameter, ...]
    places: tuple[Place, ...]
    costs: tuple[Pages, ...]
    models: frozenset[Declared]

    def values(
        self, viewer: UUID, variables: VariableValues, limit: int, given: Sequence[Any] = ()
    ) -> tuple[list[SqlValue], int]:
        """The parameters for this request, and how many rows it asks for; `given` are those that no argument says.

        Raises GraphQLError where an argument can't be read, TooMuch where more than `limit` rows are asked for.
        """
        slots = [str(viewer), *(arguments(field, node, variables) for field, node in self.slots), *given]
        rows = sum(prod(int(str(page.value(slots))) for page in pages) for pages in self.costs)
        if rows > limit:
            raise TooMuch("rows; ask for smaller pages", limit)
        return [parameter.value(slots) for parameter in self.parameters], rows

    @property
    def wrong(self) -> bool:
        """Whether an argument of the request that it was made for could not be read: then it is for that request only."""
        return any(place.error is not None for place in self.places)


def compile_query(
    tables: Tables,
    schema: GraphQLSchema,
    document: Document,
    name: str | None,
    variables: VariableValues,
    past: Sequence[str] = (),
    lacks: Lacks = NOTHING_KNOWN,
) -> Statement:
    """The statement of a whole query. For each root field in `past`, a Moment comes in a slot after those of the arguments.

    What only those see who have a trait that the viewer `lacks` is left out. Up to where that is known comes in the last slot.
    """
    selection = Selection(schema, document.operation(name), document.fragments, variables)
    moments: dict[str, Moment] = {}
    c = Compilation(tables, selection, moments, lacks.traits)
    slots = len(past) + bool(lacks.traits)
    for number, key in enumerate(past):
        slot = number - slots
        position = c.parameter(Parameter(slot, (), "position", lambda moment: str(moment.position)), "bigint")
        time = c.parameter(Parameter(slot, (), "time", lambda moment: moment.time and moment.time.isoformat()), "timestamptz")
        now = c.parameter(Parameter(slot, (), "now", lambda moment: moment.now and moment.now.isoformat()), "timestamptz")
        moments[key] = Moment(position, time, now)
    query = cast(GraphQLObjectType, schema.query_type)
    return statement(c, c.pairs(query, None, lambda use: c.root(use.member, use)), lacks)


def compile_row(tables: Tables, selection: Selection, use: Use) -> Statement:
    """The statement of one row that a mutation or a subscription shows: its id comes in a slot after those of the arguments."""
    c = Compilation(tables, selection)
    model = use.field.extensions["target"]
    # The slot's number is known once all arguments have theirs: -1 counts from the end.
    key = c.parameter(Parameter(-1, (), "key", str), "uuid")
    return statement(c, c.row(model, use, None, lambda t: f"{t}.id = {key}"))


def statement(c: Compilation, body: str, lacks: Lacks = NOTHING_KNOWN) -> Statement:
    """What a compilation has come to: an expression for JSON, as a whole statement; CLOSED for whom the gate is closed."""
    if LEVEL in body:
        c.models.update(() if c.models else (model for model in MODELS.values() if model.view is None))
        body = body.replace(LEVEL, _level(c))
    text = f"({body})::text"
    if off := c.module_off():
        text = f"coalesce({literal(OFF)} || {off}, {text})"
    text = f"case when {c.expand(c.gate, '')} then {text} else {literal(CLOSED)} end"
    if lacks.traits:
        c.models |= lacks.models
        known = c.parameter(Parameter(-1, (), "known", str), "bigint")
        gone_on = f"exists (select from {checkpoints(c.schema, lacks.models)} and position > {known})"
        text = f"case when {gone_on} then {literal(MOVED)} else {text} end"
    sql, parameters = c.numbered(f"select {text}")
    return Statement(sql, tuple(c.selection.slots), parameters, tuple(c.places), tuple(c.costs), frozenset(c.models))


def _level(c: Compilation) -> str:
    """The position that the tables have come to of which the statement, by its one snapshot, reads."""
    return f"(select min(position)::text from {checkpoints(c.schema, c.models)})"
