"""The page on reading: what it asks is answered as it says."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.system import utc_now
from tests.docs.pages import DOCS, blocks
from tests.support.postgres import Database
from tests.support.serving import group_channel, serving

PAGE = DOCS / "how-to" / "reading.md"
pytestmark = pytest.mark.anyio


async def test_what_it_asks_is_answered_so(database: Database, tmp_path: Path) -> None:
    found = [block for block in blocks(PAGE) if block.language in ("graphql", "json")]
    async with serving(database, tmp_path) as served:
        people = {name: await served.person(name) for name in ("Ann", "Bo", "Chen")}
        ann = people["Ann"]
        channel = (await ann.done("openChannel", "channel { id }", **group_channel("general")))["channel"]["id"]
        for name in ("Bo", "Chen"):
            await people[name].done("joinChannel", channel=channel)
        said = (await ann.done("postMessage", "message { id }", channel=channel, text="hello"))["message"]["id"]
        await ann.done("postMessage", channel=channel, text="and you?", mentions=[people["Bo"].id])
        given = {"message": said, "due": (utc_now() + timedelta(hours=5)).isoformat()}
        for query, answer in zip(found[::2], found[1::2], strict=True):
            await served.acted()
            asked = await people[query.mark].ask(query.text, {name: given[name] for name in given if f"${name}" in query.text})
            assert in_order(asked) == in_order(json.loads(answer.text)), query.text


def in_order(data: Any) -> Any:
    """People who were asked at the same moment stand in no order of theirs."""
    if isinstance(data, dict):
        return {name: in_order(value) for name, value in data.items()}
    return sorted(map(in_order, data), key=str) if isinstance(data, list) else data
