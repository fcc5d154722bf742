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
    "besides": "uuid[]",
    "viewers": "uuid[]",
    "followed": "uuid[]",
}
"""What is given beside the arguments: of each change the row's id, its position, the event, what the row belongs to, and the row
of another model by which it changed; then who follows, and beside each what they follow."""
CHANGE = ("keys", "positions", "events", "containers")


THEMSELVES = ["_v.viewer"]
LONG = 400
"""Characters of SQL over one viewer from which it is asked for all viewers together; shorter is a look by an index."""


class ManyViewers(Rows):
    """SQL in which the viewer is a column, not a parameter.

    What depends on the viewer alone and is long stands at the head of the statement, for all of them: a plan that has it in every
    place takes a millisecond to be set up, though next to nothing of it is ever run.
    """

    who = "_v.viewer"

    def viewer(self) -> str:
        return self.who

    def once(self, name: str, at: Place, whole: bool) -> str:
        """What stands after FROM for the viewer's own rows."""
        sql = self.expand(ONCE[name], "", at, whole)
        if len(sql) < LONG:
            return f"({sql})"
        key = (name, at, False)
        if key not in self._once:
            outer, self.who = self.who, "_w.viewer"
            sql = self.expand(ONCE[name], "", at, whole)
            self.who = outer
            self._once[key] = f"_o{len(self._once) + 1}", f"select _w.viewer as _viewer, q.* from _w cross join lateral ({sql}) q"
        return f"(select x.* from {self._once[key][0]} x where x._viewer = {self.who})"

    def headed(self, sql: str) -> str:
        if not self._once:
            return sql
        viewers = f"_w as materialized (select distinct u.viewer from unnest({given(self, 'viewers')}) u(viewer))"
        return super().headed(sql).replace("with ", f"with {viewers}, ", 1)


class Following(ManyViewers, Compilation):
    """A compilation in which the viewer is a column, and that knows what of the viewer it asks."""

    def __init__(self, tables: Tables, selection: Selection) -> None:
        super().__init__(tables, selection)
        self.asked: dict[str, str] = {}
        self.themselves = False
        self._within = False

    def viewer(self) -> str:
        self.themselves = self.themselves or not self._within
        return super().viewer()

    def once(self, name: str, at: Place, whole: bool) -> str:
        outer, self._within = self._within, True
        rows = super().once(name, at, whole)
        self._within = outer
        if not outer:
            self.asked[name] = rows
        return rows

    def alike(self) -> list[str]:
        """SQL over the viewer: viewers for whom each of these is equal are shown the same by what was compiled so far."""
        if self.themselves:
            return THEMSELVES
        row = "(to_jsonb(o) - '_viewer')::text"
        return [f"(select string_agg({row}, ',' order by {row} collate \"C\") from {rows} o)" for rows in self.asked.values()]


def given(c: Rows, name: str) -> str:
    """The place of one of those parameters, whose slots are counted from the end."""
    return c.parameter(Parameter(list(GIVEN).index(name) - len(GIVEN), (), name, str), GIVEN[name])


def compile_followed(
    tables: Tables, selection: Selection, use: Use, model: Declared, gone: Callable[[Rows], str] | None, beside: Declared | None
) -> Statement:
    """Gives `[[number of the change, its JSON as text, [numbers of viewers]], …]`, for those who may see the row; from 0.

    `gone`: SQL that says who is told of a row that is gone, over `_k.container` and `_v.viewer`; None where none goes. `beside`:
    the rows changed by way of rows of this model, which has to be seen as well.
    """
    c = Following(tables._replace(gate="true", off=""), selection)
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
                return c.row(model, part, None, lambda t: f"{t}.id = _k.key", seen=True)

    body = c.pairs(type_, use.details, value)
    alike = c.alike()  # before anything else is compiled: who may see the row is looked at for each
    told = c.visible(model, "_r")
    if gone is not None:
        told = f"case when _r.id is not null then {told} else {gone(c)} end"
    if beside is not None:
        told = f"case when {sees(c, beside, '_k.beside')} then {told} end"
    arrays = ", ".join(given(c, name) for name in (*CHANGE, *(["besides"] if beside else [])))
    names, t = ("key", "position", "event", "container", *(["beside"] if beside else []), "number"), c.alias()
    # Without OFFSET the planner reads the whole table where it is short, and may do so still when it has grown.
    rows = (
        f"select {', '.join(f'_n.{name} as _{name}' for name in names)}, {t}.*"
        f" from unnest({arrays}) with ordinality _n({', '.join(names)})"
        f" {'left' if gone else 'inner'} join lateral (select * from {c.source(model)} where id = _n.key offset 0) {t} on true"
    )
    # IS TRUE keeps the planner from making joins of what is asked for each viewer, the other way round and many times over.
    classes = (
        f"with _r as materialized ({rows})"
        " select _k.key, _k.position, _k.event, _k.number, (array_agg(_v.viewer))[1] viewer, array_agg(_v.seat - 1) seats"
        f" from _r cross join lateral (select {', '.join(f'_r._{name} as {name}' for name in names)}) _k"
        f" join unnest({given(c, 'viewers')}, {given(c, 'followed')}) with ordinality _v(viewer, container, seat)"
        f" on _v.container = _k.container where ({_gate(c, tables, model)} and {told}) is true"
        f" group by {', '.join(['_k.key', '_k.position', '_k.event', '_k.number', *alike])}"
    )
    shown = (
        f"select _k.number - 1 number, ({body})::text answer, _k.seats from ({classes}) _k"
        " cross join lateral (select _k.viewer) _v"
    )
    if alike == THEMSELVES:  # then what is alike is known only from what is shown
        apart = f"({shown}) shown cross join lateral unnest(shown.seats) seat"
        shown = f"select number, answer, array_agg(seat) seats from {apart} group by number, answer"
    return statement(
        c, f"select coalesce(json_agg(json_build_array(number, answer, seats) order by number), '[]') from ({shown}) shown"
    )


def visible_to(tables: Tables, container: Declared | None) -> Statement:
    """Gives those of the viewers, as a JSON list, who may see a container; without one, who may read anything."""
    c = ManyViewers(tables._replace(gate="true", off=""))
    gate = _gate(c, tables, container)
    seen = sees(c, container, f"({given(c, 'containers')})[1]") if container else "true"
    viewers = f"unnest({given(c, 'viewers')}) _v(viewer)"
    body = f"select coalesce(json_agg(_v.viewer), '[]')::text from {viewers} where ({gate} and {seen}) is true"
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


def places_of(tables: Tables, places: Declared, owner: str, by: str) -> tuple[str, frozenset[Declared]]:
    """The statement that gives `[[owner, container], …]` of the owners `$1`, by rows that lead to both; and what it reads."""
    c = Rows(tables)
    pairs, source = f"json_build_array(p.{owner}_id, p.{by}_id)", c.source(places)
    body = f"select coalesce(json_agg({pairs}), '[]')::text from {source} p where p.{owner}_id = any($1::uuid[])"
    return c.headed(body), frozenset(c.models)
