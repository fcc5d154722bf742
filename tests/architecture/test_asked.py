"""Every mutation is asked, and every refusal provoked, by a scenario: a test with clients of the API who do what people do.

Names are looked for in the scenarios' own text, as whole strings: how they stand where they are asked, and where an answer is
compared. `tests/access/cells.py` asks every mutation by every role and tells who may; what comes of it, scenarios tell.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from tests.support.schemas import whole_schema

TESTS = Path(__file__).parent.parent
SCHEMA = whole_schema()
CLIENTS = re.compile(r"^from tests\.(support\.serving|messaging\.scenes|notifications\.inboxes) import", re.MULTILINE)
ASKED = re.compile(r"\b([a-z]\w+)\s*\(\s*input\b")
NOT_SCENARIOS = {"access/cells.py", "access/duties.py", "benchmarks", "architecture"}
UNASKED: Mapping[str, str] = {
    "authorisePurge": "takes bytes from the log: the operator's program does it, tests/compliance/test_erasure.py and tests/cli",
    "destroyKey": "the ids of keys are shown by no query: the operator's program asks for it, tests/compliance/test_erasure.py",
    "restrictKey": "as destroyKey",
    "releaseKey": "as destroyKey",
}
"""Mutations that no scenario asks, each with where else it is."""
UNPROVOKED: Mapping[str, str] = {
    "KeyIsDestroyed": "of what no scenario asks, see above; tests/compliance/test_data_key.py",
    "Withheld": "needs a data key that was restricted meanwhile; tests/compliance/test_erasure.py asks the platform itself",
}
"""Refusals that no scenario provokes, each with where else it is."""


def mutations() -> set[str]:
    assert SCHEMA.mutation_type
    return {*SCHEMA.mutation_type.fields}


def refusals() -> set[str]:
    refused = SCHEMA.get_type("Refused")
    return {each.name for each in SCHEMA.get_possible_types(refused)}  # type: ignore[arg-type]  # the interface of all refusals


@cache
def told() -> frozenset[str]:
    """Every string of every scenario, and every mutation that stands in a document among them."""
    return frozenset(
        name for path in sorted(TESTS.rglob("*.py")) if _scenario(path) for name in _strings(path.read_text(encoding="utf-8"))
    )


def _scenario(path: Path) -> bool:
    place = str(path.relative_to(TESTS))
    if place in NOT_SCENARIOS or place.partition("/")[0] in NOT_SCENARIOS:
        return False
    return CLIENTS.search(path.read_text(encoding="utf-8")) is not None


def _strings(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
            yield from ASKED.findall(node.value)


def test_every_mutation_is_asked_by_a_scenario() -> None:
    assert mutations() - told() == {*UNASKED}


def test_every_refusal_is_provoked_by_a_scenario() -> None:
    assert refusals() - told() == {*UNPROVOKED}


def test_every_refusal_has_a_name() -> None:
    assert "Refusal" not in SCHEMA.type_map


def test_it_can_fail() -> None:
    assert not {"flyToTheMoon", "TheMoonIsFull"} & told()
    assert len(mutations()) > 100
    assert len(refusals()) > 50
