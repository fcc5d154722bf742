"""What is told to many by one statement is, for each of them, what one statement of their own would have said."""

from contextlib import AsyncExitStack
from typing import Any
from uuid import uuid4

import pytest

from domain.directory.commands.person import AddPerson
from domain.kernel.identifiers import PersonId
from interfaces.live import audience
from interfaces.live.audience import Form
from tests.live.clients import talking
from tests.live.test_following import channel, say
from tests.support.serving import Client, Served

CHANGE = "__typename ... on MessageChange { position event id message { %s } } ... on NotFound { kind }"
FOLLOW = f"subscription ($channel: ID!, $after: Position) {{ messages(channel: $channel, after: $after) {{ {CHANGE} }} }}"
ALIKE = "id text author { id name } quotes { text } pinnedBy { name }"
OWN = "id saved following author { name } channel { id muted }"


async def guest(served: Served, name: str) -> Client:
    person = PersonId(uuid4())
    await served.do(AddPerson(person=person, name=name, kind="guest"))
    await served.level()
    return served.client(person)


@pytest.mark.parametrize(
    ("shown", "kinds"), [("id author { name }", 2), ("id text", 1), (ALIKE, 3), (OWN, 5), ("id text saved", 2)]
)
async def test_each_is_told_what_they_alone_would_be(
    served: Served, monkeypatch: pytest.MonkeyPatch, shown: str, kinds: int
) -> None:
    staff = [await served.person(name) for name in ("Ann", "Bo", "Cy", "Di")]
    guests = [await guest(served, name) for name in ("Gil", "Guy")]
    ann, bo, cy, _ = staff
    where = await channel(ann, *staff[1:], *guests)
    first, _ = await say(cy, where, "said by somebody who then goes")
    await bo.done("saveMessage", message=first)
    await ann.done("muteChannel", channel=where)
    await cy.done("leaveChannel", channel=where)
    viewers = [ann, bo, staff[3], *guests]
    made: list[bytes] = []
    answer = audience._answer

    async def counted(form: Form, text: str) -> bytes:
        made.append(await answer(form, text))
        return made[-1]

    before = await served.head()
    query = FOLLOW % shown
    async with AsyncExitStack() as stack:
        lines = [await stack.enter_async_context(talking(viewer)) for viewer in viewers]
        for line in lines:
            await line.follow("1", query, {"channel": where, "after": before})
        await served.attached(len(lines))
        monkeypatch.setattr(audience, "_answer", counted)
        await ann.done("addReaction", message=first, emoji="👍")
        told: list[Any] = [(await line.next("1"))["messages"] for line in lines]
        assert len(made) <= kinds
        monkeypatch.setattr(audience, "_answer", answer)
        for line, heard in zip(lines, told, strict=True):
            await line.say(type="complete", id="1")
            await line.follow("2", query, {"channel": where, "after": before})
            assert (await line.next("2"))["messages"] == heard
    if "author" in shown:
        assert [heard["message"]["author"] is None for heard in told] == [False, False, False, True, True]
    if "saved" in shown:
        assert [heard["message"]["saved"] for heard in told] == [False, True, False, False, False]
    if "muted" in shown:
        assert [heard["message"]["channel"]["muted"] for heard in told] == [True, False, False, False, False]
