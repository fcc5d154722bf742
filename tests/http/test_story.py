"""From a command to an event to a read model to an answer, over HTTP."""

from tests.support.serving import Served


async def test_saying_something_and_reading_it(served: Served) -> None:
    li = await served.person("李雷")
    channel = (await li.done("openChannel", "position channel { id name }", name="设计评审", visibility="PUBLIC"))["channel"]
    assert channel["name"] == "设计评审"
    said = await li.done(
        "postMessage", "position message { id text author { name } }", channel=channel["id"], text="大家好, hello"
    )
    assert said["message"]["text"] == "大家好, hello"
    assert said["message"]["author"] == {"name": "李雷"}
    found = await li.ask(
        """query ($channel: ID!, $position: Position) @waitFor(position: $position) {
            viewer { name }
            channel(id: $channel) { name messages(first: 10) { totalCount nodes { id text channel { name } } } }
        }""",
        {"channel": channel["id"], "position": said["position"]},
    )
    assert found == {
        "viewer": {"name": "李雷"},
        "channel": {
            "name": "设计评审",
            "messages": {
                "totalCount": 1,
                "nodes": [{"id": said["message"]["id"], "text": "大家好, hello", "channel": {"name": "设计评审"}}],
            },
        },
    }
