"""Coming and going: by oneself, by another, and with one's department."""

from domain.directory.commands.membership import JoinDepartment, LeaveDepartment
from domain.directory.commands.person import SuspendPerson
from domain.directory.events.person import PersonJoined
from domain.directory.person import HasLeft, Person
from domain.kernel.refusals import NotFound, NotPermitted
from domain.messaging.channel import ChannelIsArchived, DirectChannelIsFixed
from domain.messaging.commands.channel import OpenDirectChannel, direct_channel
from domain.messaging.commands.membership import AddMember, ChangeRole, JoinChannel, LeaveChannel, RemoveMember
from domain.messaging.commands.message import PostMessage
from domain.messaging.events.channel import ChannelOwnersChanged
from domain.messaging.events.membership import MemberAdded, MemberJoined, MemberLeft, MemberRemoved, MemberRoleChanged
from domain.messaging.joining import LastOwner, NotAMember, StaysThroughDepartment
from domain.messaging.membership import Membership
from tests.directory.words import ANN, BO, CHEN, COMPANY, DI, ROOT, SALES, belongs, left
from tests.messaging.words import GENERAL, HELLO, OF_SALES, SECRET, TALK, archived, posted
from tests.story import given, person

GUEST = person("guest")
ARRIVED = Person.at(GUEST).records(PersonJoined(person=GUEST, name="G", kind="guest"))
SAY_HI = PostMessage(channel=OF_SALES, message=HELLO, text="hi")


def test_a_public_channel_is_joined_and_left() -> None:
    story = given(TALK).when(JoinChannel(channel=GENERAL), by=CHEN).then(MemberJoined(channel=GENERAL, person=CHEN))
    story.when(LeaveChannel(channel=GENERAL), by=CHEN).then(MemberLeft(channel=GENERAL, person=CHEN))


def test_a_private_one_is_not_found() -> None:
    story = given(TALK, ARRIVED)
    story.when(JoinChannel(channel=SECRET), by=CHEN).refused(NotFound(kind="Channel"))
    story.when(LeaveChannel(channel=SECRET), by=CHEN).refused(NotFound(kind="Channel"))
    story.when(JoinChannel(channel=SECRET), by=BO).then_nothing()
    story.when(LeaveChannel(channel=SECRET), by=BO).then(MemberLeft(channel=SECRET, person=BO))
    story.when(JoinChannel(channel=GENERAL), by=GUEST).refused(NotPermitted(authority="employee"))
    story.when(LeaveChannel(channel=GENERAL), by=GUEST).refused(NotFound(kind="Channel"))


def test_nobody_joins_an_archived_channel_but_whoever_wants_leaves() -> None:
    story = given(TALK, archived())
    story.when(JoinChannel(channel=GENERAL), by=CHEN).refused(ChannelIsArchived(channel=GENERAL))
    story.when(LeaveChannel(channel=GENERAL), by=BO).then(MemberLeft(channel=GENERAL, person=BO))


def test_members_bring_others_and_owners_remove_them() -> None:
    story = given(TALK, ARRIVED).when(AddMember(channel=SECRET, person=CHEN), by=BO)
    story.then(MemberAdded(channel=SECRET, person=CHEN, by=BO))
    story.when(AddMember(channel=SECRET, person=GUEST), by=CHEN).then(MemberAdded(channel=SECRET, person=GUEST, by=CHEN))
    story.when(RemoveMember(channel=SECRET, person=CHEN), by=ANN).then(MemberRemoved(channel=SECRET, person=CHEN, by=ANN))
    story.when(AddMember(channel=SECRET, person=CHEN), by=CHEN).refused(NotFound(kind="Channel"))


def test_a_stranger_brings_nobody() -> None:
    story = given(TALK)
    story.when(AddMember(channel=SECRET, person=DI), by=CHEN).refused(NotFound(kind="Channel"))
    story.when(AddMember(channel=GENERAL, person=DI), by=CHEN)
    assert story.last
    assert isinstance(story.last.answer, NotPermitted)


def test_who_left_or_is_not_there_is_not_brought() -> None:
    story = given(TALK, left(CHEN))
    story.when(AddMember(channel=GENERAL, person=CHEN), by=ANN).refused(HasLeft(person=CHEN))
    nobody = AddMember(channel=GENERAL, person=person("nobody"))
    story.when(nobody, by=ANN).refused(NotFound(kind="Person"))
    story.when(nobody.model_copy(update={"channel": SECRET}), by=DI).refused(NotFound(kind="Channel"))


def test_owners_make_owners() -> None:
    story = given(TALK).when(ChangeRole(channel=GENERAL, person=BO, role="owner"), by=ANN)
    both = tuple(sorted((ANN, BO)))
    story.then(
        MemberRoleChanged(channel=GENERAL, person=BO, role="owner", by=ANN),
        ChannelOwnersChanged(channel=GENERAL, owners=both, by=ANN),
    )
    story.when(ChangeRole(channel=GENERAL, person=ANN, role="member"), by=BO)
    story.then(
        MemberRoleChanged(channel=GENERAL, person=ANN, role="member", by=BO),
        ChannelOwnersChanged(channel=GENERAL, owners=(BO,), by=BO),
    )
    story.when(ChangeRole(channel=GENERAL, person=CHEN, role="owner"), by=BO).refused(NotAMember(channel=GENERAL, person=CHEN))


def test_a_channel_is_never_without_an_owner() -> None:
    story = given(TALK)
    for wish in (
        LeaveChannel(channel=GENERAL),
        RemoveMember(channel=GENERAL, person=ANN),
        ChangeRole(channel=GENERAL, person=ANN, role="member"),
    ):
        story.when(wish, by=ANN).refused(LastOwner(channel=GENERAL))
    story.when(ChangeRole(channel=GENERAL, person=BO, role="owner"), by=ANN).when(LeaveChannel(channel=GENERAL), by=ANN)
    story.then(MemberLeft(channel=GENERAL, person=ANN), ChannelOwnersChanged(channel=GENERAL, owners=(BO,), by=ANN))
    story.when(LeaveChannel(channel=GENERAL), by=BO).refused(LastOwner(channel=GENERAL))


def test_of_two_owners_who_leave_at_once_one_stays() -> None:
    story = given(TALK).when(ChangeRole(channel=GENERAL, person=BO, role="owner"), by=ANN)
    assert story.race((LeaveChannel(channel=GENERAL), ANN), (LeaveChannel(channel=GENERAL), BO)) == [True, False]


def test_who_comes_again_comes_as_a_member() -> None:
    story = given(TALK).when(ChangeRole(channel=GENERAL, person=BO, role="owner"), by=ANN)
    story.when(LeaveChannel(channel=GENERAL), by=ANN).when(JoinChannel(channel=GENERAL), by=ANN)
    assert story.state(Membership.at(GENERAL, ANN)).role == "member"


def test_a_direct_channel_is_not_left() -> None:
    direct = direct_channel([ANN, BO])
    story = given(COMPANY).when(OpenDirectChannel(people=(ANN, BO)), by=ANN)
    story.when(LeaveChannel(channel=direct), by=BO).refused(DirectChannelIsFixed(channel=direct))


def test_membership_comes_and_goes_with_the_department() -> None:
    story = given(TALK).when(SAY_HI, by=CHEN).refused(NotFound(kind="Channel"))
    story.when(JoinDepartment(department=SALES, person=CHEN), by=ROOT)
    story.when(SAY_HI, by=CHEN).then(posted("hi", by=CHEN, channel=OF_SALES))
    story.allowed_by("active person and member of the channel's department")
    story.when(LeaveDepartment(department=SALES, person=CHEN), by=ROOT)
    story.when(SAY_HI.model_copy(update={"text": "ho"}), by=CHEN).refused(NotFound(kind="Channel"))


def test_nothing_is_said_on_a_membership_that_ends_at_the_same_time() -> None:
    story = given(TALK, belongs(CHEN, SALES))
    assert story.race((LeaveDepartment(department=SALES, person=CHEN), ROOT), (SAY_HI, CHEN)) == [True, False]
    in_general = PostMessage(channel=GENERAL, message=HELLO, text="hi")
    assert story.race((RemoveMember(channel=GENERAL, person=BO), ANN), (in_general, BO)) == [True, False]
    assert story.race((SuspendPerson(person=ANN), ROOT), (in_general, ANN)) == [True, False]


def test_who_belongs_to_the_department_is_not_removed_and_does_not_leave() -> None:
    story = given(TALK, belongs(CHEN, SALES), belongs(DI, SALES, leads=True))
    stays = StaysThroughDepartment(department=SALES)
    story.when(LeaveChannel(channel=OF_SALES), by=CHEN).refused(stays)
    story.when(RemoveMember(channel=OF_SALES, person=CHEN), by=DI).refused(stays)
    story.when(JoinChannel(channel=OF_SALES), by=CHEN).then_nothing()


def test_only_who_keeps_a_departments_channel_brings_others() -> None:
    story = given(TALK, belongs(CHEN, SALES), belongs(DI, SALES, leads=True))
    story.when(AddMember(channel=OF_SALES, person=BO), by=CHEN)
    assert story.last
    assert isinstance(story.last.answer, NotPermitted)
    story.when(AddMember(channel=OF_SALES, person=BO), by=DI).then(MemberAdded(channel=OF_SALES, person=BO, by=DI))
    story.when(SAY_HI, by=BO).allowed_by("active person and member of the channel")
    story.when(RemoveMember(channel=OF_SALES, person=BO), by=DI).then(MemberRemoved(channel=OF_SALES, person=BO, by=DI))
