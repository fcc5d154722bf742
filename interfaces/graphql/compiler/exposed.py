"""Statements about who may see a row, by each of the ways that its read model declares, for everybody at once and at a moment."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, cast
from uuid import UUID

from application.ports.moments import Moment
from domain.kernel.rules import Claim
from interfaces.graphql.compiler.past import Moment as Then
from interfaces.graphql.compiler.past import Place, closed
from interfaces.graphql.compiler.rows import Rows, Tables
from interfaces.graphql.compiler.text import literal
from projections.access.permission import HOLDERS
from projections.engine.members import MODELS, Declared, One
from projections.engine.once import ONCE
from projections.engine.ways import Among, Way, either, rests_on, several

EVERYBODY = "everybody of the organisation"
GRANT = "grant of "
"""How the reasons begin of which it is said by which grants they hold."""
_UP = (
    "with recursive up(id) as (select {}"
    " union select d.parent_id from {} d join up on d.id = up.id where d.parent_id is not null) select id from up"
)


class Everybody(Rows):
    """SQL in which the viewer is a column, and what depends on the viewer alone stands in its place."""

    def viewer(self) -> str:
        return "_v.viewer"

    def once(self, name: str, at: Place, whole: bool) -> str:
        return f"({self.expand(ONCE[name], '', at, whole)})"


class Exposed(NamedTuple):
    """A statement that gives `[[person, name, reason, [[grant, department through which], …]], …]`, with null for the grants
    of other reasons; and the read models that its answer depends on."""

    sql: str
    models: frozenset[Declared]


def exposed(tables: Tables, model: Declared, key: UUID, moment: Moment, person: UUID | None = None) -> Exposed:
    """Who could see a row at a moment, and by which ways; of one person only, where one is given."""
    c, at, named = Everybody(tables._replace(off="")), _then(moment), f"{literal(str(key))}::uuid"
    row, people = c.alias(), c.source(MODELS["Person"], at, whole=True)
    found = list(_ways(c, model, row, named, at, person))
    ways = ", ".join(f"({literal(way.reason)}, ({way.holds}), {way.by}::json)" for way in found)
    once = ", ".join(f"{way.name} as materialized ({way.rows})" for way in found if way.rows)
    only = "true" if person is None else f"v.id = {literal(str(person))}::uuid"
    sql = (
        f"select coalesce(json_agg(json_build_array(_v.viewer, _v.name, _w.reason, _w.by)), '[]')::text"
        f" from (select v.id as viewer, v.name from {people} v where {only}) _v"
        f" join {c.source(model, at, whole=True)} {row} on {row}.id = {named}"
        f" cross join lateral (values {ways}) _w(reason, holds, by)"
        f" where _w.holds and {c.expand(tables.gate, '', at, True)}"
    )
    return Exposed(closed(f"with {once} {sql}" if once else sql), frozenset(c.models))


def held(tables: Tables, person: UUID, claim: Claim, moment: Moment) -> str:
    """The statement that gives `[[grant, department through which], …]`: the grants by which somebody had what is claimed."""
    c, at = Everybody(tables._replace(off="")), _then(moment)
    source, mine = c.source(MODELS["Permission"], at, whole=True), f"p.person_id = {literal(str(person))}::uuid"
    reached = ["p.resource is null and p.within_id is null"]
    if claim.resource is not None:
        reached.append(f"p.resource = {literal(str(claim.resource))}::uuid")
    if claim.department is not None:
        up = _UP.format(f"{literal(str(claim.department))}::uuid", c.source(MODELS["Department"], at, whole=True))
        reached.append(f"p.resource is null and p.within_id in ({up})")
    found = " union all ".join(
        f"select p.grant_id, p.through_id from {source} p where {mine} and p.action = {literal(claim.action)} and {each}"
        for each in reached
    )
    return closed(f"select coalesce(json_agg(json_build_array(f.grant_id, f.through_id)), '[]')::text from ({found}) f")


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


class _Found(NamedTuple):
    """A way of seeing a row: SQL for whether the viewer does, and for by which grants; what is found for all viewers at once."""

    reason: str
    holds: str
    by: str = "null"
    name: str = ""
    rows: str = ""


def _ways(c: Rows, model: Declared, row: str, key: str, at: Then, person: UUID | None) -> Iterator[_Found]:
    """Every way of seeing a row, whose id is `key`: its own, or those of what it is seen with."""
    if model.visible_through is not None:
        relation = cast(One, model.members[model.visible_through])
        [target] = relation.targets
        t = c.alias()
        container = _column(c, model, relation.id_column, key, at)
        for way in _ways(c, target, t, container, at, person):
            inside = (
                f"select from {c.source(target, at, whole=True)} {t} where {t}.id = {row}.{relation.id_column} and ({way.holds})"
            )
            yield way if way.rows else way._replace(holds=f"exists ({inside})")
    elif model.ways:
        for number, (reason, ways) in enumerate(model.ways.items()):
            if reason.startswith(GRANT):
                name = f"_g{number}"
                by = f"(select json_agg(json_build_array(g.grant_id, g.through_id)) from {name} g where g.person_id = _v.viewer)"
                rows = _granted(c, model, reason.removeprefix(GRANT), several(ways), key, at, person)
                yield _Found(reason, f"_v.viewer in (select g.person_id from {name} g)", by, name, rows)
            else:
                yield _Found(reason, c.expand(either(ways), row, at, True))
    else:
        reason = EVERYBODY if model.visible == "true" else "as declared"
        yield _Found(reason, c.expand(model.visible, row, at, True))


def _granted(c: Rows, model: Declared, action: str, ways: Sequence[Way], key: str, at: Then, person: UUID | None) -> str:
    """Who holds an action by which grants, of those that reach the row. Asked for each viewer it took 15 s of 100,000 people."""
    reached = ["p.resource is null and p.within_id is null"]
    for way in ways:
        if isinstance(way, Among):
            column = _column(c, model, way.column, key, at)
            below = (rests_on(way) or "").startswith("within_")
            up = _UP.format(column, c.source(MODELS["Department"], at, whole=True)) if below else ""
            reached.append(f"p.resource is null and p.within_id in ({up})" if below else f"p.resource = {column}")
    whose = "" if person is None else f" and p.person_id = {literal(str(person))}::uuid"
    holders = c.expand(HOLDERS, "", at, True)
    return " union all ".join(
        f"select p.person_id, p.grant_id, p.through_id from ({holders}) p where p.action = {literal(action)}{whose} and {each}"
        for each in reached
    )


def _column(c: Rows, model: Declared, name: str, key: str, at: Then) -> str:
    """What stands in a column of the row of that id."""
    if name == "id":
        return key
    r = c.alias()
    return f"(select {r}.{name} from {c.source(model, at, whole=True)} {r} where {r}.id = {key})"


def _then(moment: Moment) -> Then:
    now = "null::timestamptz" if moment.now is None else f"{literal(moment.now.isoformat())}::timestamptz"
    return Then(f"{moment.position}::bigint", now, now)
