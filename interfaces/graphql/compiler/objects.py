"""A selection of an object as the SQL of its JSON: every member is an expression over its row's alias."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, cast

from graphql import GraphQLError, GraphQLObjectType, get_named_type, is_non_null_type

from interfaces.graphql.compiler import lists, search
from interfaces.graphql.compiler.fill import Place, Step
from interfaces.graphql.compiler.past import Moment as Then
from interfaces.graphql.compiler.past import Place as Moment
from interfaces.graphql.compiler.rows import Rows, Tables
from interfaces.graphql.compiler.selection import Details, Selection, Use, Wrong
from interfaces.graphql.compiler.text import Parameter, cases, json_object, literal
from interfaces.graphql.compiler.values import in_json
from interfaces.graphql.ids import read_id
from interfaces.graphql.lookups import Looked, Shape, Within, as_text
from interfaces.graphql.proofs import Answered
from projections.engine.members import Column, Declared, Formula, Found, Function, Many, Member, One, Searched

Pages = tuple[Parameter, ...]
"""The page sizes of a list and of those around it: their product bounds how many rows it adds to the answer."""


class Node:
    """Marks the root's field `node`: any row by its global id."""


class At:
    """Marks the root's field `at`: everything that can be read, as of a moment."""


class Level:
    """Marks the root's field `position`: what all that is read has come to."""


LEVEL = "\1level\1"
"""Stands for that position until everything that is read is known."""


class Compilation(Rows):
    """One operation on its way to one statement. `moments`: those of the root's fields that are read as of one, by their keys."""

    def __init__(
        self,
        tables: Tables,
        selection: Selection,
        moments: Mapping[str, Then] = {},
        without: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(tables, without)
        self.selection, self.moments = selection, moments
        self.types = selection.schema.type_map
        self.places: list[Place] = []
        self.costs: list[Pages] = []
        self.path: tuple[Step, ...] = ()
        self.pages: Pages = ()

    def object(self, model: Declared, details: Details, row: str, at: Moment) -> str:
        """The JSON of a row of a model."""
        self.shown.add(model)
        type_ = cast(GraphQLObjectType, self.types[model.name])
        return self.pairs(type_, details, lambda use: self.member(use.member, use, row, at))

    def pairs(self, type_: GraphQLObjectType, details: Details, value: Callable[[Use], str]) -> str:
        """The JSON of an object whose fields `value` gives; a field that can't be read leaves a place to be filled."""
        parts: list[tuple[str, str]] = []
        for key, merged in self.selection.fields(type_, details):
            name = merged[0].node.name.value
            if name.startswith("__"):
                # What asks about the schema itself is answered by graphql-core, in the place that is kept here.
                parts.append((key, f"{literal(type_.name)}::text" if name == "__typename" else "null"))
                continue
            use = self.selection.use(type_, key, merged)
            outer, self.path = self.path, (*self.path, Step(key, not is_non_null_type(use.field.type)))
            try:
                parts.append((key, self.place(use.error, merged[0].node) if isinstance(use, Wrong) else value(use)))
            except GraphQLError as error:
                parts.append((key, self.place(error, merged[0].node)))
            self.path = outer
        return json_object(parts)

    def place(self, error: GraphQLError, node: Any) -> str:
        """Stands where an argument was wrong."""
        located = GraphQLError(error.message, nodes=error.nodes or node, extensions=error.extensions)
        self.places.append(Place(self.path, None, None, located))
        return f"json_build_object('$', {len(self.places) - 1})"

    def member(self, member: Member, use: Use, row: str, at: Moment) -> str:
        """The SQL of a member's JSON."""
        match member:
            case Column(name="id") if at is not None:
                told = f"{literal(use.field.extensions['type'] + ':')} || {row}.id || '@' || {at.position}"
                return f"replace(encode(convert_to({told}, 'UTF8'), 'base64'), E'\\n', '')"
            case Column(name="id"):
                # base64 breaks its lines after 76 characters, which is 57 bytes; type names are shorter than 20.
                return f"encode(convert_to({literal(use.field.extensions['type'] + ':')} || {row}.id, 'UTF8'), 'base64')"
            case Column():
                return in_json(member.type, f'{row}."{member.name}"')
            case Formula():
                return in_json(member.type, f"({self.expand(member.sql, row, at)})")
            case Function():
                return self.inputs(member, use, row)
            case One():
                return self.one(member, use, row, at)
            case Many():
                return lists.connection(self, member, use, row, at)
            case _:
                raise TypeError(f"{member.name}: nothing says how {type(member).__name__} is read")

    def root(self, member: Any, use: Use, at: Moment = None) -> str:
        """The SQL of a field of the query's root."""
        match member:
            case Many():
                return lists.connection(self, member, use, None, at)
            case Searched():
                return search.found(self, member, use, at)
            case Found(where=None):
                return self.by_id(member.target, use, at)
            case Found(where=str(where)):
                return self.row(member.target, use, at, lambda t: self.expand(where, t, at))
            case Node():
                return self.node(use, at)
            case At():
                past, then = cast(GraphQLObjectType, get_named_type(use.field.type)), self.moments.get(use.key)
                if then is None:
                    raise GraphQLError("The past can't be asked for here.")
                return self.pairs(past, use.details, lambda inner: self.root(inner.member, inner, then))
            case Level():
                return LEVEL
            case Answered():
                return self.answered(member, use)
            case Looked():
                return self.looked(member, use)
            case _:
                raise TypeError(f"nothing says how {type(member).__name__} is read at the root")

    def answered(self, member: Answered, use: Use) -> str:
        """In the place of what a service answers, who asks and for which position."""
        self.places.append(Place(self.path, member, use.field.type, None, (), use.node))
        position = self.argument(use, ("position",), "position", str, "bigint")
        return json_object([("$", str(len(self.places) - 1)), ("viewer", self.viewer()), ("position", position)])

    def looked(self, member: Looked, use: Use) -> str:
        """In the place of what a service answers with objects, who asks, and the arguments."""
        shape = self._shape(cast(GraphQLObjectType, get_named_type(use.field.type)), use.details)
        self.places.append(Place(self.path, member, use.field.type, None, (), use.node, shape))
        given = [
            (name, self.argument(use, (name,), name, as_text, "text"))
            for name in use.field.args
            if use.args.get(name) is not None
        ]
        return json_object([("$", str(len(self.places) - 1)), ("viewer", self.viewer()), *given])

    def _shape(self, type_: GraphQLObjectType, details: Details) -> Shape:
        found: list[tuple[str, str, Within | None]] = []
        for key, merged in self.selection.fields(type_, details):
            name = merged[0].node.name.value
            inner = None if name.startswith("__") else get_named_type(type_.fields[name].type)
            within = Within(self._shape(inner, merged), inner.name) if isinstance(inner, GraphQLObjectType) else None
            found.append((key, name, within))
        return tuple(found)

    def node(self, use: Use, at: Moment) -> str:
        """Any row by its id. Which type it names is part of the statement's shape, so only that one is compiled."""
        found = read_id(use.args["id"])
        type_ = self.types.get(found.type) if found else None
        model = type_.extensions.get("model") if type_ else None
        if model is None:
            return "null::json"
        return self.by_id(model, use, at)

    def by_id(self, model: Declared, use: Use, at: Moment) -> str:
        """The row of the id in the arguments, as of the position that it says; an id of another type is the id of nothing."""
        key = self.argument(use, ("id",), model.name, partial(_key, model.name), "uuid")
        found = read_id(use.args["id"])
        if found is None or found.position is None:
            return self.row(model, use, at, lambda t: f"{t}.id = {key}")
        if at is None:
            then = self.moments.get(use.key)
            return self.row(model, use, then, lambda t: f"{t}.id = {key}") if then else "null::json"
        # An id of one moment is the id of nothing at another.
        same = f"{self.argument(use, ('id',), 'position', _position, 'bigint')} = {at.position}"
        return self.row(model, use, at, lambda t: f"{t}.id = {key} and {same}")

    def one(self, member: One, use: Use, row: str, at: Moment) -> str:
        """The row that a relation leads to, if the viewer may see it."""
        same = f"{row}.{member.id_column}"

        def branch(target: Declared) -> str:
            return self.row(target, use, at, lambda t: f"{t}.id = {same}", seen=member.inherited)

        if member.type_column is None:
            return branch(member.targets[0])
        return cases(f"{row}.{member.type_column}", [(target.name, branch(target)) for target in member.targets])

    def row(self, model: Declared, use: Use, at: Moment, where: Callable[[str], str], *, seen: bool = False) -> str:
        """One row's JSON, or null: a scalar subquery, so that relations compose without joins."""
        t = self.alias()
        body = self.object(model, use.details, t, at)
        visible = "" if seen else f" and {self.visible(model, t, at)}"
        return f"(select {body} from {self.source(model, at)} {t} where {where(t)}{visible})"

    def inputs(self, member: Function, use: Use, row: str) -> str:
        """In the place of a value computed in Python, what it is computed from."""
        members = use.field.extensions["model"].members
        columns: list[tuple[str, Column]] = [(name, members[name]) for name in member.needs]
        self.places.append(Place(self.path, member, use.field.type, None, tuple((n, c.type) for n, c in columns), use.node))
        pairs = [(name, column.type.in_json(f'{row}."{name}"')) for name, column in columns]
        return json_object([("$", str(len(self.places) - 1)), *pairs])

    def argument(self, use: Use, path: tuple[str, ...], key: Any, encode: Callable[[Any], Any], sql_type: str) -> str:
        """The place of an argument's value. Raises GraphQLError where this request's value can't be encoded."""
        return self.parameter(self.checked(use, path, key, encode), sql_type)

    def checked(self, use: Use, path: tuple[str, ...], key: Any, encode: Callable[[Any], Any]) -> Parameter:
        """An argument's value as a parameter, tried on the value of this request."""
        value: Any = use.args
        for step in path:
            value = value[step]
        encode(value)
        return Parameter(use.slot, path, key, encode)


def _key(type_name: str, text: str) -> str | None:
    found = read_id(text)
    return str(found.key) if found and found.type == type_name else None


def _position(text: str) -> str | None:
    found = read_id(text)
    return None if found is None or found.position is None else str(found.position)
