"""Server-sent events: how operations end, and how they don't."""

import asyncio
from contextlib import aclosing
from datetime import timedelta

import pytest

from tests.live.clients import events
from tests.live.test_following import FOLLOW, channel, say
from tests.support.serving import Served


async def test_an_answer_is_followed_by_complete(served: Served) -> None:
    ann = await served.person("Ann")
    await channel(ann)
    async with aclosing(events(ann, "{ viewer { name } }", {})) as heard:
        assert [event async for event in heard] == [("next", {"data": {"viewer": {"name": "Ann"}}}), ("complete", None)]


@pytest.mark.parametrize("query", ["{", "{ nothing }", "subscription { messages(channel: 7.5) { __typename } }"])
async def test_what_is_wrong_with_an_operation_is_an_event(served: Served, query: str) -> None:
    ann = await served.person("Ann")
    async with aclosing(events(ann, query, {})) as heard:
        name, answer = await anext(heard)
        assert (name, set(answer)) == ("next", {"errors"})
        assert await anext(heard) == ("complete", None)


async def test_an_expired_token_breaks_off(served: Served) -> None:
    ann = await served.person("Ann")
    where = await channel(ann)
    _, position = await say(ann, where, "one")
    soon = served.client(ann.person, timedelta(seconds=3))
    async with aclosing(events(soon, FOLLOW, {"channel": where, "after": str(int(position) - 1)})) as heard:
        async with asyncio.timeout(20):
            names = [name async for name, _ in heard]
    assert names == ["next"], "complete would tell the client that nothing more comes"
