"""The queries of "Search, and read around what was found" answer as the page says, on the sample company."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from infra.samples.history import person_id
from interfaces.bootstrap.samples import bring_sample, sample_company
from projections.engine.registry import models
from tests.docs.pages import DOCS, blocks
from tests.support.postgres import fresh_database
from tests.support.serving import Served, serving

PAGE = DOCS / "how-to" / "search.md"
CURSOR = "WyJ…"
pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
async def served(postgres_server: str, database_template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    with fresh_database(postgres_server, database_template) as database:
        async with serving(database, Path(tmp_path_factory.mktemp("issuer"))) as served:
            position = await bring_sample(served.organisation, sample_company(), lambda _: None)
            await served.service.queries.progress.wait_for(position, models().values(), 60)
            yield served


async def test_the_page_shows_what_is_answered(served: Served) -> None:
    found = [block for block in blocks(PAGE) if block.language in ("graphql", "json")]
    assert [block.language for block in found] == ["graphql", "json"] * (len(found) // 2)
    assert len(found) >= 6
    cursor = ""
    for query, answer in zip(found[::2], found[1::2], strict=True):
        told = await served.client(person_id(query.mark)).ask(query.text.replace(CURSOR, cursor))
        for edge in told.get("searchMessages", {}).get("edges", ()):
            if "cursor" in edge:
                cursor, edge["cursor"] = edge["cursor"], CURSOR
        assert told == json.loads(answer.text), json.dumps(told, ensure_ascii=False)
