"""Keeping a channel: its name, topic, settings and visibility, and whether it is talked in."""

from domain.access.administration import administrator
from domain.directory.department import Department, DepartmentIsClosed
from domain.kernel.decisions import decides
from domain.kernel.identifiers import PersonId
from domain.kernel.states import NOTHING, Events
from domain.messaging.channel import Channel, ChannelIsArchived, DirectChannelIsFixed, NotADepartmentChannel
from domain.messaging.commands.channel import (
    ArchiveChannel,
    ChangeChannelSettings,
    ChangeHistoryVisibility,
    ChangeSlowMode,
    ChangeTopic,
    ChangeVisibility,
    DescribeChannel,
    MoveChannel,
    RenameChannel,
    ReopenChannel,
)
from domain.messaging.events.channel import (
    ChannelArchived,
    ChannelDescribed,
    ChannelHistoryChanged,
    ChannelMoved,
    ChannelRenamed,
    ChannelReopened,
    ChannelSettingsChanged,
    ChannelSlowModeChanged,
    ChannelTopicChanged,
    ChannelVisibilityChanged,
)
from domain.messaging.ids import ChannelId
from domain.messaging.membership import keeper_of


@decides(allowed=keeper_of("channel"))
def rename(command: RenameChannel, channel: Channel, actor: PersonId) -> Events | ChannelIsArchived | DirectChannelIsFixed:
    if channel.name == command.name:
        return NOTHING
    return fixed(channel) or channel.records(ChannelRenamed(channel=command.channel, name=command.name, by=actor))


@decides(allowed=keeper_of("channel"))
def change_topic(command: ChangeTopic, channel: Channel, actor: PersonId) -> Events | ChannelIsArchived | DirectChannelIsFixed:
    if channel.topic == command.topic:
        return NOTHING
    return fixed(channel) or channel.records(ChannelTopicChanged(channel=command.channel, topic=command.topic, by=actor))


@decides(allowed=keeper_of("channel"))
def describe(command: DescribeChannel, channel: Channel, actor: PersonId) -> Events | ChannelIsArchived | DirectChannelIsFixed:
    if channel.description == command.description:
        return NOTHING
    described = ChannelDescribed(channel=command.channel, description=command.description, by=actor)
    return fixed(channel) or channel.records(described)


@decides(allowed=keeper_of("channel"))
def change_settings(
    command: ChangeChannelSettings, channel: Channel, actor: PersonId
) -> Events | ChannelIsArchived | DirectChannelIsFixed:
    wanted = ChannelSettingsChanged(
        channel=command.channel,
        posting=command.posting or channel.posting,
        inviting=command.inviting or channel.inviting,
        pinning=command.pinning or channel.pinning,
        calling=command.calling or channel.calling,
        by=actor,
    )
    same = (wanted.posting, wanted.inviting, wanted.pinning, wanted.calling) == (
        channel.posting,
        channel.inviting,
        channel.pinning,
        channel.calling,
    )
    return NOTHING if same else fixed(channel) or channel.records(wanted)


@decides(allowed=keeper_of("channel"))
def change_history(
    command: ChangeHistoryVisibility, channel: Channel, actor: PersonId
) -> Events | ChannelIsArchived | DirectChannelIsFixed:
    if channel.history == command.history:
        return NOTHING
    changed = ChannelHistoryChanged(channel=command.channel, history=command.history, by=actor)
    return fixed(channel) or channel.records(changed)


@decides(allowed=keeper_of("channel"))
def change_slow_mode(
    command: ChangeSlowMode, channel: Channel, actor: PersonId
) -> Events | ChannelIsArchived | DirectChannelIsFixed:
    if channel.interval == command.seconds:
        return NOTHING
    changed = ChannelSlowModeChanged(channel=command.channel, seconds=command.seconds, by=actor)
    return fixed(channel) or channel.records(changed)


@decides(allowed=keeper_of("channel"))
def change_visibility(
    command: ChangeVisibility, channel: Channel, actor: PersonId
) -> Events | ChannelIsArchived | DirectChannelIsFixed:
    if channel.visibility == command.visibility:
        return NOTHING
    changed = ChannelVisibilityChanged(channel=command.channel, visibility=command.visibility, by=actor)
    return fixed(channel) or channel.records(changed)


@decides(allowed=administrator())
def move(command: MoveChannel, channel: Channel, department: Department) -> Events | NotADepartmentChannel | DepartmentIsClosed:
    if channel.department == command.department:
        return NOTHING
    if channel.kind_of != "department":
        return NotADepartmentChannel(channel=command.channel)
    if not department.open:
        return DepartmentIsClosed(department=command.department)
    return channel.records(ChannelMoved(channel=command.channel, department=command.department))


@decides(allowed=keeper_of("channel"))
def archive(command: ArchiveChannel, channel: Channel, actor: PersonId) -> Events | DirectChannelIsFixed:
    if channel.archived:
        return NOTHING
    if channel.kind_of == "direct":
        return DirectChannelIsFixed(channel=command.channel)
    return channel.records(ChannelArchived(channel=command.channel, by=actor))


@decides(allowed=keeper_of("channel"))
def reopen(command: ReopenChannel, channel: Channel, actor: PersonId) -> Events:
    return channel.records(ChannelReopened(channel=command.channel, by=actor)) if channel.archived else NOTHING


def fixed(channel: Channel) -> ChannelIsArchived | DirectChannelIsFixed | None:
    """Why nothing about the channel can be changed, if so."""
    identifier = ChannelId(channel.thing)
    if channel.kind_of == "direct":
        return DirectChannelIsFixed(channel=identifier)
    return ChannelIsArchived(channel=identifier) if channel.archived else None
