"""What others have made, one of everything: each text of it holds a word that is found nowhere else."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from psycopg.rows import dict_row

from domain.access.commands.administration import AppointAdministrator
from domain.access.commands.grant import GrantPermission
from domain.access.commands.invitation import IssueInvitation, RedeemInvitation
from domain.access.commands.module import SwitchModule
from domain.access.ids import GrantId, ResourceId
from domain.compliance.commands import OpenCase, Reading, RecordCaseReads
from domain.compliance.events import CaseId, CaseReadingId
from domain.compliance.events import ChannelId as CaseChannelId
from domain.directory.commands.department import OpenDepartment
from domain.directory.commands.membership import AppointLeader, JoinDepartment
from domain.directory.commands.person import AddPerson
from domain.directory.commands.post import AssignPost, OpenPost
from domain.directory.commands.reporting import ChangeManager, DrawDottedLine
from domain.directory.ids import DepartmentId, PostId
from domain.kernel.commands import Command
from domain.kernel.identifiers import PersonId
from domain.messaging.commands.channel import OpenChannel, OpenDepartmentChannel, OpenDirectChannel
from domain.messaging.commands.draft import SaveDraft
from domain.messaging.commands.expected_reply import AwaitReply, ChangeReminderRules, ExpectReply
from domain.messaging.commands.membership import AddMember, InviteToChannel
from domain.messaging.commands.message import AttachedFile, EditMessage, LinkedPage, PinMessage, PostMessage
from domain.messaging.commands.muting import MuteChannel
from domain.messaging.commands.notice import SetNotice
from domain.messaging.commands.poll import AnswerPoll, OpenPoll
from domain.messaging.commands.reaction import AddReaction
from domain.messaging.commands.reading import ChangeReadReceipts, MarkRead, MarkUnread
from domain.messaging.commands.saved import SaveMessage
from domain.messaging.commands.scheduled import ScheduleMessage
from domain.messaging.commands.thread_following import FollowThread, UnfollowThread
from domain.messaging.commands.urgent import MarkUrgent, RaiseAlert
from domain.messaging.commands.user_group import AddToUserGroup, CreateUserGroup
from domain.messaging.ids import ChannelId, FileId, MessageId, PollId, ScheduledMessageId, UserGroupId
from domain.notifications.commands.delivery import BeginDelivery, Plan, PlanDeliveries
from domain.notifications.commands.inbox import ReadInbox
from domain.notifications.commands.notification import NotifyPeople
from domain.notifications.commands.preferences import ChangeDeliveryRules, ChoosePace, ChooseQuietHours
from projections.engine.registry import models
from tests.support.serving import Served

SECRET = "秘密计划"
ANN, BO = PersonId(uuid4()), PersonId(uuid4())
CHANNELS = {kind: ChannelId(uuid4()) for kind in ("private", "department")}
Rows = dict[str, dict[UUID, dict[str, Any]]]


async def happened(served: Served) -> Rows:
    """Lets it happen; all rows that came of it, by read model and id."""
    for who, wish in (*_directory(), *_said(), *_around(), *_beside()):
        await served.do(wish, *([who] if who else []))
    await served.level()
    return await rows(served)


async def rows(served: Served) -> Rows:
    """Every row that there is."""
    found: Rows = {}
    async with served.organisation.connections.connection() as connection:
        for name, model in models().items():
            if model.view is None:
                cursor = connection.cursor(row_factory=dict_row)
                await cursor.execute(f'select * from "{served.organisation.schema.schema}"."{model.table}"'.encode())
                found[name] = {row["id"]: row for row in await cursor.fetchall()}
    return found


Acts = list[tuple[PersonId | None, Command]]
PRIVATE, SALES = CHANNELS["private"], DepartmentId(uuid4())
MESSAGE, REPLY, POLL = MessageId(uuid4()), MessageId(uuid4()), PollId(uuid4())
LATER = datetime.now(UTC) + timedelta(days=1)


def _directory() -> Acts:
    post = PostId(uuid4())
    return [
        (None, AddPerson(person=ANN, name="Ann", email="ann@example.com", title="sells")),
        (None, AddPerson(person=BO, name="Bo")),
        (None, OpenDepartment(department=SALES, name="Sales")),
        (None, JoinDepartment(department=SALES, person=ANN, primary=True)),
        (None, JoinDepartment(department=SALES, person=BO, primary=True)),
        (None, AppointLeader(department=SALES, person=ANN)),
        (None, AppointAdministrator(person=ANN)),
        (None, ChangeManager(person=BO, manager=ANN)),
        (None, DrawDottedLine(person=ANN, to=BO)),
        (None, OpenPost(post=post, name="post", department=SALES)),
        (None, AssignPost(post=post, person=BO)),
        (None, SwitchModule(module="messaging", switch="pilot", departments=(SALES,))),
        (None, SwitchModule(module="messaging", switch="on")),
    ]


def _said() -> Acts:
    channel: dict[str, Any] = {"channel": PRIVATE}
    file = AttachedFile(file=FileId(uuid4()), name=f"{SECRET}.pdf")
    link = LinkedPage(url="https://example.com", title=SECRET)
    return [
        (ANN, OpenChannel(name=f"{SECRET} channel", topic=SECRET, visibility="private", **channel)),
        (ANN, AddMember(person=BO, **channel)),
        (ANN, OpenDepartmentChannel(channel=CHANNELS["department"], department=SALES, name=SECRET)),
        (
            ANN,
            PostMessage(message=MESSAGE, text=f"{SECRET} <@{BO}>", mentions=(BO,), attachments=(file,), links=(link,), **channel),
        ),
        (BO, PostMessage(message=REPLY, text=f"{SECRET} reply", thread=MESSAGE, **channel)),
        (ANN, PostMessage(channel=CHANNELS["department"], message=MessageId(uuid4()), text=SECRET)),
        (ANN, EditMessage(message=MESSAGE, text=f"{SECRET} edited <@{BO}>", mentions=(BO,))),
        (ANN, OpenDirectChannel(people=(ANN, BO))),
        (BO, AddReaction(message=MESSAGE, emoji=SECRET)),
        (BO, PinMessage(message=MESSAGE)),
        (ANN, SetNotice(message=MESSAGE)),
    ]


def _around() -> Acts:
    channel: dict[str, Any] = {"channel": PRIVATE}
    group = UserGroupId(uuid4())
    rules: dict[str, Any] = {"after_minutes": 60, "every_minutes": 60, "until_hours": 48, "time_zone": "UTC"}
    return [
        (ANN, OpenPoll(message=MessageId(uuid4()), poll=POLL, question=SECRET, options=(SECRET, "else"), **channel)),
        (BO, AnswerPoll(poll=POLL, choices=(1,))),
        (BO, SaveDraft(text=SECRET, **channel)),
        (BO, ScheduleMessage(scheduled_message=ScheduledMessageId(uuid4()), at=LATER, text=SECRET, **channel)),
        (BO, SaveMessage(message=MESSAGE, note=SECRET)),
        (BO, MarkRead(message=MESSAGE)),
        (BO, MarkUnread(message=MESSAGE)),
        (BO, FollowThread(message=MESSAGE)),
        (ANN, UnfollowThread(message=MESSAGE)),
        (BO, MuteChannel(**channel)),
        (ANN, ExpectReply(message=MESSAGE, due=LATER, people=(BO,))),
        (None, AwaitReply(message=MESSAGE, person=BO)),
        (ANN, MarkUrgent(message=MESSAGE, people=(BO,))),
        (None, RaiseAlert(message=MESSAGE, person=BO)),
        (ANN, ChangeReadReceipts(shown=False)),
        (ANN, ChangeReminderRules(working_days=("monday",), **rules)),
        (ANN, CreateUserGroup(group=group, name="on call")),
        (ANN, AddToUserGroup(group=group, person=BO)),
    ]


def _beside() -> Acts:
    told = NotifyPeople(people=(BO,), kind="mention", thing_kind="message", thing=MESSAGE, by=ANN)
    digest, guest, asked, case = sha256(b"of others").hexdigest(), PersonId(uuid4()), PersonId(uuid4()), CaseId(uuid4())
    reading = Reading(auditor=BO, at=datetime.now(UTC), document=digest, variables=digest, position=1, objects=1)
    return [
        (ANN, told),
        (
            None,
            PlanDeliveries(
                notification=told.notification,
                plans=(Plan(person=BO, way="mail", at=LATER), Plan(person=BO, way="webhook", at=LATER)),
            ),
        ),
        (None, BeginDelivery(person=BO, way="mail", notifications=(told.notification,))),
        (BO, ReadInbox(upto=1)),
        (BO, ChoosePace(kind="mention", way="mail", pace="daily")),
        (BO, ChooseQuietHours(starts="22:00", ends="07:00")),
        (ANN, ChangeDeliveryRules(content_in_mail=True)),
        (ANN, GrantPermission(grant=GrantId(uuid4()), person=BO, built_in="keeper", within=SALES, reason=SECRET)),
        (ANN, IssueInvitation(digest=digest, resource=ResourceId(PRIVATE), reason=SECRET)),
        (None, RedeemInvitation(digest=digest, person=guest, name="Gast")),
        (ANN, AddMember(channel=PRIVATE, person=guest)),
        (None, AddPerson(person=asked, name="Chen")),
        (ANN, InviteToChannel(channel=PRIVATE, person=asked)),
        (
            ANN,
            OpenCase(
                case=case, purpose=SECRET, people=(guest,), channels=(CaseChannelId(PRIVATE),), auditors=(BO,), ends_at=LATER
            ),
        ),
        (None, RecordCaseReads(case=case, case_reading=CaseReadingId(uuid4()), reads=(reading,))),
    ]
