"""The statement that shows changes to many viewers at once: what they may all see alike is made and sent once."""

from typing import cast

from graphql import GraphQLObjectType

from interfaces.graphql.compiler.objects import Compilation
from interfaces.graphql.compiler.rows import Tables
from interfaces.graphql.compiler.selection import Selection, Use
from interfaces.graphql.compiler.statement import Statement, statement
from interfaces.graphql.compiler.text import Parameter
from projections.engine.members import Declared

GIVEN = ("keys", "positions", "events", "viewers")
"""What is given beside the arguments: of each change the row's id, position and event, and who may be told."""


class Following(Compilation):
    """A compilation in which the viewer is a column, not a parameter."""

    def viewer(self) -> str:
        return "_v.viewer"


def compile_followed(tables: Tables, selection: Selection, use: Use, model: Declared) -> Statement:
    """Gives `[[number of the change, its JSON as text, [viewers]], …]`, for those viewers who may see the row."""
    c = Following(tables._replace(gate="true"), selection)
    gate = c.expand(tables.gate, "")
    type_ = cast(GraphQLObjectType, use.field.extensions["change"])

    def value(part: Use) -> str:
        name = part.node.name.value
        if name == "position":
            return "_k.position::text"
        if name == "event":
            return "_k.event"
        return c.row(model, part, None, lambda t: f"{t}.id = _k.key")

    body = c.pairs(type_, use.details, value)
    keys, positions, events, viewers = (
        c.parameter(Parameter(n - len(GIVEN), (), name, list), f"{kind}[]")
        for n, (name, kind) in enumerate(zip(GIVEN, ("uuid", "bigint", "text", "uuid"), strict=True))
    )
    seen = c.alias()
    shown = (
        f"select _k.number, ({body})::text answer, _v.viewer"
        f" from unnest({keys}, {positions}, {events}) with ordinality _k(key, position, event, number)"
        f" cross join unnest({viewers}) _v(viewer)"
        f" where {gate} and exists (select from {c.source(model)} {seen} where {seen}.id = _k.key and {c.visible(model, seen)})"
    )
    alike = f"select number, answer, json_agg(viewer) viewers from ({shown}) shown group by number, answer"
    return statement(
        c, f"select coalesce(json_agg(json_build_array(number, answer, viewers) order by number), '[]') from ({alike}) alike"
    )


def visible_to(tables: Tables, container: Declared, selection: Selection) -> Statement:
    """Gives those of the viewers, as a JSON list, who may see a container."""
    c = Following(tables._replace(gate="true"), selection)
    gate = c.expand(tables.gate, "")
    key = c.parameter(Parameter(-2, (), "container", str), "uuid")
    viewers = c.parameter(Parameter(-1, (), "viewers", list), "uuid[]")
    t = c.alias()
    where = f"{gate} and exists (select from {c.source(container)} {t} where {t}.id = {key} and {c.visible(container, t)})"
    return statement(c, f"select coalesce(json_agg(_v.viewer), '[]') from unnest({viewers}) _v(viewer) where {where}")


def containers_of(tables: Tables, model: Declared, id_column: str) -> str:
    """The statement that gives the container of each row, as a JSON object by the row's id."""
    table = f'"{tables.schema}"."{model.table}"'
    return f"select coalesce(json_object_agg(t.id, t.{id_column}), '{{}}')::text from {table} t where t.id = any($1::uuid[])"
