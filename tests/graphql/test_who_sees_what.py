"""Who sees what, against the rules said once more in Python: by generated queries now and in the past, by every id, by what is
searched and counted, and by everything that is followed. Nothing more is told, and nothing less."""

import base64
import os
import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import pytest

from domain.directory.commands.department import OpenDepartment
from domain.directory.commands.membership import AppointLeader, JoinDepartment
from domain.directory.commands.person import AddPerson, SuspendPerson
from domain.directory.ids import DepartmentId
from domain.kernel.identifiers import PersonId
from interfaces.graphql.answers import Request, Session
from interfaces.graphql.service import Checked
from projections.engine.registry import models
from tests.graphql.club import ROOMY
from tests.graphql.generator import Query
from tests.graphql.test_visibility import world
from tests.live.clients import talking
from tests.live.test_following import FOLLOW
from tests.support.postgres import fresh_database
from tests.support.serving import Client, Served, serving

QUERIES = int(os.environ.get("ONRECORD_TEST_QUERIES", "50")) // 5
PEOPLE = ("owner", "member", "removed", "late", "newcomer", "guest", "staff", "outsider", "suspended")
GUESTS = {"guest"}
PLACES = {
    "朱雀": {"owner", "member", "late", "guest", "suspended"},
    "青龙": set(PEOPLE) - GUESTS,
    "玄武": {"staff"},
    "白虎": {"owner", "member"},
    "麒麟": {"owner", "member"},
    "凤凰": {"owner", "member", "newcomer"},
}
"""By the word that is said there and nowhere else: a private channel from which somebody was removed and to which somebody came
late, a public one, a department's, a direct one, and one whose newcomers see what is said from then on: 麒麟 was said before,
凤凰 after."""


def sees(name: str, word: str) -> bool:
    """The rule."""
    return name in PLACES[word] and name != "suspended"


class Story(NamedTuple):
    """The people, the channel and the messages of each word, and the position of the end; what was said in 朱雀 while the one who
    was removed was there and the one who came late wasn't, and the position of that."""

    people: dict[str, Client]
    channels: dict[str, str]
    messages: dict[str, list[str]]
    end: int
    heard: list[str]
    then: str


@pytest.fixture(scope="module")
async def served(postgres_server: str, database_template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    with fresh_database(postgres_server, database_template) as database:
        async with serving(database, Path(tmp_path_factory.mktemp("issuer")), ROOMY) as served:
            yield served


@pytest.fixture(scope="module")
async def story(served: Served) -> Story:
    """What happened."""
    people = {name: await served.person(name) for name in PEOPLE if name not in GUESTS}
    guest = PersonId(uuid4())
    await served.do(AddPerson(person=guest, name="guest", kind="guest"))
    people["guest"] = served.client(guest)
    owner, member = people["owner"], people["member"]
    department = DepartmentId(uuid4())
    await served.do(OpenDepartment(department=department, name="Department"))
    await served.do(JoinDepartment(department=department, person=people["staff"].person))
    channels: dict[str, str] = {}
    messages: dict[str, list[str]] = {word: [] for word in PLACES}

    async def opened(word: str, mutation: str, by: Client = owner, **given: Any) -> None:
        channels[word] = (await by.done(mutation, "channel { id }", **given))["channel"]["id"]

    async def say(word: str, *authors: Client) -> None:
        for author in authors:
            done = await author.done("postMessage", "message { id }", channel=channels[word], text=f"{word}在哪里, said once")
            messages[word].append(done["message"]["id"])

    await opened("朱雀", "openChannel", name="朱雀 plans", topic="朱雀", visibility="PRIVATE")
    for name in ("member", "removed", "guest", "suspended"):
        await owner.done("addMember", channel=channels["朱雀"], person=people[name].id)
    await say("朱雀", owner, member, people["removed"], people["guest"])
    await member.done("addReaction", message=messages["朱雀"][0], emoji="朱雀")
    await owner.done("pinMessage", message=messages["朱雀"][0])
    heard, then = [*messages["朱雀"]], await served.head()
    await owner.done("removeMember", channel=channels["朱雀"], person=people["removed"].id)
    await owner.done("addMember", channel=channels["朱雀"], person=people["late"].id)
    await say("朱雀", member)
    await opened("青龙", "openChannel", name="青龙 for all", visibility="PUBLIC")
    await say("青龙", owner)
    where = base64.b64encode(f"Department:{department}".encode()).decode()
    await opened(
        "玄武", "openDepartmentChannel", by=await leader(served, people["staff"], department), department=where, name="玄武"
    )
    await say("玄武", people["staff"])
    await opened("白虎", "openDirectChannel", people=[owner.id, member.id])
    await say("白虎", owner, member)
    await opened("麒麟", "openChannel", name="history", visibility="PRIVATE")
    channels["凤凰"] = channels["麒麟"]
    await owner.done("addMember", channel=channels["麒麟"], person=member.id)
    await owner.done("changeHistoryVisibility", channel=channels["麒麟"], history="JOINED")
    await say("麒麟", owner)
    await owner.done("addMember", channel=channels["麒麟"], person=people["newcomer"].id)
    await say("凤凰", owner, people["newcomer"])
    end = await served.do(SuspendPerson(person=people["suspended"].person))
    await served.service.queries.progress.wait_for(end, list(models().values()), 30)
    return Story(people, channels, messages, end, heard, then)


async def leader(served: Served, who: Client, department: DepartmentId) -> Client:
    """Somebody who may open their department's channel."""
    position = await served.do(AppointLeader(department=department, person=who.person))
    await served.service.queries.progress.wait_for(position, list(models().values()), 30)
    return who


async def told(who: Client, query: str, **variables: Any) -> Any:
    """The data of an answer; None for who may read nothing."""
    body = (await who.post(query, variables)).json()
    assert body.get("data") or body["errors"][0]["extensions"]["code"] == "NOT_ACTIVE", body
    return body.get("data")


@pytest.mark.parametrize("past", [False, True], ids=["now", "past"])
@pytest.mark.parametrize("name", PEOPLE)
async def test_generated_queries(served: Served, story: Story, name: str, past: bool) -> None:
    known, rng, wrong = await world(served), random.Random(f"{name} {past}"), []
    for _ in range(QUERIES):
        query = Query(rng, served.service.schema, known, depth=3, past=past)
        checked = served.service.check(Request(query.text, query.values))
        if isinstance(checked, Checked):
            answer = (await served.service.execute(checked, Session(story.people[name].person))).encoded().decode()
            wrong += [(word, query.text) for word in PLACES if word in answer and not sees(name, word)]
    assert wrong == []


@pytest.mark.parametrize("name", PEOPLE)
async def test_every_message_by_its_id(story: Story, name: str) -> None:
    query = """query ($id: ID!, $old: ID!, $end: Position!) {
        node(id: $id) { id } message(id: $id) { id } then: node(id: $old) { __typename }
        at(asOf: {position: $end}) { message(id: $id) { __typename } node(id: $id) { __typename } }
    }"""
    for word, found in story.messages.items():
        for message in found:
            old = base64.b64encode(base64.b64decode(message) + f"@{story.end}".encode()).decode()
            data = await told(story.people[name], query, id=message, old=old, end=str(story.end)) or {"at": {}}
            seen = [bool(data.get(key)) for key in ("node", "message", "then")]
            seen += [bool(data["at"].get(key)) for key in ("message", "node")]
            assert seen == [sees(name, word)] * 5, word


@pytest.mark.parametrize("name", PEOPLE)
async def test_of_the_past_what_one_saw_then_and_sees_now(story: Story, name: str) -> None:
    query = """query ($id: ID!, $old: ID!, $then: Position!) {
        node(id: $old) { __typename }
        at(asOf: {position: $then}) {
            message(id: $id) { __typename }
            node(id: $id) { __typename }
            messages(filter: {text: {search: "朱雀"}}) { totalCount nodes { id } }
            searchMessages(query: "朱雀") { nodes { id } }
            channels(filter: {name: {contains: "朱雀"}}) { totalCount nodes { id } }
        }
    }"""
    may = sees(name, "朱雀") and name != "late"
    for message in story.heard:
        old = base64.b64encode(base64.b64decode(message) + f"@{story.then}".encode()).decode()
        data = await told(story.people[name], query, id=message, old=old, then=story.then)
        if data is None:
            assert name == "suspended"
            continue
        then = data["at"]
        assert [bool(found) for found in (data["node"], then["message"], then["node"])] == [may] * 3
        assert [then["messages"]["totalCount"], len(then["messages"]["nodes"])] == [len(story.heard) * may] * 2
        assert len(then["searchMessages"]["nodes"]) == len(story.heard) * may
        assert [then["channels"]["totalCount"], len(then["channels"]["nodes"])] == [int(may)] * 2


@pytest.mark.parametrize("name", PEOPLE)
async def test_what_is_searched_and_counted(story: Story, name: str) -> None:
    query = """query ($word: String!, $end: Position!, $channel: ID!) {
        search: messages(filter: {text: {search: $word}}) { totalCount nodes { id } }
        contains: messages(filter: {text: {contains: $word}}) { totalCount nodes { id } }
        inside: channel(id: $channel) { messages(filter: {text: {contains: $word}}) { totalCount nodes { id } } }
        at(asOf: {position: $end}) { messages(filter: {text: {contains: $word}}) { totalCount nodes { id } } }
    }"""
    for word, channel in story.channels.items():
        data = await told(story.people[name], query, word=word, channel=channel, end=str(story.end))
        if data is None:
            assert name == "suspended"
            continue
        expected = len(story.messages[word]) if sees(name, word) else 0
        lists = [data["search"], data["contains"], data["at"]["messages"], (data["inside"] or {}).get("messages")]
        counts = [(found["totalCount"], len(found["nodes"])) if found else (0, 0) for found in lists]
        assert counts == [(expected, expected)] * 4, word


@pytest.mark.parametrize("name", ["owner", "removed", "late", "newcomer", "guest", "staff", "outsider"])
async def test_everything_that_is_followed_from_the_beginning(served: Served, story: Story, name: str) -> None:
    who, owner, heard = story.people[name], story.people["owner"], list[str]()
    async with talking(who) as line:
        channels = dict.fromkeys(story.channels.values())
        for number, channel in enumerate(channels):
            await line.follow(f"m{number}", FOLLOW, {"channel": channel, "after": "0"})
            await line.follow(f"c{number}", MEMBERS, {"channel": channel})
        await line.follow("all", CHANNELS)
        await line.follow("own", OWN)
        await served.attached(2)
        fence = (await owner.done("openChannel", "channel { id }", name="fence", visibility="PRIVATE"))["channel"]["id"]
        if name != "owner":
            await owner.done("addMember", channel=fence, person=who.id)
        await owner.done("renameChannel", channel=story.channels["青龙"], name="青龙 fence")
        # Then each has told what there was, and all that may be heard of messages has been.
        missing = {"own": fence} | ({"all": "青龙 fence"} if sees(name, "青龙") else {})
        missing |= {message: message for word, found in story.messages.items() if sees(name, word) for message in found}
        while missing:
            delivered = await line.hear()
            heard.append(str(delivered))
            ended = [key for key, sign in missing.items() if sign in heard[-1] and key in (sign, delivered["id"])]
            for key in ended:
                del missing[key]
    shown = {channel for channel in channels if any(channel in text for text in heard if "'id': 'all'" in text)}
    assert shown == {story.channels[word] for word in PLACES if sees(name, word)}
    words = {word for word in PLACES if any(word in text for text in heard)}
    assert words == {word for word in PLACES if sees(name, word)}
    for word, found in story.messages.items():
        for message in found:
            assert any(message in text for text in heard) is sees(name, word), word


MEMBERS = """subscription ($channel: ID!) {
    channelMemberships(channel: $channel, after: 0) { ... on ChannelMembershipChange { id } } }"""
CHANNELS = "subscription { channels(after: 0) { ... on ChannelChange { id event channel { name topic } } } }"
OWN = """subscription { myChannelMemberships(after: 0) {
    ... on ChannelMembershipChange { id event channelMembership { channel { id name topic } } } } }"""
