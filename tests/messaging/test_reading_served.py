"""Through the API: who has read what, for whom it was when it was said, and what is left to read."""

from typing import Any

import pytest

from application.bulk import Claim
from application.envelope import Asked
from domain.access.commands.administration import AppointAdministrator
from domain.directory.commands.department import OpenDepartment
from domain.directory.commands.membership import JoinDepartment, LeaveDepartment
from domain.directory.ids import DepartmentId
from domain.kernel.events import Authority, Context
from domain.messaging.commands.channel import OpenDepartmentChannel
from domain.messaging.commands.message import PostMessage
from domain.messaging.events.message import MessagePosted
from domain.messaging.ids import ChannelId, MessageId
from domain.messaging.message import Message
from infra.system import utc_now
from interfaces.graphql.ids import global_id, read_id
from tests.support.organisations import fresh_id
from tests.support.rebuilding import differences
from tests.support.serving import Client, Served, group_channel

pytestmark = pytest.mark.anyio
COUNTS = "query ($c: ID!) { channel(id: $c) { unreadCount mentionCount readUpto } }"
RECEIPTS = """
query ($m: ID!) { message(id: $m) {
  recipients { totalCount } readBy { nodes { person { name } } } unreadBy { nodes { person { name } } }
} }"""
MODELS = ("ReadMark", "UnreadMark", "ReceiptRules", "ChannelStint", "DepartmentStint", "Mention")


class Talk:
    """Ann, Bo and Chen in a channel."""

    def __init__(self, served: Served, people: dict[str, Client], channel: str) -> None:
        self.served, self.people, self.channel = served, people, channel

    async def say(self, who: str, text: str, **more: Any) -> str:
        given = {"channel": self.channel, "text": text} | more
        made: str = (await self.people[who].done("postMessage", "message { id }", **given))["message"]["id"]
        return made

    async def read(self, who: str, message: str) -> None:
        await self.people[who].done("markRead", message=message)

    async def counts(self, who: str, channel: str | None = None) -> tuple[int, int]:
        await self.served.level()
        found = (await self.people[who].ask(COUNTS, {"c": channel or self.channel}))["channel"]
        return found["unreadCount"], found["mentionCount"]

    async def receipts(self, who: str, message: str) -> tuple[set[str], set[str]]:
        """Who has read it and who hasn't, as somebody sees that."""
        await self.served.level()
        found = (await self.people[who].ask(RECEIPTS, {"m": message}))["message"]
        read, unread = ({node["person"]["name"] for node in found[side]["nodes"]} for side in ("readBy", "unreadBy"))
        assert found["recipients"]["totalCount"] == len(read) + len(unread)
        return read, unread


@pytest.fixture
async def talk(served: Served) -> Talk:
    people = {name: await served.person(name) for name in ("Ann", "Bo", "Chen", "Di")}
    channel = (await people["Ann"].done("openChannel", "channel { id }", **group_channel("general")))["channel"]["id"]
    for name in ("Bo", "Chen"):
        await people[name].done("joinChannel", channel=channel)
    return Talk(served, people, channel)


async def test_a_sender_sees_who_has_read_of_those_for_whom_it_was(talk: Talk) -> None:
    first = await talk.say("Ann", "hello")
    await talk.people["Di"].done("joinChannel", channel=talk.channel)
    second = await talk.say("Ann", "hello, Di")
    await talk.people["Chen"].done("leaveChannel", channel=talk.channel)
    assert await talk.receipts("Ann", first) == (set(), {"Bo", "Chen"})
    assert await talk.receipts("Ann", second) == (set(), {"Bo", "Chen", "Di"})
    await talk.read("Bo", first)
    await talk.read("Di", second)
    before = await talk.served.head()
    assert await talk.receipts("Ann", first) == ({"Bo"}, {"Chen"})
    assert await talk.receipts("Ann", second) == ({"Di"}, {"Bo", "Chen"})
    assert await talk.receipts("Bo", first) == ({"Bo"}, set()), "others see themselves only"
    await talk.read("Bo", second)
    assert await talk.receipts("Ann", second) == ({"Bo", "Di"}, {"Chen"})
    query = RECEIPTS.replace("query ($m: ID!) {", f'query ($m: ID!) {{ at(asOf: {{position: "{before}"}}) {{') + "}"
    then = (await talk.people["Ann"].ask(query, {"m": second}))["at"]["message"]
    assert [node["person"]["name"] for node in then["readBy"]["nodes"]] == ["Di"], "as of before"
    assert await differences(talk.served, *MODELS) == []


async def test_what_was_read_counts_as_unread_again_for_oneself_alone(talk: Talk) -> None:
    first, second = await talk.say("Ann", "one", mentions=[talk.people["Bo"].id]), await talk.say("Ann", "two")
    await talk.read("Bo", second)
    before = await talk.served.head()
    assert (await talk.people["Di"].do("markUnread", message=first))["__typename"] == "NotPermitted"
    await talk.people["Bo"].done("markUnread", message=first)
    assert await talk.counts("Bo") == (2, 1)
    assert await talk.receipts("Ann", second) == ({"Bo"}, {"Chen"}), "that it was read stays so"
    then = f'query ($c: ID!) {{ at(asOf: {{ position: "{before}" }}) {{ channel(id: $c) {{ unreadCount }} }} }}'
    assert (await talk.people["Bo"].ask(then, {"c": talk.channel}))["at"]["channel"] == {"unreadCount": 0}
    await talk.read("Bo", first)
    assert await talk.counts("Bo") == (1, 0)
    await talk.read("Bo", second)
    assert await talk.counts("Bo") == (0, 0)
    assert await talk.receipts("Ann", second) == ({"Bo"}, {"Chen"})
    await talk.say("Chen", "three")
    assert await talk.counts("Bo") == (1, 0)
    assert await differences(talk.served, *MODELS) == []


async def test_all_channels_together(talk: Talk) -> None:
    async def total(who: str) -> tuple[int, int]:
        await talk.served.level()
        found = (await talk.people[who].ask("{ unread { channelCount mentionCount person { name } } }"))["unread"]
        assert found["person"] == {"name": who}
        return found["channelCount"], found["mentionCount"]

    bo = talk.people["Bo"]
    assert await total("Bo") == (0, 0)
    await talk.say("Ann", "one", mentions=[bo.id])
    before = await talk.served.head()
    given = group_channel("second")
    second = (await talk.people["Chen"].done("openChannel", "channel { id }", **given))["channel"]["id"]
    await talk.say("Chen", "not for Bo", channel=second)
    assert await total("Bo") == (1, 1)
    await bo.done("joinChannel", channel=second)
    last = await talk.say("Chen", "two", channel=second, calls="ALL")
    assert await total("Bo") == (2, 2)
    await bo.done("muteChannel", channel=second)
    assert await total("Bo") == (1, 2)
    await talk.read("Bo", last)
    assert (await total("Bo"), await total("Di")) == ((1, 1), (0, 0))
    then = f'{{ at(asOf: {{ position: "{before}" }}) {{ unread {{ channelCount mentionCount }} }} }}'
    assert (await bo.ask(then))["at"]["unread"] == {"channelCount": 1, "mentionCount": 1}


async def test_the_organisation_may_settle_that_nobody_sees_it(talk: Talk) -> None:
    said = await talk.say("Ann", "hello")
    await talk.read("Bo", said)
    assert (await talk.people["Ann"].do("changeReadReceipts", shown=False))["__typename"] == "NotPermitted"
    await talk.served.do(AppointAdministrator(person=talk.people["Di"].person))
    await talk.people["Di"].done("changeReadReceipts", shown=False)
    assert await talk.receipts("Ann", said) == (set(), set())
    assert await talk.receipts("Bo", said) == ({"Bo"}, set())
    await talk.people["Di"].done("changeReadReceipts", shown=True)
    assert await talk.receipts("Ann", said) == ({"Bo"}, {"Chen"})


async def test_what_is_left_to_read(talk: Talk) -> None:
    root = await talk.say("Ann", "one")
    await talk.say("Ann", "two", mentions=[talk.people["Bo"].id])
    await talk.say("Ann", "in the thread", thread=root, mentions=[talk.people["Bo"].id])
    third = await talk.say("Chen", "three")
    await talk.say("Bo", "mine")
    assert await talk.counts("Bo") == (3, 2)
    assert await talk.counts("Ann") == (2, 0)
    await talk.read("Bo", root)
    assert await talk.counts("Bo") == (2, 2)
    await talk.people["Chen"].done("retractMessage", message=third)
    assert await talk.counts("Bo") == (1, 2)
    await talk.read("Bo", third)
    assert await talk.counts("Bo") == (0, 0)
    await talk.people["Di"].done("joinChannel", channel=talk.channel)
    assert await talk.counts("Di") == (0, 0), "what was said before one came isn't unread"
    await talk.say("Bo", "welcome")
    assert await talk.counts("Di") == (1, 0)
    await talk.people["Di"].done("leaveChannel", channel=talk.channel)
    assert await talk.counts("Di") == (0, 0)


async def test_mentions_of_departments_groups_and_everybody_count_for_those_concerned(talk: Talk) -> None:
    ann, bo, chen = (talk.people[name] for name in ("Ann", "Bo", "Chen"))
    sales = DepartmentId(fresh_id())
    await talk.served.do(OpenDepartment(department=sales, name="Sales 销售"))
    await talk.served.do(JoinDepartment(department=sales, person=bo.person))
    group = (await ann.done("createUserGroup", "group { id }", name="on call"))["group"]["id"]
    await ann.done("addToUserGroup", group=group, person=chen.id)
    await ann.done("addToUserGroup", group=group, person=bo.id)
    await talk.say("Ann", "nobody")
    first = await talk.say("Ann", "sales", departments=[global_id("Department", sales)])
    assert (await talk.counts("Bo"), await talk.counts("Chen")) == ((2, 1), (2, 0))
    await talk.say("Ann", "on call", groups=[group])
    assert (await talk.counts("Bo"), await talk.counts("Chen")) == ((3, 2), (3, 1))
    everything = {"departments": [global_id("Department", sales)], "groups": [group], "mentions": [bo.id, chen.id]}
    last = await talk.say("Ann", "all of you", calls="ALL", **everything)
    assert (await talk.counts("Bo"), await talk.counts("Chen")) == ((4, 3), (4, 2)), "a message counts once"
    assert await talk.counts("Ann") == (0, 0)
    await bo.done("removeFromUserGroup", group=group, person=bo.id)
    assert await talk.counts("Bo") == (4, 2)
    await talk.read("Bo", first)
    assert await talk.counts("Bo") == (2, 1)
    await ann.done("editMessage", message=last, text="all of you, again", mentions=[bo.id])
    assert (await talk.counts("Bo"), await talk.counts("Chen")) == ((2, 1), (4, 2))
    await ann.done("retractMessage", message=last)
    assert (await talk.counts("Bo"), await talk.counts("Chen")) == ((1, 0), (3, 1))
    assert not await differences(talk.served, *MODELS)


async def test_words_that_came_later_mention_people(talk: Talk) -> None:
    bo, chen = talk.people["Bo"], talk.people["Chen"]
    said = await talk.say("Ann", "for Bo", mentions=[bo.id])
    assert (await talk.counts("Bo"), await talk.counts("Chen")) == ((1, 1), (1, 0))
    await talk.people["Ann"].done("editMessage", message=said, text="for Chen", mentions=[chen.id])
    assert (await talk.counts("Bo"), await talk.counts("Chen")) == ((1, 0), (1, 1))


async def test_what_was_imported_counts_as_read(talk: Talk) -> None:
    channel, ann, which = local(talk.channel), talk.people["Ann"].person, MessageId(fresh_id())
    posted = MessagePosted(channel=channel, author=ann, text="from elsewhere", mentions=(talk.people["Bo"].person,))
    claim = Claim(Message, Message.at(which).stream, lambda message: message.records(posted), at=utc_now())
    asked = Asked(ann, fresh_id(), Context(imported="a test"))
    await talk.served.organisation.bulk.record([claim], asked, Authority("import"), bytes(32))
    assert await talk.counts("Bo") == (0, 0)
    assert await talk.receipts("Ann", global_id("Message", which)) == ({"Bo", "Chen"}, set())


async def test_a_hundred_is_enough(talk: Talk) -> None:
    for n in range(103):
        command = PostMessage(channel=local(talk.channel), message=MessageId(fresh_id()), text=str(n))
        await talk.served.do(command, talk.people["Ann"].person)
    assert await talk.counts("Bo") == (100, 0)


async def test_a_departments_channel_is_read_by_its_department(talk: Talk) -> None:
    department, channel = DepartmentId(fresh_id()), ChannelId(fresh_id())
    ann, bo, chen = (talk.people[name].person for name in ("Ann", "Bo", "Chen"))
    await talk.served.do(OpenDepartment(department=department, name="Sales"))
    for person in (ann, bo):
        await talk.served.do(JoinDepartment(department=department, person=person))
    await talk.served.do(OpenDepartmentChannel(channel=channel, department=department, name="Sales"))
    there = global_id("Channel", channel)
    said = await talk.say("Ann", "hello", channel=there)
    await talk.served.do(JoinDepartment(department=department, person=chen))
    later = await talk.say("Ann", "hello, Chen", channel=there)
    assert await talk.receipts("Ann", said) == (set(), {"Bo"})
    assert await talk.counts("Bo", there) == (2, 0)
    assert await talk.counts("Chen", there) == (1, 0)
    await talk.read("Bo", later)
    await talk.served.do(LeaveDepartment(department=department, person=bo))
    assert await talk.receipts("Ann", later) == ({"Bo"}, {"Chen"})
    assert (await talk.people["Bo"].do("markRead", message=later))["__typename"] in ("NotFound", "NotPermitted")


def local(identifier: str) -> ChannelId:
    """The channel that a global id names."""
    found = read_id(identifier)
    assert found is not None
    return ChannelId(found.key)
