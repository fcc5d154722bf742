"""Guests: let in by a code, for as long as it says, and those who may only look change nothing."""

from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from domain.access.built_in import BUILT_IN, built_in_role
from domain.access.commands.invitation import IssueInvitation, OfferSignIn, RedeemInvitation, RevokeInvitation, UseSignIn
from domain.access.events.grant import PermissionGranted
from domain.access.events.invitation import GuestAdmitted, InvitationIssued, InvitationRedeemed, InvitationRevoked
from domain.access.events.role import RoleDefined
from domain.access.events.sign_in import SignInOffered, SignInUsed
from domain.access.grant import AlreadyOver
from domain.access.guest import InvitationNotGood
from domain.access.invitation import Invitation
from domain.access.secrets import invitation_id
from domain.access.sign_in import CodeNotGood, NoGuest
from domain.access.standing import GuestTimeOver, ViewOnly
from domain.directory.events.person import PersonJoined
from domain.kernel.events import Authority
from domain.kernel.identifiers import service
from domain.kernel.refusals import NotPermitted
from domain.kernel.states import Events
from domain.messaging.channel import Channel
from domain.messaging.commands.channel import OpenChannel
from domain.messaging.commands.guests import InviteGuest
from domain.messaging.commands.membership import AddMember
from domain.messaging.commands.message import PostMessage
from domain.messaging.ids import ChannelId, MessageId
from tests.access.words import LATER, resource
from tests.directory.words import ANN, BO, CHEN, COMPANY, DI, ROOT
from tests.messaging.words import GENERAL, TALK, member
from tests.story import NOON, Story, an_id, given, person

DIGEST = sha256(b"code").hexdigest()
INVITATION = invitation_id(DIGEST)
GUEST = person("guest")
ENTRANCE, BY_CODE = service("entrance"), Authority("invitation code")
REDEEM = RedeemInvitation(digest=DIGEST, person=GUEST, name="Gustav")
SAY = PostMessage(channel=GENERAL, message=MessageId(an_id("said")), text="hello")


def issued(**terms: Any) -> Events:
    event = InvitationIssued(author=ANN, digest=DIGEST, resource=resource(GENERAL), kind=Channel.kind, reason="r", **terms)
    return Invitation.at(INVITATION).records(event)


def redeem(story: Story, wish: RedeemInvitation = REDEEM) -> Story:
    return story.when(wish, by=ENTRANCE, authority=BY_CODE)


def guest(**terms: Any) -> Story:
    """GUEST came by an invitation, and takes part in the channel."""
    return redeem(given(TALK, issued(**terms))).given(member(GUEST, GENERAL))


def test_whoever_keeps_a_channel_invites_to_it() -> None:
    ask = InviteGuest(digest=DIGEST, channel=GENERAL, reason="orders", uses=2, until=LATER)
    story = given(TALK).when(ask, by=ANN)
    story.then(
        InvitationIssued(
            author=ANN, digest=DIGEST, resource=resource(GENERAL), kind=Channel.kind, uses=2, until=LATER, reason="orders"
        )
    )
    given(TALK).when(ask.model_copy(update={"until": NOON}), by=ANN).refused(AlreadyOver(until=NOON))
    for nobody in (BO, DI):
        story = given(TALK).when(ask, by=nobody)
        assert story.last
        assert isinstance(story.last.answer, NotPermitted)


def test_administrators_invite_to_anything() -> None:
    ask = IssueInvitation(digest=DIGEST, resource=resource(an_id("order")), reason="they make it", view_only=True)
    given(COMPANY).when(ask, by=ROOT).then(
        InvitationIssued(
            author=ROOT, digest=DIGEST, resource=resource(an_id("order")), uses=1, view_only=True, reason="they make it"
        )
    )
    given(COMPANY).when(ask, by=ANN).refused(NotPermitted(authority="primary administrator or grant of access.invitation.issue"))


@pytest.mark.parametrize(("view_only", "role"), [(False, "guest"), (True, "supplier")])
def test_the_code_makes_a_guest_bound_to_its_scope(view_only: bool, role: Any) -> None:
    redeem(given(TALK, issued(view_only=view_only, guests_until=LATER))).then(
        InvitationRedeemed(guest=GUEST),
        PersonJoined(person=GUEST, kind="guest", name="Gustav"),
        GuestAdmitted(
            person=GUEST,
            invitation=INVITATION,
            issuer=ANN,
            resource=resource(GENERAL),
            kind=Channel.kind,
            until=LATER,
            view_only=view_only,
        ),
        RoleDefined(name=role, actions=BUILT_IN[role], by=ANN),
        PermissionGranted(
            author=ANN,
            person=GUEST,
            role=built_in_role(role),
            resource=resource(GENERAL),
            since=NOON,
            until=LATER,
            reason="invitation",
        ),
    )


def test_a_code_lets_in_so_many_until_it_ends_or_is_revoked() -> None:
    second = REDEEM.model_copy(update={"person": person("second")})
    redeem(redeem(given(TALK, issued(uses=1))), second).refused(InvitationNotGood())
    redeem(redeem(given(TALK, issued(uses=None))), second)
    late = given(TALK, issued(until=LATER)).at(LATER + timedelta(microseconds=1))
    redeem(late).refused(InvitationNotGood())
    redeem(given(TALK)).refused(InvitationNotGood())
    story = given(TALK, issued()).when(RevokeInvitation(invitation=INVITATION), by=ANN)
    redeem(story.then(InvitationRevoked(author=ANN))).refused(InvitationNotGood())


def test_two_who_show_a_single_use_at_once_are_not_both_let_in() -> None:
    story = given(TALK, issued(uses=1))
    first, second = (
        story.decide(REDEEM.model_copy(update={"person": person(name)}), ENTRANCE, BY_CODE) for name in ("one", "two")
    )
    assert Invitation.at(INVITATION).stream in first.guards.keys() & second.guards.keys()


def test_nobody_shows_a_code_through_the_api() -> None:
    given(TALK, issued()).when(REDEEM, by=BO).refused(NotPermitted(authority="part of the platform"))


def test_what_a_guest_does_names_the_invitation() -> None:
    story = guest().when(SAY, by=GUEST)
    assert story.last
    assert story.last.authority
    assert story.last.authority.rule == "active person and member of the channel"
    assert {Invitation.at(INVITATION).stream, f"access.guest/{GUEST}"} <= {*story.last.authority.streams}


def test_a_guest_opens_nothing_and_brings_nobody_in() -> None:
    story = guest()
    story.when(OpenChannel(channel=ChannelId(an_id("theirs")), name="x"), by=GUEST).refused(NotPermitted(authority="employee"))
    story.when(AddMember(channel=GENERAL, person=CHEN), by=GUEST)
    assert story.last
    assert isinstance(story.last.answer, NotPermitted)


def test_their_time_ends_at_the_instant() -> None:
    story = guest(guests_until=LATER)
    story.at(LATER).when(SAY, by=GUEST)
    assert story.last
    assert story.last.not_after == LATER
    story = guest(guests_until=LATER).at(LATER + timedelta(microseconds=1))
    story.when(SAY, by=GUEST).refused(GuestTimeOver(ended_at=LATER))


def test_revoking_an_invitation_ends_its_guests_where_that_is_said() -> None:
    story = guest().when(RevokeInvitation(invitation=INVITATION), by=ANN).when(SAY, by=GUEST)
    assert story.last
    assert story.last.authority
    story = guest().when(RevokeInvitation(invitation=INVITATION, guests=True), by=ROOT)
    story.when(SAY, by=GUEST).refused(GuestTimeOver())
    assert guest().race((RevokeInvitation(invitation=INVITATION, guests=True), ROOT), (SAY, GUEST)) == [True, False]


def test_who_may_only_look_changes_nothing_whatever_they_are_member_of() -> None:
    guest(view_only=True).when(SAY, by=GUEST).refused(ViewOnly())


def test_a_guest_signs_in_again_once_by_a_code() -> None:
    code = sha256(b"again").hexdigest()
    offer = OfferSignIn(person=GUEST, digest=code)
    use = UseSignIn(person=GUEST, digest=code)
    until = NOON + timedelta(minutes=15)
    story = guest().when(offer, by=ANN).then(SignInOffered(person=GUEST, until=until, by=ANN))
    story.when(use, by=BO).refused(NotPermitted(authority="part of the platform"))
    assert isinstance(story.decide(use, ENTRANCE, BY_CODE).answer, tuple)
    used = story.decide(use, ENTRANCE, BY_CODE).answer
    assert [happened.event for happened in used] == [SignInUsed(person=GUEST)]  # type: ignore[union-attr]
    story.given(used)  # type: ignore[arg-type]  # it is no refusal
    story.when(use, by=ENTRANCE, authority=BY_CODE).refused(CodeNotGood())
    late = guest().when(offer, by=ANN).at(until + timedelta(seconds=1))
    late.when(use, by=ENTRANCE, authority=BY_CODE).refused(CodeNotGood())
    story = guest().when(offer, by=BO)
    assert story.last
    assert isinstance(story.last.answer, NotPermitted)
    given(COMPANY).when(OfferSignIn(person=BO, digest=code), by=ROOT).refused(NoGuest())
