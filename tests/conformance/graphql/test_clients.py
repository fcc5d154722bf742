"""Clients that front ends use, each by a file of tests for Node's own runner."""

import pytest

from interfaces.live import following
from tests.conformance.graphql.tools import passes


@pytest.mark.parametrize(
    "program", ["following.test.mjs", "apollo.test.mjs", "urql.test.mjs", "inspector.test.mjs", "presence.test.mjs"]
)
async def test_client(program: str, variables: dict[str, str]) -> None:
    await passes(program, variables)


async def test_resynchronising(variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "OLDEST", 5)
    await passes("resync.test.mjs", variables)
