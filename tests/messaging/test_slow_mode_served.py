"""Slow mode through the API: members wait for their turn, who keeps the channel doesn't, and it is as it was before."""

from datetime import datetime, timedelta

from tests.messaging.scenes import level, opened, said, same_after_rebuild
from tests.support.clocks import MovedClock
from tests.support.serving import Served

NOW = "query ($c: ID!) { channel(id: $c) { slowMode } }"
THEN = "query ($c: ID!, $p: Position!) { at(asOf: { position: $p }) { channel(id: $c) { slowMode } } }"
TOO_SOON = "... on TooSoon { seconds again explanation }"


async def test_members_take_turns_while_it_is_on(served: Served, clock: MovedClock) -> None:
    ann, bo, chen, eve = [await served.person(name) for name in ("Ann", "Bo", "Chen", "Eve")]
    channel = await opened(ann, bo, chen)
    before = await served.head()
    for who, reason in ((bo, "NotPermitted"), (eve, "NotFound")):
        refused = await who.do("changeSlowMode", "... on Refused { explanation }", channel=channel, seconds=30)
        assert refused["__typename"] == reason
    done = await ann.done("changeSlowMode", "channel { slowMode }", channel=channel, seconds=30)
    assert done["channel"] == {"slowMode": 30}
    first = await said(bo, channel, "one")
    now = clock()
    refused = await bo.do("postMessage", TOO_SOON, channel=channel, text="two")
    assert (refused["__typename"], refused["seconds"]) == ("TooSoon", 30)
    assert now + timedelta(seconds=20) < datetime.fromisoformat(refused["again"]) <= now + timedelta(seconds=30)
    for mutation, given in (
        ("postMessage", {"text": "reply", "thread": first}),
        ("forwardMessage", {"forwards": first, "text": ""}),
    ):
        assert (await bo.do(mutation, TOO_SOON, channel=channel, **given))["__typename"] == "TooSoon"
    await said(chen, channel, "of another")
    await said(ann, channel, "one")
    await said(ann, channel, "two, at once")
    clock.to(datetime.fromisoformat(refused["again"]))
    await said(bo, channel, "two")
    invalid = await ann.do("changeSlowMode", "... on Refused { explanation }", channel=channel, seconds=86_400)
    assert invalid["__typename"] == "InvalidInput"
    await ann.done("changeSlowMode", channel=channel, seconds=0)
    await said(bo, channel, "three, at once")
    await level(served)
    assert await bo.ask(NOW, {"c": channel}) == {"channel": {"slowMode": 0}}
    assert (await bo.ask(THEN, {"c": channel, "p": before}))["at"]["channel"] == {"slowMode": 0}
    assert (await bo.ask(THEN, {"c": channel, "p": str(int(await served.head()) - 2)}))["at"]["channel"] == {"slowMode": 30}
    await same_after_rebuild(served)
