"""The writing half of the schema: one mutation per command, and a union of what may come of it."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, get_type_hints

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLID,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLString,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
)

from domain.kernel.commands import Command
from domain.kernel.decisions import Decider
from domain.kernel.refusals import IdTaken, Refusal
from interfaces.graphql import scalars
from interfaces.graphql.refusals import EVERYWHERE
from interfaces.graphql.schema.hints import Kind, kind
from interfaces.graphql.schema.inputs import Input, Inputs
from interfaces.graphql.schema.naming import camel, id_name
from interfaces.graphql.schema.reading import Reading

REFUSED = GraphQLInterfaceType(
    "Refused",
    {"explanation": GraphQLField(GraphQLNonNull(GraphQLString), description="The reason, in words.")},
    description="Why something was not done.",
)


class Mutation(NamedTuple):
    """What a field of the mutation's root does.

    `subject` is the field or property of the command that names what the result shows; `made` are the ids of new things.
    """

    command: type[Command]
    input: Input
    done: GraphQLObjectType
    subject: str | None
    made: tuple[str, ...]


class Writing:
    """The root of mutations, and the types of its results."""

    def __init__(self, reading: Reading, deciders: Iterable[Decider]) -> None:
        self.reading = reading
        # Fields are made on demand; their enums must be known, so that inputs share them.
        for type_ in reading.types.values():
            _ = type_.fields
        self.inputs = Inputs(reading.enums)
        self.refusals: dict[str, GraphQLObjectType] = {}
        self.deciders = sorted(deciders, key=lambda decider: decider.command.__name__)

    def mutation(self, more: Callable[["Writing"], Mapping[str, GraphQLField]] | None = None) -> GraphQLObjectType:
        """The root of mutations: the commands, and `more` that is none."""
        fields = {_lower(d.command.__name__): self._field(d) for d in self.deciders}
        fields |= more(self) if more else {}
        return GraphQLObjectType(
            "Mutation",
            dict(sorted(fields.items())),
            description="What can be done; each answers with its result or a named reason.",
        )

    def refusal_type(self, name: str) -> GraphQLObjectType:
        """The type of a refusal that mutations have made already."""
        return self.refusals[name]

    def _field(self, decider: Decider) -> GraphQLField:
        command, name = decider.command, decider.command.__name__
        made = _made(decider)
        subject, of = _subject(command, made)
        model = self.reading.models.get(of or "")
        done = self._done(name, subject if model else None, of)
        results = (done, *(self._refusal(r) for r in dict.fromkeys((*decider.refusals, *EVERYWHERE))))
        union = GraphQLUnionType(f"{name}Result", results, description=f"What comes of {_lower(name)}.")
        refuse_clashes(union)
        input_ = self.inputs.command(command, made)
        mutation = Mutation(command, input_, done, subject if model else None, made)
        args = {"input": GraphQLArgument(GraphQLNonNull(input_.type), description="What to do, in detail.")}
        return GraphQLField(union, args, description=inspect.getdoc(command), extensions={"mutation": mutation})

    def _done(self, name: str, subject: str | None, of: str | None) -> GraphQLObjectType:
        position = "Where it stands in the log. Give it to `@waitFor` to read what came of it."
        fields = {"position": GraphQLField(GraphQLNonNull(scalars.POSITION), description=position)}
        if subject is not None and of is not None:
            fields[camel(subject)] = GraphQLField(
                self.reading.types[of],
                description="How it is now; null where you may not see it.",
                extensions={"target": self.reading.models[of]},
            )
        return GraphQLObjectType(f"{name}Done", fields, description="It is done.")

    def _refusal(self, refusal: type[Refusal]) -> GraphQLObjectType:
        name = refusal.__name__
        if name not in self.refusals:
            if name in self.reading.types:
                raise TypeError(f"a refusal and a read model are both named {name}")
            kinds = refusal_kinds(refusal)
            fields = {"explanation": GraphQLField(GraphQLNonNull(GraphQLString), description="The reason, in words.")}
            for field, (found, doc) in kinds.items():
                fields[shown_name(field, found)] = GraphQLField(self._output(name, field, found, doc), description=doc)
            self.refusals[name] = GraphQLObjectType(
                name, fields, interfaces=[REFUSED], description=inspect.getdoc(refusal), extensions={"refusal": refusal}
            )
        return self.refusals[name]

    def _output(self, refusal: str, field: str, found: Kind, doc: str) -> Any:
        leaf: Any = GraphQLID if found.of else found.leaf
        if found.choices:
            leaf = self.inputs.enums.like(found.choices) or self.inputs.enums.of(
                f"{refusal}{field.title()}", found.choices, {}, doc
            )
        leaf = GraphQLList(GraphQLNonNull(leaf)) if found.several else leaf
        return leaf if found.nullable else GraphQLNonNull(leaf)


def shown_name(field: str, found: Kind) -> str:
    """What the schema calls a field of a refusal."""
    return id_name(field, found.of, several=found.several) if found.of else camel(field)


def refuse_clashes(union: GraphQLUnionType) -> None:
    """Raises TypeError where two of a union's types have a field of one name that can't be asked for in one selection."""
    known: dict[str, tuple[str, GraphQLOutputType]] = {}
    for type_ in union.types:
        for name, field in type_.fields.items():
            owner, same = known.setdefault(name, (type_.name, field.type))
            if _shape(same) != _shape(field.type):
                raise TypeError(f"{union.name}: `{name}` is {same} in {owner} and {field.type} in {type_.name}; rename one")


def _shape(type_: GraphQLOutputType) -> str:
    """What must be the same for two fields to be merged: all of a leaf's type, and of an object's what is around it."""
    named = get_named_type(type_)
    return str(type_) if is_leaf_type(named) else str(type_).replace(named.name, "{}")


def refusal_kinds(refusal: type[Refusal]) -> Mapping[str, tuple[Kind, str]]:
    """The fields of a refusal with their kinds and descriptions."""
    hints = get_type_hints(refusal, include_extras=True)
    found = {}
    for field in refusal.__struct_fields__:
        doc = next((mark for mark in getattr(hints[field], "__metadata__", ()) if isinstance(mark, str)), None)
        if doc is None:
            raise TypeError(f'{refusal.__name__}.{field} needs a description: Annotated[…, "What it is."]')
        found[field] = kind(f"{refusal.__name__}.{field}", hints[field]), doc
    return found


def _made(decider: Decider) -> tuple[str, ...]:
    """The fields with ids of new things: whose thing may not exist yet, where the decision knows IdTaken; the main one first."""
    if IdTaken not in decider.refusals:
        return ()
    fields = decider.command.model_fields
    named = [load for load in decider.loads if load.name in fields and load.heads == ("command",)]
    first = next((load.name for load in named if load.shape.maybe), None)
    return tuple(dict.fromkeys([*([first] if first else []), *(load.name for load in named if load.shape.new)]))


def _subject(command: type[Command], made: tuple[str, ...]) -> tuple[str | None, str | None]:
    """What a command is about, and of what type that is: what it makes, its first id, or a property that is one."""
    ids = {}
    for name, info in command.model_fields.items():
        found = kind(f"{command.__name__}.{name}", info.annotation, tuple(info.metadata))
        if found.of and not found.several:
            ids[name] = found.of
    for name, value in vars(command).items():
        if isinstance(value, property) and value.fget:
            hint: Any = get_type_hints(value.fget).get("return")
            if hasattr(hint, "__supertype__") and hint.__name__.endswith("Id"):
                ids.setdefault(name, hint.__name__.removesuffix("Id"))
    subject = next(iter((*made, *ids)), None)
    return subject, ids.get(subject or "")


def _lower(name: str) -> str:
    return name[0].lower() + name[1:]
