"""The statement that says what a viewer never was, so that what only others see can be left out of theirs."""

from collections.abc import Collection
from typing import NamedTuple

from interfaces.graphql.compiler.past import Place
from interfaces.graphql.compiler.rows import Rows, Tables
from interfaces.graphql.compiler.text import literal
from projections.engine.members import Declared
from projections.engine.once import TRAITS
from projections.engine.past import columns_of, versions
from projections.engine.progress import tables as tables_of


class Ever(Rows):
    """SQL over all versions of all rows, those that hold now among them."""

    def viewer(self) -> str:
        return "$1::uuid"

    def source(self, model: Declared, at: Place = None, *, whole: bool = False) -> str:
        self.models.add(model)
        if model.view is not None:
            return "(" + self.expand(model.view, "", at, whole) + ")"
        if not model.history:
            return f'"{self.schema}"."{model.table}"'
        columns = ", ".join(f't."{name}"' for name in columns_of(model))
        return f"({versions(self.schema, model, columns)})"


class Lacks(NamedTuple):
    """The traits that a viewer never had, up to which position of the log that is known, and the read models that it was read
    from."""

    traits: frozenset[str] = frozenset()
    upto: int = -1
    models: frozenset[Declared] = frozenset()


NOTHING_KNOWN = Lacks()


class TraitsAsked(NamedTuple):
    """Gives `{"upto": position, "lacks": [trait, …]}` for the viewer `$1`; and the read models with tables that it reads."""

    sql: str
    models: frozenset[Declared]


def compile_traits(tables: Tables) -> TraitsAsked:
    """The traits that a viewer never had, and the position that all rows had come to of which that was read."""
    c = Ever(tables)
    lacks = ", ".join(f"case when not ({c.expand(sql, '')}) then {literal(name)} end" for name, sql in sorted(TRAITS.items()))
    models = tables_of(c.models)
    upto = f"(select min(position) from {checkpoints(tables.schema, models)})"
    return TraitsAsked(f"select json_build_object('upto', {upto}, 'lacks', array_remove(array[{lacks}], null))::text", models)


def checkpoints(schema: str, models: Collection[Declared]) -> str:
    """What stands after FROM for the checkpoints of the tables that these models read, with a WHERE."""
    names = ", ".join(literal(name) for name in sorted(model.table for model in tables_of(models)))
    return f'"{schema}".projections where not rebuilds and table_name = any(array[{names}])'
