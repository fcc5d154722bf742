"""What the schema means, in plain Python: graphql-core resolves every field one by one over rows in memory.

It shares the declarations, ids and scalars with the product, and nothing of the compiler, its SQL or its visibility.
"""

import base64
import json
import re
from collections.abc import Callable
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any, NamedTuple, cast
from uuid import UUID

from graphql import ExecutionResult, GraphQLError, GraphQLResolveInfo, GraphQLSchema, execute_sync, parse

from interfaces.graphql.scalars import wire_time
from projections.engine.members import MODELS, Column, Declared, Formula, Found, Function, Many, One
from tests.graphql.world import Row, World


class Thing(NamedTuple):
    """A row with its model."""

    model: Declared
    row: Row
    told_by: "Oracle"


class Oracle:
    """Answers queries about a world as one viewer may see it."""

    def __init__(self, schema: GraphQLSchema, world: World, viewer: UUID) -> None:
        self.schema, self.world, self.viewer = schema, world, viewer

    def answer(self, query: str, variables: dict[str, Any]) -> ExecutionResult:
        return execute_sync(
            self.schema,
            parse(query),
            variable_values=variables,
            field_resolver=self.resolve,
            type_resolver=lambda thing, *_: thing.model.name,
        )

    def resolve(self, source: Any, info: GraphQLResolveInfo[Any], **args: Any) -> Any:
        if isinstance(source, dict):
            return source[info.field_name]
        if isinstance(source, Thing) and source.told_by is not self:
            return source.told_by.resolve(source, info, **args)
        member = info.parent_type.fields[info.field_name].extensions["member"]
        match member:
            case Column(name="id"):
                return self.id_of(source.model.name, source.row)
            case Column():
                return source.row[member.name]
            case Formula():
                return len([t for t in self.world["Tending"].values() if t["garden_id"] == source.row["id"]])
            case Function():
                return member.call(SimpleNamespace(**{need: source.row[need] for need in member.needs}))
            case One():
                name = source.row[member.type_column] if member.type_column else member.target_names[0]
                return self.seen(name, source.row[member.id_column])
            case Many():
                return self.page(member, source, **args)
            case Found(where=None):
                return self.by_id(args["id"], member.target_name)
            case Found():
                return self.seen("Gardener", self.viewer)
            case _:
                return self.by_id(args["id"])

    def id_of(self, name: str, row: Row) -> str:
        return base64.b64encode(f"{name}:{row['id']}".encode()).decode()

    def by_id(self, text: str, wanted: str | None = None) -> Thing | None:
        try:
            name, _, key = base64.b64decode(text, validate=True).decode().partition(":")
            found = UUID(key)
        except ValueError:
            return None
        return self.seen(name, found) if wanted in (None, name) and name in MODELS else None

    def seen(self, name: str, key: UUID | None) -> Thing | None:
        row = self.world[name].get(key) if key else None
        return Thing(MODELS[name], row, self) if row and self.may_see(name, row) else None

    def may_see(self, name: str, row: Row) -> bool:
        return VISIBLE[name](self, row)

    def page(
        self,
        member: Many,
        source: Thing | None,
        *,
        orderBy: Any,  # noqa: N803 (as the schema has it)
        first: int | None = 50,
        after: str | None = None,
        filter: Any = None,  # noqa: A002
    ) -> Any:
        model = member.target
        rows = [row for row in self.world[model.name].values() if self.may_see(model.name, row)]
        if member.by:
            assert source
            rows = [row for row in rows if row[f"{member.by}_id"] == source.row["id"]]
            rows = [row for row in rows if row.get(f"{member.by}_type", source.model.name) == source.model.name]
        if member.where:
            rows = [row for row in rows if row["kind"] == "rose"]
        for name, tests in (filter or {}).items():
            column = next(c for c in model.columns if c.name.replace("_", "").lower() == name.lower())
            for test, value in (tests or {}).items():
                if test == "search" and value is not None and not re.search(r"\w", value):
                    raise GraphQLError("nothing to search for")
                if value is not None:
                    rows = [row for row in rows if row[column.name] is not None and TESTS[test](row[column.name], value)]
        column_name, descending = orderBy

        def place(row: Row) -> Any:
            value = row[column_name]
            return ("" if value is None else value).encode() if isinstance(value, str | None) else value, row["id"]

        rows.sort(key=place, reverse=descending)
        total = len(rows)
        first = 50 if first is None else first
        if not 0 <= first <= 100:
            raise GraphQLError("page")
        if after is not None:
            start = self.read_cursor(after, model, column_name)
            rows = [row for row in rows if (place(row) < start if descending else place(row) > start)]
        cursors = [self.cursor(row, column_name) for row in rows[:first]]
        things = [Thing(model, row, self) for row in rows[:first]]
        return {
            "edges": [{"node": thing, "cursor": cursor} for thing, cursor in zip(things, cursors, strict=True)],
            "nodes": things,
            "totalCount": total,
            "pageInfo": {
                "hasNextPage": len(rows) > first,
                "hasPreviousPage": after is not None,
                "startCursor": cursors[0] if cursors else None,
                "endCursor": cursors[-1] if cursors else None,
            },
        }

    @staticmethod
    def cursor(row: Row, column: str) -> str:
        value = row[column]
        if isinstance(value, datetime):
            value = wire_time(value)
        elif isinstance(value, date):
            value = value.isoformat()
        elif column == "position":
            value = str(value)
        elif value is None:
            value = ""
        text = json.dumps([column.upper(), value, str(row["id"])], ensure_ascii=False)
        return base64.b64encode(text.encode()).decode()

    @staticmethod
    def read_cursor(text: str, model: Declared, column: str) -> Any:
        try:
            made_for, value, key = json.loads(base64.b64decode(text, validate=True))
            kind = cast(Column, model.members[column]).type.python
            place = READ.get(kind, int)(value), UUID(key)
        except (ValueError, TypeError):
            raise GraphQLError("cursor") from None
        if made_for != column.upper():
            raise GraphQLError("cursor")
        return place


READ: dict[Any, Callable[[Any], Any]] = {datetime: datetime.fromisoformat, date: date.fromisoformat, str: str.encode}


TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda has, wanted: bool(has == wanted),
    "lt": lambda has, wanted: bool(has < wanted),
    "gte": lambda has, wanted: bool(has >= wanted),
    "contains": lambda has, wanted: wanted.lower() in has.lower(),
    "any": lambda has, wanted: has in wanted,
    "search": lambda has, wanted: searched(has, wanted),
}


def searched(text: str, wanted: str) -> bool:
    """All words are in the text, and all runs of Chinese characters as they are."""
    words, runs = re.findall(r"[^\W\u4e00-\u9fff]+", wanted.casefold()), re.findall(r"[\u4e00-\u9fff]+", wanted)
    said = re.findall(r"[^\W\u4e00-\u9fff]+", text.casefold())
    return all(word in said for word in words) and all(run in text for run in runs)


def _tends(oracle: Oracle, garden: UUID, gardener: UUID) -> bool:
    return any(t["garden_id"] == garden and t["gardener_id"] == gardener for t in oracle.world["Tending"].values())


def _gardener(oracle: Oracle, row: Row) -> bool:
    shared = any(
        t["gardener_id"] == row["id"] and _tends(oracle, t["garden_id"], oracle.viewer) for t in oracle.world["Tending"].values()
    )
    return not row["hidden"] or row["id"] == oracle.viewer or shared


def _garden(oracle: Oracle, row: Row) -> bool:
    return not row["walled"] or _tends(oracle, row["id"], oracle.viewer)


def _within(oracle: Oracle, row: Row) -> bool:
    return oracle.seen("Garden", row["garden_id"]) is not None


VISIBLE: dict[str, Callable[[Oracle, Row], bool]] = {
    "Gardener": _gardener,
    "Garden": _garden,
    "Tending": _within,
    "Planting": _within,
    "Label": _within,
}
