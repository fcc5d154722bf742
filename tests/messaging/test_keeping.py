"""Keeping a channel: who may, what changes, and what is told to those who may not know of it."""

import pytest

from domain.kernel.commands import Command
from domain.kernel.refusals import NotFound, NotPermitted
from domain.messaging.channel import ChannelIsArchived, DirectChannelIsFixed
from domain.messaging.commands.channel import (
    ArchiveChannel,
    ChangeTopic,
    ChangeVisibility,
    OpenDirectChannel,
    RenameChannel,
    ReopenChannel,
    direct_channel,
)
from domain.messaging.commands.membership import AddMember, ChangeRole, RemoveMember
from domain.messaging.events.channel import (
    ChannelArchived,
    ChannelRenamed,
    ChannelReopened,
    ChannelTopicChanged,
    ChannelVisibilityChanged,
)
from domain.messaging.ids import ChannelId
from tests.directory.words import ANN, BO, CHEN, COMPANY, DI, ROOT, SALES, administrator, belongs
from tests.messaging.words import GENERAL, OF_SALES, SECRET, TALK, archived
from tests.story import an_id, given

KEEPER = NotPermitted(
    authority="owner of the channel or leader of the channel's department or primary administrator"
    " or administrator of the department or grant of messaging.channel.manage"
)


def wishes(channel: ChannelId) -> list[Command]:
    return [
        RenameChannel(channel=channel, name="New name"),
        ChangeTopic(channel=channel, topic="New topic"),
        ChangeVisibility(channel=channel, visibility="private"),
        ArchiveChannel(channel=channel),
        ReopenChannel(channel=channel),
        RemoveMember(channel=channel, person=BO),
        ChangeRole(channel=channel, person=BO, role="owner"),
    ]


def test_its_owner_changes_it() -> None:
    (
        given(TALK)
        .when(RenameChannel(channel=GENERAL, name="公告"), by=ANN)
        .then(ChannelRenamed(channel=GENERAL, name="公告", by=ANN))
        .allowed_by("active person and owner of the channel")
        .when(ChangeTopic(channel=GENERAL, topic="News"), by=ANN)
        .then(ChannelTopicChanged(channel=GENERAL, topic="News", by=ANN))
        .when(ChangeTopic(channel=GENERAL), by=ANN)
        .then(ChannelTopicChanged(channel=GENERAL, topic=None, by=ANN))
        .when(ChangeVisibility(channel=GENERAL, visibility="private"), by=ANN)
        .then(ChannelVisibilityChanged(channel=GENERAL, visibility="private", by=ANN))
        .when(ArchiveChannel(channel=GENERAL), by=ANN)
        .then(ChannelArchived(channel=GENERAL, by=ANN))
        .when(ReopenChannel(channel=GENERAL), by=ANN)
        .then(ChannelReopened(channel=GENERAL, by=ANN))
    )


def test_nothing_changes_in_an_archived_channel() -> None:
    story = given(TALK, archived())
    for wish in (
        RenameChannel(channel=GENERAL, name="x"),
        ChangeTopic(channel=GENERAL, topic="x"),
        ChangeVisibility(channel=GENERAL, visibility="private"),
        AddMember(channel=GENERAL, person=CHEN),
        ChangeRole(channel=GENERAL, person=BO, role="owner"),
    ):
        story.when(wish, by=ANN).refused(ChannelIsArchived(channel=GENERAL))


def test_a_direct_channel_is_fixed() -> None:
    direct = direct_channel([ANN, ROOT])
    story = given(COMPANY).when(OpenDirectChannel(people=(ANN, ROOT)), by=ANN)
    for wish in (
        RenameChannel(channel=direct, name="x"),
        ChangeTopic(channel=direct, topic="x"),
        ChangeVisibility(channel=direct, visibility="public"),
        ArchiveChannel(channel=direct),
        AddMember(channel=direct, person=CHEN),
        RemoveMember(channel=direct, person=ANN),
        ChangeRole(channel=direct, person=ANN, role="owner"),
    ):
        story.when(wish, by=ROOT).refused(DirectChannelIsFixed(channel=direct))
        story.when(wish, by=ANN)
        assert isinstance(story.last.answer if story.last else None, NotPermitted)
        story.when(wish, by=BO).refused(NotFound(kind="Channel"))


@pytest.mark.parametrize("n", range(7))
def test_a_member_who_is_no_owner_may_not_and_a_stranger_is_told_nothing(n: int) -> None:
    story = given(TALK)
    story.when(wishes(GENERAL)[n], by=BO).refused(KEEPER)
    story.when(wishes(GENERAL)[n], by=CHEN).refused(KEEPER)
    story.when(wishes(SECRET)[n], by=BO).refused(KEEPER)
    hidden, absent = NotFound(kind="Channel"), ChannelId(an_id("nowhere"))
    story.when(wishes(SECRET)[n], by=CHEN).refused(hidden)
    story.when(wishes(absent)[n], by=CHEN).refused(hidden)
    story.when(wishes(OF_SALES)[n], by=CHEN).refused(hidden)


@pytest.mark.parametrize("n", range(5))
def test_leaders_and_administrators_keep_their_departments_channel(n: int) -> None:
    wish = wishes(OF_SALES)[n]
    for fact in (belongs(DI, SALES, leads=True), administrator(DI, SALES), administrator(DI)):
        story = given(TALK, fact).when(wish, by=DI)
        assert story.last
        assert isinstance(story.last.answer, tuple), story.last
    given(TALK, belongs(DI, SALES)).when(wish, by=DI).refused(KEEPER)
    given(TALK, administrator(DI, SALES)).when(wishes(SECRET)[n], by=DI).refused(NotFound(kind="Channel"))
