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
from infra.exports.mattermost_posts import ELSEWHERE, SOMEBODY
from infra.imports.mattermost.export import MattermostExport
from interfaces.graphql.ids import global_id, read_id
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
  quoting forwarding forwards { text }
  polls(first: 1) { nodes { several closesAt closedAt closedBy { name } participants
    options(first: 5) { nodes { number text votes } } answers(first: 5) { nodes { answeredAt chosen person { name } } } } }
  edits(first: 5) { nodes { editedAt retracted } }
}
"""


CLOSES = "2099-01-02T03:04:05Z"
STRAY = "{ channels { nodes { messages { nodes { text } } strayReplies { nodes { text threadKey thread { text } } } } } }"


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
    await firm.ann.done("forwardMessage", channel=firm.channel, forwards=first, text="as before")
    for several in (True, False):
        asked = {"question": "Which 厂?", "options": ["东", "西", "South"], "several": several, "closesAt": CLOSES}
        poll = global_id("Poll", uuid4())
        await firm.ann.done("openPoll", channel=firm.channel, poll=poll, **asked)
        for who in (firm.ann, firm.bo):
            await who.done("answerPoll", poll=poll, choices=[1, 3] if several else [2])
        if several:
            await firm.ann.done("closePoll", poll=poll)
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
            assert len(seen["channels"]["nodes"][0]["messages"]["nodes"]) == 7
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


async def test_what_lies_outside_the_scope_is_told_to_be_there_and_nothing_of_it(
    firm: Firm, postgres_server: str, database_template: str, tmp_path: Path
) -> None:
    elsewhere = (await firm.ann.done("openChannel", "channel { id }", name="Board", visibility="PRIVATE"))["channel"]["id"]
    await firm.ann.done("addMember", channel=elsewhere, person=firm.bo.id)

    async def say(who: Client, text: str, channel: str = firm.channel, **more: Any) -> Any:
        return (await who.done("postMessage", "message { id sentAt }", channel=channel, text=text, **more))["message"]

    hidden = await say(firm.ann, "the hidden board price", elsewhere)
    root, quoted = await say(firm.ann, "the hidden root"), await say(firm.ann, "the hidden quote")
    early = await say(firm.bo, "the hidden reply", thread=root["id"])
    since = (datetime.fromisoformat(early["sentAt"]) + timedelta(microseconds=1)).isoformat()
    for n in range(3):
        await say(firm.bo, f"reply {n}", thread=root["id"], alsoInChannel=n == 1)
    await say(firm.ann, "as said", quotes=quoted["id"])
    await firm.ann.done("forwardMessage", channel=firm.channel, forwards=hidden["id"], text="look")
    scope = {"purpose": "complaint 18", "channels": [firm.channel], "auditors": [firm.di.id], "since": since}
    scope["endsAt"] = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    firm.case = (await firm.root.done("openCase", "case { id }", **scope))["case"]["id"]
    await firm.served.level()
    answer = await firm.export(firm.di)
    assert answer.status_code == 200
    told = answer.text
    keys = [read.key for each in (hidden, root, quoted) if (read := read_id(each["id"]))]
    for secret in ("hidden", *map(str, keys), *(each["sentAt"] for each in (hidden, root, quoted)), "Board"):
        assert secret not in told, secret
    said, look, stub = [each["post"] for each in map(json.loads, told.splitlines()) if each["type"] == "post"]
    assert [each["props"]["onrecord"]["outside"] for each in (said, look, stub)] == [["quotes"], ["forwards"], ["message"]]
    assert look["props"]["attachments"] == [{"text": ELSEWHERE}]
    assert (stub["user"], stub["message"], len(stub["replies"])) == (SOMEBODY, ELSEWHERE, 3)
    assert stub["create_at"] == stub["replies"][0]["create_at"]
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "export.jsonl").write_bytes(answer.content)
    with fresh_database(postgres_server, database_template) as empty:
        async with serving(empty, tmp_path / "there") as there:
            importer = Importer(there.organisation.bulk, there.organisation.pseudonyms)
            assert (await importer.bring(MattermostExport(tmp_path / "there"))).not_taken == []
            eve = await there.person("Eve")
            await there.level()
            found = await eve.ask(STRAY)
    stray = found["channels"]["nodes"][0]["strayReplies"]["nodes"]
    assert [(each["text"], each["thread"]) for each in stray] == [(f"reply {n}", None) for n in range(3)]
    [key] = {each["threadKey"] for each in stray}
    assert key is not None
    texts = sorted(each["text"] for each in found["channels"]["nodes"][0]["messages"]["nodes"])
    assert texts == ["as said", "look", "reply 1"]


async def test_forwarded_words_are_those_of_the_forwarding_though_they_were_changed_since(firm: Firm) -> None:
    first = (await firm.ann.done("postMessage", "message { id }", channel=firm.channel, text="nine euros"))["message"]["id"]
    await firm.bo.done("forwardMessage", channel=firm.channel, forwards=first, text="")
    await firm.ann.done("editMessage", message=first, text="eight euros")
    await firm.served.level()
    posts = [each["post"] for each in map(json.loads, (await firm.export(firm.di)).text.splitlines()) if each["type"] == "post"]
    assert [each["message"] for each in posts] == ["eight euros", ""]
    assert posts[1]["props"]["onrecord"]["forwards"]["message"] == "nine euros"
    shown = posts[1]["props"]["attachments"][0]
    assert (shown["author_name"], shown["text"]) == ("Ann 李", "nine euros")


async def test_earlier_words_of_a_page_are_asked_for_at_once(firm: Firm) -> None:
    async def asked() -> int:
        before = await firm.reads()
        assert (await firm.export(firm.di)).status_code == 200
        return await firm.reads() - before

    for n in range(2):
        made = await firm.ann.done("postMessage", "message { id }", channel=firm.channel, text=f"first {n}")
        await firm.ann.done("editMessage", message=made["message"]["id"], text=f"second {n}")
    await firm.served.level()
    few = await asked()
    for n in range(20):
        made = await firm.ann.done("postMessage", "message { id }", channel=firm.channel, text=f"first {n}")
        await firm.ann.done("editMessage", message=made["message"]["id"], text=f"second {n}")
    await firm.served.level()
    assert await asked() == few
