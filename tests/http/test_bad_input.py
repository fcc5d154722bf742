"""Values that fit their types and still can't be used are errors with a place and a code that tools know."""

import pytest

from tests.support.serving import Served


@pytest.mark.parametrize(
    "arguments",
    ['(after: "nonsense")', "(first: 101)", "(first: -1)", '(filter: {name: {eq: "\\u0000"}})'],
)
async def test_bad_input(served: Served, arguments: str) -> None:
    ann = await served.person("Ann")
    body = (await ann.post(f"{{ people{arguments} {{ nodes {{ name }} }} }}")).json()
    assert body["data"] is None
    [error] = body["errors"]
    assert (error["path"], error["extensions"]) == (["people"], {"code": "BAD_USER_INPUT"})
