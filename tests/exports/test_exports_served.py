"""A conversation exported under a case, over HTTP and by the program: on record, refused to others, and whole elsewhere."""

import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from application.envelope import Asked
from application.erasure import erase
from application.imports.bring import Importer
from application.states import decode
from domain.access.commands.administration import AppointAdministrator
from domain.compliance.events import CaseRead
from infra.imports.mattermost.export import MattermostExport
from interfaces.graphql.ids import global_id
from tests.support.organisations import everything
from tests.support.postgres import Database, fresh_database
from tests.support.serving import Client, Served, serving

pytestmark = pytest.mark.anyio
SEEN = """
{ channels(first: 2) { nodes { name topic visibility messages(first: 9, orderBy: SENT_AT_ASC) { nodes { ...said
    replies(first: 9) { nodes { ...said } } } } } } }
fragment said on Message {
  text sentAt retracted editedAt pinnedAt alsoInChannel
  author { name email title } pinnedBy { name } retractedBy { name } quotes { text } thread { text }
  reactions(first: 20) { nodes { emoji person { name } } }
  attachments(first: 5) { nodes { number name title mediaType size width height } }
  mentions(first: 5) { nodes { kind person { name } } }
  edits(first: 5) { nodes { editedAt retracted } }
}
"""


class Firm:
    """Ann and Bo talk, Root administers, Di audits."""

    def __init__(self, served: Served, root: Client, ann: Client, bo: Client, di: Client) -> None:
        self.served, self.root, self.ann, self.bo, self.di = served, root, ann, bo, di
        self.channel = self.case = ""

    async def export(self, who: Client, **given: str) -> Any:
        asked = {"channel": self.channel, "case": self.case, **given}
        return await self.served.http.get("/export/mattermost", params=asked, headers=who.headers)

    async def reads(self) -> int:
        organisation = self.served.organisation
        told = await decode(await everything(organisation), organisation.codec, organisation.keys)
        return sum(len(each.event.reads) for each in told if isinstance(each.event, CaseRead))


@pytest.fixture
async def firm(database: Database, tmp_path: Path) -> AsyncIterator[Firm]:
    async with serving(database, tmp_path) as served:
        root, ann, bo, di = [await served.person(name) for name in ("Root", "Ann 李", "Bo", "Di")]
        await served.do(AppointAdministrator(person=root.person))
        await root.done("grantPermission", person=di.id, action="case.read", reason="compliance officer")
        firm = Firm(served, root, ann, bo, di)
        made = await ann.done("openChannel", "channel { id }", name="采购 Steel", topic="coils", visibility="PUBLIC")
        firm.channel = made["channel"]["id"]
        await ann.done("addMember", channel=firm.channel, person=bo.id)
        ends = (datetime.now(UTC) + timedelta(days=2)).isoformat()
        scope = {"purpose": "complaint 17", "channels": [firm.channel], "auditors": [di.id], "endsAt": ends}
        firm.case = (await root.done("openCase", "case { id }", **scope))["case"]["id"]
        yield firm


async def talk(firm: Firm) -> None:
    """Everything that can happen to messages, by both."""

    async def say(who: Client, text: str, **more: Any) -> str:
        done = await who.done("postMessage", "message { id }", channel=firm.channel, text=text, **more)
        return str(done["message"]["id"])

    file = {
        "file": global_id("File", uuid4()),
        "name": "合同.pdf",
        "title": "Contract",
        "mediaType": "image/png",
        "size": 2048,
        "width": 40,
        "height": 30,
    }
    first = await say(firm.ann, f"<@{firm.bo.person}> 报价 please", mentions=[firm.bo.id], attachments=[file])
    await firm.ann.done("editMessage", message=first, text=f"<@{firm.bo.person}> 新报价 please", mentions=[firm.bo.id])
    await firm.ann.done("editMessage", message=first, text="最后的报价")
    for n in range(7):
        await say(firm.bo, f"reply {n}", thread=first, alsoInChannel=n == 3)
    for sign in ("👍", "🫠", ":ship:", *"🎉🚀👀✅❌⚠️🔥💯🎂☕🍵"):
        if sign != "\ufe0f":
            await firm.bo.done("addReaction", message=first, emoji=sign)
    await firm.bo.done("pinMessage", message=first)
    await say(firm.bo, "see above", quotes=first)
    await firm.bo.done("retractMessage", message=await say(firm.bo, "the secret price"))
    await firm.served.level()


def plain(found: Any) -> Any:
    """What was seen, without ids of people in texts."""
    return json.loads(re.sub(r"<@[0-9a-f-]{36}>", "<@>", json.dumps(found)))


async def test_exported_and_imported_elsewhere_queries_answer_the_same(
    firm: Firm, postgres_server: str, database_template: str, tmp_path: Path
) -> None:
    await talk(firm)
    answer = await firm.export(firm.di)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/jsonl")
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "export.jsonl").write_bytes(answer.content)
    with fresh_database(postgres_server, database_template) as empty:
        async with serving(empty, tmp_path / "there") as there:
            importer = Importer(there.organisation.bulk, there.organisation.pseudonyms)
            report = await importer.bring(MattermostExport(tmp_path / "there"))
            assert report.not_taken == []
            eve = await there.person("Eve")
            await there.level()
            seen = plain(await eve.ask(SEEN))
            assert seen == plain(await firm.ann.ask(SEEN))
            assert len(seen["channels"]["nodes"][0]["messages"]["nodes"]) == 4
            again = await importer.bring(MattermostExport(tmp_path / "there"))
            assert again.events == 0
    words = [each["message"] for each in _own(answer.content)[0]["wordings"]]
    assert [word.partition(" ")[2] or word for word in words] == ["报价 please", "新报价 please", "最后的报价"]
    assert "the secret price" in answer.text


def _own(exported: bytes) -> list[Any]:
    found = [json.loads(line) for line in exported.splitlines()]
    return [each["post"]["props"]["onrecord"] for each in found if each["type"] == "post"]


async def test_each_page_is_on_record_and_nobody_else_gets_any(firm: Firm) -> None:
    await talk(firm)
    for who in (firm.root, firm.ann):
        refused = await firm.export(who)
        assert (refused.status_code, refused.json()["error"]) == (403, "NO_CASE")
    assert await firm.reads() == 0
    assert (await firm.export(firm.di)).status_code == 200
    assert await firm.reads() >= 2
    other = (await firm.ann.done("openChannel", "channel { id }", name="Other", visibility="PUBLIC"))["channel"]["id"]
    await firm.served.level()
    assert (await firm.export(firm.di, channel=other)).status_code == 404
    assert (await firm.export(firm.di, channel="nonsense")).status_code == 400
    assert (await firm.export(firm.di, asOf="-1")).status_code == 400
    assert (await firm.served.http.get("/export/mattermost")).status_code == 401
    await firm.root.done("closeCase", case=firm.case)
    assert (await firm.export(firm.di)).status_code == 403


async def test_it_can_be_as_of_before(firm: Firm) -> None:
    await firm.ann.done("postMessage", channel=firm.channel, text="early")
    before = await firm.served.head()
    await firm.ann.done("postMessage", channel=firm.channel, text="late")
    await firm.served.level()
    then, now = (await firm.export(firm.di, asOf=before)).text, (await firm.export(firm.di)).text
    assert ("early" in then, "late" in then) == (True, False)
    assert ("early" in now, "late" in now) == (True, True)


async def test_nothing_personal_of_the_erased_is_in_it(firm: Firm) -> None:
    await talk(firm)
    organisation = firm.served.organisation
    asked = Asked(firm.root.person, uuid4())
    done = await erase(firm.bo.person, "requested", asked, organisation.platform.handle, organisation.keys)
    assert done.destroyed
    await firm.served.level()
    text = (await firm.export(firm.di)).text
    assert "最后的报价" in text
    for gone in ("the secret price", "see above", "reply 0", '"Bo"'):
        assert gone not in text
