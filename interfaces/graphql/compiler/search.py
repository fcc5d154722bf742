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
from projections.engine.members import Column, Declared, One, Searched
from projections.engine.tokens import loose, needed, terms

if TYPE_CHECKING:
    from interfaces.graphql.compiler.objects import Compilation

CANDIDATES = 100
"""Of so many, the newest that have the words, those that fit best come first; what is older is found by time."""
BY_WORDS, BY_TIME, BY_PLACE = 1, 2, 3
"""The ways to find rows: by the index of words; by looking through all in the order of time until there are enough; by looking
through all that is in the containers where the viewer may look."""


def found(c: "Compilation", member: Searched, use: Use, at: Moment) -> str:
    """The JSON of a page of what was found."""
    return Search(c, member, use, at).sql()


class Search(Page):
    """A page of what was found, as SQL."""

    def __init__(self, c: "Compilation", member: Searched, use: Use, at: Moment) -> None:
        self.c, self.use, self.at = c, use, at
        self.searched, self.target = member, member.target
        self.t = c.alias()
        self.few = None  # what is found by words is few already
        self.rows = f"{self.t}p"
        self.text = cast(Column, self.target.members[member.text])
        self.column = cast(Column, self.target.members[member.time])
        self.best = use.args["orderBy"] == "relevance"
        self.descending = use.args["orderBy"] != "oldest"
        self.first = c.checked(use, ("first",), "first", page_size)
        self.tokens = c.argument(use, ("query",), "needed", partial(words, needed), "text[]")
        through = self.target.visible_through if at is None and c.scope is None else None
        self.within = cast(One, self.target.members[through]) if through else None
        """What leads to the containers that are looked up once, and not for each row anew."""
        self.rest = [self._visible(), self._together(), *self._narrowed()]
        self.where = [self._by_index(), *self.rest]

    def sql(self) -> str:
        c, t = self.c, self.t
        self.size = c.parameter(self.first, "int")
        found_ = self._found(str(CANDIDATES) if self.best else f"{self.size} + 1")
        outer, c.pages = c.pages, (*c.pages, self.first)
        c.costs.append(c.pages)
        body = c.pairs(self._type(self.use), self.use.details, self._part)
        c.pages = outer
        way, key = "desc" if self.descending else "asc", self.column.order_sql(t)
        order = f"{key} {way}, {t}.id {way}"
        # Looked up one by one, or the planner might walk through all rows in their order to find these few.
        rows = (
            f"select {t}.* from {t}i cross join lateral (select {t}.* from {self._source()} where {t}.id = {t}i.id offset 0) {t}"
        )
        if self.best:
            after = f" where (score, id) < {self._after()}" if self.use.args.get("after") is not None else ""
            order = "score desc, id desc"
            text = folded(f'{t}."{self.text.name}"')
            rows = (
                f"select * from (select {t}.*, {self._score()} score from"
                f" (select {t}.*, {text} f from ({rows} offset 0) {t} offset 0) {t}) {t}{after}"
            )
        return (
            f"(with {found_}, {self.rows} as (select {t}.*, row_number() over (order by {order}) n from ({rows}) {t}"
            f" order by {order} limit {self.size} + 1) select {body})"
        )

    def _found(self, limit: str) -> str:
        """The rows by their ids.

        Plans are made once for all values, so each way stands here, and statistics choose at each run. They may be wrong: where
        too few are found among so many of the newest, the words are rare enough for another way.
        """
        t, way = self.t, "desc" if self.descending else "asc"
        time = self.column.order_sql(t)
        # An order that no index has, so that the planner takes the index of words, or of containers.
        sorted_ = f"{time} + interval '0' {way}, {t}.id {way}"
        rest, bounds = " and ".join(self.rest), self._bounds(time) if not self.best else self._then()

        def rows(test: str, chosen: str = "") -> str:
            where = " and ".join([f"{chosen}{test}", rest, *bounds])
            return f"(select {t}.id from {self._source()} where {where} order by {sorted_} limit {limit})"

        if self.at is not None:
            return f"{t}i as {rows(self._by_index())}"
        walked = f"({t}.\"{self.text.tokens_column}\" || '{{}}'::text[]) @> {self.tokens}"
        places, ways = "", [(BY_WORDS, self._by_index())]
        if self.within is not None:
            ways.append((BY_PLACE, f"{t}.{self.within.id_column} = any({self._ids()}) and {walked}"))
            places = f"{t}v as materialized (select array({self._places()}) ids), "
        order = f"{time} {way}, {t}.id {way}"
        some = f"select {t}.* from {self._source()} where {' and '.join(bounds) or 'true'} order by {order}"
        newest = (
            f"select {t}.id from ({some} limit (select enough from {t}q)) {t}"
            f" where (select way = {BY_TIME} from {t}q) and {walked} and {rest} order by {order} limit {limit}"
        )
        chosen = (
            f"select case when way = {BY_TIME} and (select count(*) from {t}n) < ({limit}) then other else way end way from {t}q"
        )
        found = [rows(test, f"(select way = {n} from {t}w) and ") for n, test in ways]
        found.append(f"(select id from {t}n where (select way = {BY_TIME} from {t}w))")
        return (
            f"{places}{t}q as materialized ({self._way(limit)}), {t}n as materialized ({newest}),"
            f" {t}w as materialized ({chosen}), {t}i as ({' union all '.join(found)})"
        )

    def _visible(self) -> str:
        """What may be seen."""
        if self.within is None:
            return self.c.visible(self.target, self.t, self.at)
        # `is true`, so that no index of containers is read in full to narrow the few rows that have the words.
        seen = f"({self.t}.{self.within.id_column} = any({self._ids()})) is true"
        return f"{seen}{self.c.narrowed(self.target, self.t)}"

    def _ids(self) -> str:
        return f"(select ids from {self.t}v)::uuid[]"

    def _places(self) -> str:
        """The containers where the viewer may look and wants to."""
        assert self.within is not None  # noqa: S101  whoever asks for them has looked
        [container] = self.within.targets
        c, alias = self.c, self.c.alias()
        asked = ""
        if self.within.name in self.searched.by and self.use.args.get(self.within.name):
            asked = f" and {alias}.id = any({self._keys(self.within)})"
        return f"select {alias}.id from {c.source(container)} {alias} where {c.visible(container, alias)}{asked}"

    def _by_index(self) -> str:
        return f'{self.t}."{self.text.tokens_column}" @> {self.tokens}'

    def _way(self, limit: str) -> str:
        """The way on which the fewest rows are likely to be read; how many of the newest to look through, and what then."""
        t = self.t
        texts, places, ours, place = _rows(self.c.schema, self.target), "1", "1", "null::float8"
        if self.within is not None:
            [container] = self.within.targets
            places, ours, place = _rows(self.c.schema, container), f"(select cardinality(ids) from {t}v)", "e.texts * e.part"
        costs = (
            f"select e.texts * e.share words, {place} places, ({limit}) / greatest(e.share * e.part, 1e-9) newest,"
            f" ceil(2 * sqrt(({limit}) * e.texts))::bigint enough"
            f" from (select {texts} texts, {self._share()} share, least({ours} / {places}, 1) part) e"
        )
        return (
            f"select case when w.newest < least(w.words, w.places) then {BY_TIME} else w.other end way, w.other, w.enough"
            f" from (select w.*, case when w.places < w.words then {BY_PLACE} else {BY_WORDS} end other from ({costs}) w) w"
        )

    def _share(self) -> str:
        """The share of all texts that has the words, by the statistics that PostgreSQL keeps; a word that isn't in them is rare.

        Words that stand together often aren't independent of each other: each counts less than the next rarer one, by the root.
        """
        elements = (
            "select unnest(s.most_common_elems::text::text[]) word, unnest(s.most_common_elem_freqs) share from pg_stats s"
            f" where s.schemaname = {literal(self.c.schema)} and s.tablename = {literal(self.target.table)}"
            f" and s.attname = {literal(str(self.text.tokens_column))}"
        )
        ranked = (
            f"select ln(greatest(e.share, 1e-9)) share, row_number() over (order by e.share nulls first) - 1 n"
            f" from unnest({self.tokens}) needed left join ({elements}) e on e.word = needed"
        )
        return f"(select exp(sum(coalesce(r.share, ln(1e-9)) * power(0.5, r.n))) from ({ranked}) r)"

    def _together(self) -> str:
        """That what belongs together stands together, where the tokens don't say so."""
        together = self.c.argument(self.use, ("query",), "loose", partial(words, loose), "text[]")
        text = folded(f'{self.t}."{self.text.name}"')
        return f"not exists (select from unnest({together}) phrase where strpos({text}, phrase) = 0)"

    def _narrowed(self) -> list[str]:
        conditions = []
        for name in self.searched.by:
            relation = cast(One, self.target.members[name])
            if self.use.args.get(name) and relation is not self.within:
                conditions.append(f"{self.t}.{relation.id_column} = any({self._keys(relation)})")
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

    def _keys(self, relation: One) -> str:
        return self.c.argument(self.use, (relation.name,), relation.name, partial(_keys, relation.target_names[0]), "uuid[]")

    def _then(self) -> list[str]:
        if self.at is None:
            return []
        at = self.at
        return [f'{self.t}."{c.name}" <= {at.time if c.name == self.column.name else at.position}' for c in self.target.born]

    def _score(self) -> str:
        """How often what is looked for stands in the text, against how long that is."""
        wanted = self.c.argument(self.use, ("query",), "terms", partial(words, terms), "text[]")
        times = f"(length({self.t}.f) - length(replace({self.t}.f, term, '')))::float8 / length(term)"
        return (
            f"(select round((sum(ln(1 + {times})) / (6 + ln(1 + length({self.t}.f))))::numeric, 6)::float8"
            f" from unnest({wanted}) term)"
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


def _rows(schema: str, model: Declared) -> str:
    """How many rows a table has, as its last ANALYZE found."""
    if model.view is not None:
        return "1"
    return f'(select greatest(k.reltuples, 1)::float8 from pg_class k where k.oid = \'"{schema}"."{model.table}"\'::regclass)'


def _keys(type_name: str, ids: list[str]) -> list[str]:
    """The keys of ids; one of another type is the id of nothing."""
    return [str(key) for key in (local_key(each, type_name) for each in ids) if key is not None]


def _after_best(part: int, text: str) -> str:
    score, key = read_cursor(text, "RELEVANCE", float)
    if score != score or score in (float("inf"), float("-inf")):
        raise bad_input("This is not a cursor of this list in this order.")
    return str(key) if part else repr(score)
