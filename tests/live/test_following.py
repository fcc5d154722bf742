"""What happens in a channel reaches who may see it, once, in order, and again after a lost connection."""

import asyncio
from contextlib import aclosing
from typing import Any

from domain.directory.commands.person import ReinstatePerson, SuspendPerson
from projections.engine.members import MODELS
from tests.live.clients import events, talking
from tests.support.serving import Client, Served

FOLLOW = """
subscription ($channel: ID!, $after: Position) {
    messages(channel: $channel, after: $after) {
        __typename
        ... on MessageChange { position event message { id text author { name } } }
        ... on ResyncRequired { position explanation }
        ... on NotFound { kind explanation }
    }
}
"""


async def channel(owner: Client, *members: Client, visibility: str = "PRIVATE") -> str:
    made = await owner.done("openChannel", "position channel { id }", name="Design", visibility=visibility)
    for member in members:
        await owner.done("addMember", channel=made["channel"]["id"], person=member.id)
    identifier: str = made["channel"]["id"]
    return identifier


async def say(who: Client, where: str, text: str) -> tuple[str, str]:
    done = await who.done("postMessage", "position message { id }", channel=where, text=text)
    return done["message"]["id"], done["position"]


def change(event: str, position: str, message: str, text: str | None, author: str) -> Any:
    shown = {"id": message, "text": text, "author": {"name": author}}
    return {"messages": {"__typename": "MessageChange", "position": position, "event": event, "message": shown}}


async def test_a_second_client_sees_what_is_said(served: Served) -> None:
    ann, bo = await served.person("Ann"), await served.person("Bo")
    where = await channel(ann, bo)
    async with talking(bo) as line:
        await line.follow("1", FOLLOW, {"channel": where, "after": await served.head()})
        await line.follow("2", "{ viewer { name } }")
        assert await line.next("2") == {"viewer": {"name": "Bo"}}
        assert (await line.hear()) == {"type": "complete", "id": "2"}
        message, position = await say(ann, where, "你好")
        assert await line.next("1") == change("MESSAGE_POSTED", position, message, "你好", "Ann")
        edited = await ann.done("editMessage", message=message, text="你好!")
        assert await line.next("1") == change("MESSAGE_EDITED", edited["position"], message, "你好!", "Ann")
        reacted = await bo.done("addReaction", message=message, emoji="👍")
        assert await line.next("1") == change("REACTION_ADDED", reacted["position"], message, "你好!", "Ann")
        await line.say(type="complete", id="1")
        await line.follow("1", FOLLOW, {"channel": where, "after": edited["position"]})
        assert (await line.next("1"))["messages"]["event"] == "REACTION_ADDED"


async def test_events_say_the_same(served: Served) -> None:
    ann = await served.person("Ann")
    where = await channel(ann)
    first = await say(ann, where, "one")
    second = await say(ann, where, "two")
    async with aclosing(events(ann, FOLLOW, {"channel": where, "after": str(int(first[1]) - 1)})) as heard:
        for message, position, text in ((*first, "one"), (*second, "two")):
            assert await anext(heard) == ("next", {"data": change("MESSAGE_POSTED", position, message, text, "Ann")})


async def test_nothing_is_lost_or_doubled_across_lost_connections(served: Served) -> None:
    ann, bo = await served.person("Ann"), await served.person("Bo")
    where = await channel(ann, bo)
    said = [await say(ann, where, "begin")]
    heard: list[tuple[str, str]] = []

    async def talk() -> None:
        said.extend([await say(ann, where, f"message {number}") for number in range(60)])

    async def listen() -> None:
        after = said[0][1]
        while len(heard) < 60:
            async with talking(bo) as line:
                await line.follow("1", FOLLOW, {"channel": where, "after": after})
                for _ in range(7):
                    if len(heard) == 60:
                        break
                    shown = (await line.next("1"))["messages"]
                    after = shown["position"]
                    heard.append((shown["message"]["id"], after))

    await asyncio.gather(talk(), listen())
    assert heard == said[1:]


async def test_whoever_may_not_see_hears_nothing(served: Served) -> None:
    ann, bo, eve = [await served.person(name) for name in ("Ann", "Bo", "Eve")]
    where = await channel(ann, bo)
    async with talking(eve) as outsider, talking(bo) as member, talking(ann) as owner:
        await outsider.follow("1", FOLLOW, {"channel": where})
        assert (await outsider.next("1"))["messages"]["__typename"] == "NotFound"
        assert (await outsider.hear())["type"] == "complete"
        for line in (member, owner):
            await line.follow("1", FOLLOW, {"channel": where, "after": await served.head()})
        _, position = await say(ann, where, "for members")
        assert (await member.next("1"))["messages"]["position"] == position
        assert (await owner.next("1"))["messages"]["position"] == position
        await ann.done("removeMember", channel=where, person=bo.id)
        _, position = await say(ann, where, "for those who are left")
        assert (await owner.next("1"))["messages"]["position"] == position
        assert await member.hear() == {"type": "complete", "id": "1"}


async def test_malformed_ids_are_the_ids_of_nothing(served: Served) -> None:
    ann = await served.person("Ann")
    async with talking(ann) as line:
        for number, text in enumerate(["", "x", "日本", ann.id, "Q2hhbm5lbDp4", "Q" * 5_000]):
            await line.follow(str(number), FOLLOW, {"channel": text})
            assert (await line.next(str(number)))["messages"]["kind"] == "Channel"
            assert (await line.hear())["type"] == "complete"


async def test_whoever_is_suspended_hears_and_reads_nothing(served: Served) -> None:
    ann, bo = await served.person("Ann"), await served.person("Bo")
    where = await channel(ann, bo)
    async with talking(bo) as line:
        await line.follow("1", FOLLOW, {"channel": where, "after": await served.head()})
        await say(ann, where, "for both")
        await line.next("1")
        position = await served.do(SuspendPerson(person=bo.person))
        await say(ann, where, "for those who take part")
        assert (await line.closed())[0] == 4401
    await served.service.queries.progress.wait_for(position, [MODELS["Person"]], 30)
    response = await bo.post("{ viewer { name } }", Accept="application/graphql-response+json")
    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (403, "NOT_ACTIVE")
    refused = await bo.do("postMessage", "... on Refused { explanation }", channel=where, text="still here?")
    assert refused["__typename"] in ("NotPermitted", "NotFound")
    position = await served.do(ReinstatePerson(person=bo.person))
    await served.service.queries.progress.wait_for(position, [MODELS["Person"]], 30)
    found = await bo.ask("{ viewer { standing } }")
    assert found == {"viewer": {"standing": "ACTIVE"}}
