"""Search through the API: words, phrases, Chinese, what narrows it, both orders, excerpts, and what one may not see."""

from typing import Any

import pytest

from interfaces.graphql.ids import global_id
from tests.messaging.scenes import opened, said
from tests.story import an_id
from tests.support.serving import Client, Served

SEARCH = """query ($query: String!, $channel: [ID!], $author: [ID!], $since: DateTime, $until: DateTime, $kinds: [MessageKind!],
               $orderBy: SearchOrder! = NEWEST, $first: Int, $after: String, $at: Position) @waitFor(position: $at) {
  searchMessages(query: $query, channel: $channel, author: $author, since: $since, until: $until, kinds: $kinds,
                 orderBy: $orderBy, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor }
    edges { cursor node { text } excerpt { cutBefore cutAfter pieces { text hit } } }
  }
}"""


async def search(who: Client, query: str, **more: Any) -> list[str]:
    answer = await who.ask(SEARCH, {"query": query, "at": await who.served.head(), **more})
    found = answer["searchMessages"]
    texts = [edge["node"]["text"] for edge in found["edges"]]
    assert len(texts) == found["totalCount"] or "first" in more
    for edge in found["edges"]:
        pieces = edge["excerpt"]["pieces"]
        assert "".join(piece["text"] for piece in pieces) in edge["node"]["text"]
        assert any(piece["hit"] for piece in pieces)
    return texts


async def test_words_phrases_and_chinese_are_found_right_after_they_were_said(served: Served) -> None:
    ann, bo, eve = [await served.person(name) for name in ("Ann", "Bo", "Eve")]
    channel = await opened(ann, bo)
    for text in ("明天在上海虹桥开会", "海上明月", "The plan is late", "plan the late shift", "Ｐｌａｎ Ｂ", "planet"):
        await said(ann, channel, text)
    assert await search(bo, "上海") == ["明天在上海虹桥开会"]
    assert await search(bo, "明") == ["海上明月", "明天在上海虹桥开会"]
    assert await search(bo, "late plan") == ["plan the late shift", "The plan is late"]
    assert await search(bo, '"plan is"') == ["The plan is late"]
    assert await search(bo, "“plan IS” late") == ["The plan is late"]
    assert await search(bo, "PLAN") == ["Ｐｌａｎ Ｂ", "plan the late shift", "The plan is late"]
    assert await search(bo, "虹桥 明天") == ["明天在上海虹桥开会"]
    assert await search(eve, "上海") == []
    message = await said(bo, channel, "先说上海，再说北京")
    await bo.done("editMessage", message=message, text="先说北京")
    assert await search(ann, "上海") == ["明天在上海虹桥开会"]
    await bo.done("retractMessage", message=message)
    assert await search(ann, "北京") == []


@pytest.fixture
async def talk(served: Served) -> tuple[Client, Client, str, str]:
    ann, bo = [await served.person(name) for name in ("Ann", "Bo")]
    here, there = await opened(ann, bo, name="Here"), await opened(ann, bo, name="There")
    await said(ann, here, "report one")
    await said(bo, here, "report two report report")
    await said(bo, there, "a report in a long text " + "of many words " * 20)
    file = {"file": global_id("File", an_id("report")), "name": "report.pdf"}
    await said(ann, there, "report with a file", attachments=[file])
    return ann, bo, here, there


async def test_it_is_narrowed_by_person_channel_time_and_kind(talk: tuple[Client, Client, str, str]) -> None:
    ann, bo, here, there = talk
    assert len(await search(ann, "report")) == 4
    assert await search(ann, "report", author=[ann.id], channel=[here]) == ["report one"]
    assert await search(ann, "report", kinds=["FILE"]) == ["report with a file"]
    assert len(await search(ann, "report", kinds=["TEXT", "FILE"], channel=[here, there])) == 4
    assert await search(ann, "report", kinds=["POLL"]) == []
    assert await search(ann, "report", until="2020-01-01T00:00:00Z") == []
    assert len(await search(ann, "report", since="2020-01-01T00:00:00Z", author=[bo.id])) == 2
    assert await search(ann, "report", channel=[ann.id]) == []


async def test_what_fits_best_comes_first_page_by_page(talk: tuple[Client, Client, str, str]) -> None:
    ann, _, _, _ = talk
    best = await search(ann, "report", orderBy="RELEVANCE")
    assert (best[0], best[-1][:8]) == ("report two report report", "a report")
    for order in ("RELEVANCE", "NEWEST", "OLDEST"):
        pages: list[str] = []
        after = None
        while True:
            variables = {"query": "report", "orderBy": order, "first": 1, "after": after, "at": await ann.served.head()}
            page = (await ann.ask(SEARCH, variables))["searchMessages"]
            pages += [edge["node"]["text"] for edge in page["edges"]]
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                break
        assert pages == await search(ann, "report", orderBy=order)


async def test_what_was_found_leads_to_what_was_said_around_it(talk: tuple[Client, Client, str, str]) -> None:
    ann, _, here, _ = talk
    variables = {"query": "two", "channel": [here], "orderBy": "NEWEST", "at": await ann.served.head()}
    cursor = (await ann.ask(SEARCH, variables))["searchMessages"]["edges"][0]["cursor"]
    around = """query ($id: ID!, $at: String!) { channel(id: $id) {
      earlier: messages(orderBy: SENT_AT_DESC, after: $at) { nodes { text } }
      later: messages(orderBy: SENT_AT_ASC, after: $at) { nodes { text } } } }"""
    shown = (await ann.ask(around, {"id": here, "at": cursor}))["channel"]
    assert shown == {"earlier": {"nodes": [{"text": "report one"}]}, "later": {"nodes": []}}


async def test_an_excerpt_is_cut_around_the_first_hit(served: Served) -> None:
    ann = await served.person("Ann")
    channel = await opened(ann)
    await said(ann, channel, "前" * 100 + "上海" + "后" * 200)
    answer = await ann.ask(SEARCH, {"query": "上海", "at": await served.head()})
    excerpt = answer["searchMessages"]["edges"][0]["excerpt"]
    assert (excerpt["cutBefore"], excerpt["cutAfter"]) == (True, True)
    assert excerpt["pieces"] == [
        {"text": "前" * 40, "hit": False},
        {"text": "上海", "hit": True},
        {"text": "后" * 118, "hit": False},
    ]


async def test_nothing_to_look_for_is_said(served: Served) -> None:
    ann = await served.person("Ann")
    for query in ("", "  ", "!?"):
        [error] = (await ann.post(SEARCH, {"query": query})).json()["errors"]
        assert error["extensions"]["code"] == "BAD_USER_INPUT"
    [error] = (await ann.post(SEARCH, {"query": "x", "after": "nonsense"})).json()["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
