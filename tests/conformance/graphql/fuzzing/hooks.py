"""What schemathesis must know beside our schema: its scalars, ids of things that are there, and what a right answer is.

It runs in an environment of its own, which is why its package is imported by name.
"""

import json
import os
import re
from importlib import import_module
from typing import Any
from zlib import crc32

from graphql import (
    REMOVE,
    ArgumentNode,
    DocumentNode,
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

from tests.conformance.graphql.fuzzing.shape import Shape

schemathesis: Any = import_module("schemathesis")

IDS: list[str] = json.loads(os.environ["ONRECORD_IDS"])
EXPECTED = {"BAD_USER_INPUT", "NOT_YET"}
"""Codes of errors that a request may be answered with, in a database that is there."""
LEAKS = re.compile(r"Traceback|psycopg|asyncpg|\.py\b|line \d+, in|\w+(Error|Exception)\b|relation \"|SELECT |select ")


class Known(Visitor):
    """Puts ids of things that are there in the place of some that were made up, and leaves some cursors out."""

    def __init__(self, info: TypeInfo) -> None:
        super().__init__()
        self.info = info

    def enter_string_value(self, node: StringValueNode, *_: Any) -> StringValueNode | None:
        """Another id, or None to keep it."""
        type_ = get_named_type(self.info.get_input_type())
        choice = crc32(f"{node.value}:{node.loc}".encode()) % (2 * len(IDS))
        return StringValueNode(value=IDS[choice]) if type_ and type_.name == "ID" and choice < len(IDS) else None

    def enter_argument(self, node: ArgumentNode, *_: Any) -> Any:
        """REMOVE, or None to keep it."""
        return REMOVE if node.name.value == "after" and crc32(print_ast(node.value).encode()) % 8 else None


def map_body(context: Any, body: DocumentNode) -> DocumentNode:
    """Documents are about things that are there, about half of the time, and about the first page of most lists."""
    info = TypeInfo(context.operation.schema.client_schema)
    changed: DocumentNode = visit(body, TypeInfoVisitor(info, Known(info)))
    return changed


def right_answer(_: Any, response: Any, case: Any) -> None:
    """Data of the right form, or errors that say what is wrong with the request and nothing of the server."""
    answer = response.json()
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
