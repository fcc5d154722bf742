"""Registered documents: asked for by their ids over every transport, and where nothing else is answered."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from infra.documents import DocumentFolder, NotADocumentFile, read_documents
from interfaces.bootstrap.documents import register
from interfaces.graphql.trusted import Gate
from interfaces.settings import Settings
from tests.live.clients import talking
from tests.support.serving import Client, Served

NAME = "query Name { viewer { name } }"
DIGEST = sha256(NAME.encode()).hexdigest()
GRAPHQL = "application/graphql-response+json"


@pytest.fixture
async def ann(served: Served, tmp_path: Path) -> Client:
    """Somebody whose server has one registered document."""
    folder = DocumentFolder(tmp_path / "documents")
    folder.add("client", {"n1": NAME})
    served.service.gate = Gate(folder)
    return await served.person("Ann")


async def send(ann: Client, **body: Any) -> tuple[int, Any]:
    response = await ann.served.http.post("/graphql", json=body, headers={**ann.headers, "Accept": GRAPHQL})
    return response.status_code, response.json()


def code(answer: tuple[int, Any]) -> tuple[int, str]:
    return answer[0], answer[1]["errors"][0]["extensions"]["code"]


@pytest.mark.parametrize(
    "by",
    [
        {"documentId": "n1"},
        {"documentId": f"sha256:{DIGEST}"},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": DIGEST}}},
        {"query": NAME, "documentId": "n1"},
    ],
    ids=str,
)
async def test_a_registered_document_by_its_id(ann: Client, by: dict[str, Any]) -> None:
    answered = (200, {"data": {"viewer": {"name": "Ann"}}})
    assert await send(ann, **by) == answered
    ann.served.service.gate.only = True
    assert await send(ann, **by) == answered
    given = {name: value if isinstance(value, str) else json.dumps(value) for name, value in by.items()}
    url = await ann.served.http.get("/graphql", params=given, headers=ann.headers)
    assert (url.status_code, url.json()) == answered
    async with talking(ann) as line:
        await line.say(type="subscribe", id="1", payload=by)
        assert await line.next("1") == {"viewer": {"name": "Ann"}}


async def test_an_id_of_nothing(ann: Client) -> None:
    assert code(await send(ann, documentId="n2")) == (400, "PERSISTED_QUERY_NOT_FOUND")
    assert (await send(ann, documentId="n2", query=NAME))[0] == 200
    for body in ({"documentId": 7}, {"documentId": ""}, {"extensions": {"persistedQuery": 7}}, {}, {"query": ""}):
        assert (await send(ann, **body))[0] == 400, body


async def test_where_only_registered_documents_are_answered(ann: Client) -> None:
    ann.served.service.gate.only = True
    assert (await send(ann, query=NAME))[0] == 200, "its text is as good as its id"
    for query in ("{ viewer { id } }", "{ __schema { types { name } } }", "{", NAME + " "):
        assert code(await send(ann, query=query)) == (400, "DOCUMENT_NOT_TRUSTED")
    async with talking(ann) as line:
        await line.follow("1", "{ viewer { id } }")
        heard = await line.hear()
        assert (heard["type"], heard["payload"][0]["extensions"]["code"]) == ("error", "DOCUMENT_NOT_TRUSTED")


async def test_a_running_server_sees_what_is_registered(ann: Client, tmp_path: Path) -> None:
    built = tmp_path / "persisted.json"
    built.write_text(json.dumps({"later": "query Later { viewer { id } }"}))
    assert code(await send(ann, documentId="later")) == (400, "PERSISTED_QUERY_NOT_FOUND")
    settings = Settings(data_dir=tmp_path)
    assert (register(settings, [built]), register(settings, [built])) == (1, 0)
    assert await send(ann, documentId="later") == (200, {"data": {"viewer": {"id": ann.id}}})


def test_what_does_not_fit_the_schema_is_not_registered(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(json.dumps({"a": NAME}))
    bad.write_text(json.dumps({"b": "{ viewer { nothing } }"}))
    settings = Settings(data_dir=tmp_path)
    with pytest.raises(NotADocumentFile, match=r"bad\.json: b: .*nothing"):
        register(settings, [good, bad])
    assert not settings.documents.exists()


def test_an_id_keeps_its_document(tmp_path: Path) -> None:
    folder = DocumentFolder(tmp_path / "documents")
    folder.add("one", {"a": NAME})
    with pytest.raises(NotADocumentFile, match="another document is registered under a"):
        folder.add("two", {"a": "{ viewer { id } }"})
    assert folder.text("a") == NAME


@pytest.mark.parametrize("text", ["", "[]", "{}", "7", '{"a": 7}', '{"": "{ a }"}', '{"operations": [{"id": "a"}]}', "{"])
def test_what_is_no_file_of_documents(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(NotADocumentFile):
        read_documents(path)
    (tmp_path / "documents").mkdir()
    path.rename(tmp_path / "documents" / "x.json")
    assert DocumentFolder(tmp_path / "documents").text("a") is None


def test_the_manifest_of_apollo(tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    operation = {"id": "a", "name": "Name", "type": "query", "body": NAME}
    path.write_text(json.dumps({"format": "apollo-persisted-query-manifest", "version": 1, "operations": [operation]}))
    assert read_documents(path) == {"a": NAME}
