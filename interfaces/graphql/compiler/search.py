"""Searches: rows by what their text says, the newest or those that fit best first, with the part of the text that was found."""

from functools import partial
from typing import TYPE_CHECKING, Any, cast

from graphql import GraphQLObjectType, get_named_type

from interfaces.graphql.compiler.fill import Place
from interfaces.graphql.compiler.lists import Page, folded, page_size, words
from interfaces.graphql.compiler.past import Place as Moment
from interfaces.graphql.compiler.selection import Use
from interfaces.graphql.compiler.text import json_object, literal
from interfaces.graphql.compiler.values import parameter_list, parameter_text
from interfaces.graphql.excerpts import Excerpts, Shape
from interfaces.graphql.ids import bad_input, local_key, read_cursor
from projections.engine.members import Column, One, Searched
from projections.engine.tokens import needed, phrases, terms

if TYPE_CHECKING:
    from interfaces.graphql.compiler.objects import Compilation

CANDIDATES = 300
"""Of so many, the newest that have the words, those that fit best come first; what is older is found by time."""


def found(c: "Compilation", member: Searched, use: Use, at: Moment) -> str:
    """The JSON of a page of what was found."""
    return Search(c, member, use, at).sql()


class Search(Page):
    """A page of what was found, as SQL."""

    def __init__(self, c: "Compilation", member: Searched, use: Use, at: Moment) -> None:
        self.c, self.use, self.at = c, use, at
        self.searched, self.target = member, member.target
        self.t = c.alias()
        self.rows = f"{self.t}p"
        self.text = cast(Column, self.target.members[member.text])
        self.column = cast(Column, self.target.members[member.time])
        self.best = use.args["orderBy"] == "relevance"
        self.descending = use.args["orderBy"] != "oldest"
        self.first = c.checked(use, ("first",), "first", page_size)
        self.where = [c.visible(self.target, self.t, at), self._has_words(), *self._narrowed()]
        c.planned = True

    def sql(self) -> str:
        if not self.best:
            return super().sql()
        c, t = self.c, self.t
        self.size = c.parameter(self.first, "int")
        time = self.column.order_sql(t)
        where = " and ".join([*self.where, *(self._then() if self.at is not None else ())])
        after = f" where (score, id) < {self._after()}" if self.use.args.get("after") is not None else ""
        outer, c.pages = c.pages, (*c.pages, self.first)
        c.costs.append(c.pages)
        body = c.pairs(self._type(self.use), self.use.details, self._part)
        c.pages = outer
        return (
            f"(with {t}c as materialized (select {t}.* from {self._source()} where {where}"
            f" order by {time} desc, {t}.id desc limit {CANDIDATES}),"
            f" {t}s as (select {t}.*, {self._score()} score from {t}c {t}),"
            f" {self.rows} as (select {t}s.*, row_number() over (order by score desc, id desc) n from {t}s{after}"
            f" order by score desc, id desc limit {self.size} + 1) select {body})"
        )

    def _has_words(self) -> str:
        """All tokens by the index; then, that what belongs together stands together."""
        tokens = self.c.argument(self.use, ("query",), "needed", partial(words, needed), "text[]")
        together = self.c.argument(self.use, ("query",), "phrases", partial(words, phrases), "text[]")
        text = folded(f'{self.t}."{self.text.name}"')
        return (
            f'({self.t}."{self.text.tokens_column}" @> {tokens}'
            f" and not exists (select from unnest({together}) phrase where strpos({text}, phrase) = 0))"
        )

    def _narrowed(self) -> list[str]:
        conditions = []
        for name in self.searched.by:
            if self.use.args.get(name):
                relation = cast(One, self.target.members[name])
                keys = self.c.argument(self.use, (name,), relation.name, partial(_keys, relation.target_names[0]), "uuid[]")
                conditions.append(f"{self.t}.{relation.id_column} = any({keys})")
        for name, test in (("since", ">="), ("until", "<")):
            if self.use.args.get(name) is not None:
                value = self.c.argument(self.use, (name,), name, parameter_text, self.column.type.sql)
                conditions.append(f'{self.t}."{self.column.name}" {test} {value}')
        if self.use.args.get("kinds"):
            kinds = self.c.argument(self.use, ("kinds",), "kinds", parameter_list, "text[]")
            whens = (
                f"when {self.c.expand(sql, self.t, self.at)} then {literal(kind)}" for kind, sql in self.searched.kinds.items()
            )
            conditions.append(f"(case {' '.join(whens)} end) = any({kinds})")
        return conditions

    def _then(self) -> list[str]:
        at = cast(Any, self.at)
        return [f'{self.t}."{c.name}" <= {at.time if c.name == self.column.name else at.position}' for c in self.target.born]

    def _score(self) -> str:
        """How often what is looked for stands in the text, against how long that is."""
        wanted = self.c.argument(self.use, ("query",), "terms", partial(words, terms), "text[]")
        text = folded(f'{self.t}."{self.text.name}"')
        times = "(length(f) - length(replace(f, term, '')))::float8 / length(term)"
        return (
            f"(select round((sum(ln(1 + {times})) / (6 + ln(1 + length(min(f)))))::numeric, 6)::float8"
            f" from (select {text} f) as of_text, unnest({wanted}) term)"
        )

    def _after(self) -> str:
        score, key = (
            self.c.argument(self.use, ("after",), ("RELEVANCE", n), partial(_after_best, n), kind)
            for n, kind in enumerate(("float8", "uuid"))
        )
        return f"({score}, {key})"

    def _cursor(self) -> str:
        if not self.best:
            return super()._cursor()
        array_ = f"json_build_array('RELEVANCE', {self.t}.score, {self.t}.id)"
        return f"replace(encode(convert_to({array_}::text, 'UTF8'), 'base64'), E'\\n', '')"

    def _edge(self, use: Use) -> str:
        if use.node.name.value != "excerpt":
            return super()._edge(use)
        type_ = cast(GraphQLObjectType, get_named_type(use.field.type))
        query = self.c.argument(self.use, ("query",), "query", parameter_text, "text")
        excerpts = Excerpts(self._shape(type_, use.details))
        self.c.places.append(Place(self.c.path, excerpts, use.field.type, None, (), use.node))
        number = str(len(self.c.places) - 1)
        return json_object([("$", number), ("text", f'{self.t}."{self.text.name}"'), ("query", query)])

    def _shape(self, type_: GraphQLObjectType, details: Any) -> Shape:
        found_: list[tuple[str, str, Any]] = []
        for key, merged in self.c.selection.fields(type_, details):
            name = merged[0].node.name.value
            within: Shape = ()
            if name == "pieces":
                within = self._shape(cast(GraphQLObjectType, get_named_type(type_.fields[name].type)), merged)
            found_.append((key, name, within))
        return tuple(found_)


def _keys(type_name: str, ids: list[str]) -> list[str]:
    """The keys of ids; one of another type is the id of nothing."""
    return [str(key) for key in (local_key(each, type_name) for each in ids) if key is not None]


def _after_best(part: int, text: str) -> str:
    score, key = read_cursor(text, "RELEVANCE", float)
    if score != score or score in (float("inf"), float("-inf")):
        raise bad_input("This is not a cursor of this list in this order.")
    return str(key) if part else repr(score)
