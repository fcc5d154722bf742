"""The statement that shows changes to many viewers at once: what they may all see alike is made and sent once."""

from collections.abc import Callable
from typing import cast

from graphql import GraphQLObjectType

from interfaces.graphql.compiler.objects import Compilation
from interfaces.graphql.compiler.past import Place
from interfaces.graphql.compiler.rows import Rows, Tables
from interfaces.graphql.compiler.selection import Selection, Use
from interfaces.graphql.compiler.statement import Statement, statement
from interfaces.graphql.compiler.text import Parameter, literal
from projections.engine.members import Declared
from projections.engine.once import ONCE

GIVEN = {
    "keys": "uuid[]",
    "positions": "bigint[]",
    "events": "text[]",
    "containers": "uuid[]",
    "viewers": "uuid[]",
    "followed": "uuid[]",
}
"""What is given beside the arguments: of each change the row's id, its position, the event, and what the row belongs to; then who
follows, and beside each what they follow."""


class ManyViewers(Rows):
    """SQL in which the viewer is a column, not a parameter."""

    def viewer(self) -> str:
        return "_v.viewer"

    def once(self, name: str, at: Place, whole: bool) -> str:
        """In its place, since each viewer has their own."""
        return f"({self.expand(ONCE[name], '', at, whole)})"


class Following(ManyViewers, Compilation):
    """A compilation in which the viewer is a column."""


def given(c: Rows, name: str) -> str:
    """The place of one of those parameters, whose slots are counted from the end."""
    return c.parameter(Parameter(list(GIVEN).index(name) - len(GIVEN), (), name, str), GIVEN[name])


def compile_followed(
    tables: Tables, selection: Selection, use: Use, model: Declared, gone: Callable[[Rows], str] | None
) -> Statement:
    """Gives `[[number of the change, its JSON as text, [viewers]], …]`, for those viewers who may see the row.

    `gone`: SQL that says who is told of a row that is gone, over `_k.container` and `_v.viewer`; None where none goes.
    """
    c = Following(tables._replace(gate="true", off=""), selection)
    gate = _gate(c, tables, model)
    type_ = cast(GraphQLObjectType, use.field.extensions["change"])

    def value(part: Use) -> str:
        match part.node.name.value:
            case "position":
                return "_k.position::text"
            case "event":
                return "_k.event"
            case "id":
                return f"encode(convert_to({literal(model.name + ':')} || _k.key, 'UTF8'), 'base64')"
            case _:
                return c.row(model, part, None, lambda t: f"{t}.id = _k.key")

    body = c.pairs(type_, use.details, value)
    arrays = ", ".join(given(c, name) for name in ("keys", "positions", "events", "containers"))
    seen = c.alias()
    told = f"exists (select from {c.source(model)} {seen} where {seen}.id = _k.key and {c.visible(model, seen)})"
    if gone is not None:
        there = f"exists (select from {c.source(model)} {c.alias()} where id = _k.key)"
        told = f"case when {there} then {told} else {gone(c)} end"
    shown = (
        f"select _k.number, ({body})::text answer, _v.viewer"
        f" from unnest({arrays}) with ordinality _k(key, position, event, container, number)"
        f" join unnest({given(c, 'viewers')}, {given(c, 'followed')}) _v(viewer, container) on _v.container = _k.container"
        f" where {gate} and {told}"
    )
    alike = f"select number, answer, json_agg(viewer) viewers from ({shown}) shown group by number, answer"
    return statement(
        c, f"select coalesce(json_agg(json_build_array(number, answer, viewers) order by number), '[]') from ({alike}) alike"
    )


def visible_to(tables: Tables, container: Declared | None) -> Statement:
    """Gives those of the viewers, as a JSON list, who may see a container; without one, who may read anything."""
    c = ManyViewers(tables._replace(gate="true", off=""))
    gate = _gate(c, tables, container)
    seen = sees(c, container, f"({given(c, 'containers')})[1]") if container else "true"
    body = (
        f"select coalesce(json_agg(_v.viewer), '[]')::text from unnest({given(c, 'viewers')}) _v(viewer) where {gate} and {seen}"
    )
    sql, parameters = c.numbered(body)
    return Statement(sql, (), parameters, (), (), frozenset(c.models))


def _gate(c: Rows, tables: Tables, model: Declared | None) -> str:
    """Who may read anything, and has the module that this belongs to."""
    gate = c.expand(tables.gate, "")
    if model is None or not tables.off:
        return gate
    return f"{gate} and {literal(model.context)} not in ({c.expand(tables.off, '')})"


def owned(c: Rows) -> str:  # noqa: ARG001 (one of several ways)
    """Who is told of a row that is gone: whose it was."""
    return "_v.viewer = _k.container"


def seen_within(container: Declared) -> Callable[[Rows], str]:
    """Who is told of a row that is gone: those who see what it belonged to."""
    return lambda c: sees(c, container, "_k.container")


def sees(c: Rows, container: Declared, key: str) -> str:
    """Whether the viewer sees a container."""
    t = c.alias()
    return f"exists (select from {c.source(container)} {t} where {t}.id = {key} and {c.visible(container, t)})"


def containers_of(tables: Tables, model: Declared, id_column: str) -> str:
    """The statement that gives the container of each row that there is, as a JSON object by the row's id."""
    table = f'"{tables.schema}"."{model.table}"'
    return f"select coalesce(json_object_agg(t.id, t.{id_column}), '{{}}')::text from {table} t where t.id = any($1::uuid[])"
