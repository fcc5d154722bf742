"""Through the API: an urgent message is repeated to each until they acknowledge it, and its author sees who has."""

from typing import Any

import pytest

from tests.notifications.inboxes import items, reasons
from tests.support.clocks import MovedClock
from tests.support.rebuilding import differences
from tests.support.serving import Client, Served, group_channel

pytestmark = pytest.mark.anyio
SEEN = """
query ($m: ID!) { message(id: $m) {
  alerts { nodes { person { name } times acknowledgedAt ended } } unacknowledgedBy { nodes { person { name } } }
} }"""
MINE = "{ alerts { nodes { message { text } times } } }"


class Fire:
    """Ann marks something urgent for Bo and Chen; Di comes later."""

    def __init__(self, served: Served, clock: MovedClock, people: dict[str, Client]) -> None:
        self.served, self.clock, self.people = served, clock, people
        self.channel = self.message = ""

    async def level(self) -> None:
        await self.served.acted()

    async def look(self, **later: float) -> None:
        self.clock.move(**later)
        await self.served.timers.look()

    async def seen(self, who: str = "Ann") -> tuple[dict[str, int], set[str]]:
        """How often each was alerted, and who has not acknowledged."""
        await self.level()
        found = (await self.people[who].ask(SEEN, {"m": self.message}))["message"]
        times = {node["person"]["name"]: node["times"] for node in found["alerts"]["nodes"]}
        return times, {node["person"]["name"] for node in found["unacknowledgedBy"]["nodes"]}

    async def mine(self, who: str) -> list[Any]:
        await self.level()
        return list((await self.people[who].ask(MINE))["alerts"]["nodes"])


@pytest.fixture
async def fire(served: Served, clock: MovedClock) -> Fire:
    fire = Fire(served, clock, {name: await served.person(name) for name in ("Ann", "Bo", "Chen", "Di")})
    ann = fire.people["Ann"]
    fire.channel = (await ann.done("openChannel", "channel { id }", **group_channel("general")))["channel"]["id"]
    for name in ("Bo", "Chen"):
        await fire.people[name].done("joinChannel", channel=fire.channel)
    said = await ann.done("postMessage", "message { id }", channel=fire.channel, text="停线！Line stopped!")
    fire.message = said["message"]["id"]
    await fire.people["Di"].done("joinChannel", channel=fire.channel)
    await ann.done("markUrgent", message=fire.message, everyMinutes=10, atMost=3)
    return fire


async def test_it_is_repeated_until_acknowledged_and_three_times_at_most(fire: Fire) -> None:
    assert await fire.seen() == ({"Bo": 1, "Chen": 1}, {"Bo", "Chen"})
    assert await fire.mine("Bo") == [{"message": {"text": "停线！Line stopped!"}, "times": 1}]
    await fire.look()
    assert (await fire.seen())[0] == {"Bo": 1, "Chen": 1}, "it isn't time yet"
    await fire.look(minutes=11)
    await fire.people["Bo"].done("acknowledgeMessage", message=fire.message)
    before = await fire.served.head()
    assert await fire.seen() == ({"Bo": 2, "Chen": 2}, {"Chen"})
    assert await fire.mine("Bo") == []
    for _ in range(4):
        await fire.look(minutes=11)
    assert await fire.seen() == ({"Bo": 2, "Chen": 3}, {"Chen"})
    assert reasons(await items(fire.people["Chen"])) == [("URGENT", "停线！Line stopped!")] * 3
    query = SEEN.replace("query ($m: ID!) {", f'query ($m: ID!) {{ at(asOf: {{position: "{before}"}}) {{') + "}"
    then = (await fire.people["Ann"].ask(query, {"m": fire.message}))["at"]["message"]["alerts"]["nodes"]
    assert {node["person"]["name"]: node["times"] for node in then} == {"Bo": 2, "Chen": 2}
    assert await differences(fire.served, "Alert") == []


async def test_others_see_their_own_only(fire: Fire) -> None:
    assert await fire.seen("Bo") == ({"Bo": 1}, {"Bo"})
    assert await fire.seen("Di") == ({}, set())
    for wish in ("markUrgent", "liftUrgency"):
        assert (await fire.people["Bo"].do(wish, message=fire.message))["__typename"] == "NotPermitted"
    assert (await fire.people["Ann"].do("acknowledgeMessage", message=fire.message))["__typename"] == "NotUrgent"


async def test_it_can_be_lifted(fire: Fire) -> None:
    await fire.level()
    await fire.people["Ann"].done("liftUrgency", message=fire.message)
    await fire.look(hours=1)
    assert await fire.seen() == ({"Bo": 1, "Chen": 1}, set())
    assert await fire.mine("Chen") == []
