"""The hub: who is too slow or too late is told so, and what many see alike is read and encoded once."""

from collections.abc import Sequence
from contextlib import aclosing

import pytest

from interfaces.live import audience, following
from interfaces.live.audience import Delivery, Form
from interfaces.live.subscriber import Subscriber
from tests.live.clients import Conversation, events, talking
from tests.live.test_following import FOLLOW, channel, say
from tests.support.serving import Served


async def test_too_slow(served: Served) -> None:
    subscriber = Subscriber(None, None, size=2)  # type: ignore[arg-type]  # whose it is doesn't matter
    for position in (1, 2):
        subscriber.put([Delivery(position, b"")])
    assert [delivery.position for delivery in subscriber.queue] == [1, 2]
    subscriber.put([Delivery(3, b"")])
    subscriber.put([Delivery(4, b"")])
    assert subscriber.overflowed
    assert not subscriber.queue


async def test_what_was_read_from_the_log_is_not_told_again() -> None:
    subscriber = Subscriber(None, None, since=2)  # type: ignore[arg-type]  # whose it is doesn't matter
    subscriber.put([Delivery(position, b"") for position in (1, 2, 3)])
    assert [delivery.position for delivery in subscriber.queue] == [3]


async def test_the_slow_are_told_to_ask_anew(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    put = Subscriber.put

    def too_much(self: Subscriber, deliveries: Sequence[Delivery]) -> None:
        self.size, self.at_once = 0, None
        put(self, deliveries)

    monkeypatch.setattr(Subscriber, "put", too_much)
    ann = await served.person("Ann")
    where = await channel(ann)
    async with talking(ann) as line:
        await line.follow("1", FOLLOW, {"channel": where, "after": await served.head()})
        await served.attached(1)
        _, position = await say(ann, where, "too much")
        told = (await line.next("1"))["messages"]
        assert (told["__typename"], told["position"]) == ("ResyncRequired", position)
        assert await line.hear() == {"type": "complete", "id": "1"}


async def test_the_late_are_told_to_ask_anew(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "OLDEST", 3)
    ann = await served.person("Ann")
    where = await channel(ann)
    for number in range(5):
        await say(ann, where, str(number))
    async with aclosing(events(ann, FOLLOW, {"channel": where, "after": "1"})) as heard:
        assert (await anext(heard))[1]["data"]["messages"]["__typename"] == "ResyncRequired"
        assert await anext(heard) == ("complete", None)


async def test_what_many_see_alike_is_made_once(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    people = [await served.person(name) for name in ("Ann", "Bo", "Cy", "Di")]
    where = await channel(*people)
    made: list[bytes] = []
    answer = audience._answer

    async def counted(form: Form, text: str) -> bytes:
        made.append(await answer(form, text))
        return made[-1]

    monkeypatch.setattr(audience, "_answer", counted)
    async with talking(people[0]) as a, talking(people[1]) as b, talking(people[2]) as c, talking(people[3]) as d:
        lines: list[Conversation] = [a, b, c, d]
        for line in lines:
            await line.follow("1", FOLLOW, {"channel": where, "after": await served.head()})
        await served.attached(4)
        _, position = await say(people[0], where, "to all")
        heard = [(await line.next("1"))["messages"]["position"] for line in lines]
    assert heard == [position] * 4
    assert len(made) == 1


async def test_streams_break_off_when_the_server_stops(served: Served) -> None:
    ann = await served.person("Ann")
    where = await channel(ann)
    _, position = await say(ann, where, "the last word")
    async with talking(ann) as line, aclosing(events(ann, FOLLOW, {"channel": where, "after": str(int(position) - 1)})) as heard:
        await line.follow("1", FOLLOW, {"channel": where, "after": str(int(position) - 1)})
        assert (await line.next("1"))["messages"]["position"] == position
        assert (await anext(heard))[0] == "next"
        served.service.end()
        # No `complete`: clients take that for the end, and this for a lost connection, after which they resume.
        assert await anext(heard, None) is None
        assert (await line.closed())[0] == 1012
