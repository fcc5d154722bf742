"""The statement that shows changes to many viewers at once: what they may all see alike is made and sent once."""

from collections.abc import Callable, Sequence
from typing import cast

from graphql import GraphQLObjectType

from interfaces.graphql.compiler.rows import Rows, Tables
from interfaces.graphql.compiler.selection import Selection, Use
from interfaces.graphql.compiler.statement import Statement, statement
from interfaces.graphql.compiler.text import literal
from interfaces.graphql.compiler.viewers import ROW, Following, ManyViewers, given
from projections.engine.members import Declared, One

CHANGE = ("keys", "positions", "events", "containers")


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
                return f"case when {ROW}.id is not null then {c.object(model, part.details, ROW, None)} end"

    body = c.pairs(type_, use.details, value)
    alike = c.alike()  # before anything else is compiled: who may see the row is looked at for each
    through = cast(One, model.members[model.visible_through]) if model.visible_through else None
    told = c.visible(model, "_r") if through is None else _told_within(c, model, through)
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
    same = [f"alike_{number}" for number, _ in enumerate(alike, start=1)]
    own = [f"own_{number}" for number, _ in enumerate(c.own, start=1)]
    asked = (
        f"select {', '.join(['_v.viewer', *_named(alike, same)])}"
        f" from (select distinct f.viewer from _f f) _v where ({_gate(c, tables, model)}) is true"
    )
    parts = {
        ROW: rows,
        "_f": f"select * from unnest({given(c, 'viewers')}, {given(c, 'followed')}) with ordinality f(viewer, container, seat)",
        "_c": asked,
        **({"_s": _seen_within(c, through)} if through else {}),
    }
    change = ["_k.key", "_k.position", "_k.event", "_k.number"]
    theirs = [*change, "(array_agg(_v.viewer))[1] viewer", "array_agg(_v.seat - 1) seats", *_named(c.own, own)]
    classes = (
        f"select {', '.join(theirs)}"
        f" from {ROW} cross join lateral (select {', '.join(f'{ROW}._{name} as {name}' for name in names)}) _k"
        " join _f _v on _v.container = _k.container join _c on _c.viewer = _v.viewer"
        f" where ({told}) is true group by {', '.join([*change, *(f'_c.{name}' for name in same), *own])}"
    )
    shown = (
        f"with {', '.join(f'{name} as materialized ({sql})' for name, sql in parts.items())}"
        f" select _k.number - 1 number, ({body})::text answer, _k.seats from ({classes}) _k"
        f" join {ROW} on {ROW}._number = _k.number cross join lateral (select _k.viewer) _v"
    )
    return statement(
        c, f"select coalesce(json_agg(json_build_array(number, answer, seats) order by number), '[]') from ({shown}) shown"
    )


def _named(columns: Sequence[str], names: Sequence[str]) -> list[str]:
    return [f"{sql} as {name}" for sql, name in zip(columns, names, strict=True)]


def _seen_within(c: Rows, through: One) -> str:
    """Which of the followers see what the changed rows belong to: asked once for each, however many rows of it have changed."""
    pairs = f"select distinct f.viewer, _r.{through.id_column} as key from _r join _f f on f.container = _r._container"
    return f"select _v.viewer, _v.key from ({pairs}) _v where ({sees(c, through.targets[0], '_v.key')}) is true"


def _told_within(c: Rows, model: Declared, through: One) -> str:
    """Whether the viewer may see the row: if they see what it belongs to, and it isn't one that is hidden there."""
    return f"(_v.viewer, _r.{through.id_column}) in (select s.viewer, s.key from _s s){c.narrowed(model, '_r')}"


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
