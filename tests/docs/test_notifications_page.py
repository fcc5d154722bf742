"""The page on notifications quotes the program as it is, and what it asks is answered as it says."""

import json
from pathlib import Path

import pytest

from domain.access.commands.administration import AppointAdministrator
from infra.system import utc_now
from infra.webhooks.signing import signed
from interfaces.settings import load_settings
from tests.docs.pages import DOCS, PROJECT, Block, blocks
from tests.live.clients import talking
from tests.notifications.inboxes import told
from tests.story import an_id
from tests.support.postgres import Database
from tests.support.serving import group_channel, serving

PAGE = DOCS / "how-to" / "notifications.md"
SECRET = "whsec_" + "QUJD" * 8
pytestmark = pytest.mark.anyio


def block(mark: str) -> Block:
    [found] = [each for each in blocks(PAGE) if each.mark == mark]
    return found


def test_its_code_is_the_programs() -> None:
    [quoted] = [each for each in blocks(PAGE) if each.file]
    assert quoted.text in (PROJECT / str(quoted.file)).read_text()


def test_a_receiver_knows_a_call_of_ours() -> None:
    names: dict[str, object] = {}
    exec(block("verify").text, names)  # noqa: S102 (the page's own words)
    key, body = b"ABC" * 8, b'{"specversion":"1.0"}'
    now = utc_now()
    headers = signed(an_id("call"), body, key, now)
    is_ours = names["is_ours"]
    assert callable(is_ours)
    assert is_ours(headers, body, SECRET, now.timestamp())
    assert is_ours({**headers, "webhook-signature": f"v1a,else {headers['webhook-signature']}"}, body, SECRET, now.timestamp())
    assert not is_ours(headers, body + b" ", SECRET, now.timestamp())
    assert not is_ours(headers, body, SECRET, now.timestamp() + 301)
    played = {**headers, "webhook-timestamp": str(int(now.timestamp()) + 400)}
    assert not is_ours(played, body, SECRET, now.timestamp() + 400)


@pytest.mark.usefixtures("clean_environment")
def test_its_settings_are_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    [toml] = [each for each in blocks(PAGE) if each.language == "toml"]
    (tmp_path / "onrecord.toml").write_text(toml.text)
    monkeypatch.setenv("ONRECORD_CONFIG", str(tmp_path / "onrecord.toml"))
    assert load_settings().public_url == "https://onrecord.example.com"


async def test_what_it_asks_is_answered_so(database: Database, tmp_path: Path) -> None:
    [answer] = [each for each in blocks(PAGE) if each.language == "json"]
    async with serving(database, tmp_path, policies=True) as served:
        ann, bo = await served.person("Ann"), await served.person("Bo")
        await served.do(AppointAdministrator(person=bo.person))
        channel = (await ann.done("openChannel", "channel { id }", **group_channel("general")))["channel"]["id"]
        async with talking(bo) as line:
            await line.follow("1", block("live").text)
            await served.attached(1)
            await ann.done("postMessage", channel=channel, text="来看看", mentions=[bo.id])
            assert (await line.next("1"))["myInboxItems"]["inboxItem"] == {"unread": True, "notification": {"kind": "MENTION"}}
        [item] = await told(bo, 1)
        assert await bo.ask(block("inbox").text) == json.loads(answer.text)
        assert "position" in (await bo.ask(block("all").text, {"upto": item["position"]}))["readInbox"]
        assert await bo.ask(block("choose").text) == {"pace": {}, "quiet": {}}
        assert "position" in (await bo.ask(block("rules").text))["changeDeliveryRules"]
        hook = {"url": "https://hooks.example/bo", "secret": SECRET}
        assert "position" in (await bo.ask(block("hook").text, hook))["chooseWebhook"]
