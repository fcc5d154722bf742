"""Through the API, with several clients: what is refused by name, what is undone, and how channels and pins were before."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from domain.access.commands.administration import AppointAdministrator
from domain.directory.commands.department import OpenDepartment
from domain.directory.commands.membership import JoinDepartment
from domain.directory.ids import DepartmentId
from domain.messaging.commands.channel import OpenDepartmentChannel
from domain.messaging.ids import ChannelId
from infra.system import utc_now
from interfaces.graphql.ids import global_id
from tests.messaging.scenes import level, opened, said, same_after_rebuild
from tests.support.serving import Client, Served

Wish = tuple[Client, str, dict[str, Any]]
THEN = """query ($channel: ID!, $when: AsOf!) { at(asOf: $when) { channel(id: $channel) {
  visibility archived members { nodes { person { name } role } } pins { nodes { text pinnedBy { name } } }
} } }"""
NOW = """query ($channel: ID!, $at: Position) @waitFor(position: $at) { channel(id: $channel) {
  visibility archived members { nodes { person { name } role } } pins { nodes { text pinnedBy { name } } }
} }"""


async def refused(*wishes: tuple[str, Wish]) -> None:
    """Each is answered with the name of a reason."""
    for reason, (who, mutation, given) in wishes:
        answer = await who.do(mutation, "... on Refused { explanation }", **given)
        assert answer["__typename"] == reason, (mutation, given, answer)
        assert answer["explanation"]


def an_id(kind: str) -> str:
    return global_id(kind, uuid4())


async def test_what_cannot_be_said(shared: Served) -> None:
    ann, bo, chen = [await shared.person(name) for name in ("Ann", "Bo", "Chen")]
    channel, other = await opened(ann, bo), await opened(ann, bo)
    root = await said(ann, channel, "root")
    reply, elsewhere = await said(bo, channel, "reply", thread=root), await said(ann, other, "elsewhere")
    poll = an_id("Poll")
    await ann.done("openPoll", poll=poll, **here_for_poll(channel))
    past, later = ((utc_now() + timedelta(hours=hours)).isoformat() for hours in (-1, 1))
    here = {"channel": channel, "text": "x"}
    await refused(
        ("NothingSaid", (ann, "postMessage", here | {"text": "  "})),
        ("NoSuchMessage", (ann, "postMessage", here | {"thread": elsewhere})),
        ("NoSuchMessage", (ann, "postMessage", here | {"quotes": an_id("Message")})),
        ("IsAReply", (bo, "postMessage", here | {"thread": reply})),
        ("IsAReply", (bo, "saveDraft", here | {"thread": reply})),
        ("NoSuchMessage", (bo, "saveDraft", here | {"thread": elsewhere})),
        ("UnknownPeople", (bo, "postMessage", here | {"mentions": [an_id("Person")]})),
        ("NotFound", (chen, "postMessage", here)),
        ("TimeIsPast", (bo, "scheduleMessage", here | {"at": past})),
        ("NothingSaid", (bo, "editMessage", {"message": reply, "text": " "})),
        ("UnknownPeople", (bo, "editMessage", {"message": reply, "text": "x", "mentions": [an_id("Person")]})),
        ("NotPermitted", (bo, "editMessage", {"message": root, "text": "mine"})),
        ("IsAReply", (bo, "followThread", {"message": reply})),
        ("IsAReply", (bo, "unfollowThread", {"message": reply})),
        ("TimeIsPast", (ann, "expectReply", {"message": root, "due": past})),
        ("UnknownPeople", (ann, "expectReply", {"message": root, "due": later, "people": [an_id("Person")]})),
        ("UnknownPeople", (ann, "markUrgent", {"message": root, "people": [an_id("Person")]})),
        ("NotUrgent", (bo, "acknowledgeMessage", {"message": root})),
        ("ClosesInThePast", (bo, "openPoll", here_for_poll(channel) | {"poll": an_id("Poll"), "closesAt": past})),
        ("NoSuchOption", (bo, "answerPoll", {"poll": poll, "choices": [3]})),
        ("OneOptionOnly", (bo, "answerPoll", {"poll": poll, "choices": [1, 2]})),
    )
    gone = await said(bo, channel, "gone")
    await bo.done("retractMessage", message=gone)
    await refused(
        ("AlreadyRetracted", (bo, "editMessage", {"message": gone, "text": "again"})),
        ("AlreadyRetracted", (ann, "addReaction", {"message": gone, "emoji": "👍"})),
        ("AlreadyRetracted", (ann, "forwardMessage", {"channel": channel, "forwards": gone, "text": ""})),
    )
    await ann.done("markUrgent", message=root)
    await refused(("AlreadyUrgent", (ann, "markUrgent", {"message": root, "everyMinutes": 30})))
    for number in range(20):
        await bo.done("addReaction", message=root, emoji=f"sign{number}")
    await refused(("TooManyReactions", (bo, "addReaction", {"message": root, "emoji": "one-more"})))
    plan = (await bo.done("scheduleMessage", "scheduledMessage { id }", at=later, **here))["scheduledMessage"]["id"]
    await refused(
        ("TimeIsPast", (bo, "rescheduleMessage", {"scheduledMessage": plan, "at": past})),
        ("NotFound", (ann, "cancelScheduledMessage", {"scheduledMessage": plan})),
    )
    await bo.done("cancelScheduledMessage", scheduledMessage=plan)
    await refused(
        ("NoLongerScheduled", (bo, "rescheduleMessage", {"scheduledMessage": plan, "at": later})),
        ("NoLongerScheduled", (bo, "sendScheduledMessage", {"scheduledMessage": plan})),
    )


def here_for_poll(channel: str) -> dict[str, Any]:
    return {"channel": channel, "question": "?", "options": ["a", "b"]}


async def test_what_cannot_become_of_channels(shared: Served) -> None:
    root, ann, bo, chen = [await shared.person(name) for name in ("Root", "Ann", "Bo", "Chen")]
    await shared.do(AppointAdministrator(person=root.person))
    sales, other = DepartmentId(uuid4()), DepartmentId(uuid4())
    for each, name in ((sales, "Sales"), (other, "Other")):
        await shared.do(OpenDepartment(department=each, name=name))
    await shared.do(JoinDepartment(department=sales, person=bo.person))
    of_sales = ChannelId(uuid4())
    await shared.do(OpenDepartmentChannel(channel=of_sales, department=sales, name="Sales"))
    group, sold = await opened(ann, bo), global_id("Channel", of_sales)
    direct = (await ann.done("openDirectChannel", "channel { id }", people=[ann.id, bo.id]))["channel"]["id"]
    await refused(
        ("DirectChannelIsFixed", (ann, "leaveChannel", {"channel": direct})),
        ("DirectChannelIsFixed", (root, "renameChannel", {"channel": direct, "name": "x"})),
        ("UnknownPeople", (ann, "openDirectChannel", {"people": [ann.id, an_id("Person")]})),
        ("StaysThroughDepartment", (bo, "leaveChannel", {"channel": sold})),
        ("StaysThroughDepartment", (root, "removeMember", {"channel": sold, "person": bo.id})),
        ("NotAMember", (ann, "changeRole", {"channel": group, "person": chen.id, "role": "OWNER"})),
        ("LastOwner", (ann, "leaveChannel", {"channel": group})),
        ("AlreadyTakesPart", (ann, "inviteToChannel", {"channel": group, "person": bo.id})),
        ("NotPermitted", (bo, "changeVisibility", {"channel": group, "visibility": "PUBLIC"})),
        ("NotFound", (chen, "joinChannel", {"channel": group})),
        ("NotADepartmentChannel", (root, "moveChannel", {"channel": group, "department": global_id("Department", other)})),
        ("NotPermitted", (bo, "moveChannel", {"channel": sold, "department": global_id("Department", other)})),
    )
    await root.done("moveChannel", channel=sold, department=global_id("Department", other))
    await level(shared)
    assert (await bo.ask(NOW, {"channel": sold}))["channel"] is None, "who belongs to Sales isn't there any more"
    await ann.done("archiveChannel", channel=group)
    await refused(
        ("ChannelIsArchived", (bo, "postMessage", {"channel": group, "text": "x"})),
        ("ChannelIsArchived", (ann, "renameChannel", {"channel": group, "name": "x"})),
    )
    await ann.done("reopenChannel", channel=group)
    await bo.done("postMessage", channel=group, text="again")


async def test_channels_and_pins_as_they_were_before(shared: Served) -> None:
    ann, bo, chen = [await shared.person(name) for name in ("Ann", "Bo", "Chen")]
    channel = await opened(ann, bo)
    message = await said(ann, channel, "keep this")
    await bo.done("pinMessage", message=message)
    before = await level(shared)
    await ann.done("unpinMessage", message=message)
    await ann.done("changeRole", channel=channel, person=bo.id, role="OWNER")
    await ann.done("changeVisibility", channel=channel, visibility="PUBLIC")
    await chen.done("joinChannel", channel=channel)
    after = await level(shared)
    now = (await ann.ask(NOW, {"channel": channel}))["channel"]
    then = (await ann.ask(THEN, {"channel": channel, "when": {"position": str(before)}}))["at"]["channel"]
    assert (await ann.ask(THEN, {"channel": channel, "when": {"position": str(after)}}))["at"]["channel"] == now
    assert (now["visibility"], now["pins"]["nodes"]) == ("PUBLIC", [])
    assert (then["visibility"], then["pins"]["nodes"]) == ("PRIVATE", [{"text": "keep this", "pinnedBy": {"name": "Bo"}}])
    names = [(each["person"]["name"], each["role"]) for each in then["members"]["nodes"]]
    assert sorted(names) == [("Ann", "OWNER"), ("Bo", "MEMBER")]
    names = [(each["person"]["name"], each["role"]) for each in now["members"]["nodes"]]
    assert sorted(names) == [("Ann", "OWNER"), ("Bo", "OWNER"), ("Chen", "MEMBER")]


async def test_groups_invitations_and_what_is_kept_are_undone(shared: Served) -> None:
    ann, bo, chen = [await shared.person(name) for name in ("Ann", "Bo", "Chen")]
    channel = await opened(ann, bo)
    message = await said(ann, channel, "hello")
    group = (await ann.done("createUserGroup", "group { id }", name="on call"))["group"]["id"]
    await refused(("NotPermitted", (bo, "renameUserGroup", {"group": group, "name": "mine"})))
    assert (await ann.done("renameUserGroup", "group { name }", group=group, name="值班"))["group"]["name"] == "值班"
    await ann.done("dissolveUserGroup", group=group)
    await refused(
        ("UserGroupIsDissolved", (ann, "renameUserGroup", {"group": group, "name": "x"})),
        ("UserGroupIsDissolved", (ann, "addToUserGroup", {"group": group, "person": bo.id})),
        ("UnknownAudience", (bo, "postMessage", {"channel": channel, "text": "x", "groups": [group]})),
    )
    await ann.done("inviteToChannel", channel=channel, person=chen.id)
    await ann.done("withdrawInvitation", channel=channel, person=chen.id)
    await refused(("NotFound", (chen, "acceptInvitation", {"channel": channel})))
    await bo.done("saveMessage", message=message, note="why")
    await bo.done("unsaveMessage", message=message)
    await level(shared)
    assert (await bo.ask("{ savedMessages { nodes { note } } }"))["savedMessages"]["nodes"] == []
    await same_after_rebuild(shared)
