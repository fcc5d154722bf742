"""Messages through the API with several clients: threads, mentions, forwards, polls, and what is kept at hand."""

from typing import Any

from domain.access.commands.administration import AppointAdministrator
from domain.directory.commands.department import OpenDepartment
from domain.directory.commands.membership import JoinDepartment
from domain.directory.ids import DepartmentId
from interfaces.graphql.ids import global_id
from tests.messaging.scenes import level, opened, said, same_after_rebuild
from tests.story import an_id
from tests.support.serving import Client, Served

REFUSED = "... on Refused { explanation }"
MENTIONS = """query ($at: Position) @waitFor(position: $at) {
  mentions { nodes { kind message { text } person { name } department { name } group { name } } }
}"""


async def mentioned(who: Client) -> list[tuple[str, str]]:
    found = (await who.ask(MENTIONS, {"at": await who.served.head()}))["mentions"]["nodes"]
    return [(each["kind"], each["message"]["text"]) for each in found]


async def read(who: Client, message: str, selection: str) -> Any:
    query = f"query ($id: ID!, $at: Position) @waitFor(position: $at) {{ message(id: $id) {{ {selection} }} }}"
    return (await who.ask(query, {"id": message, "at": await who.served.head()}))["message"]


async def test_people_departments_groups_and_everybody_are_mentioned(shared: Served) -> None:
    ann, bo, chen, di = [await shared.person(name) for name in ("Ann", "Bo", "Chen", "Di")]
    department = DepartmentId(an_id("mentioned"))
    await shared.do(OpenDepartment(department=department, name="Sales"))
    await shared.do(JoinDepartment(department=department, person=chen.person))
    channel = await opened(ann, bo, chen, di)
    group = (await ann.done("createUserGroup", "userGroup: group { id }", name="值班"))["userGroup"]["id"]
    await ann.done("addToUserGroup", group=group, person=di.id)
    one = await said(ann, channel, "for Bo", mentions=[bo.id])
    await said(ann, channel, "for sales", departments=[global_id("Department", department)])
    await said(ann, channel, "for those on call", groups=[group])
    await said(ann, channel, "for all", calls="ALL")
    assert await mentioned(bo) == [("ALL", "for all"), ("PERSON", "for Bo")]
    assert await mentioned(chen) == [("ALL", "for all"), ("DEPARTMENT", "for sales")]
    assert await mentioned(di) == [("ALL", "for all"), ("GROUP", "for those on call")]
    await ann.done("editMessage", message=one, text="for Di, after all", mentions=[di.id])
    assert await mentioned(bo) == [("ALL", "for all")]
    assert ("PERSON", "for Di, after all") in await mentioned(di)
    await ann.done("retractMessage", message=one)
    assert ("PERSON", "for Di, after all") not in await mentioned(di)
    await ann.done("changeChannelSettings", channel=channel, calling="OWNERS")
    refused = await bo.do("postMessage", REFUSED, channel=channel, text="listen", calls="HERE")
    assert refused["__typename"] == "OwnersOnly"
    refused = await bo.do("postMessage", REFUSED, channel=channel, text="x", departments=[global_id("Department", an_id("no"))])
    assert refused["__typename"] == "UnknownAudience"


FOLLOWERS = "following followers { nodes { person { name } } }"
THREADS = "query ($at: Position) @waitFor(position: $at) { followedThreads { nodes { thread { text } } } }"


async def test_threads_are_followed_by_those_who_take_part_and_by_who_wishes_to(shared: Served) -> None:
    ann, bo, chen, di = [await shared.person(name) for name in ("Ann", "Bo", "Chen", "Di")]
    channel = await opened(ann, bo, chen, di)
    root = await said(ann, channel, "question")
    await said(bo, channel, "answer", thread=root, mentions=[chen.id])
    names = [each["person"]["name"] for each in (await read(ann, root, FOLLOWERS))["followers"]["nodes"]]
    assert sorted(names) == ["Ann", "Bo", "Chen"]
    await bo.done("unfollowThread", message=root)
    await di.done("followThread", message=root)
    found = await read(bo, root, FOLLOWERS)
    assert sorted(each["person"]["name"] for each in found["followers"]["nodes"]) == ["Ann", "Chen", "Di"]
    assert found["following"] is False
    await said(bo, channel, "once more", thread=root)
    assert (await read(bo, root, FOLLOWERS))["following"] is True
    threads = (await di.ask(THREADS, {"at": await shared.head()}))["followedThreads"]["nodes"]
    assert threads == [{"thread": {"text": "question"}}]


async def test_a_forward_shows_only_what_its_reader_may_see(shared: Served) -> None:
    ann, bo, eve = [await shared.person(name) for name in ("Ann", "Bo", "Eve")]
    secret, general = await opened(ann, bo, name="Secret"), await opened(ann, bo, eve, name="General")
    original = await said(ann, secret, "秘密计划")
    shown = (await bo.done("forwardMessage", "message { id }", channel=general, forwards=original, text="see"))["message"]["id"]
    assert (await read(ann, shown, "text forwards { text }")) == {"text": "see", "forwards": {"text": "秘密计划"}}
    assert (await read(eve, shown, "text forwards { text }")) == {"text": "see", "forwards": None}
    refused = await eve.do("forwardMessage", REFUSED, channel=general, forwards=original)
    assert refused["__typename"] == "NotFound"
    await ann.done("retractMessage", message=original)
    assert (await read(ann, shown, "forwards { text retracted }"))["forwards"] == {"text": None, "retracted": True}


async def test_a_quote_a_link_and_a_files_measures_are_shown(shared: Served) -> None:
    ann, bo = [await shared.person(name) for name in ("Ann", "Bo")]
    channel = await opened(ann, bo)
    first = await said(ann, channel, "first")
    page = {"url": "https://example.com/计划", "title": "The plan", "site": "Example"}
    picture = {
        "file": global_id("File", an_id("picture")),
        "name": "a.png",
        "mediaType": "image/png",
        "width": 640,
        "height": 480,
    }
    second = await said(bo, channel, "second", quotes=first, links=[page], attachments=[picture])
    shown = await read(ann, second, "quotes { text } links { nodes { url title site } } attachments { nodes { width height } }")
    assert shown == {
        "quotes": {"text": "first"},
        "links": {"nodes": [page]},
        "attachments": {"nodes": [{"width": 640, "height": 480}]},
    }
    refused = await bo.do(
        "postMessage", "... on InvalidInput { field }", channel=channel, text="x", links=[{"url": "javascript:1"}]
    )
    assert refused == {"__typename": "InvalidInput", "field": "links.0.url"}


SAVED = "query ($at: Position) @waitFor(position: $at) { savedMessages { nodes { note message { text saved } } } }"


async def test_what_is_saved_is_ones_own(shared: Served) -> None:
    ann, bo = [await shared.person(name) for name in ("Ann", "Bo")]
    channel = await opened(ann, bo)
    message = await said(ann, channel, "交期 is Friday")
    done = await bo.done("saveMessage", message=message, note="for the report")
    at = {"at": done["position"]}
    assert (await bo.ask(SAVED, at))["savedMessages"]["nodes"] == [
        {"note": "for the report", "message": {"text": "交期 is Friday", "saved": True}}
    ]
    assert (await ann.ask(SAVED, at))["savedMessages"]["nodes"] == []
    await ann.done("removeMember", channel=channel, person=bo.id)
    assert (await bo.ask(SAVED, {"at": await shared.head()}))["savedMessages"]["nodes"] == [
        {"note": "for the report", "message": None}
    ]


NOTICE = """query ($channel: ID!, $at: Position) @waitFor(position: $at) { channel(id: $channel) {
  notices { nodes { setBy { name } message { text } } } pins { nodes { text pinnedBy { name } } } } }"""


async def test_several_are_pinned_and_one_stands_on_top(shared: Served) -> None:
    ann, bo = [await shared.person(name) for name in ("Ann", "Bo")]
    channel = await opened(ann, bo)
    rules, menu = await said(ann, channel, "rules"), await said(ann, channel, "menu")
    for who, message in ((ann, rules), (bo, menu)):
        await who.done("pinMessage", message=message)
    await bo.done("setNotice", message=rules)
    shown = (await bo.ask(NOTICE, {"channel": channel, "at": await shared.head()}))["channel"]
    assert shown["notices"]["nodes"] == [{"setBy": {"name": "Bo"}, "message": {"text": "rules"}}]
    assert shown["pins"]["nodes"] == [
        {"text": "menu", "pinnedBy": {"name": "Bo"}},
        {"text": "rules", "pinnedBy": {"name": "Ann"}},
    ]
    before = await level(shared)
    await ann.done("setNotice", message=menu)
    await ann.done("clearNotice", channel=channel)
    assert (await bo.ask(NOTICE, {"channel": channel, "at": await shared.head()}))["channel"]["notices"]["nodes"] == []
    then = f"query ($channel: ID!, $when: AsOf!) {{ at(asOf: $when) {{ {NOTICE.partition('{')[2]} }}"
    was = await bo.ask(then, {"channel": channel, "when": {"position": str(before)}})
    assert was["at"]["channel"]["pins"]["nodes"] == shown["pins"]["nodes"]


POLL = """polls { nodes { several closedAt participants options { nodes { number text votes chosen } } } }"""


async def test_people_choose_in_a_poll(shared: Served) -> None:
    ann, bo, eve = [await shared.person(name) for name in ("Ann", "Bo", "Eve")]
    channel = await opened(ann, bo)
    asked = await ann.done(
        "openPoll",
        "message { id }",
        channel=channel,
        question="午饭?",
        options=["面", "饭"],
    )
    message = asked["message"]["id"]
    poll = (await read(ann, message, "text polls { nodes { id } }"))["polls"]["nodes"][0]["id"]
    await ann.done("answerPoll", poll=poll, choices=[1])
    await bo.done("answerPoll", poll=poll, choices=[1])
    await bo.done("answerPoll", poll=poll, choices=[2])
    shown = (await read(bo, message, POLL))["polls"]["nodes"][0]
    assert shown["participants"] == 2
    assert shown["options"]["nodes"] == [
        {"number": 1, "text": "面", "votes": 1, "chosen": False},
        {"number": 2, "text": "饭", "votes": 1, "chosen": True},
    ]
    assert (await bo.do("answerPoll", REFUSED, poll=poll, choices=[1, 2]))["__typename"] == "OneOptionOnly"
    assert (await eve.do("answerPoll", REFUSED, poll=poll, choices=[1]))["__typename"] == "NotFound"
    assert (await bo.do("closePoll", REFUSED, poll=poll))["__typename"] == "NotPermitted"
    await ann.done("closePoll", poll=poll)
    assert (await bo.do("answerPoll", REFUSED, poll=poll, choices=[1]))["__typename"] == "PollIsClosed"


EDITS = "text edits { nodes { position retracted editedBy { name } } }"
BEFORE = "query ($id: ID!, $when: AsOf!) { at(asOf: $when) { message(id: $id) { text } } }"


async def test_earlier_words_are_read_by_those_who_may_read_history(shared: Served) -> None:
    ann, bo, chief = [await shared.person(name) for name in ("Ann", "Bo", "Chief")]
    await shared.do(AppointAdministrator(person=chief.person))
    channel = await opened(ann, bo, chief)
    message = await said(ann, channel, "first words")
    await ann.done("editMessage", message=message, text="other words")
    await ann.done("retractMessage", message=message)
    shown = await read(bo, message, EDITS)
    edits = shown["edits"]["nodes"]
    assert (shown["text"], [edit["retracted"] for edit in edits]) == (None, [False, True])
    assert {edit["editedBy"]["name"] for edit in edits} == {"Ann"}
    for edit, words in zip(edits, ("first words", "other words"), strict=True):
        variables = {"id": message, "when": {"position": str(int(edit["position"]) - 1)}}
        assert (await chief.ask(BEFORE, variables))["at"]["message"]["text"] == words
        told = (await bo.ask(BEFORE, variables))["at"]["message"]
        assert told is None or told["text"] is None


async def test_a_rebuild_gives_the_same_rows(shared: Served) -> None:
    await same_after_rebuild(shared)
