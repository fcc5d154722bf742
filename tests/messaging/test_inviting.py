"""Invitations to channels, and the answers."""

from domain.directory.person import HasLeft
from domain.kernel.refusals import NotFound, NotPermitted
from domain.messaging.channel import ChannelIsArchived
from domain.messaging.commands.channel import ChangeChannelSettings, OpenDirectChannel, direct_channel
from domain.messaging.commands.membership import (
    AcceptInvitation,
    AddMember,
    DeclineInvitation,
    InviteToChannel,
    WithdrawInvitation,
)
from domain.messaging.commands.message import PostMessage
from domain.messaging.events.membership import InvitationDeclined, InvitationWithdrawn, MemberInvited, MemberJoined
from domain.messaging.inviting import AlreadyTakesPart
from tests.directory.words import ANN, BO, CHEN, DI, SALES, belongs, left
from tests.messaging.words import GENERAL, HELLO, OF_SALES, SECRET, TALK, archived, posted
from tests.story import given

INVITE, ACCEPT, DECLINE = (
    InviteToChannel(channel=SECRET, person=CHEN),
    AcceptInvitation(channel=SECRET),
    DeclineInvitation(channel=SECRET),
)
INVITED = MemberInvited(channel=SECRET, person=CHEN, by=BO)


def test_who_is_invited_comes_once_they_accept() -> None:
    story = given(TALK).when(INVITE, by=BO).then(INVITED)
    say = PostMessage(channel=SECRET, message=HELLO, text="hi")
    story.when(say, by=CHEN).refused(NotFound(kind="Channel"))
    story.when(ACCEPT, by=CHEN).then(MemberJoined(channel=SECRET, person=CHEN))
    story.allowed_by("active person and invited to the channel")
    story.when(say, by=CHEN).then(posted("hi", by=CHEN, channel=SECRET))
    story.when(DECLINE, by=CHEN).refused(AlreadyTakesPart(channel=SECRET, person=CHEN))
    story.when(INVITE, by=ANN).refused(AlreadyTakesPart(channel=SECRET, person=CHEN))


def test_who_declines_can_be_invited_again() -> None:
    story = given(TALK).when(INVITE, by=BO).when(DECLINE, by=CHEN).then(InvitationDeclined(channel=SECRET, person=CHEN))
    story.when(ACCEPT, by=CHEN).refused(NotFound(kind="Channel"))
    story.when(INVITE, by=BO).then(INVITED)


def test_who_invited_withdraws_it_and_so_does_an_owner() -> None:
    withdraw = WithdrawInvitation(channel=SECRET, person=CHEN)
    for who in (BO, ANN):
        story = given(TALK).when(INVITE, by=BO).when(withdraw, by=who)
        story.then(InvitationWithdrawn(channel=SECRET, person=CHEN, by=who))
        story.when(ACCEPT, by=CHEN).refused(NotFound(kind="Channel"))
    given(TALK).when(INVITE, by=BO).when(withdraw, by=DI).refused(NotFound(kind="Channel"))


def test_strangers_neither_invite_nor_accept() -> None:
    story = given(TALK).when(INVITE, by=DI).refused(NotFound(kind="Channel"))
    story.when(ACCEPT, by=CHEN).refused(NotFound(kind="Channel"))
    story.when(INVITE.model_copy(update={"channel": GENERAL}), by=DI)
    assert isinstance(story.last and story.last.answer, NotPermitted)


def test_where_owners_bring_in_members_do_not() -> None:
    story = given(TALK).when(ChangeChannelSettings(channel=SECRET, inviting="owners"), by=ANN)
    for wish in (INVITE, AddMember(channel=SECRET, person=CHEN)):
        story.when(wish, by=BO)
        assert isinstance(story.last and story.last.answer, NotPermitted)
    story.when(INVITE, by=ANN).then(MemberInvited(channel=SECRET, person=CHEN, by=ANN))


def test_who_cannot_be_invited() -> None:
    story = given(TALK, left(DI)).when(OpenDirectChannel(people=(ANN, BO)), by=ANN)
    story.when(InviteToChannel(channel=GENERAL, person=DI), by=ANN).refused(HasLeft(person=DI))
    story.when(InviteToChannel(channel=direct_channel([ANN, BO]), person=CHEN), by=ANN)
    assert isinstance(story.last and story.last.answer, NotPermitted)
    story = given(TALK, belongs(CHEN, SALES), belongs(DI, SALES, leads=True))
    theirs = InviteToChannel(channel=OF_SALES, person=CHEN)
    story.when(theirs, by=DI).refused(AlreadyTakesPart(channel=OF_SALES, person=CHEN))
    in_general = InviteToChannel(channel=GENERAL, person=CHEN)
    given(TALK, archived()).when(in_general, by=ANN).refused(ChannelIsArchived(channel=GENERAL))
