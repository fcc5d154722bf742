"""What a mutation operation asks for, as far as its document says it: read once, not for each request."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple, cast

from graphql import GraphQLObjectType, GraphQLSchema
from graphql.execution.collect_fields import FieldDetailsList

from interfaces.graphql.compiler.selection import Selection, Use
from interfaces.graphql.costs import COMMAND, OPERATION
from interfaces.graphql.schema.writing import Mutation

Path = tuple[str, str, str]
"""Where a result shows a row: the mutation's key in the answer, the type of its result, and the row's key in that."""


class Wishes(NamedTuple):
    """The fields of the root by their keys, what they cost without rows, and the rows that their results may show.

    `characters` of the document, which is held by this. `results` is filled as results come: what is asked of each of their
    types, by the mutation's key and the type's name.
    """

    characters: int
    fields: Mapping[str, FieldDetailsList]
    cost: int
    shown: tuple[tuple[Path, Use], ...]
    results: dict[tuple[str, str], tuple[tuple[str, FieldDetailsList], ...]]

    def of_result(self, selection: Selection, use: Use, type_: GraphQLObjectType) -> tuple[tuple[str, FieldDetailsList], ...]:
        """What is asked of a mutation's result, where it is of this type."""
        key = use.key, type_.name
        if (known := self.results.get(key)) is None:
            known = self.results[key] = tuple(selection.fields(type_, use.details))
        return known


def wishes_of(schema: GraphQLSchema, selection: Selection, characters: int) -> Wishes:
    """Reads a selection. It depends on the document, and on those variables by which fields are skipped or included."""
    root = cast(GraphQLObjectType, schema.mutation_type)
    fields = dict(selection.fields(root, None))
    mutations = {
        key: cast(Mutation | None, field.extensions.get("mutation"))
        for key, merged in fields.items()
        if (field := root.fields.get(merged[0].node.name.value)) is not None
    }
    cost = sum(COMMAND if mutations.get(key) else OPERATION for key in fields)
    shown = [each for key, mutation in mutations.items() if mutation for each in _shown(selection, key, fields[key], mutation)]
    return Wishes(characters, fields, cost, tuple(shown), {})


def _shown(selection: Selection, key: str, merged: FieldDetailsList, mutation: Mutation) -> Iterator[tuple[Path, Use]]:
    """The rows that the result shows once all is done."""
    for inner, details in selection.fields(mutation.done, merged):
        thing = mutation.done.fields.get(details[0].node.name.value)
        if thing is not None and "target" in thing.extensions:
            use = selection.use(mutation.done, inner, details)
            if isinstance(use, Use):
                yield (key, mutation.done.name, inner), use
