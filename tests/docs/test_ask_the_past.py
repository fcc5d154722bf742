"""The queries of "Ask the past" answer as the page says, and imported history by its original times."""

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from infra.samples import company
from infra.samples.history import above, person_id
from interfaces.bootstrap.samples import bring_sample, sample_company
from projections.engine.registry import models
from tests.docs.pages import DOCS, blocks
from tests.support.postgres import fresh_database
from tests.support.serving import Served, serving

PAGE = DOCS / "how-to" / "ask-the-past.md"
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
    assert [block.language for block in found] == ["graphql", "json"] * 3
    for query, answer in zip(found[::2], found[1::2], strict=True):
        assert await served.client(person_id(query.mark)).ask(query.text) == json.loads(answer.text), query.text


@pytest.mark.parametrize("day", ["2025-03-03", "2025-03-20", "2025-03-28", "2025-04-06", "2025-04-25"])
async def test_every_department_had_as_many_members_as_the_sample_tells(served: Served, day: str) -> None:
    query = "query ($time: DateTime!) { at(asOf: {time: $time}) { departments { nodes { name size } } } }"
    told = await served.client(person_id("shen")).ask(query, {"time": f"{day}T20:00:00Z"})
    sizes = {node["name"]: node["size"] for node in told["at"]["departments"]["nodes"]}
    assert sizes == {unit.name: len(set(members(unit.key, day))) for unit in company.UNITS}


def members(unit: str, day: str) -> Iterator[str]:
    """Who belonged to a department at the end of a day, by the sample's own lists."""
    gone = {who for who, where, since in company.LEFT_DEPARTMENT if where == unit and since <= day}
    for someone in company.PEOPLE:
        there = someone.since <= day and not (someone.until and someone.until <= day)
        if there and unit in (someone.department, *above(someone.department)) and someone.key not in gone:
            yield someone.key
    yield from (who for who, where, since in company.PLACED_TOO if where == unit and since <= day)
