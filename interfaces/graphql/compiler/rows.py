"""Where rows come from and who may see them: the two things that every piece of SQL asks for, in one place each."""

import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import NamedTuple, cast

from domain.access.module import ALWAYS
from interfaces.graphql.compiler.past import HOLDS, Place, closed, past_of, whole_past_of
from interfaces.graphql.compiler.text import VIEWER, Parameter, Text, literal
from projections.engine.members import MODELS, SEEN, Declared, One, expand
from projections.engine.once import ASKED_ONCE, BUT, OF, ONCE
from projections.engine.ways import Way, all_of, either, rests_on

VIEWER_ID = Parameter(VIEWER, (), "viewer", str)
_ANY_ONCE = re.compile(rf"exists \(select from \{{{ASKED_ONCE}(\w+)\}} o\)")


Opened = Mapping[str, str]
"""The scope of a case as SQL, by the names that models' `case` has for its parts."""


class Tables(NamedTuple):
    """The tables of one organisation: their schema, and SQL over {viewer} that says who may read anything at all.

    `history` says, in the same way, who may also read what was since edited, taken back or ended. `off` gives the names of the
    modules that are not there for the viewer. With a `scope`, what is read is what a case opens, and nothing else.
    """

    schema: str
    gate: str = "true"
    history: str = "false"
    off: str = ""
    scope: Opened | None = None


class Rows(Text):
    """Names tables of one organisation and writes the predicates of visibility.

    `without`: traits that the viewer never had. What only those have who had one is left out; see viewers.py.
    """

    def __init__(self, tables: Tables, without: frozenset[str] = frozenset()) -> None:
        super().__init__()
        self.without = without
        self.schema, self.gate, self.history, self.off, self.scope = tables
        self.models: set[Declared] = set()
        self.shown: set[Declared] = set()
        self._once: dict[Hashable, tuple[str, str]] = {}

    def source(self, model: Declared, at: Place = None, *, whole: bool = False) -> str:
        """What stands after FROM for the rows of a model. `whole`: for what decides who may see something, not to be shown."""
        self.models.add(model)
        if model.view is not None:
            return "(" + self.expand(model.view, "", at, whole) + ")"
        if at is None:
            return f'"{self.schema}"."{model.table}"'
        if whole:
            return whole_past_of(self.schema, model, at)
        return past_of(self.schema, model, at, self.expand(self.history, ""))

    def module_off(self) -> str | None:
        """The name of a module, of those that what is shown belongs to, that isn't there for the viewer; None: there can't be."""
        names = sorted({model.context for model in self.shown} - ALWAYS)
        if not (self.off and names) or self.barred(rests_on(self.off)):
            return None
        among = ", ".join(literal(name) for name in names)
        return f"(select o.name from ({self.expand(self.off, '')}) o where o.name in ({among}) limit 1)"

    def viewer(self) -> str:
        """The place of the viewer's id."""
        return self.parameter(VIEWER_ID, "uuid")

    def expand(self, sql: str, this: str, at: Place = None, whole: bool = False) -> str:
        """A declared SQL text over {this} row, {viewer}, {now} and the tables of models, as they were at the same position."""

        def value(name: str) -> str:
            if name == "viewer":
                return self.viewer()
            if name.startswith(ASKED_ONCE):
                return self.once(name.removeprefix(ASKED_ONCE), at, whole)
            if name.startswith(SEEN):
                return self.seen(_by_placeholder(name.removeprefix(SEEN)), at)
            if self.scope is not None and name in self.scope:
                return self.scope[name]
            if name == "now":
                return "statement_timestamp()" if at is None else at.now
            return this if name == "this" else self.source(_by_placeholder(name), at, whole=whole)

        return expand(_ANY_ONCE.sub(lambda found: self.any_once(found, at), sql), value)

    def any_once(self, found: re.Match[str], at: Place) -> str:
        """Whether the viewer has such rows, where it is known already."""
        if self.barred(found[1]):
            return "false"
        # The gate of the statement says that they may read at all, of now and not of the past.
        return "true" if at is None and BUT.get(found[1]) in self.without else found[0]

    def barred(self, name: str | None) -> bool:
        """Whether these rows, which are asked once, can't be there for the viewer."""
        of = OF.get(name or "", frozenset())
        return bool(of) and of <= self.without

    def ways(self, model: Declared) -> Sequence[Way]:
        """The ways of seeing a model's rows that the viewer may have."""
        return [way for way in all_of(model.ways) if not self.barred(rests_on(way))]

    def rule(self, model: Declared) -> str:
        """Who sees a row of a model that says so itself."""
        return either(self.ways(model)) or "false" if model.ways else model.visible

    def once(self, name: str, at: Place, whole: bool) -> str:
        """What stands after FROM for rows that depend on the viewer alone: they stand at the head of the statement."""
        key = (name, at, whole and at is not None)  # of now there is nothing but the whole
        return self.head(key, lambda: self.expand(ONCE[name], "", at, whole))

    def head(self, key: Hashable, rows: Callable[[], str]) -> str:
        """What stands after FROM for rows that are found once, at the head of the statement, for all that ask for this key."""
        if key not in self._once:
            # What this one names itself comes before it: its number is taken only now.
            sql = rows()
            self._once[key] = f"_o{len(self._once) + 1}", sql
        return self._once[key][0]

    def numbered(self, sql: str) -> tuple[str, tuple[Parameter, ...]]:
        return super().numbered(closed(self.headed(sql)))

    def headed(self, sql: str) -> str:
        """A statement with what it asks once at its head; what turns out not to be needed is not asked at all."""
        asked = ", ".join(f"{alias} as materialized ({text})" for alias, text in self._once.values())
        return f"with {asked} {sql}" if asked else sql

    def seen(self, model: Declared, at: Place = None) -> str:
        """What stands after FROM for those rows of a model that the viewer may see."""
        t = self.alias()
        return f"(select {t}.* from {self.source(model, at)} {t} where {self.visible(model, t, at)})"

    def visible(self, model: Declared, row: str, at: Place = None) -> str:
        """Whether the viewer may see this row; of the past, whether they could see it then and may see it now."""
        through = model.visible_through
        if self.scope is not None and model.case != "visible":
            return self.opened(model, row, at)
        if through is None:
            then = f"({self.expand(self.rule(model), row, at, True)})"
            return then if at is None else f"({then} and {self._visible_now(model, row)})"
        relation = cast(One, model.members[through])
        [target] = relation.targets
        alias = self.alias()
        # EXISTS, so that the planner can look at the container once for many rows of it.
        within = (
            f"exists (select from {self.source(target, at)} {alias} where {alias}.id = {row}.{relation.id_column}"
            f" and {self.visible(target, alias, at)}){self.narrowed(model, row, at)}"
        )
        return within if at is None else f"({within} and {self.unmoved(model, row)})"

    def opened(self, model: Declared, row: str, at: Place = None) -> str:
        """Whether a case opens this row, whoever might see it otherwise."""
        if model.case is not None:
            return f"({self.expand(model.case, row, at, True)})"
        if model.visible_through is None:
            return "false"
        relation = cast(One, model.members[model.visible_through])
        [target] = relation.targets
        alias = self.alias()
        same = f"{alias}.id = {row}.{relation.id_column}"
        return f"exists (select from {self.source(target, at)} {alias} where {same} and {self.opened(target, alias, at)})"

    def narrowed(self, model: Declared, row: str, at: Place = None) -> str:
        """What hides some of the rows that are seen through their container, as a further condition, or nothing."""
        return f" and not ({self.expand(model.unless, row, at, True)})" if model.unless else ""

    def unmoved(self, model: Declared, row: str) -> str:
        """Whether a row of the past, whose container then may be seen now, isn't hidden by where it has come to since."""
        if model.view is not None:
            return "true"
        return f"({row}.{HOLDS} or {self._now(model, row)} is not false)"

    def _visible_now(self, model: Declared, row: str) -> str:
        """By the row as it is now; by its last values, where it is gone."""
        by_then = f"({self.expand(self.rule(model), row)})"
        if model.view is not None:
            return by_then
        # The version that holds now is that row: it needn't be looked up.
        return f"coalesce(case when not {row}.{HOLDS} then {self._now(model, row)} end, {by_then})"

    def _now(self, model: Declared, row: str) -> str:
        """Whether the row as it is now may be seen; null where it is gone. A scalar subquery: one look by its key."""
        alias = self.alias()
        seen = f"({self.visible(model, alias)}) is true"
        return f"(select {seen} from {self.source(model)} {alias} where {alias}.id = {row}.id)"


def _by_placeholder(name: str) -> Declared:
    return next(model for model in MODELS.values() if model.placeholder == name)
