"""What schemathesis must know beside our schema: its scalars, ids of things that are there, and what a right answer is.

It runs in an environment of its own, which is why its package is imported by name.
"""

import re
from collections.abc import Sequence
from importlib import import_module
from typing import Any
from zlib import crc32

from graphql import (
    REMOVE,
    ArgumentNode,
    DocumentNode,
    ObjectFieldNode,
    StringValueNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    parse,
    print_ast,
    visit,
)
from hypothesis import strategies as st

from tests.conformance.graphql.fuzzing.known import fitting
from tests.conformance.graphql.fuzzing.shape import Shape

schemathesis: Any = import_module("schemathesis")

EXPECTED = {"BAD_USER_INPUT", "NOT_YET"}
"""Codes of errors that a request may be answered with, in a database that is there."""
SHUT_OUT = {"NOT_ACTIVE", "MODULE_OFF"}
"""Codes for whoever was suspended meanwhile, or has a module no more: with status 403 and no data."""
LEAKS = re.compile(r"Traceback|psycopg|asyncpg|\.py\b|line \d+, in|\w+(Error|Exception)\b|relation \"|SELECT |select ")


class Known(Visitor):
    """Puts ids of fitting things that are there in the place of most that were made up, and leaves most cursors out."""

    def __init__(self, info: TypeInfo) -> None:
        super().__init__()
        self.info = info

    def enter_string_value(
        self, node: StringValueNode, key: Any, parent: Any, path: Any, ancestors: Sequence[Any]
    ) -> StringValueNode | None:
        """Another id, or None to keep it."""
        type_ = get_named_type(self.info.get_input_type())
        number = crc32(f"{node.value}:{key}:{path}".encode())
        if type_ is None or type_.name != "ID" or number % 16 == 0:
            return None
        named = next(
            each.name.value for each in (parent, *reversed(ancestors)) if isinstance(each, ArgumentNode | ObjectFieldNode)
        )
        ids = fitting(named)
        return StringValueNode(value=ids[number // 16 % len(ids)])

    def enter_argument(self, node: ArgumentNode, *_: Any) -> Any:
        """REMOVE, or None to keep it."""
        return REMOVE if node.name.value == "after" and crc32(print_ast(node.value).encode()) % 8 else None


def map_body(context: Any, body: DocumentNode) -> DocumentNode:
    """Documents are about things that are there, most of the time, and about the first page of most lists."""
    info = TypeInfo(context.operation.schema.client_schema)
    changed: DocumentNode = visit(body, TypeInfoVisitor(info, Known(info)))
    return changed


def right_answer(_: Any, response: Any, case: Any) -> None:
    """Data of the right form, or errors that say what is wrong with the request and nothing of the server."""
    answer = response.json()
    codes = {error.get("extensions", {}).get("code") for error in answer.get("errors", ())}
    if response.status_code == 403:
        assert codes <= SHUT_OUT, answer
        assert "data" not in answer
        return
    assert response.status_code in (200, 400), response.status_code
    for error in answer.get("errors", ()):
        code = error.get("extensions", {}).get("code")
        assert "data" not in answer or code in EXPECTED, f"unexpected error: {error}"
        assert not LEAKS.search(error["message"].replace(case.body, "")), f"leak: {error}"
    if answer.get("data") is not None:
        wrong = Shape(case.operation.schema.client_schema, parse(case.body)).wrong(answer["data"])
        assert not wrong, wrong


numbers = st.integers(0, 2**63 - 1).map(str)
moments = st.datetimes(timezones=st.timezones()).map(lambda moment: moment.isoformat())
for name, strategy in (
    ("Position", numbers),
    ("Long", st.one_of(numbers, st.integers(-(2**63), 0).map(str))),
    ("UUID", st.uuids().map(str)),
    ("DateTime", moments),
):
    schemathesis.graphql.scalar(name, strategy.map(schemathesis.graphql.nodes.String))
schemathesis.hook(map_body)
schemathesis.check(right_answer)
