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
    unread = {each["name"]: each["unreadCount"] for each in hers["channels"]["nodes"] if each["unreadCount"]}
    assert all(count < 10 for count in unread.values()), "what was brought from elsewhere counts as read"
