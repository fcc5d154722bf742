"""Where rows come from and who may see them: the two things that every piece of SQL asks for, in one place each."""

from collections.abc import Callable
from typing import NamedTuple, cast

from interfaces.graphql.compiler.text import VIEWER, Parameter, Text
from projections.engine.members import MODELS, Declared, One, expand

Place = str | None
"""The SQL of the position that rows are read as of; None for now."""

VIEWER_ID = Parameter(VIEWER, (), "viewer", str)


class Tables(NamedTuple):
    """The tables of one organisation: their schema, and SQL over {viewer} that says who may read anything at all."""

    schema: str
    gate: str = "true"


class Rows(Text):
    """Names tables of one organisation and writes the predicates of visibility.

    `past` gives the SQL that reads a model as of a position.
    """

    def __init__(self, tables: Tables, past: Callable[[Declared, str], str] | None = None) -> None:
        super().__init__()
        self.schema, self.gate, self.past = tables.schema, tables.gate, past
        self.models: set[Declared] = set()

    def source(self, model: Declared, at: Place = None) -> str:
        """What stands after FROM for the rows of a model."""
        self.models.add(model)
        if model.view is not None:
            return "(" + self.expand(model.view, "", at) + ")"
        if at is None:
            return f'"{self.schema}"."{model.table}"'
        if self.past is None:
            raise LookupError(f"{model.name} has no history to read from")
        return self.past(model, at)

    def viewer(self) -> str:
        """The place of the viewer's id."""
        return self.parameter(VIEWER_ID, "uuid")

    def expand(self, sql: str, this: str, at: Place = None) -> str:
        """A declared SQL text over {this} row, {viewer} and the tables of models, as they were at the same position."""

        def value(name: str) -> str:
            if name == "viewer":
                return self.viewer()
            return this if name == "this" else self.source(_by_placeholder(name), at)

        return expand(sql, value)

    def visible(self, model: Declared, row: str, at: Place = None) -> str:
        """Whether the viewer may see this row."""
        through = model.visible_through
        if through is None:
            return f"({self.expand(model.visible, row, at)})"
        relation = cast(One, model.members[through])
        [target] = relation.targets
        alias = self.alias()
        # EXISTS, so that the planner can look at the container once for many rows of it.
        return (
            f"exists (select from {self.source(target, at)} {alias} where {alias}.id = {row}.{relation.id_column}"
            f" and {self.visible(target, alias, at)})"
        )


def _by_placeholder(name: str) -> Declared:
    return next(model for model in MODELS.values() if model.placeholder == name)
