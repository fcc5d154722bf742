"""Channels whose owner leaves: another keeps them, and gives them back where the leaving is undone."""

import pytest

from domain.kernel.identifiers import PersonId
from domain.messaging.channel import Channel, DirectChannelIsFixed
from domain.messaging.commands.channel import OpenDirectChannel, direct_channel
from domain.messaging.commands.membership import ChangeRole, HandBackChannel, LeaveChannel, TakeOverChannel
from domain.messaging.events.channel import ChannelOwnersChanged
from domain.messaging.events.membership import ChannelHandedBack, ChannelHandedOver, Role
from domain.messaging.membership import Membership
from tests.directory.words import ANN, BO, CHEN, DI, ROOT, left
from tests.messaging.words import GENERAL, TALK, member
from tests.story import Story, given

OVER, BACK = (kind(channel=GENERAL, person=BO, predecessor=ANN) for kind in (TakeOverChannel, HandBackChannel))


def kept_by_ann(*more: tuple[object, ...]) -> Story:
    return given(TALK, member(ANN, owner=True), left(ANN), *more)  # type: ignore[arg-type]  # facts of any kind


def owners(story: Story) -> frozenset[object]:
    return story.state(Channel.at(GENERAL)).owners


@pytest.mark.parametrize(("who", "before"), [(CHEN, None), (BO, "member")])
def test_another_keeps_it_and_gives_it_back(who: PersonId, before: Role | None) -> None:
    story, mine = kept_by_ann(), {"person": who}
    was = owners(story)
    story.when(OVER.model_copy(update=mine), by=ROOT)
    assert story.happened()[0] == ChannelHandedOver(channel=GENERAL, person=who, predecessor=ANN)
    assert story.state(Membership.at(GENERAL, who)).role == "owner"
    assert who in owners(story)
    story.when(BACK.model_copy(update=mine), by=ROOT)
    assert story.happened()[0] == ChannelHandedBack(channel=GENERAL, person=who, predecessor=ANN, role=before)
    assert story.state(Membership.at(GENERAL, who)).active == (before is not None)
    assert owners(story) == was


def test_not_where_it_was_not_theirs_or_is_the_others_already() -> None:
    given(TALK, member(CHEN), left(CHEN)).when(OVER.model_copy(update={"predecessor": CHEN}), by=ROOT).then_nothing()
    kept_by_ann(member(BO, owner=True)).when(OVER, by=ROOT).then_nothing()
    kept_by_ann().when(BACK, by=ROOT).then_nothing()


def test_what_was_decided_anew_since_is_not_given_back() -> None:
    for anew in (ChangeRole(channel=GENERAL, person=BO, role="member"), LeaveChannel(channel=GENERAL)):
        story = kept_by_ann(member(DI, owner=True)).when(OVER, by=ROOT)
        story.when(anew, by=ROOT if isinstance(anew, ChangeRole) else BO)
        assert BO not in owners(story)
        story.when(BACK, by=ROOT).then_nothing()


def test_a_direct_channel_is_nobodys() -> None:
    story = given(TALK).when(OpenDirectChannel(people=(ANN, DI)), by=ANN)
    wish = OVER.model_copy(update={"channel": direct_channel((ANN, DI))})
    story.when(wish, by=ROOT).refused(DirectChannelIsFixed(channel=direct_channel((ANN, DI))))
    assert ChannelOwnersChanged not in map(type, story.happened())
