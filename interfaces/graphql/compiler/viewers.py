"""Compiling for many viewers at once: the viewer is a column, and it is known what of the viewer is asked."""

from interfaces.graphql.compiler.objects import Compilation
from interfaces.graphql.compiler.past import Place
from interfaces.graphql.compiler.rows import Rows, Tables
from interfaces.graphql.compiler.selection import Selection, Use
from interfaces.graphql.compiler.text import Parameter
from projections.engine.members import Member
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
ROW = "_r"
"""The changed row, of which each is read once, with its members by their names."""
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
    """A compilation in which the viewer is a column, and that knows what of the viewer it asks.

    A member of the changed row that names the viewer is one's `own`: made for each viewer, and put in the place that is left for
    it in what is made for all of a class.
    """

    def __init__(self, tables: Tables, selection: Selection) -> None:
        super().__init__(tables, selection)
        self.asked: dict[str, str] = {}
        self.own: list[str] = []
        self._themselves = self._within = False

    def viewer(self) -> str:
        self._themselves = self._themselves or not self._within
        return super().viewer()

    def member(self, member: Member, use: Use, row: str, at: Place) -> str:
        if row != ROW:
            return super().member(member, use, row, at)
        asked, self._themselves = self.asked.copy(), False
        sql = super().member(member, use, row, at)
        if not self._themselves:
            return sql
        self.asked = asked  # what is equal in all that it shows needn't be equal in what it asks
        self.own.append(f"to_json({sql})::text")
        return f"_k.own_{len(self.own)}::json"

    def once(self, name: str, at: Place, whole: bool) -> str:
        outer, self._within = self._within, True
        rows = super().once(name, at, whole)
        self._within = outer
        if not outer:
            self.asked[name] = rows
        return rows

    def alike(self) -> list[str]:
        """SQL over the viewer: who is alike in each of these, and in what is their own, is shown the same."""
        row = "(to_jsonb(o) - '_viewer')::text"
        return [f"(select string_agg({row}, ',' order by {row} collate \"C\") from {rows} o)" for rows in self.asked.values()]


def given(c: Rows, name: str) -> str:
    """The place of one of those parameters, whose slots are counted from the end."""
    return c.parameter(Parameter(list(GIVEN).index(name) - len(GIVEN), (), name, str), GIVEN[name])
