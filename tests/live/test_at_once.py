"""What is told goes to each socket at once or waits for that socket alone, always in the order of the log."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.asyncio.client import connect
from websockets.frames import Frame, Opcode

from interfaces.live import frames, subscriber
from interfaces.live.audience import Delivery
from interfaces.live.subscriber import Subscriber
from tests.live.clients import PROTOCOL, Conversation, events, talking
from tests.live.test_following import FOLLOW, channel, say
from tests.support.serving import Client, Served

LONG = "汉" * 10_000
"""About 30 kB: some hundred of them are more than a connection holds that nobody reads."""


@asynccontextmanager
async def unread(client: Client) -> AsyncIterator[Conversation]:
    """A connection that was let in, and takes in little more than what is asked for."""
    address = urlsplit(client.served.url)
    with socket.socket() as narrow:
        narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        narrow.connect((address.hostname, address.port))
        narrow.setblocking(False)
        url = f"ws://{address.netloc}/graphql"
        async with connect(url, subprotocols=[PROTOCOL], proxy=None, sock=narrow, max_queue=1) as connection:  # type: ignore[list-item]  # a plain text
            conversation = Conversation(connection)
            await conversation.say(type="connection_init", payload={"token": client.token})
            assert (await conversation.hear())["type"] == "connection_ack"
            yield conversation


async def test_a_socket_that_nobody_reads_delays_no_other(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscriber, "QUEUE", 5)
    ann, bo = await served.person("Ann"), await served.person("Bo")
    where = await channel(ann, bo)
    said: list[str] = []
    async with unread(bo) as slow, talking(ann) as quick:
        for line in (slow, quick):
            await line.follow("1", FOLLOW, {"channel": where, "after": await served.head()})
        await served.attached(2)
        hub = served.service.following.hub  # type: ignore[union-attr]  # a served organisation can be followed
        [late] = [each for each in hub.audiences if each.viewer == bo.person]
        while not late.overflowed:
            said.append((await say(ann, where, LONG))[1])
            assert (await quick.next("1"))["messages"]["position"] == said[-1], "the other has it as if there were no slow one"
            assert len(said) < 1_000, "what waits for a slow one must be bounded"
        heard = []
        while (told := (await slow.next("1"))["messages"])["__typename"] == "MessageChange":
            heard.append(told["position"])
        assert heard == said[: len(heard)], "in order, without a gap before the end"
        assert (told["__typename"], await slow.hear()) == ("ResyncRequired", {"type": "complete", "id": "1"})


@given(st.lists(st.tuples(st.sampled_from(["put", "room", "turn"]), st.integers(0, 3)), max_size=30))
def test_the_order_is_that_of_the_log_whichever_way_they_go(steps: list[tuple[str, int]]) -> None:
    taken: list[bytes] = []
    room = 3

    def at_once(answers: Sequence[bytes]) -> int:
        took = min(room, len(answers))
        taken.extend(answers[:took])
        return took

    async def work() -> None:
        nonlocal room
        one, position = Subscriber(None, None, at_once), 0  # type: ignore[arg-type]  # whose it is doesn't matter

        async def drain() -> None:
            while not one.closed:
                while one.queue:
                    delivery = one.queue.popleft()
                    await asyncio.sleep(0)  # as a send that has to wait
                    taken.append(delivery.answer)
                await one.rest()

        draining = asyncio.create_task(drain())
        for step, number in steps:
            match step:
                case "put":
                    one.put([Delivery(position + n, str(position + n).encode()) for n in range(1, number + 1)])
                    position += number
                case "room":
                    room = number
                case _:
                    await asyncio.sleep(0)
        for _ in range(2 * len(steps) + 3):
            await asyncio.sleep(0)
        one.close()
        await draining
        assert taken == [str(number + 1).encode() for number in range(position)]

    asyncio.run(work())


@pytest.mark.parametrize("length", [0, 1, 125, 126, 65_535, 65_536, 200_000])
def test_frames_are_those_of_the_protocol(length: int) -> None:
    text = b"x" * length
    assert frames.head(length) + text == Frame(Opcode.TEXT, text).serialize(mask=False)


async def test_a_server_without_the_extension_does_as_well(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames.Frames, "_write_texts", lambda *_: 0)
    ann = await served.person("Ann")
    where = await channel(ann)
    async with talking(ann) as line:
        await line.follow("1", FOLLOW, {"channel": where, "after": await served.head()})
        await served.attached(1)
        for number in range(3):
            _, position = await say(ann, where, str(number))
            assert (await line.next("1"))["messages"]["position"] == position


async def test_what_is_sent_is_counted_whichever_way_it_goes(served: Served) -> None:
    ann = await served.person("Ann")
    where = await channel(ann)
    _, first = await say(ann, where, "read from the log")
    async with talking(ann) as line, aclosing(events(ann, FOLLOW, {"channel": where, "after": str(int(first) - 1)})) as heard:
        await line.follow("1", FOLLOW, {"channel": where, "after": str(int(first) - 1)})
        await line.next("1")
        await anext(heard)
        await served.attached(2)
        await say(ann, where, "told at once")
        await line.next("1")
        await anext(heard)
        assert served.registry.get_sample_value("onrecord_live_events_total") in (3, 4), "the last is counted once it is taken"


async def test_after_complete_nothing_more_comes(served: Served) -> None:
    ann = await served.person("Ann")
    where = await channel(ann)
    async with talking(ann) as line:
        await line.follow("1", FOLLOW, {"channel": where})
        await served.attached(1)
        await line.say(type="complete", id="1")
        await line.say(type="ping")
        assert await line.hear() == {"type": "pong"}
        await say(ann, where, "to nobody")
        await line.connection.send(json.dumps({"type": "ping"}))
        assert await line.hear() == {"type": "pong"}
