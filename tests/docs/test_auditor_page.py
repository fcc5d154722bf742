"""The page on reading as an auditor quotes the program as it is, and what it asks is answered as it says."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.access.commands.administration import AppointAdministrator
from tests.docs.pages import DOCS, PROJECT, blocks
from tests.support.postgres import Database
from tests.support.serving import serving

PAGE = DOCS / "how-to" / "read-as-an-auditor.md"
pytestmark = pytest.mark.anyio


def test_its_code_is_the_programs() -> None:
    [quoted] = [each for each in blocks(PAGE) if each.file]
    assert quoted.text in (PROJECT / str(quoted.file)).read_text()


async def test_what_it_asks_is_answered_so(database: Database, tmp_path: Path) -> None:
    asked = {each.mark: each.text for each in blocks(PAGE) if each.language == "graphql"}
    now, then = [json.loads(each.text) for each in blocks(PAGE) if each.language == "json"]
    async with serving(database, tmp_path) as served:
        root, bo, di = [await served.person(name) for name in ("Root", "Bo", "Di")]
        await served.do(AppointAdministrator(person=root.person))
        made = (await bo.done("openChannel", "channel { id }", name="Design", visibility="PRIVATE"))["channel"]["id"]
        said = (await bo.done("postMessage", "message { id }", channel=made, text="as it was said"))["message"]["id"]
        before = await served.head()
        await bo.done("editMessage", message=said, text="changed since")
        granted = await root.ask(asked["grant"], {"person": di.id})
        assert "position" in granted["grantPermission"]
        ends = (datetime.now(UTC) + timedelta(days=30)).isoformat()
        opened = await root.ask(asked["open"].replace("ENDS", ends), {"channel": made, "auditor": di.id})
        case: dict[str, Any] = {"case": opened["openCase"]["case"]["id"]}
        await served.level()
        assert await di.ask(asked["read"], case) == now
        assert await di.ask(asked["past"], case | {"when": {"position": before}}) == then
        await served.level()
        reads = (await root.ask(asked["reads"], case))["case"]["reads"]["nodes"]
        assert [each["operation"] for each in reads] == ["Before", "Complaint"]
