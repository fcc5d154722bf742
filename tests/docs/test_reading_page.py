"""The page on reading: what it asks is answered as it says."""

import json
from pathlib import Path

import pytest

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
        for query, answer in zip(found[::2], found[1::2], strict=True):
            await served.level()
            assert await people[query.mark].ask(query.text, {"message": said}) == json.loads(answer.text), query.text
