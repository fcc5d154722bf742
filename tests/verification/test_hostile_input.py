"""Values that nobody should send, in every field of every mutation: a named reason, nothing half done, and never a fault."""

import asyncio
import base64
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest

from domain.access.commands.administration import AppointAdministrator
from interfaces.graphql.ids import global_id
from interfaces.graphql.schema.hints import Kind
from interfaces.graphql.schema.inputs import COMMAND_ID, Field
from interfaces.graphql.schema.writing import Mutation
from tests.support.postgres import Database
from tests.support.schemas import whole_schema
from tests.support.serving import Client, Served, serving

SCHEMA = whole_schema()
assert SCHEMA.mutation_type
MUTATIONS: dict[str, Mutation] = {
    name: field.extensions["mutation"] for name, field in SCHEMA.mutation_type.fields.items() if "mutation" in field.extensions
}
FORGED = [b"Channel:zzz", b"Channel:" + b"0" * 36, b":", b"\xff\xfe", b"Channel\0:x"]
IDS = ["", "nonsense", "é", "x" * 5_000, str(uuid4()), "'; DROP TABLE events; --"]
IDS += [base64.b64encode(forged).decode() for forged in FORGED]
TEXTS = ["", " ", "\0", "a\0b", "\x07", "\x1b[31m", "\u2028", "a\r\nb", "\ufffe", "x" * 100_000, "说" * 20_000, "{this}", "%s"]
WRONG_TYPES: list[Any] = [None, 7, -1, 2**31, 2**70, 1.5, True, "NOPE", {"a": 1}, ["x"], [None], []]


def fine(kind: Kind, known: Mapping[str, str]) -> Any:
    """A value that the field may well have."""
    value: Any = "fine"
    if kind.of:
        value = known.get(kind.of) or global_id(kind.of, uuid4())
    elif kind.choices:
        value = kind.choices[0].upper()
    elif kind.leaf is not None and kind.leaf.name != "String":
        value = {"Boolean": False, "Int": 1, "Float": 1.0}.get(kind.leaf.name, str(uuid4()))
    return [value] if kind.several else value


def filled(fields: Mapping[str, Field], known: Mapping[str, str]) -> dict[str, Any]:
    """An input with all its fields, each fine."""
    found: dict[str, Any] = {}
    for name, field in fields.items():
        nested = field.nested
        value: Any = filled(nested.fields, known) if nested else fine(field.kind, known)
        found[name] = [value] if nested and field.kind.several else value
    if "email" in found:
        found["email"] = "fine@example.com"
    return found


def spoilt(fields: Mapping[str, Field], good: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The input again and again, with one bad value each time; and which field has it."""
    for name, field in fields.items():
        kind = field.kind
        unknown = [global_id(kind.of, uuid4()), global_id("Thing", uuid4())] if kind.of else []
        bad: list[Any] = [*(IDS if kind.of else TEXTS), *unknown]
        if kind.several:
            bad = [[value] for value in bad] + [[good[name][0]] * 200]
        for value in [*bad, *WRONG_TYPES]:
            yield name, {**good, name: value}
        if field.nested and kind.several:
            yield from ((name, {**good, name: [inner]}) for _, inner in spoilt(field.nested.fields, good[name][0]))


@pytest.fixture
async def served(database: Database, tmp_path: Path) -> AsyncIterator[Served]:
    """A server over a fresh database."""
    async with serving(database, tmp_path) as served:
        yield served


@pytest.fixture
async def boss(served: Served) -> Client:
    """Somebody who may do everything, so that nothing is refused for want of authority."""
    boss = await served.person("Boss")
    await served.do(AppointAdministrator(person=boss.person))
    return boss


@pytest.fixture
async def known(served: Served, boss: Client) -> dict[str, str]:
    """Things that are there, by type."""
    department = await boss.done("openDepartment", "department { id }", name="Sales 销售")
    channel = await boss.done("openChannel", "channel { id }", name="general")
    message = await boss.done("postMessage", "message { id }", channel=channel["channel"]["id"], text="hello")
    return {
        "Person": (await served.person("Bo")).id,
        "Department": department["department"]["id"],
        "Channel": channel["channel"]["id"],
        "Message": message["message"]["id"],
    }


@pytest.mark.timeout(300)
async def test_every_field_of_every_mutation(served: Served, boss: Client, known: dict[str, str]) -> None:
    wrong: list[str] = []
    refused: dict[UUID, str] = {}
    for name, mutation in MUTATIONS.items():
        good = filled(mutation.input.fields, known)
        for field, given in spoilt(mutation.input.fields, good):
            command = uuid4()
            result, complaint = await answer(boss, name, given | {COMMAND_ID: str(command)})
            if complaint:
                wrong.append(f"{name}.{field} = {str(given[field])[:80]!r}: {complaint}")
            if result is None or not result.endswith("Done"):
                refused[command] = f"{name}.{field} = {str(given[field])[:80]!r} ({result})"
    assert wrong == []
    assert await effects(served, refused) == []
    assert len(refused) > 1_000


async def answer(client: Client, mutation: str, given: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """The result's type, if there is one, and what is wrong with the answer, if anything."""
    name = mutation[0].upper() + mutation[1:]
    query = (
        f"mutation ($input: {name}Input!) {{ {mutation}(input: $input)"
        " { __typename ... on Refused { explanation } ... on InvalidInput { field reason } } }"
    )
    response = await client.post(query, {"input": given})
    said = response.json()
    if errors := said.get("errors"):
        codes = [error.get("extensions", {}).get("code") for error in errors]
        told = response.status_code in (200, 400) and "FAULT" not in codes and all(error["message"] for error in errors)
        return None, None if told and not any((said.get("data") or {}).values()) else response.text[:300]
    result = said["data"][mutation]
    if result["__typename"] == "InvalidInput":
        told = result["reason"] and result["field"].partition(".")[0] in given
        return "InvalidInput", None if told else response.text[:300]
    if result["__typename"] == "TryAgain":
        return "TryAgain", response.text[:300]
    return result["__typename"], None if "explanation" not in result or result["explanation"] else response.text[:300]


async def effects(served: Served, refused: Mapping[UUID, str]) -> list[str]:
    """What the log holds of commands that weren't done, beyond the record that they weren't."""
    rows = await served.organisation.log.reader.read(0, 1_000_000)
    return [
        f"{refused[row.command_id]}: {row.type}"
        for row in rows
        if row.command_id is not None and row.command_id in refused and row.type != "access.command_refused.v1"
    ]


@pytest.mark.parametrize(
    "body",
    [
        b'{"query": "{ viewer { name } }", "variables": {"x": "\\ud800"}}',
        b'{"query": "\xff\xfe"}',
        b"[" * 100_000,
        b'{"query": "' + b"{a" * 50_000 + b'"}',
        b'{"query": "{ viewer { name } }", "variables": {"' + b'a":{"' * 2_000,
    ],
    ids=["lone surrogate", "no UTF-8", "deep array", "deep query", "deep variables"],
)
async def test_bodies_that_nobody_writes(boss: Client, body: bytes) -> None:
    headers = {**boss.headers, "content-type": "application/json"}
    response = await boss.served.http.post("/graphql", content=body, headers=headers)
    assert response.status_code in (200, 400, 413)
    assert response.json()["errors"]
    assert "data" not in response.json()


async def test_a_body_that_breaks_off_is_no_fault(boss: Client, caplog: pytest.LogCaptureFixture) -> None:
    address = urlsplit(boss.served.url)
    _, writer = await asyncio.open_connection(address.hostname, address.port)
    head = f"POST /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {boss.token}\r\n"
    writer.write(f"{head}Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{".encode())
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    assert (await boss.ask("{ viewer { name } }"))["viewer"] == {"name": "Boss"}
    assert "Traceback" not in caplog.text


async def test_a_token_that_nobody_issued(served: Served) -> None:
    for token in ["x", "x" * 10_000, "a.b.c", "é"]:
        headers = {b"Authorization": f"Bearer {token}".encode()}
        response = await served.http.post("/graphql", json={"query": "{ __typename }"}, headers=headers)
        assert response.status_code == 401
