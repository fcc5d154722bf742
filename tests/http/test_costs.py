"""What operations cost is told, counted by viewer, and refused by name when a minute's points are spent."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from math import ceil
from pathlib import Path
from typing import Any

import pytest

from application.ports.rates import Rate
from infra.memory.rates import MemoryRates
from infra.telemetry.structured import StructuredTelemetry
from interfaces.graphql.costs import Charges
from tests.live.clients import events, talking
from tests.support.postgres import Database
from tests.support.serving import Client, Served, serving

POINTS, DAY = 3_000, 86_400
LIST = "query ($n: Int) { channels(first: $n) { nodes { messages(first: $n) { nodes { text } } } } }"
GRAPHQL = "application/graphql-response+json"


@pytest.fixture
async def served(database: Database, tmp_path: Path) -> AsyncIterator[Served]:
    """A server that counts; a day instead of a minute, so that nothing comes back in the middle."""
    async with serving(database, tmp_path) as served:
        charges = Charges(MemoryRates(), Rate(POINTS, DAY), StructuredTelemetry(served.registry))
        for part in (served.service, served.service.queries, served.service.mutations, served.service.following):
            part.charges = charges  # type: ignore[union-attr]  # a served organisation can be followed
        yield served


@pytest.fixture
async def ann(served: Served) -> Client:
    return await served.person("Ann")


async def cost(client: Client, query: str, **variables: Any) -> int:
    response = await client.post(query, variables)
    assert response.status_code == 200, response.text
    return int(response.headers["Operation-Cost"])


async def test_the_product_of_pages_is_what_a_query_costs(ann: Client) -> None:
    assert await cost(ann, "{ viewer { name } }") == 1
    assert await cost(ann, LIST, n=10) == 1 + 10 + 10 * 10
    assert await cost(ann, LIST, n=20) == 1 + 20 + 20 * 20
    assert await cost(ann, "{ channels(first: 7) { totalCount } viewer { messages(first: 5) { nodes { id } } } }") == 1 + 7 + 5
    assert await cost(ann, "{ __schema { types { name } } }") == 500


async def test_a_mutation_costs_by_commands_and_by_what_it_shows(ann: Client) -> None:
    open_ = 'openChannel(input: {name: "Here"}) { ... on OpenChannelDone { position %s } }'
    assert await cost(ann, f"mutation {{ {open_ % ''} }}") == 20
    shown = "channel { messages(first: 30) { nodes { id } } }"
    assert await cost(ann, f"mutation {{ {open_ % shown} more: {open_ % shown} __typename }}") == 2 * 20 + 1 + 2 * 30


async def test_what_is_left_is_told(ann: Client) -> None:
    response = await ann.post("{ viewer { name } }")
    assert response.headers["RateLimit"] == f'"viewer";r={POINTS - 1};t={ceil(DAY / POINTS)}'
    assert response.headers["RateLimit-Policy"] == f'"viewer";q={POINTS};w={DAY}'
    async with talking(ann) as line:
        await line.follow("1", "{ viewer { name } }")
        heard = (await line.hear())["payload"]
        assert 0 < heard["extensions"]["cost"].pop("reset") <= 2 * DAY / POINTS + 1
        assert heard["extensions"] == {"cost": {"cost": 1, "remaining": POINTS - 2, "limit": POINTS}}


async def test_who_has_spent_all_is_refused_by_name(ann: Client, served: Served) -> None:
    bo = await served.person("Bo")
    where = (await ann.done("openChannel", "channel { id }", name="Here", visibility="PUBLIC"))["channel"]["id"]
    while (response := await ann.post(LIST, {"n": 30}, Accept=GRAPHQL)).status_code == 200:
        pass
    assert response.status_code == 429
    assert set(response.json()) == {"errors"}
    [error] = response.json()["errors"]
    assert error["extensions"]["code"] == "RATE_LIMITED"
    assert error["extensions"]["cost"]["cost"] == 931
    assert 0 < int(response.headers["Retry-After"]) == error["extensions"]["retryAfter"]
    while (await ann.post("{ viewer { name } }", Accept=GRAPHQL)).status_code == 200:
        pass
    refused = await ann.post('mutation { openChannel(input: {name: "Late"}) { __typename } }')
    assert (refused.status_code, refused.json()["errors"][0]["extensions"]["code"]) == (429, "RATE_LIMITED")
    follow = f'subscription {{ messages(channel: "{where}") {{ __typename }} }}'
    async with talking(ann) as line, aclosing(events(ann, follow, {})) as heard:
        await line.follow("1", follow)
        assert (await line.hear())["payload"]["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
        assert (await anext(heard))[1]["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
    assert (await bo.post("{ channels { nodes { name } } }")).json()["data"]["channels"]["nodes"] == [{"name": "Here"}]
    told = (await served.http.get("/metrics")).text
    assert 'onrecord_graphql_over_rate_total{kind="mutation"} 1.0' in told
    assert 'onrecord_graphql_cost_total{kind="query"}' in told


async def test_documents_that_can_not_be_read_cost_too(ann: Client) -> None:
    codes = [(await ann.post(f"{{ nothing{number} }}", Accept=GRAPHQL)).status_code for number in range(POINTS // 10 + 1)]
    assert codes == [400] * (POINTS // 10) + [429]
