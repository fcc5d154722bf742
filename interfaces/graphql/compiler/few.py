"""Lists for who sees little of much: from what they see, and not through all that there is until a page is full.

A list in the order of an index is read row by row, and what the viewer may not see is passed over. That is quick for whoever sees
much of it. For whoever sees one row in a thousand, what they see is found first, by the ways of seeing that its read model
declares. How much it is isn't known before the statement runs, so it holds both, and runs one.
"""

from typing import NamedTuple

from interfaces.graphql.compiler.past import Place
from interfaces.graphql.compiler.rows import Rows
from projections.engine.members import Declared
from projections.engine.ways import Among, Way, all_or_none

FEW = 4_000
"""So many rows are soonest read one by one and sorted; whoever sees more finds a page of them soon by walking."""


class Few(NamedTuple):
    """What a viewer sees of a read model as SQL: whether it is `few` rows, and if so the array of their `ids`."""

    few: str
    ids: str


def few(c: Rows, model: Declared, at: Place) -> Few | None:
    """None where what somebody sees can't be found by the ways of seeing it, or is everything or nothing."""
    ways = c.ways(model)
    if model.view is not None or c.scope is not None or all(map(all_or_none, ways)):
        return None
    everything = " or ".join(f"({c.expand(way, '', at, True)})" for way in ways if isinstance(way, str) and all_or_none(way))

    def found() -> str:
        parts = " union all ".join(_ids(c, model, way, at) for way in ways if not all_or_none(way))
        return f"select u.id from ({parts}) u(id){f' where not ({everything})' if everything else ''} limit {FEW + 1}"

    seen = c.head(("seen", model, at), found)
    counted = f"(select count(*) > {FEW} from {seen})"
    much = c.head(("much", model, at), lambda: f"select {f'{everything} or ' if everything else ''}{counted} as much")
    return Few(f"(select not o.much from {much} o)", f"array(select o.id from {seen} o)")


def _ids(c: Rows, model: Declared, way: Way, at: Place) -> str:
    """The ids of those that are seen one way, some of them twice."""
    if isinstance(way, Among) and way.column == "id":
        return f"select k.id from ({c.expand(way.keys, '', at, True)}) k(id)"
    t = c.alias()
    rows = f"{c.source(model, at, whole=True)} {t}"
    if isinstance(way, Among):
        return f"select {t}.id from ({c.expand(way.keys, '', at, True)}) k(key) join {rows} on {t}.{way.column} = k.key"
    return f"select {t}.id from {rows} where {c.expand(way, t, at, True)}"
