"""Statements about who may see a row, by each of the ways that its read model declares, for everybody at once and at a moment."""

from collections.abc import Iterator
from typing import NamedTuple, cast
from uuid import UUID

from application.ports.moments import Moment
from interfaces.graphql.compiler.past import Moment as Then
from interfaces.graphql.compiler.past import Place, closed
from interfaces.graphql.compiler.rows import Rows, Tables
from interfaces.graphql.compiler.text import literal
from projections.engine.members import MODELS, Declared, One
from projections.engine.once import ONCE
from projections.engine.ways import either

EVERYBODY = "everybody of the organisation"


class Everybody(Rows):
    """SQL in which the viewer is a column, and what depends on the viewer alone stands in its place."""

    def viewer(self) -> str:
        return "_v.viewer"

    def once(self, name: str, at: Place, whole: bool) -> str:
        return f"({self.expand(ONCE[name], '', at, whole)})"


class Exposed(NamedTuple):
    """A statement that gives `[[person, name, reason], …]`, and the read models that its answer depends on."""

    sql: str
    models: frozenset[Declared]


def exposed(tables: Tables, model: Declared, key: UUID, moment: Moment, person: UUID | None = None) -> Exposed:
    """Who could see a row at a moment, and by which ways; of one person only, where one is given."""
    c, at = Everybody(tables._replace(off="")), _then(moment)
    row, people = c.alias(), c.source(MODELS["Person"], at, whole=True)
    ways = ", ".join(f"({literal(reason)}, ({way}))" for reason, way in _ways(c, model, row, at))
    only = "true" if person is None else f"v.id = {literal(str(person))}::uuid"
    sql = (
        f"select coalesce(json_agg(json_build_array(_v.viewer, _v.name, _w.reason)), '[]')::text"
        f" from (select v.id as viewer, v.name from {people} v where {only}) _v"
        f" join {c.source(model, at, whole=True)} {row} on {row}.id = {literal(str(key))}::uuid"
        f" cross join lateral (values {ways}) _w(reason, holds)"
        f" where _w.holds and {c.expand(tables.gate, '', at, True)}"
    )
    return Exposed(closed(sql), frozenset(c.models))


def held(tables: Tables, person: UUID, action: str, moment: Moment) -> str:
    """The statement that gives `[[grant, department through which], …]`: the grants of an action that somebody had."""
    c = Everybody(tables._replace(off=""))
    source = c.source(MODELS["Permission"], _then(moment), whole=True)
    return closed(
        f"select coalesce(json_agg(json_build_array(p.grant_id, p.through_id)), '[]')::text from {source} p"
        f" where p.person_id = {literal(str(person))}::uuid and p.action = {literal(action)}"
    )


def changes(tables: Tables, models: frozenset[Declared], after: int, upto: int, most: int) -> str:
    """The statement that gives the positions at which any of these read models changed, in order."""
    parts = []
    for model in sorted(models, key=lambda model: model.table):
        if model.view is None and model.history:
            name = f'"{tables.schema}"."{model.table}'
            parts += [f'select valid_from as p from {name}"', f'select valid_from from {name}_history"']
            parts += [f'select valid_to from {name}_history"']
    found = " union ".join(parts)
    return (
        f"select coalesce(json_agg(p order by p), '[]')::text from (select p from ({found}) f"
        f" where p > {after} and p <= {upto} order by p limit {most + 1}) c"
    )


def _ways(c: Rows, model: Declared, row: str, at: Then) -> Iterator[tuple[str, str]]:
    """Every way of seeing a row: its own, or those of what it is seen with."""
    if model.visible_through is not None:
        relation = cast(One, model.members[model.visible_through])
        [target] = relation.targets
        t = c.alias()
        for reason, way in _ways(c, target, t, at):
            inside = f"select from {c.source(target, at, whole=True)} {t} where {t}.id = {row}.{relation.id_column} and ({way})"
            yield reason, f"exists ({inside})"
    elif model.ways:
        for reason, ways in model.ways.items():
            yield reason, c.expand(either(ways), row, at, True)
    else:
        yield EVERYBODY if model.visible == "true" else "as declared", c.expand(model.visible, row, at, True)


def _then(moment: Moment) -> Then:
    now = "null::timestamptz" if moment.now is None else f"{literal(moment.now.isoformat())}::timestamptz"
    return Then(f"{moment.position}::bigint", now, now)
