"""From a request's text to a checked document: parsed, measured and validated once, then remembered."""

import re
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    parse,
    validate,
)
from graphql.execution.collect_fields import FragmentDetails

from interfaces.graphql.ids import of_the_past
from interfaces.graphql.limits import Limits, TooMuch, check

K = TypeVar("K")
V = TypeVar("V")


CHARACTERS = 1_000_000
"""Characters of the documents that are remembered, together."""

ABOUT_SCHEMA = re.compile(r"__(schema|type)\b")
AS_OF = re.compile(r"\basOf\b")
LONG_TEXT = re.compile(r'"([^"]{50,100})"')


class Bounded(Generic[K, V]):
    """A mapping that keeps what was used last, up to `size` entries of together at most `weight`."""

    def __init__(self, size: int, weight: int = 0, weigh: Callable[[V], int] = lambda _: 0) -> None:
        self.size, self.limit, self.weigh = size, weight, weigh
        self.weight = 0
        self.entries: OrderedDict[K, V] = OrderedDict()

    def get(self, key: K) -> V | None:
        found = self.entries.get(key)
        if found is not None:
            self.entries.move_to_end(key)
        return found

    def put(self, key: K, value: V) -> None:
        self.weight += self.weigh(value) - (self.weigh(self.entries[key]) if key in self.entries else 0)
        self.entries[key] = value
        while len(self.entries) > self.size or self.weight > self.limit:
            _, oldest = self.entries.popitem(last=False)
            self.weight -= self.weigh(oldest)


class Document(NamedTuple):
    """A document that the schema allows, with its parts by name."""

    text: str
    node: DocumentNode
    operations: dict[str | None, OperationDefinitionNode]
    fragments: dict[str, FragmentDetails]
    about_schema: bool
    """Whether it may ask about the schema itself."""
    past: bool
    """Whether it may ask for the past, if its variables don't."""

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """The operation to execute. Raises GraphQLError where the name doesn't choose exactly one."""
        if name is None and len(self.operations) == 1:
            return next(iter(self.operations.values()))
        if name is None:
            raise GraphQLError("The document holds several operations: say operationName.")
        try:
            return self.operations[name]
        except KeyError:
            raise GraphQLError("The document holds no operation of that name.") from None


class Documents:
    """Reads documents for one schema. Validation is the dearest step of a new query, so its outcome is kept."""

    def __init__(self, schema: GraphQLSchema, limits: Limits, size: int = 1_000) -> None:
        self.schema, self.limits = schema, limits
        # A parsed document takes about a hundred times the memory of its text.
        self.known: Bounded[str, Document] = Bounded(size, CHARACTERS, lambda document: len(document.text))

    def read(self, text: str) -> Document | list[GraphQLError]:
        """The document, or what is wrong with it."""
        known = self.known.get(text)
        if known is not None:
            return known
        try:
            found = self._read(text)
        except GraphQLError as error:
            return [error]
        if isinstance(found, Document):
            self.known.put(text, found)
        return found

    def _read(self, text: str) -> Document | list[GraphQLError]:
        if len(text) > self.limits.characters:
            raise TooMuch("characters", self.limits.characters)
        try:
            node = parse(text, max_tokens=self.limits.tokens, allow_empty_selection_sets=False)
        except GraphQLSyntaxError as error:
            # The error's own source would hold the whole text in memory and in logs.
            raise GraphQLError(error.message, source=error.source, positions=error.positions) from None
        check(node, self.limits)
        if errors := validate(self.schema, node, max_errors=10, hide_suggestions=True, allow_empty_selection_sets=False):
            return errors
        operations = [d for d in node.definitions if isinstance(d, OperationDefinitionNode)]
        return Document(
            text,
            node,
            {d.name.value if d.name else None: d for d in operations},
            {d.name.value: FragmentDetails(d) for d in node.definitions if isinstance(d, FragmentDefinitionNode)},
            ABOUT_SCHEMA.search(text) is not None,
            AS_OF.search(text) is not None or any(of_the_past(found[1]) for found in LONG_TEXT.finditer(text)),
        )
