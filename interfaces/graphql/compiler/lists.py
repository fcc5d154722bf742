"""Connections: pages of a list by keyset, with filters, orders and a capped count."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from graphql import GraphQLObjectType, get_named_type

from interfaces.graphql.compiler.few import few
from interfaces.graphql.compiler.past import Place as Moment
from interfaces.graphql.compiler.past import open_columns
from interfaces.graphql.compiler.selection import Use
from interfaces.graphql.compiler.text import literal
from interfaces.graphql.compiler.values import array, from_json, parameter_list, parameter_text
from interfaces.graphql.ids import bad_input, read_cursor
from projections.engine.members import Column, Declared, Many, One
from projections.engine.tokens import needed, phrases

if TYPE_CHECKING:
    from interfaces.graphql.compiler.objects import Compilation

PAGE = 50
LARGEST_PAGE = 100
COUNTED = 10_000
"""How far totalCount counts."""

OPERATORS = {
    "eq": "{column} = {value}",
    "lt": "{column} < {value}",
    "gte": "{column} >= {value}",
    "any": "{column} = any({value})",
    # The default collation, because in "C" only ASCII has lower case; strpos, because a pattern of the user's could raise.
    "contains": 'strpos(lower({column} COLLATE "default"), lower({value} COLLATE "default")) > 0',
}


class Order(NamedTuple):
    """What a list is ordered by; the id decides between equals. It is the internal value of the enum of orders."""

    column: str
    descending: bool


def folded(text: str) -> str:
    """The SQL of a text as phrases are looked for in it: in the form NFKC and in small letters."""
    # Nearly all texts are in that form, and to see so is quicker by far than to write them anew.
    return f'lower(case when {text} is nfkc normalized then {text} else normalize({text}, NFKC) end COLLATE "default")'


def page_size(first: int | None) -> str:
    """Raises GraphQLError where it is out of bounds."""
    size = PAGE if first is None else first
    if not 0 <= size <= LARGEST_PAGE:
        raise bad_input(f"`first` must be between 0 and {LARGEST_PAGE}.")
    return str(size)


def connection(c: "Compilation", member: Many, use: Use, row: str | None, at: Moment) -> str:
    """The JSON of a page of rows: those that point to `row`, or at the root all."""
    return Page(c, member, use, row, at).sql()


class Page:
    """A page of a list as SQL."""

    def __init__(self, c: "Compilation", member: Many, use: Use, row: str | None, at: Moment) -> None:
        self.c, self.member, self.use, self.at = c, member, use, at
        self.target: Declared = member.target
        self.t = c.alias()
        self.rows = f"{self.t}p"
        order: Order = use.args.get("orderBy") or Order(member.order, member.descending)
        self.column, self.descending = cast(Column, self.target.members[order.column]), order.descending
        self.first = c.checked(use, ("first",), "first", page_size)
        self.seen = ""
        self.where = [*self._belongs(row), *self._filters()] or ["true"]
        self.few = few(c, self.target, at) if member.by is None else None

    def sql(self) -> str:
        c, t, way = self.c, self.t, "desc" if self.descending else "asc"
        c.shown.add(self.target)
        key = self.column.order_sql(t)
        order = f"{key} {way}, {t}.id {way}"
        self.size = c.parameter(self.first, "int")
        outer, c.pages = c.pages, (*c.pages, self.first)
        c.costs.append(c.pages)
        body = c.pairs(self._type(self.use), self.use.details, self._part)
        c.pages = outer
        return (
            f"(with {self.rows} as (select {open_columns(self.target, t)}, row_number() over (order by {order}) n"
            f" from {self._read(self._bounds(key), f' order by {order} limit {self.size} + 1')} order by {order}"
            f" limit {self.size} + 1) select {body})"
        )

    def _read(self, bounds: list[str], end: str) -> str:
        """What stands after FROM for the rows of the list: from where `bounds` say, up to its `end`."""
        if self.few is None:
            return f"{self._source()} where {' and '.join([*self.where, *bounds])}"

        def rows(*conditions: str) -> str:
            return f"(select {self.t}.* from {self._source()} where {' and '.join([*conditions, *bounds])}{end})"

        # Of now, the ids are of what is seen and of nothing else; of the past, what was seen must be seen now as well.
        rest = [each for each in self.where if self.at is not None or each != self.seen]
        # A condition of the viewer alone: the part for which it doesn't hold isn't run at all.
        little = rows(self.few.few, f"{self.t}.id = any({self.few.ids})", *rest)
        return f"({little} union all {rows(f'not {self.few.few}', *self.where)}) {self.t}"

    def _source(self) -> str:
        return f"{self.c.source(self.target, self.at)} {self.t}"

    def _belongs(self, row: str | None) -> list[str]:
        """The rows that belong to the list, of those that the viewer may see."""
        member, t, found = self.member, self.t, list[str]()
        if member.by is not None:
            by = cast(One, self.target.members[member.by])
            found.append(f"{t}.{by.id_column} = {row}.id")
            if by.type_column is not None:
                found.append(f"{t}.{by.type_column} = {literal(self.use.field.extensions['model'].name)}")
        # Who sees the container sees what is in it, where that is declared so; but a case may open a part of it.
        if member.by is None or self.target.visible_through != member.by or (self.c.scope is not None and self.target.case):
            self.seen = self.c.visible(self.target, t, self.at)
            found.append(self.seen)
        elif self.at is not None:
            found.append(f"({self.c.unmoved(self.target, t)}{self.c.narrowed(self.target, t, self.at)})")
        elif self.target.unless:
            found.append(f"true{self.c.narrowed(self.target, t)}")
        if member.where is not None:
            found.append(f"({self.c.expand(member.where, t, self.at)})")
        return found

    def _filters(self) -> list[str]:
        found: list[str] = []
        for name, tests in (self.use.args.get("filter") or {}).items():
            type_: Any = get_named_type(self.use.field.args["filter"].type)
            column = type_.fields[name].extensions["column"]
            for operator, value in (tests or {}).items():
                if value is not None:
                    found.append(self._test(column, operator, ("filter", name, operator)))
        return found

    def _test(self, column: Column, operator: str, path: tuple[str, ...]) -> str:
        if operator == "search":
            return self._search(column, path)
        several = operator == "any"
        encode = parameter_list if several else parameter_text
        sql_type = array(column.type.sql) if several else column.type.sql
        value = self.c.argument(self.use, path, encode.__name__, encode, sql_type)
        return OPERATORS[operator].format(column=f'{self.t}."{column.name}"', value=value)

    def _search(self, column: Column, path: tuple[str, ...]) -> str:
        """All tokens by the index; then, of texts without spaces, that the characters stand together."""
        needed_ = self.c.argument(self.use, path, "needed", partial(words, needed), "text[]")
        phrases_ = self.c.argument(self.use, path, "phrases", partial(words, phrases), "text[]")
        text = folded(f'{self.t}."{column.name}"')
        return (
            f'({self.t}."{column.tokens_column}" @> {needed_}'
            f" and not exists (select from unnest({phrases_}) phrase where strpos({text}, phrase) = 0))"
        )

    def _bounds(self, key: str) -> list[str]:
        """Where the page begins, and in the past, what can't have existed yet."""
        found: list[str] = []
        if self.at is not None:
            # The predicates of source() say the same; these can be read off an index.
            for column in self.target.born:
                bound = self.at.time if column.type.python is datetime else self.at.position
                found.append(f'{self.t}."{column.name}" <= {bound}')
        if self.use.args.get("after") is not None:
            order, kind = self.column.name.upper(), self.column.type
            parts = [
                self.c.argument(self.use, ("after",), (order, n), partial(after, self.column, n), sql_type)
                for n, sql_type in enumerate((kind.sql, "uuid"))
            ]
            found.append(f"({key}, {self.t}.id) {'<' if self.descending else '>'} ({', '.join(parts)})")
        return found

    def _type(self, use: Use) -> GraphQLObjectType:
        return cast(GraphQLObjectType, get_named_type(use.field.type))

    def _part(self, use: Use) -> str:
        """One of the connection's own fields."""
        shown = f"from {self.rows} {self.t} where n <= {self.size}"
        match use.node.name.value:
            case "edges":
                edge = self.c.pairs(self._type(use), use.details, self._edge)
                return f"(select coalesce(json_agg({edge} order by n), '[]') {shown})"
            case "nodes":
                node = self.c.object(self.target, use.details, self.t, self.at)
                return f"(select coalesce(json_agg({node} order by n), '[]') {shown})"
            case "pageInfo":
                return self.c.pairs(self._type(use), use.details, self._page_info)
            case _:
                counted = f"select from {self._read([], f' limit {COUNTED}')} limit {COUNTED}"
                return f"(select count(*) from ({counted}) counted)"

    def _edge(self, use: Use) -> str:
        if use.node.name.value == "cursor":
            return self._cursor()
        return self.c.object(self.target, use.details, self.t, self.at)

    def _page_info(self, use: Use) -> str:
        end = f"(select {self._cursor()} from {self.rows} {self.t} where n <= {self.size} order by n {{}} limit 1)"
        match use.node.name.value:
            case "hasNextPage":
                return f"exists (select from {self.rows} where n > {self.size})"
            case "hasPreviousPage":
                return "true" if self.use.args.get("after") is not None else "false"
            case "startCursor":
                return end.format("asc")
            case _:
                return end.format("desc")

    def _cursor(self) -> str:
        value = self.column.type.in_json(self.column.order_sql(self.t))
        array_ = f"json_build_array({literal(self.column.name.upper())}, {value}, {self.t}.id)"
        return f"replace(encode(convert_to({array_}::text, 'UTF8'), 'base64'), E'\\n', '')"


def words(cut: Callable[[str], list[str]], text: str) -> list[str]:
    """What to look for. Raises GraphQLError where there is nothing to look for."""
    found = cut(parameter_text(text))
    if cut is needed and not found:
        raise bad_input("There is no word or character to search for.")
    return found


def after(column: Column, part: int, text: str) -> str:
    """One of the two parameters of a keyset, from the cursor. Raises GraphQLError."""
    value, key = read_cursor(text, column.name.upper(), lambda wire: parameter_text(from_json(column.type, wire)))
    return str(key) if part else value
