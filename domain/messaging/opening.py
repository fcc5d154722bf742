"""Opening channels: between people, for whoever joins, and for a department."""

from domain.access.administration import administrator_of
from domain.access.holding import granted
from domain.directory.department import Department, DepartmentIsClosed
from domain.directory.membership import DepartmentMembership
from domain.directory.person import Person, UnknownPeople, employee, unknown
from domain.kernel.decisions import decides
from domain.kernel.identifiers import PersonId
from domain.kernel.loads import by
from domain.kernel.refusals import IdTaken
from domain.kernel.rules import Check
from domain.kernel.states import NOTHING, Events, Maybe, New
from domain.messaging.channel import Channel
from domain.messaging.commands.channel import OpenChannel, OpenDepartmentChannel, OpenDirectChannel
from domain.messaging.events.channel import ChannelOpened, ChannelOwnersChanged
from domain.messaging.events.membership import MemberAdded, MemberJoined
from domain.messaging.membership import Membership


def _one_of_them(command: OpenDirectChannel, actor: PersonId) -> bool:
    return actor in command.people


def _leads(leading: Maybe[DepartmentMembership] = by("department", "actor")) -> bool:
    return leading.leader


one_of_them = Check("one of the people", _one_of_them)
leader = Check("leader of the department", _leads)


@decides(allowed=one_of_them & employee)
def open_direct(
    command: OpenDirectChannel,
    actor: PersonId,
    channel: Maybe[Channel],
    people: tuple[Maybe[Person], ...],
    memberships: tuple[Maybe[Membership], ...] = by("channel", "people"),
) -> Events | UnknownPeople:
    if channel.exists:
        return NOTHING
    if strangers := unknown(people):
        return strangers
    events = channel.records(ChannelOpened(channel=command.channel, kind="direct", visibility="private", by=actor))
    for person, membership in zip(command.people, memberships, strict=True):
        if person == actor:
            events += membership.records(MemberJoined(channel=command.channel, person=person))
        else:
            events += membership.records(MemberAdded(channel=command.channel, person=person, by=actor))
    return events


@decides(allowed=employee)
def open_group(
    command: OpenChannel,
    actor: PersonId,
    channel: New[Channel],
    membership: New[Membership] = by("channel", "actor"),
) -> Events | IdTaken:
    if channel.exists:
        return NOTHING if _is(channel, command) and membership.role == "owner" else IdTaken(id=command.channel)
    opened = ChannelOpened(
        channel=command.channel,
        kind="group",
        visibility=command.visibility,
        name=command.name,
        topic=command.topic,
        by=actor,
    )
    owner = MemberAdded(channel=command.channel, person=actor, by=actor, role="owner")
    owners = ChannelOwnersChanged(channel=command.channel, owners=(actor,), by=actor)
    return channel.records(opened, owners) + membership.records(owner)


@decides(
    allowed=leader
    | administrator_of("command.department")
    | granted("messaging.channel.open", on="department", within="command.department")
)
def open_for_department(
    command: OpenDepartmentChannel, actor: PersonId, channel: New[Channel], department: Department
) -> Events | IdTaken | DepartmentIsClosed:
    if channel.exists:
        same = _is(channel, command) and channel.department == command.department
        return NOTHING if same else IdTaken(id=command.channel)
    if not department.open:
        return DepartmentIsClosed(department=command.department)
    return channel.records(
        ChannelOpened(
            channel=command.channel,
            kind="department",
            visibility=command.visibility,
            name=command.name,
            topic=command.topic,
            department=command.department,
            by=actor,
        )
    )


def _is(channel: Channel, command: OpenChannel | OpenDepartmentChannel) -> bool:
    return (channel.name, channel.topic, channel.visibility) == (command.name, command.topic, command.visibility)
