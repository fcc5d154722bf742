"""The reading half of the schema: every type follows from the declaration of a read model."""

from collections.abc import Iterable, Mapping
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLID,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
)

from interfaces.graphql import scalars
from interfaces.graphql.compiler.objects import Level, Node
from interfaces.graphql.compiler.values import SCALARS
from interfaces.graphql.schema.as_of import at_field
from interfaces.graphql.schema.lists import ListTypes
from interfaces.graphql.schema.naming import Enums, camel, pascal
from interfaces.graphql.schema.searching import search_field
from projections.engine.members import Column, Declared, Formula, Found, Function, Many, Member, One, Searched
from projections.engine.values import Long

NODE = GraphQLInterfaceType(
    "Node",
    {"id": GraphQLField(GraphQLNonNull(GraphQLID), description="Its id, which no other object of any type has.")},
    description="An object with an id, by which `node` finds it again (Relay's Global Object Identification).",
)
LONGEST_NAME = 20
"""Characters of a type's name: an id is one line of base64."""


class Reading:
    """The object types of all read models, and the root of queries."""

    def __init__(self, models: Iterable[Declared]) -> None:
        self.models = {model.name: model for model in sorted(models, key=lambda model: model.name)}
        self.enums = Enums()
        self.unions: dict[str, GraphQLUnionType] = {}
        self.types = {name: self._type(model) for name, model in self.models.items()}
        self.lists: dict[str, ListTypes] = {}

    def query(self, more: Mapping[str, GraphQLField] | None = None) -> GraphQLObjectType:
        """The root of queries: what the models declare, `node`, all that as of a moment, and `more` that isn't read from them."""
        read = self._read()
        if twice := read.keys() & {"at", "position", *(more or {})}:
            raise TypeError(f"two fields of the query's root are called {', '.join(sorted(twice))}")
        level = GraphQLField(
            GraphQLNonNull(scalars.POSITION),
            description="How far what is read here has come: it shows all that happened up to this position. Follow from here, "
            "and nothing is missed.",
            extensions={"member": Level(), "model": None},
        )
        fields = {**read, "at": at_field(read), "position": level, **(more or {})}
        return GraphQLObjectType("Query", dict(sorted(fields.items())), description="What can be read.")

    def _read(self) -> dict[str, GraphQLField]:
        fields: dict[str, GraphQLField] = {}
        for model in self.models.values():
            for name, root in model.roots.items():
                if fields.setdefault(camel(name), field := self._root(model, root)) is not field:
                    raise TypeError(f"two read models have the query {name}; one is {model.name}")
        by_id = {"id": GraphQLArgument(GraphQLNonNull(GraphQLID), description="The id of an object of any type.")}
        fields["node"] = GraphQLField(
            NODE, by_id, description="Any object by its id; null where you may not see it.", extensions={"member": Node()}
        )
        return fields

    def named(self) -> tuple[GraphQLNamedType, ...]:
        """The types that only interfaces lead to."""
        return tuple(self.types.values())

    def leaf(self, model: Declared, member: Column | Formula | Function) -> Any:
        """The GraphQL type of a value."""
        if member.type.choices:
            described = member.choices if isinstance(member, Column) else {}
            return self.enums.of(f"{model.name}{pascal(member.name)}", member.type.choices, described, member.doc)
        if member.type.python is Long and isinstance(member, Column) and member.born:
            return scalars.POSITION
        return SCALARS[member.type.python]

    def _type(self, model: Declared) -> GraphQLObjectType:
        if len(model.name) > LONGEST_NAME:
            raise TypeError(f"{model.name}: the name of a read model has at most {LONGEST_NAME} characters")
        return GraphQLObjectType(
            model.name,
            lambda: {camel(member.name): self._field(model, member) for member in _in_order(model)},
            interfaces=[NODE],
            description=model.doc,
            extensions={"model": model},
        )

    def _field(self, model: Declared, member: Member) -> GraphQLField:
        extensions = {"member": member, "model": model, "type": model.name}
        if member.name == "id":
            return GraphQLField(GraphQLNonNull(GraphQLID), description="Its id.", extensions=extensions)
        match member:
            case Column() | Formula() | Function():
                leaf = self.leaf(model, member)
                type_ = leaf if member.nullable else GraphQLNonNull(leaf)
                return GraphQLField(type_, description=member.doc, extensions=extensions)
            case One():
                target: Any = self._target(model, member)
                type_ = target if member.nullable else GraphQLNonNull(target)
                return GraphQLField(type_, description=member.doc, extensions=extensions)
            case Many():
                return self._lists(member.target).field(member, model)
            case _:
                raise TypeError(f"{model.name}.{member.name}: nothing says how {type(member).__name__} is shown")

    def _target(self, model: Declared, member: One) -> GraphQLObjectType | GraphQLUnionType:
        if not member.union:
            return self.types[member.target_names[0]]
        name = f"{model.name}{pascal(member.name)}"
        if name not in self.unions:
            self.unions[name] = GraphQLUnionType(name, [self.types[t] for t in member.target_names], description=member.doc)
        return self.unions[name]

    def _root(self, model: Declared, root: Found | Many | Searched) -> GraphQLField:
        if isinstance(root, Searched):
            return search_field(root, self.types[model.name], self.enums)
        if isinstance(root, Many):
            return self._lists(model).field(root, None)
        args = {}
        if root.where is None:
            args["id"] = GraphQLArgument(GraphQLNonNull(GraphQLID), description=f"The id of a {model.name}.")
        return GraphQLField(self.types[model.name], args, description=root.doc, extensions={"member": root, "model": None})

    def _lists(self, model: Declared) -> ListTypes:
        if model.name not in self.lists:
            self.lists[model.name] = ListTypes(model, self.types[model.name], self.leaf)
        return self.lists[model.name]


def _in_order(model: Declared) -> list[Member]:
    """A model's own members as its class has them, then the lists that others' relations gave it, whatever was imported first."""
    own = [member for member in model.members.values() if not isinstance(member, Many)]
    lists = [member for member in model.members.values() if isinstance(member, Many)]
    return own + sorted(lists, key=lambda member: member.name)
