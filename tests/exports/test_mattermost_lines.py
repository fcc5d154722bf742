"""A conversation as lines of a bulk export: what stands where, what comes back, and that memory stays as it is."""

import json
import tracemalloc
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import pytest

from application.exports.conversation import Act, KnownFile, Member, Post, Sign, Somebody, Talk, Wording
from application.imports.records.channels import Channel
from application.imports.records.every import AnyRecord
from application.imports.records.messages import MENTION, Edited, Pinned, Reacted, Retracted, Said
from application.imports.records.organisation import Person
from infra.exports.mattermost import TOGETHER, mattermost_lines
from infra.exports.mattermost_posts import username
from infra.imports.limits import LIMITS
from infra.imports.mattermost.export import MattermostExport

pytestmark = pytest.mark.anyio
START = datetime(2026, 3, 2, 9, 0, 0, 123_456, tzinfo=UTC)


def an_id(name: str) -> UUID:
    return uuid5(UUID(int=0), name)


ANN = Somebody(an_id("ann"), "李安", "ann@example.com", "Buyer", guest=False, left=False)
BO = Somebody(an_id("bo"), "Bo", None, None, guest=True, left=True)
GONE = Somebody(an_id("gone"), None, None, None, guest=False, left=False)
TALK = Talk(
    id=an_id("channel"),
    direct=False,
    private=True,
    name="采购",
    topic="steel",
    description=None,
    members=(Member(ANN, keeps=True), Member(BO, keeps=False)),
    position=17,
)


def at(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


def said(name: str, text: str | None, minutes: int, *more: Wording, by: Somebody = ANN, **rest: Any) -> Post:
    return Post(an_id(name), by, (Wording(at(minutes), text), *more), **rest)


async def lines(*posts: Post, talk: Talk = TALK) -> list[bytes]:
    async def coming() -> AsyncIterator[Post]:
        for post in posts:
            yield post

    return [line async for line in mattermost_lines(talk, coming())]


async def back(folder: Path, *posts: Post, talk: Talk = TALK) -> list[AnyRecord]:
    """What the import makes of it."""
    (folder / "export.jsonl").write_bytes(b"".join(await lines(*posts, talk=talk)))
    history = MattermostExport(folder)
    assert history.problems == []
    return list(history.records())


def micros(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


async def test_its_lines_are_those_of_the_format() -> None:
    found = [json.loads(line) for line in await lines(said("a", "hi", 0), said("b", "yes", 1, by=BO, thread=an_id("a")))]
    assert [each["type"] for each in found] == ["version", "team", "channel", "user", "user", "post"]
    assert (found[0]["version"], found[0]["info"]["additional"]) == (1, {"position": "17"})
    assert found[2]["channel"]["type"] == "P"
    assert found[3]["user"]["teams"][0]["channels"][0]["roles"] == "channel_admin channel_user"
    post = found[5]["post"]
    assert (post["message"], post["user"], post["create_at"]) == ("hi", username(ANN.id), micros(at(0)) // 1_000)
    assert [(each["message"], each["user"]) for each in post["replies"]] == [("yes", username(BO.id))]


async def test_what_it_holds_comes_back(tmp_path: Path) -> None:
    file = KnownFile(an_id("file"), "合同 a/b.pdf", "Contract", "application/pdf", 12, duration=700)
    records = await back(
        tmp_path,
        said(
            "a",
            f"<@{BO.id}>,看 <@{GONE.id}>x",
            0,
            Wording(at(3), "second"),
            Wording(at(4), "third"),
            mentioned=(BO, GONE),
            signs=(Sign(BO, "👍", at(5)), Sign(BO, "🫠", at(5)), Sign(ANN, "👏🏽", at(5)), Sign(ANN, ":party:", at(6))),
            files=(file,),
            pinned=Act(at(7), BO),
            calls=True,
        ),
        said("b", "also here", 1, by=BO, thread=an_id("a"), also_in_channel=True, quotes=an_id("a")),
        said("c", "wrong", 2, retracted=Act(at(8), BO)),
        said("d", None, 9, by=GONE, noted=at(10)),
    )
    told: dict[type[Any], list[Any]] = {type(each): [one for one in records if type(one) is type(each)] for each in records}
    people = {each.name: each for each in told[Person]}
    assert (people["李安"].email, people["Bo"].kind, people["Bo"].active) == ("ann@example.com", "guest", False)
    assert people[username(GONE.id)].email is None
    [channel] = told[Channel]
    assert (channel.name, channel.private) == ("采购", True)
    first, reply, wrong, erased = sorted(told[Said], key=lambda each: each.at)
    assert (first.text, first.at, first.calls) == (f"{MENTION},看 {MENTION} x", micros(at(0)), True)
    assert (len(first.mentions), erased.text) == (2, "")
    assert [(f.name, f.title, f.media_type, f.size, f.width, f.duration) for f in first.files] == [
        ("合同 a/b.pdf", "Contract", "application/pdf", 12, None, 700)
    ]
    assert (reply.thread, reply.also_in_channel, reply.quotes) == (first.key, True, (first.channel, first.key))
    edits = [(each.text, each.at) for each in told[Edited]]
    assert edits == [("second", micros(at(3))), ("third", micros(at(4))), (None, micros(at(10)) // 1_000 * 1_000)]
    assert [each.emoji for each in told[Reacted]] == ["👍", "🫠", "👏🏽", ":party:"]
    assert [each.at for each in told[Pinned]] == [micros(at(7))]
    assert (wrong.text, [each.at for each in told[Retracted]]) == ("wrong", [micros(at(8))])


async def test_others_are_not_shown_what_was_taken_back() -> None:
    last = json.loads((await lines(said("c", "wrong", 2, retracted=Act(at(8), BO))))[-1])
    assert last["post"]["message"] == ""


async def test_a_direct_channel_is_one_of_its_people(tmp_path: Path) -> None:
    direct = TALK._replace(direct=True, name=None, topic=None)
    records = await back(tmp_path, said("a", "hi", 0), talk=direct)
    [channel] = [each for each in records if isinstance(each, Channel)]
    assert (channel.kind, len(channel.members)) == ("direct", 2)
    assert [each.channel for each in records if isinstance(each, Said)] == [channel.key]


async def test_a_thread_that_is_too_long_for_a_line_goes_on_in_others(tmp_path: Path) -> None:
    replies = [said(f"r{n}", f"{n} {'长' * 9_000}", n + 1, thread=an_id("a")) for n in range(80)]
    posts = (said("a", "root", 0), *replies, said("z", "after", 99))
    assert max(map(len, await lines(*posts))) < TOGETHER + 50_000 < LIMITS.element
    found = [each for each in await back(tmp_path, *posts) if isinstance(each, Said)]
    assert [each.key for each in found] == [str(each.id) for each in posts]
    assert {each.thread for each in found[1:-1]} == {str(an_id("a"))}
    assert found[-1].thread is None


async def test_of_very_many_earlier_words_the_first_and_the_last_stay() -> None:
    more = [Wording(at(n), f"{n} {'长' * 9_000}") for n in range(1, 60)]
    line = (await lines(said("a", "first", 0, *more)))[-1]
    wordings = json.loads(line)["post"]["props"]["onrecord"]["wordings"]
    assert len(line) < LIMITS.element
    assert (wordings[0]["message"], wordings[-1]["message"][:2]) == ("first", "59")
    assert 10 < len(wordings) < 60


async def test_memory_is_one_threads_however_long_the_conversation() -> None:
    async def coming(number: int) -> AsyncIterator[Post]:
        for n in range(number):
            yield said(f"m{n}", "some words " * 20, n)

    async def most(number: int) -> int:
        tracemalloc.start()
        async for _ in mattermost_lines(TALK, coming(number)):
            pass
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    await most(10)
    assert await most(5_000) < 2 * await most(100)
