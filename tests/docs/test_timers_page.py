"""The page on timers quotes the program as it is, and what it asks is answered as it says."""

import json
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, PROJECT, blocks
from tests.support.postgres import Database
from tests.support.serving import group_channel, serving

PAGE = DOCS / "how-to" / "timers.md"
pytestmark = pytest.mark.anyio


def test_its_code_is_the_programs() -> None:
    file, quoted = "", 0
    for block in blocks(PAGE):
        file = block.file or file
        if block.language in ("python", "text"):
            assert block.text in (PROJECT / file).read_text(), block.text
            quoted += 1
    assert quoted == 8


async def test_what_it_asks_is_answered_so(database: Database, tmp_path: Path) -> None:
    plan, given, read, answer = [block for block in blocks(PAGE) if block.language in ("graphql", "json")]
    async with serving(database, tmp_path) as served:
        ann = await served.person("Ann")
        channel = (await ann.done("openChannel", "channel { id }", **group_channel("general")))["channel"]["id"]
        made = await ann.ask(plan.text, {"input": json.loads(given.text) | {"channel": channel}})
        assert made["scheduleMessage"]["scheduledMessage"]["id"]
        await served.level()
        assert await ann.ask(read.text) == json.loads(answer.text)
