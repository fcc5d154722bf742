"""Random queries over any schema of ours: fragments, merged fields, aliases, directives, variables at any depth, bad values."""

import base64
import json
import random
from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

from graphql import (
    GraphQLField,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_abstract_type,
    is_enum_type,
    is_input_object_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_required_argument,
)

from projections.engine.members import Column
from tests.graphql.oracle import Oracle
from tests.graphql.world import START, World

WIDTH = 3
"""How many objects a selection asks for at most, on average: what a query may ask for grows with the schema, a query does not."""


class Query:
    """One generated query with the values of its variables."""

    def __init__(
        self,
        rng: random.Random,
        schema: GraphQLSchema,
        world: World,
        depth: int = 4,
        *,
        past: bool = False,
        toward: Collection[str] = (),
        latest: int = 70,
    ) -> None:
        """`past`: it may ask for the past too, up to `latest`. `toward`: fields that it asks for more often than others."""
        self.past, self.toward, self.latest = past, toward, latest
        self.rng, self.schema, self.world = rng, schema, world
        # By the query, not by the value: what has one wrong value in it seldom tells anything.
        self.wrong = self.chance(0.2)
        self.names = 0
        self.declared: list[str] = []
        self.values: dict[str, Any] = {}
        self.kinds: dict[str, tuple[Any, Any]] = {}
        self.fragments: list[str] = []
        query = schema.query_type
        assert query
        body = " ".join(self.selection(query, depth))
        head = f"query Q({', '.join(self.declared)})" if self.declared else "query Q"
        self.text = "\n".join([f"{head} {{{body}}}", *self.fragments])

    def chance(self, p: float) -> bool:
        return self.rng.random() < p

    def name(self, prefix: str) -> str:
        self.names += 1
        return f"{prefix}{self.names}"

    def selection(self, type_: Any, depth: int) -> list[str]:
        if is_abstract_type(type_):
            parts = ["__typename", *(["id"] if type_.name == "Node" and self.chance(0.5) else [])]
            return parts + [self.fragment(each, depth) for each in self.schema.get_possible_types(type_) if self.chance(0.5)]
        parts = []
        objects = sum(not is_leaf_type(get_named_type(field.type)) for field in type_.fields.values())
        for name, field in type_.fields.items():
            parts += self.field(type_, name, field, depth, min(0.3, WIDTH / max(objects, 1)))
        if self.chance(0.15):
            parts.append("__typename")
        if self.chance(0.15) and depth > 0:
            parts.append(self.fragment(type_, depth - 1))
        self.rng.shuffle(parts)
        return parts or ["__typename"]

    def field(self, parent: GraphQLObjectType, name: str, field: GraphQLField, depth: int, share: float) -> list[str]:
        inner = get_named_type(field.type)
        share = 0.9 if name in self.toward else share
        leaf, root = is_leaf_type(inner), parent.name in ("Query", "Past")
        # How far a follower has come is said by no row.
        if (inner.name == "Past" and not self.past) or (root and name == "position"):
            return []
        if name not in self.toward:
            share = max(0.4, share) if leaf else 0.6 if name in ("edges", "node", "nodes") and not root else share
        if not self.chance(share) or (not leaf and depth <= 0):
            return []
        parts = []
        for _ in range(2 if self.chance(0.07) else 1):
            args = self.arguments(name, field)
            alias = f"{self.name('f')}: " if field.args or self.chance(0.1) else ""
            below = depth - (0 if inner.name.endswith(("Edge", "PageInfo")) else 1)
            sub = "" if leaf else " {" + " ".join(self.selection(inner, below)) + "}"
            parts.append(f"{alias}{name}{'(' + ', '.join(args) + ')' if args else ''}{self.directive()}{sub}")
        return parts

    def arguments(self, name: str, field: GraphQLField) -> list[str]:
        args = []
        order = next((a.default.value for a in (field.args.get("orderBy"),) if a and a.default), None)
        for arg, declared in sorted(field.args.items(), key=lambda item: item[0] != "orderBy"):
            if not (arg == "first" or is_required_argument(declared) or self.chance(0.3)):
                continue
            if arg == "after" and not self.wrong and not (order and self.has_cursor(field, order)):
                continue
            hint = (name, arg, field, order)
            if self.chance(0.5):
                literal, value = self.variable(declared.type, hint)
            else:
                value, literal = self.value(declared.type, hint)
            if arg == "orderBy":
                order = value
            args.append(f"{arg}: {literal}")
        return args

    def variable(self, type_: Any, hint: Any) -> tuple[str, Any]:
        name = self.name("v")
        self.declared.append(f"${name}: {type_}")
        self.kinds[name] = type_, hint
        if is_non_null_type(type_) or self.chance(0.8):
            self.values[name] = self.value(type_, hint, inside=True)[0]
        return f"${name}", self.values.get(name)

    def other_values(self) -> dict[str, Any]:
        """Other values for the same variables."""
        return {
            name: self.value(*self.kinds[name], inside=True)[0] if name in self.kinds else v for name, v in self.values.items()
        }

    def value(self, type_: Any, hint: Any, *, inside: bool = False) -> tuple[Any, str]:
        """A value as a variable has it, and as a literal, in which deeper parts may be variables again."""
        if is_non_null_type(type_):
            type_ = type_.of_type
        elif self.chance(0.1):
            return None, "null"
        if is_list_type(type_):
            found = [self.value(type_.of_type, hint, inside=True) for _ in range(self.rng.randint(0, 2))]
            return [value for value, _ in found], "[" + ", ".join(literal for _, literal in found) + "]"
        if is_input_object_type(type_):
            values, literals = {}, []
            if type_.is_one_of:
                name = self.rng.choice([*type_.fields])
                value, literal = self.value(GraphQLNonNull(type_.fields[name].type), hint, inside=True)
                return {name: value}, f"{{{name}: {literal}}}"
            for name, field in type_.fields.items():
                if self.chance(0.4) and not inside and self.chance(0.3):
                    literals.append(f"{name}: {self.variable(field.type, hint)[0]}")
                elif self.chance(0.4):
                    values[name], literal = self.value(field.type, (hint[0], name, *hint[2:]), inside=inside)
                    literals.append(f"{name}: {literal}")
            return values, "{" + ", ".join(literals) + "}"
        if is_enum_type(type_):
            choice = self.rng.choice([*type_.values])
            return choice, choice
        value = self.scalar(type_.name, hint)
        return value, json.dumps(value, ensure_ascii=False)

    def scalar(self, name: str, hint: tuple[str, str, GraphQLField, str | None]) -> Any:
        field, argument, declared, order = hint
        match name:
            case "ID":
                kinds = [field.title()] if field.title() in self.world and self.chance(0.9) else [*self.world]
                kind = self.rng.choice(kinds)
                key = self.rng.choice([*self.world[kind], UUID(int=7)])
                then = f"@{self.rng.randint(-2, self.latest - 5)}" if self.past and self.chance(0.3) else ""
                made = base64.b64encode(f"{kind}:{key}{then}".encode()).decode()
                return made if self.right(0.8) else self.rng.choice(["x", "Q2hhbm5lbDo=", "", "日本"])
            case "Int":
                return self.rng.randint(0, 4) if self.right(0.9) else self.rng.choice([101, -1])
            case "Position" | "Long":
                return str(self.rng.randint(0, self.latest))
            case "Boolean":
                return self.chance(0.5)
            case "DateTime":
                return (START + timedelta(seconds=self.rng.randint(0, 5))).isoformat()
            case "Date":
                return f"2026-01-0{self.rng.randint(1, 4)}"
            case "Decimal":
                return self.rng.choice(["0", "1.5", "1.51", "-3"])
            case _ if argument == "after" and order and self.right(0.8):
                return self.cursor(declared, order)
            case _ if argument in ("search", "query") and self.right(0.8):
                return self.rng.choice(["a", "ALPHA", "é", "Beta", "海", "上海", "图书 ray", '"alpha beta"'])
            case _:
                return self.rng.choice(["a", "ALPHA", "é", "b", "Beta", "É", "%", 'quo"te', "海", "上海", "图书 ray", "\\", "'"])

    def right(self, p: float) -> bool:
        """Whether a value is to be one that is taken."""
        return not self.wrong or self.chance(p)

    def has_cursor(self, declared: GraphQLField, order: str) -> bool:
        return self.cursor(declared, order) != "none"

    def cursor(self, declared: GraphQLField, order: str) -> str:
        model = declared.extensions["member"].target
        column = next((c.name for c in model.orders if order.rpartition("_")[0] == c.name.upper()), None)
        if column is None:
            return "none"  # a list with an order of its own
        assert isinstance(model.members[column], Column)
        rows = [*self.world.get(model.name, {}).values()]
        return Oracle.cursor(self.rng.choice(rows), column) if rows else "none"

    def directive(self) -> str:
        if self.chance(0.9):
            return ""
        kind, value = self.rng.choice(["skip", "include"]), self.chance(0.5)
        if self.chance(0.6):
            name = self.name("b")
            self.declared.append(f"${name}: Boolean!")
            self.values[name] = value
            return f" @{kind}(if: ${name})"
        return f" @{kind}(if: {json.dumps(value)})"

    def fragment(self, type_: Any, depth: int) -> str:
        body = "{" + " ".join(self.selection(type_, depth - 1)) + "}"
        if self.chance(0.5):
            return f"... on {type_.name}{self.directive()} {body}"
        name = self.name("F")
        self.fragments.append(f"fragment {name} on {type_.name} {body}")
        return f"...{name}{self.directive()}"
