"""What the sample company asks of each other today, as the demo shows it; a second start of the demo changes nothing of it."""

import pytest

from infra.samples.history import person_id
from interfaces.bootstrap.samples import bring_sample, sample_company, say_todays_notes
from tests.support.clocks import MovedClock
from tests.support.serving import Served

pytestmark = pytest.mark.anyio
EXPECTED = """{ repliesExpected { nodes { person { name } answered read message { readBy { nodes { person { name } } } } } } }"""
ALERTS = "{ alerts { nodes { message { text unacknowledgedBy { totalCount } } } } }"
MINE = "{ scheduledMessages { nodes { text } } drafts { nodes { text } } channels { nodes { name unreadCount } } }"


@pytest.mark.timeout(300)
async def test_what_they_ask_of_each_other(served: Served, clock: MovedClock) -> None:
    await bring_sample(served.organisation, sample_company(), lambda _: None)
    for _ in "twice":
        await say_todays_notes(served.organisation)
        clock.move(minutes=1)
    await served.acted()
    wei, mei, qin = (served.client(person_id(key)) for key in ("wei", "mei", "qin"))
    awaited = (await wei.ask(EXPECTED))["repliesExpected"]["nodes"]
    assert {(each["person"]["name"], each["read"]) for each in awaited} == {("Ben Oduya", True), ("Rosa Lindqvist", False)}
    [alert] = (await qin.ask(ALERTS))["alerts"]["nodes"]
    assert "停线" in alert["message"]["text"]
    hers = await mei.ask(MINE)
    assert [each["text"][:4] for each in hers["scheduledMessages"]["nodes"]] == ["早上好，"]
    assert [each["text"][:4] for each in hers["drafts"]["nodes"]] == ["各位同事"]
    await forwards_groups_and_what_is_kept(served)
    unread = {each["name"]: each["unreadCount"] for each in hers["channels"]["nodes"] if each["unreadCount"]}
    assert all(count < 10 for count in unread.values()), "what was brought from elsewhere counts as read"


CALLED = "{ mentions(first: 3) { nodes { kind group { name } message { text } } } }"
PASSED_ON = """
query ($words: String!) { messages(filter: { text: { contains: $words } }) { nodes { channel { name } forwards { text } } } }
"""
KEPT = "{ savedMessages { nodes { note message { text } } } }"


async def forwards_groups_and_what_is_kept(served: Served) -> None:
    """In Chinese and in English; what is passed on from a private channel is shown to its members only."""
    mei, leo, jiang, ruan, xin = (served.client(person_id(key)) for key in ("mei", "leo", "jiang", "ruan", "xin"))
    for who, group in ((jiang, "二线值班"), (leo, "Nordhafen crew")):
        called = [each["group"]["name"] for each in (await who.ask(CALLED))["mentions"]["nodes"] if each["kind"] == "GROUP"]
        assert called == [group]
    [alarm] = (await ruan.ask(PASSED_ON, {"words": "先隔离"}))["messages"]["nodes"]
    assert (alarm["channel"]["name"], "停线" in alarm["forwards"]["text"]) == ("质量", True)
    for who, sees in ((leo, True), (xin, False)):
        [question] = (await who.ask(PASSED_ON, {"words": "on the phones"}))["messages"]["nodes"]
        assert (question["forwards"] is not None) is sees
    for who, note in ((mei, "带上盘点枪"), (leo, "Count the serial numbers first")):
        assert [each["note"] for each in (await who.ask(KEPT))["savedMessages"]["nodes"]] == [note]
