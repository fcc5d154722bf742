"""What somebody does for themselves reaches their other devices, and tells nobody else that it was done."""

from domain.access.commands.administration import AppointAdministrator
from tests.live.clients import talking
from tests.live.test_channel_list import told
from tests.live.test_following import channel, say
from tests.support.serving import Client, Served

MESSAGES = """subscription ($channel: ID!, $after: Position) { messages(channel: $channel, after: $after) {
    __typename ... on MessageChange { event id message { polls { nodes { closedAt options { nodes { votes } } } } } } } }"""
NOTICES = """subscription ($channel: ID!) { channelNotices(channel: $channel) {
    ... on ChannelNoticeChange { event channelNotice { message { id } } } } }"""
READ_UPTO = "subscription { myReadMarks { ... on ReadMarkChange { event readMark { upto channel { unreadCount } } } } }"
SAVED = "subscription { mySavedMessages { ... on SavedMessageChange { event savedMessage { message { text } } } } }"
DRAFTS = "subscription { myDrafts { ... on DraftChange { event draft { text } } } }"


async def poll(who: Client, where: str) -> str:
    opened = await who.done(
        "openPoll", "message { polls { nodes { id } } }", channel=where, question="Lunch?", options=["noodles", "rice"]
    )
    identifier: str = opened["message"]["polls"]["nodes"][0]["id"]
    return identifier


async def test_only_whoever_may_know_is_told_that_somebody_read_or_kept_a_message(served: Served) -> None:
    ann, bo, cy = [await served.person(name) for name in ("Ann", "Bo", "Cy")]
    where = await channel(ann, bo, cy)
    message, since = await say(ann, where, "你好")
    async with talking(ann) as author, talking(bo) as reader, talking(cy) as other:
        for line in (author, reader, other):
            await line.follow("1", MESSAGES, {"channel": where, "after": since})
        await bo.done("markRead", message=message)
        await bo.done("saveMessage", message=message)
        await say(ann, where, "the next")
        heard = {}
        for name, line in (("author", author), ("reader", reader), ("other", other)):
            heard[name] = [(await told(line, "1"))["event"]]
            while heard[name][-1] != "MESSAGE_POSTED":
                heard[name].append((await told(line, "1"))["event"])
        assert heard == {
            "author": ["CHANNEL_READ", "MESSAGE_POSTED"],
            "reader": ["CHANNEL_READ", "MESSAGE_SAVED", "MESSAGE_POSTED"],
            "other": ["MESSAGE_POSTED"],
        }
        # Whoever resumes is told the same.
        await other.follow("2", MESSAGES, {"channel": where, "after": since})
        assert (await told(other, "2"))["event"] == "MESSAGE_POSTED"
        di = await served.person("Di")
        await served.do(AppointAdministrator(person=di.person))
        await di.done("changeReadReceipts", shown=False)
        await bo.done("markRead", message=(await say(ann, where, "and one more"))[0])
        await say(ann, where, "the last")
        assert [(await told(author, "1"))["event"] for _ in range(2)] == ["MESSAGE_POSTED"] * 2
        assert [(await told(reader, "1"))["event"] for _ in range(3)] == ["MESSAGE_POSTED", "CHANNEL_READ", "MESSAGE_POSTED"]


async def test_who_sees_a_poll_sees_it_answered_and_closed(served: Served) -> None:
    ann, bo = await served.person("Ann"), await served.person("Bo")
    where = await channel(ann, bo)
    async with talking(ann) as line:
        await line.follow("1", MESSAGES, {"channel": where, "after": await served.head()})
        asked = await poll(bo, where)
        await bo.done("answerPoll", poll=asked, choices=[2])
        await bo.done("closePoll", poll=asked)
        events = [await told(line, "1") for _ in range(4)]
    assert [each["event"] for each in events[:1]] == ["MESSAGE_POSTED"]
    assert {each["event"] for each in events} == {"MESSAGE_POSTED", "POLL_OPENED", "POLL_ANSWERED", "POLL_CLOSED"}
    [shown] = events[-1]["message"]["polls"]["nodes"]
    assert (shown["closedAt"] is not None, [each["votes"] for each in shown["options"]["nodes"]]) == (True, [0, 1])


async def test_other_devices_keep_up(served: Served) -> None:
    ann, bo = await served.person("Ann"), await served.person("Bo")
    where = await channel(ann, bo)
    message, position = await say(ann, where, "你好")
    async with talking(bo) as line, talking(ann) as other:
        for key, query in (("read", READ_UPTO), ("saved", SAVED), ("drafts", DRAFTS)):
            await line.follow(key, query)
            await other.follow(key, query)
        await line.follow("notices", NOTICES, {"channel": where})
        await served.attached(7)
        await bo.done("saveMessage", message=message)
        assert await told(line, "saved") == {"event": "MESSAGE_SAVED", "savedMessage": {"message": {"text": "你好"}}}
        await bo.done("unsaveMessage", message=message)
        assert await told(line, "saved") == {"event": "MESSAGE_UNSAVED", "savedMessage": None}
        await bo.done("markRead", message=message)
        assert await told(line, "read") == {
            "event": "CHANNEL_READ",
            "readMark": {"upto": position, "channel": {"unreadCount": 0}},
        }
        await bo.done("saveDraft", channel=where, text="I think")
        assert await told(line, "drafts") == {"event": "DRAFT_SAVED", "draft": {"text": "I think"}}
        await ann.done("setNotice", message=message)
        assert await told(line, "notices") == {"event": "NOTICE_SET", "channelNotice": {"message": {"id": message}}}
        await ann.done("clearNotice", channel=where)
        assert await told(line, "notices") == {"event": "NOTICE_CLEARED", "channelNotice": None}
        await ann.done("saveDraft", channel=where, text="mine")
        assert await told(other, "drafts") == {"event": "DRAFT_SAVED", "draft": {"text": "mine"}}
