"""The text of a statement while it is put together: aliases, and parameters that get their numbers at the end."""

import re
from collections.abc import Callable, Hashable, Sequence
from typing import Any, NamedTuple

from application.ports.reading import SqlValue

MARK = re.compile("\0([0-9]+)\0")
VIEWER = 0
"""The slot of the viewer; the slots of uses of fields follow from 1."""


class Parameter(NamedTuple):
    """Where a parameter's value comes from: the slot, the way into its arguments, and how that value is written.

    `key` tells encoders apart, so that the same value asked for twice is one parameter.
    """

    slot: int
    path: tuple[str, ...]
    key: Hashable
    encode: Callable[[Any], SqlValue]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Parameter) and self[:3] == other[:3]

    def __hash__(self) -> int:
        return hash(self[:3])

    def value(self, slots: Sequence[Any]) -> SqlValue:
        """The value in these slots. Raises GraphQLError where an argument can't be what it must be."""
        found = slots[self.slot]
        for key in self.path:
            found = found[key]
        return self.encode(found)


class Text:
    """Gives out aliases and places for parameters."""

    def __init__(self) -> None:
        self.parameters: dict[Parameter, int] = {}
        self.aliases = 0

    def alias(self) -> str:
        """A table alias that nothing else in the statement has; declared SQL has none with an underscore in front."""
        self.aliases += 1
        return f"_t{self.aliases}"

    def parameter(self, parameter: Parameter, sql_type: str) -> str:
        """The place of a parameter, with its type."""
        number = self.parameters.setdefault(parameter, len(self.parameters))
        return f"\0{number}\0::{sql_type}"

    def numbered(self, sql: str) -> tuple[str, tuple[Parameter, ...]]:
        """The text with `$1`, `$2` … for the parameters that it really uses, and those parameters in this order."""
        used = list(dict.fromkeys(int(number) for number in MARK.findall(sql)))
        places = {number: place for place, number in enumerate(used, 1)}
        every = list(self.parameters)
        return MARK.sub(lambda found: f"${places[int(found[1])]}", sql), tuple(every[number] for number in used)


def literal(text: str) -> str:
    """A text constant."""
    return "'" + text.replace("'", "''") + "'"


PAIRS = 50
"""A function of PostgreSQL takes at most 100 arguments."""


def json_object(pairs: Sequence[tuple[str, str]]) -> str:
    """The SQL of a JSON object with these keys and SQL values, in this order."""
    chunks = [pairs[n : n + PAIRS] for n in range(0, len(pairs), PAIRS)] or [()]
    parts = ["json_build_object(" + ", ".join(f"{literal(k)}, {v}" for k, v in chunk) + ")" for chunk in chunks]
    if len(parts) == 1:
        return parts[0]
    # Joined as text: json has no concatenation, and jsonb would reorder the keys.
    last = len(parts) - 1
    texts = [
        f"left({part}::text, -1)" if n == 0 else f"substr({part}::text, 2)" if n == last else f"substr(left({part}::text, -1), 2)"
        for n, part in enumerate(parts)
    ]
    return "(" + " || ', ' || ".join(texts) + ")::json"


def cases(value: str, branches: Sequence[tuple[str, str]]) -> str:
    """The SQL of a choice by a text value; null where no branch fits."""
    return f"case {value} " + " ".join(f"when {literal(k)} then {v}" for k, v in branches) + " end" if branches else "null::json"
