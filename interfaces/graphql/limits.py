"""What a document may cost at most, measured on the parsed text before anything dear is done with it."""

from collections import Counter
from typing import NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)


class Limits(NamedTuple):
    """Bounds of one request. Defaults leave room for every query of our own clients several times over.

    `characters` and `tokens` bound reading the text; `depth`, `aliases`, `selections` (fragments written out) and
    `repeats` (of one field at one place) bound checking it; `rows` bounds the product of the page sizes on the way
    to any list, summed over all lists, and `commands` the mutations of one request; `wait` is how many seconds a
    query waits for its position.
    """

    characters: int = 24_000
    tokens: int = 2_500
    depth: int = 16
    aliases: int = 60
    selections: int = 1_000
    repeats: int = 32
    rows: int = 20_000
    commands: int = 20
    wait: float = 5.0


class TooMuch(GraphQLError):
    """The document is beyond a limit; the message names it."""

    def __init__(self, what: str, limit: int) -> None:
        super().__init__(f"The document is beyond the limit of {limit} {what}.", extensions={"code": "LIMIT", "limit": limit})


def check(document: DocumentNode, limits: Limits) -> None:
    """Raises TooMuch where a document is beyond a limit. Fragments that name each other in a circle are left to validation."""
    walk = _Walk(document, limits)
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode | FragmentDefinitionNode):
            walk.selection(definition.selection_set, (), frozenset())


Path = tuple[str, ...]


class _Walk:
    """Goes through every selection with its fragments written out, and stops at the first limit."""

    def __init__(self, document: DocumentNode, limits: Limits) -> None:
        self.limits = limits
        self.fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
        self.selections = self.aliases = 0
        self.places: Counter[Path] = Counter()

    def selection(self, selections: SelectionSetNode, path: Path, inside: frozenset[str]) -> None:
        for node in selections.selections:
            self.selections += 1
            self.bound("selections", self.selections, self.limits.selections)
            if isinstance(node, FieldNode):
                self.field(node, path, inside)
            elif isinstance(node, FragmentSpreadNode):
                name = node.name.value
                if name in self.fragments and name not in inside:
                    self.selection(self.fragments[name].selection_set, path, inside | {name})
            elif isinstance(node, InlineFragmentNode):
                self.selection(node.selection_set, path, inside)

    def field(self, node: FieldNode, path: Path, inside: frozenset[str]) -> None:
        place = (*path, (node.alias or node.name).value)
        self.aliases += node.alias is not None
        self.places[place] += 1
        self.bound("levels of depth", len(place), self.limits.depth)
        self.bound("aliases", self.aliases, self.limits.aliases)
        # Whether fields can be merged is checked pair by pair.
        self.bound("repeats of one field", self.places[place], self.limits.repeats)
        if node.selection_set:
            self.selection(node.selection_set, place, inside)

    def bound(self, what: str, has: int, limit: int) -> None:
        if has > limit:
            raise TooMuch(what, limit)
