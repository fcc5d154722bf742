"""Clients that front ends use, each by a file of tests for Node's own runner."""

import pytest

from tests.conformance.graphql.tools import passes


@pytest.mark.parametrize("program", ["following.test.mjs", "apollo.test.mjs", "urql.test.mjs", "inspector.test.mjs"])
async def test_client(program: str, variables: dict[str, str]) -> None:
    await passes(program, variables)
