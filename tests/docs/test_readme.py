"""The query of the README answers, as the people to whom the demo gives tokens."""

import re
from pathlib import Path

import pytest

from interfaces.bootstrap.samples import GUIDES, bring_sample, sample_company
from projections.engine.registry import models
from tests.support.postgres import Database
from tests.support.serving import serving

README = Path(__file__).parents[2] / "README.md"
pytestmark = pytest.mark.anyio


async def test_the_query_of_the_readme_answers(database: Database, tmp_path: Path) -> None:
    [query] = re.findall(r"```graphql\n(.*?)```", README.read_text(), re.DOTALL)
    async with serving(database, tmp_path) as served:
        position = await bring_sample(served.organisation, sample_company(), lambda _: None)
        await served.service.queries.progress.wait_for(position, models().values(), 60)
        for guide in GUIDES:
            data = await served.client(guide.person).ask(query)
            assert data["viewer"]["name"] == guide.name
        found = await served.client(GUIDES[1].person).ask(query)
        assert any("交期" in edge["node"]["text"] for edge in found["messages"]["edges"])
