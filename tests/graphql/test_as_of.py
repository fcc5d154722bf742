"""Through the API, the past tells nobody more than the present does, and its ids are ids of the past."""

import random
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.access.commands.administration import AppointAdministrator
from domain.directory.commands.person import RemovePerson, SuspendPerson
from infra.postgres.projections.swap import PostgresRebuildStore
from interfaces.graphql.answers import Request, Session
from interfaces.graphql.ids import read_id
from interfaces.graphql.service import Checked
from projections.engine.rebuild import Rebuild
from projections.engine.registry import models
from tests.graphql.club import ROOMY
from tests.graphql.generator import Query
from tests.graphql.test_visibility import world
from tests.support.postgres import fresh_database
from tests.support.serving import Client, Served, serving

SECRET = "秘密计划"
QUERIES = 100
TOWARD = ("at", "channel", "messages", "nodes", "text")
READ = """
query ($when: AsOf!, $channel: ID!) {
  at(asOf: $when) {
    viewer { id name }
    channel(id: $channel) {
      id name topic
      messages { totalCount nodes { id text retracted attachments { nodes { name } } reactions { nodes { emoji } } } }
      members { totalCount nodes { person { name } } }
    }
  }
}"""


class Story:
    """A channel where things were said, said otherwise, taken back and ended, and the positions in between."""

    def __init__(self) -> None:
        self.people: dict[str, Client] = {}
        self.channel = self.edited = self.retracted = ""
        self.before = self.after = 0


@pytest.fixture(scope="module")
async def served(postgres_server: str, database_template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    with fresh_database(postgres_server, database_template) as database:
        async with serving(database, Path(tmp_path_factory.mktemp("issuer")), ROOMY) as served:
            yield served


@pytest.fixture(scope="module")
async def story(served: Served) -> Story:
    story = Story()
    people = story.people = {
        name: await served.person(name) for name in ("owner", "member", "removed", "suspended", "left", "outsider", "chief")
    }
    await served.do(AppointAdministrator(person=people["chief"].person))
    owner = people["owner"]
    made = await owner.done("openChannel", "channel { id }", name=f"{SECRET} channel", visibility="PRIVATE")
    channel = story.channel = made["channel"]["id"]
    for name in ("member", "removed", "suspended", "left", "chief"):
        await owner.done("addMember", channel=channel, person=people[name].id)
    file = {"file": "RmlsZTowMTk4YzBkZS0wMDAwLTcwMDAtODAwMC0wMDAwMDAwMDAwMDE=", "name": f"{SECRET}.pdf"}
    first = await owner.done("postMessage", "message { id }", channel=channel, text=f"{SECRET} first words")
    story.edited = first["message"]["id"]
    second = await owner.done("postMessage", "message { id }", channel=channel, text=f"{SECRET} regretted", attachments=[file])
    story.retracted = second["message"]["id"]
    await people["member"].done("addReaction", message=story.edited, emoji=f"{SECRET}👍")
    last = await owner.done("changeTopic", channel=channel, topic=f"{SECRET} topic")
    story.before = int(last["position"])
    await owner.done("editMessage", message=story.edited, text="other words")
    await owner.done("retractMessage", message=story.retracted)
    await people["member"].done("removeReaction", message=story.edited, emoji=f"{SECRET}👍")
    await owner.done("renameChannel", channel=channel, name="another name")
    await owner.done("changeTopic", channel=channel, topic="another topic")
    await owner.done("removeMember", channel=channel, person=people["removed"].id)
    await served.do(SuspendPerson(person=people["suspended"].person))
    story.after = await served.do(RemovePerson(person=people["left"].person))
    await served.service.queries.progress.wait_for(story.after, list(models().values()), 30)
    return story


async def then(story: Story, who: str, when: Any = None) -> Any:
    variables = {"when": when or {"position": str(story.before)}, "channel": story.channel}
    return (await story.people[who].ask(READ, variables))["at"]


async def test_who_may_read_history_reads_what_was_said(story: Story) -> None:
    channel = (await then(story, "chief"))["channel"]
    assert (channel["name"], channel["topic"]) == (f"{SECRET} channel", f"{SECRET} topic")
    [second, first] = channel["messages"]["nodes"]
    assert (first["text"], second["text"], second["retracted"]) == (f"{SECRET} first words", f"{SECRET} regretted", False)
    assert (first["reactions"]["nodes"], second["attachments"]["nodes"]) == (
        [{"emoji": f"{SECRET}👍"}],
        [{"name": f"{SECRET}.pdf"}],
    )
    assert channel["members"]["totalCount"] == 6


async def test_others_read_nothing_that_was_changed_taken_back_or_ended(story: Story) -> None:
    channel = (await then(story, "member"))["channel"]
    assert (channel["name"], channel["topic"], channel["messages"]["totalCount"]) == (None, None, 2)
    for message in channel["messages"]["nodes"]:
        assert message["text"] is None
        assert not message["reactions"]["nodes"]
        assert not message["attachments"]["nodes"]
    assert "removed" not in [node["person"]["name"] for node in channel["members"]["nodes"]]


async def test_what_is_as_it_was_is_read_by_whoever_may_see_it(story: Story) -> None:
    channel = (await then(story, "member", {"position": str(story.after)}))["channel"]
    assert [node["text"] for node in channel["messages"]["nodes"]] == [None, "other words"]


@pytest.mark.parametrize("name", ["removed", "outsider"])
async def test_who_may_not_see_it_now_may_not_see_it_then(story: Story, name: str) -> None:
    told = await then(story, name)
    assert told["viewer"]["name"] == name
    assert told["channel"] is None


@pytest.mark.parametrize("name", ["outsider", "removed", "suspended", "left", "member"])
async def test_no_generated_query_is_told_a_secret(served: Served, story: Story, name: str) -> None:
    """The member may see the channel; of the words, only those that stand today, and they hold no secret any more."""
    assert [each async for each in leaks(served, story.people[name])] == []


async def test_the_generated_queries_ask_for_secrets(served: Served, story: Story) -> None:
    async for _ in leaks(served, story.people["chief"], queries=QUERIES):
        return
    pytest.fail("the generated queries ask for nothing that is secret")


async def leaks(served: Served, who: Client, queries: int = QUERIES) -> AsyncIterator[str]:
    known, rng, latest = await world(served), random.Random(4), await served.organisation.log.reader.head()
    for _ in range(queries):
        query = Query(rng, served.service.schema, known, depth=4, past=True, toward=TOWARD, latest=latest)
        checked = served.service.check(Request(query.text, query.values))
        if "asOf" in query.text and isinstance(checked, Checked):
            answer = await served.service.execute(checked, Session(who.person))
            if SECRET.encode() in answer.encoded():
                yield query.text


async def test_words_are_not_found_by_searching_yesterday(story: Story) -> None:
    query = """query ($when: AsOf!, $filter: MessageFilter!) { at(asOf: $when) { messages(filter: $filter) { totalCount } } }"""
    for test in ({"contains": "first"}, {"search": "first"}):
        for who, count in (("chief", 1), ("member", 0)):
            variables = {"when": {"position": str(story.before)}, "filter": {"text": test}}
            assert (await story.people[who].ask(query, variables))["at"]["messages"]["totalCount"] == count, (who, test)


async def test_an_id_of_the_past_leads_to_the_past_and_to_nothing_that_can_be_done(story: Story) -> None:
    chief = story.people["chief"]
    old = (await then(story, "chief"))["channel"]["messages"]["nodes"][1]["id"]
    read = read_id(old)
    assert read
    assert (read.type, read.position) == ("Message", story.before)
    found = await chief.ask("query ($id: ID!) { node(id: $id) { id ... on Message { text channel { id } } } }", {"id": old})
    assert (found["node"]["id"], found["node"]["text"]) == (old, f"{SECRET} first words")
    assert read_id(found["node"]["channel"]["id"]) == read_id(story.channel)._replace(position=story.before)  # type: ignore[union-attr]
    inside = "query ($when: AsOf!, $id: ID!) { at(asOf: $when) { message(id: $id) { text } } }"
    for position, text in ((story.before, f"{SECRET} first words"), (story.after, None)):
        told = (await chief.ask(inside, {"when": {"position": str(position)}, "id": old}))["at"]["message"]
        assert (told and told["text"]) == text
    refused = await story.people["owner"].do("editMessage", "... on InvalidInput { field reason }", message=old, text="x")
    assert (refused["__typename"], refused["field"]) == ("InvalidInput", "message")
    assert "past" in refused["reason"]


async def test_moments_without_anything_and_those_to_come(story: Story) -> None:
    nothing = {"viewer": None, "channel": None}
    assert await then(story, "chief", {"position": "0"}) == nothing
    assert await then(story, "chief", {"time": "1999-01-01T00:00:00Z"}) == nothing
    assert await then(story, "chief", {"recordedAt": "1999-01-01T00:00:00Z"}) == nothing
    assert (await then(story, "chief", {"time": datetime.now(UTC).isoformat()}))["channel"]["name"] == "another name"
    for when in ({"position": "99999999"}, {"time": (datetime.now(UTC) + timedelta(days=1)).isoformat()}):
        response = await story.people["chief"].post(READ, {"when": when, "channel": story.channel})
        assert response.json()["errors"][0]["extensions"]["code"] == "AHEAD"
        assert "data" not in response.json()


async def test_exactly_one_moment_is_given(story: Story) -> None:
    for when in ({}, {"position": "1", "time": "2026-01-01T00:00:00Z"}, {"position": None}):
        response = await story.people["chief"].post(READ, {"when": when, "channel": story.channel})
        assert response.json()["errors"]


async def test_two_moments_can_be_compared_in_one_query(story: Story) -> None:
    query = """query ($old: AsOf!, $new: AsOf!, $id: ID!) {
      old: at(asOf: $old) { channel(id: $id) { name } } new: at(asOf: $new) { channel(id: $id) { name } } channel(id: $id) { id }
    }"""
    when = {"old": {"position": str(story.before)}, "new": {"position": str(story.after)}}
    told = await story.people["chief"].ask(query, {**when, "id": story.channel})
    assert [told[each]["channel"]["name"] for each in ("old", "new")] == [f"{SECRET} channel", "another name"]
    assert told["channel"]["id"] == story.channel


async def test_a_rebuild_tells_the_same_past(served: Served, story: Story) -> None:
    positions = range(1, story.after + 1, 3)
    before = await everything(story, positions)
    organisation = served.organisation
    store = PostgresRebuildStore(organisation.dsn, organisation.schema)
    chosen = [models()[name] for name in ("Message", "ChannelMembership", "Person")]
    await Rebuild(chosen, organisation.log.reader, organisation.codec, organisation.keys, store).run(lambda *_: None)
    await store.close()
    assert await everything(story, positions) == before


async def everything(story: Story, positions: Sequence[int]) -> list[Any]:
    return [await then(story, who, {"position": str(each)}) for each in positions for who in ("chief", "member", "removed")]
