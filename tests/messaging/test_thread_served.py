"""Through the API: the threads of a channel, what their replies come to, now and before."""

from pathlib import Path

import pytest

from tests.support.postgres import Database
from tests.support.rebuilding import differences
from tests.support.serving import Client, Served, group_channel, serving

pytestmark = pytest.mark.anyio
THREADS = """threads { nodes { replies people lastReplyAt root { text } } }"""
CHANNEL = f"query ($c: ID!) {{ channel(id: $c) {{ {THREADS} }} }}"
BEFORE = f"query ($c: ID!, $p: Position!) {{ at(asOf: {{position: $p}}) {{ channel(id: $c) {{ {THREADS} }} }} }}"
Shown = list[tuple[str, int, int]]


async def test_the_thread_with_the_latest_reply_comes_first(database: Database, tmp_path: Path) -> None:
    async with serving(database, tmp_path) as served:
        ann, bo = await served.person("Ann"), await served.person("Bo")
        channel = (await ann.done("openChannel", "channel { id }", **group_channel("plans")))["channel"]["id"]
        await bo.done("joinChannel", channel=channel)
        lunch, dinner = [await say(ann, channel, text) for text in ("lunch?", "dinner?")]
        await say(bo, channel, "yes", lunch)
        await say(bo, channel, "no", dinner)
        assert await threads(served, bo, channel) == [("dinner?", 1, 1), ("lunch?", 1, 1)]
        then = await served.head()
        late = await say(ann, channel, "at noon", lunch)
        assert await threads(served, ann, channel) == [("lunch?", 2, 2), ("dinner?", 1, 1)]

        await ann.done("retractMessage", message=late)
        again = await say(bo, channel, "too late", dinner)
        assert await threads(served, ann, channel) == [("dinner?", 2, 1), ("lunch?", 1, 1)]
        await bo.done("retractMessage", message=again)
        assert await threads(served, ann, channel) == [("dinner?", 1, 1), ("lunch?", 1, 1)]
        assert await threads(served, ann, channel, then) == [("dinner?", 1, 1), ("lunch?", 1, 1)]

        only = (await ann.ask(CHANNEL, {"c": channel}))["channel"]["threads"]["nodes"][0]
        assert only["lastReplyAt"] is not None
        assert await differences(served, "Thread") == []


async def test_who_may_not_see_a_channel_sees_none_of_its_threads(database: Database, tmp_path: Path) -> None:
    async with serving(database, tmp_path) as served:
        ann, bo = await served.person("Ann"), await served.person("Bo")
        hidden = group_channel("hidden") | {"visibility": "PRIVATE"}
        channel = (await ann.done("openChannel", "channel { id }", **hidden))["channel"]["id"]
        root = await say(ann, channel, "a secret")
        await say(ann, channel, "and more", root)
        assert await threads(served, ann, channel) == [("a secret", 1, 1)]
        node = await ann.ask("query ($c: ID!) { channel(id: $c) { threads { nodes { id } } } }", {"c": channel})
        id_ = node["channel"]["threads"]["nodes"][0]["id"]
        asked = "query ($id: ID!) { thread(id: $id) { replies } node(id: $id) { id } }"
        assert (await ann.ask(asked, {"id": id_}))["thread"] == {"replies": 1}
        assert await bo.ask(asked, {"id": id_}) == {"thread": None, "node": None}


async def say(who: Client, channel: str, text: str, thread: str | None = None) -> str:
    """Says something; its id."""
    made: str = (await who.done("postMessage", "message { id }", channel=channel, text=text, thread=thread))["message"]["id"]
    return made


async def threads(served: Served, who: Client, channel: str, at: str | None = None) -> Shown:
    """The threads as somebody sees them: what each begins with, how many replies it has, and of how many people."""
    await served.level()
    asked = await who.ask(BEFORE, {"c": channel, "p": at}) if at else await who.ask(CHANNEL, {"c": channel})
    found = (asked["at"] if at else asked)["channel"]["threads"]["nodes"]
    return [(each["root"]["text"], each["replies"], each["people"]) for each in found]
