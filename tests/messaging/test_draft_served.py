"""Through the API: a draft is seen by its author alone, until they say something in its place."""

from typing import Any

import pytest

from tests.support.rebuilding import differences
from tests.support.serving import Client, Served, group_channel

pytestmark = pytest.mark.anyio
DRAFTS = "{ drafts { nodes { id text thread { id } channel { id drafts { totalCount } } } } }"


@pytest.fixture
async def people(served: Served) -> tuple[Client, Client, str]:
    ann, bo = await served.person("Ann"), await served.person("Bo")
    channel = (await ann.done("openChannel", "channel { id }", **group_channel("general")))["channel"]["id"]
    await bo.done("joinChannel", channel=channel)
    return ann, bo, channel


async def test_it_is_kept_until_something_is_said_there(served: Served, people: tuple[Client, Client, str]) -> None:
    ann, bo, channel = people

    async def drafts(who: Client, query: str = DRAFTS) -> list[Any]:
        await served.level()
        data = await who.ask(query)
        return list(data.get("at", data)["drafts"]["nodes"])

    root = (await ann.done("postMessage", "message { id }", channel=channel, text="hello"))["message"]["id"]
    for text in ("G", "Good mor", "Good morning"):
        await bo.done("saveDraft", channel=channel, text=text)
    await bo.done("saveDraft", channel=channel, thread=root, text="I think")
    assert [draft["text"] for draft in await drafts(bo)] == ["I think", "Good morning"]
    assert (await drafts(bo))[0]["channel"]["drafts"]["totalCount"] == 2
    assert await drafts(ann) == []
    one = (await drafts(bo))[1]["id"]
    assert (await ann.ask("query ($id: ID!) { node(id: $id) { id } }", {"id": one}))["node"] is None

    await bo.done("postMessage", channel=channel, text="Good morning")
    assert [draft["text"] for draft in await drafts(bo)] == ["I think"], "what was said in the channel isn't said in the thread"
    await bo.done("saveDraft", channel=channel, text="Good morning")
    before = await served.head()
    assert len(await drafts(bo)) == 2
    await bo.done("discardDraft", channel=channel)
    await bo.done("postMessage", channel=channel, thread=root, text="I think so too")
    assert await drafts(bo) == []
    assert (await ann.do("discardDraft", channel=channel))["__typename"] == "NotFound"
    assert await drafts(ann, f'{{ at(asOf: {{position: "{before}"}}) {DRAFTS} }}') == []
    assert await differences(served, "Draft") == []
