"""Ways of seeing a row: each says both whether a row is seen by it, and which rows are.

A rule is written once. What is asked of one row, and what finds all rows that somebody may see, are made from it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from projections.engine.once import ASKED_ONCE

THIS = "{this}"
_RESTS = re.compile(rf"(?:exists \(select from |select o\.\w+ from )?\{{{ASKED_ONCE}(\w+)\}} o\b")


class Among(NamedTuple):
    """Rows whose `column` holds one of the keys `key` of other rows: SQL that stands after FROM, with a WHERE, not over {this}.

    `indexed`: an index finds a key among these, so that one row is tried by looking for its key, and not by a hash of all.
    """

    column: str
    key: str
    rows: str
    indexed: bool = False

    def __str__(self) -> str:
        """Whether {this} row is one of them."""
        if self.indexed:
            return f"exists (select from {self.rows} and {self.key} = {THIS}.{self.column})"
        return f"{THIS}.{self.column} in ({self.keys})"

    @property
    def keys(self) -> str:
        """All of them."""
        return f"select {self.key} from {self.rows}"


Way = str | Among
"""SQL over {this} row; without it, all rows are seen, or none."""
Ways = Mapping[str, Way | Sequence[Way]]
"""Ways by the reasons that are given for them; several may share one."""


def either(ways: Way | Sequence[Way]) -> str:
    """The SQL that any one of them holds."""
    return " or ".join(map(str, several(ways)))


def several(ways: Way | Sequence[Way]) -> Sequence[Way]:
    """One way as several."""
    return (ways,) if isinstance(ways, str | Among) else ways


def all_or_none(way: Way) -> bool:
    """Whether it is the viewer alone who decides."""
    return isinstance(way, str) and THIS not in way


def rests_on(way: Way) -> str | None:
    """The name of rows that are asked once, without which nothing is found this way; None where it begins with none."""
    found = _RESTS.match(way.rows if isinstance(way, Among) else way)
    return found and found[1]


def all_of(ways: Mapping[str, Sequence[Way]]) -> Iterator[Way]:
    """Every way, whatever its reason."""
    for alternatives in ways.values():
        yield from alternatives
