"""GraphQL over HTTP as its specification has it: media types, methods, statuses."""

from typing import Any

import pytest

from interfaces.http.media import BODY_LIMIT
from tests.support.serving import Client, Served

GRAPHQL, JSON = "application/graphql-response+json", "application/json"
VIEWER = "{ viewer { name } }"


@pytest.fixture(scope="module")
async def ann(shared: Served) -> Client:
    return await shared.person("Ann")


@pytest.mark.parametrize(
    ("accept", "answered"),
    [
        (None, JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (JSON, JSON),
        (GRAPHQL, GRAPHQL),
        (f"{JSON};q=0.5, {GRAPHQL}", GRAPHQL),
        (f"{GRAPHQL}; charset=utf-8, {JSON}; charset=utf-8", GRAPHQL),
        ("text/html,application/xhtml+xml,*/*;q=0.8", JSON),
    ],
)
async def test_the_answer_comes_in_the_type_that_is_asked_for(ann: Client, accept: str | None, answered: str) -> None:
    headers = ann.headers | ({"Accept": accept} if accept else {})
    request = ann.served.http.build_request("POST", "/graphql", json={"query": VIEWER}, headers=headers)
    if accept is None:
        del request.headers["Accept"]
    response = await ann.served.http.send(request)
    assert response.status_code == 200
    assert response.headers["content-type"] == f"{answered}; charset=utf-8"
    assert response.json() == {"data": {"viewer": {"name": "Ann"}}}


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("{", {}),
        ("{ nothing }", {}),
        ("query A { viewer { name } } query B { viewer { name } }", {}),
        ("query ($id: ID!) { node(id: $id) { id } }", {}),
        ("query ($id: ID!) { node(id: $id) { id } }", {"id": {}}),
        ("{ viewer { " + "manager { " * 30 + "name" + "}" * 31 + " }", {}),
    ],
    ids=["syntax", "unknown field", "which operation", "missing variable", "wrong variable", "too deep"],
)
async def test_what_cannot_be_executed_has_no_data(ann: Client, query: str, variables: dict[str, Any]) -> None:
    response = await ann.post(query, variables, Accept=GRAPHQL)
    assert response.status_code == 400
    assert set(response.json()) == {"errors"}
    response = await ann.post(query, variables, Accept=JSON)
    assert response.status_code == 200
    assert set(response.json()) == {"errors"}


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{", b"[]", b"7", b"null", b'"text"', b"\xff\xfe", b"{}"),
        *(b'{"query": 7}', b'{"query": ""}', b'{"query": null}', b'[{"query": "{ viewer { name } }"}]'),
        *(b'{"query": "{ viewer { name } }", "variables": []}', b'{"query": "{ viewer { name } }", "operationName": 7}'),
        b'{"query": "{ viewer { name } }", "extensions": "text"}',
    ],
)
async def test_what_is_no_request(ann: Client, body: bytes) -> None:
    response = await ann.served.http.post("/graphql", content=body, headers={**ann.headers, "Content-Type": JSON})
    assert response.status_code == 400
    assert response.json()["errors"][0]["message"]


async def test_methods_and_types(ann: Client) -> None:
    http, headers = ann.served.http, ann.headers
    assert (await http.put("/graphql", json={"query": VIEWER}, headers=headers)).status_code == 405
    assert (await http.post("/graphql", content=VIEWER, headers={**headers, "Content-Type": "text/plain"})).status_code == 415
    assert (await http.post("/graphql", content=b"x", headers=headers)).status_code == 415
    assert (await ann.post(VIEWER, Accept="text/html")).status_code == 406
    assert (await ann.post('subscription { messages(channel: "x") { __typename } }')).status_code == 406
    large = b'{"query": "' + b" " * BODY_LIMIT + b'"}'
    assert (await http.post("/graphql", content=large, headers={**headers, "Content-Type": JSON})).status_code == 413


async def test_get(ann: Client) -> None:
    http, headers = ann.served.http, ann.headers
    query = "query Q($first: Int) { people(first: $first) { nodes { name } } }"
    response = await http.get("/graphql", params={"query": query, "variables": '{"first": 1}'}, headers=headers)
    assert response.json() == {"data": {"people": {"nodes": [{"name": "Ann"}]}}}
    mutation = 'mutation { openChannel(input: {name: "Here"}) { __typename } }'
    response = await http.get("/graphql", params={"query": mutation}, headers=headers)
    assert (response.status_code, response.headers["allow"]) == (405, "POST")
    for params in ({}, {"query": query, "variables": "{"}, {"query": query, "variables": "[]"}):
        assert (await http.get("/graphql", params=params, headers=headers)).status_code == 400


async def test_nobody_gets_in_without_a_token(ann: Client) -> None:
    http = ann.served.http
    for headers in ({}, {"Authorization": "Bearer"}, {"Authorization": "Basic QTpC"}, {"Authorization": "Bearer forged"}):
        response = await http.post("/graphql", json={"query": VIEWER}, headers=headers)
        assert response.status_code == 401
        assert response.headers["www-authenticate"].startswith("Bearer")
        assert "data" not in response.json()


async def test_what_asks_about_the_schema(ann: Client) -> None:
    data = await ann.ask('{ a: __typename viewer { name } __type(name: "Person") { name } __schema { queryType { name } } }')
    person, query = {"name": "Person"}, {"queryType": {"name": "Query"}}
    assert list(data.items()) == [("a", "Query"), ("viewer", {"name": "Ann"}), ("__type", person), ("__schema", query)]


async def test_operators_ask(served: Served) -> None:
    assert (await served.http.get("/healthz")).json() == {"status": "ok"}
    assert (await served.http.get("/readyz")).json() == {"status": "ok", "checks": {}}
    ann = await served.person("Ann")
    await ann.ask(VIEWER)
    metrics = (await served.http.get("/metrics")).text
    assert 'onrecord_graphql_seconds_count{kind="query",outcome="ok"} 1.0' in metrics
