"""Groups of people who are mentioned together, and mentioning them, departments and everybody."""

from datetime import timedelta

from domain.directory.person import HasLeft
from domain.kernel.refusals import IdTaken, NotPermitted
from domain.messaging.calling import CALLS, TooManyCalls
from domain.messaging.channel import OwnersOnly
from domain.messaging.commands.channel import ChangeChannelSettings
from domain.messaging.commands.message import LinkedPage, PostMessage
from domain.messaging.commands.user_group import (
    AddToUserGroup,
    CreateUserGroup,
    DissolveUserGroup,
    RemoveFromUserGroup,
    RenameUserGroup,
)
from domain.messaging.events.calling import EverybodyCalled
from domain.messaging.events.message import Link, MessagePosted
from domain.messaging.events.user_group import (
    UserGroupCreated,
    UserGroupMemberAdded,
    UserGroupMemberRemoved,
    UserGroupRenamed,
)
from domain.messaging.ids import MessageId, UserGroupId
from domain.messaging.posting import UnknownAudience
from domain.messaging.user_group import UserGroupIsDissolved
from tests.directory.words import ANN, BO, CHEN, DI, ROOT, SALES, closed, left
from tests.messaging.words import GENERAL, HELLO, TALK
from tests.story import NOON, an_id, given

ON_CALL = UserGroupId(an_id("on call"))
CREATE = CreateUserGroup(group=ON_CALL, name="值班")
ADD = AddToUserGroup(group=ON_CALL, person=CHEN)


def test_who_creates_a_group_keeps_it() -> None:
    story = given(TALK).when(CREATE, by=ANN).then(UserGroupCreated(group=ON_CALL, name="值班", by=ANN))
    story.when(ADD, by=ANN).then(UserGroupMemberAdded(group=ON_CALL, person=CHEN, by=ANN))
    story.when(ADD.model_copy(update={"person": DI}), by=BO)
    assert isinstance(story.last and story.last.answer, NotPermitted)
    story.when(RenameUserGroup(group=ON_CALL, name="On call"), by=ROOT)
    story.then(UserGroupRenamed(group=ON_CALL, name="On call", by=ROOT))
    removed = UserGroupMemberRemoved(group=ON_CALL, person=CHEN, by=CHEN)
    story.when(RemoveFromUserGroup(group=ON_CALL, person=CHEN), by=CHEN).then(removed)
    story.when(CREATE, by=BO).refused(IdTaken(id=ON_CALL))


def test_who_left_is_not_added_and_a_dissolved_group_does_not_change() -> None:
    given(TALK, left(CHEN)).when(CREATE, by=ANN).when(ADD, by=ANN).refused(HasLeft(person=CHEN))
    story = given(TALK).when(CREATE, by=ANN).when(DissolveUserGroup(group=ON_CALL), by=ANN)
    story.when(ADD, by=ANN).refused(UserGroupIsDissolved(group=ON_CALL))
    story.when(RenameUserGroup(group=ON_CALL, name="x"), by=ANN).refused(UserGroupIsDissolved(group=ON_CALL))


def test_departments_and_groups_are_mentioned() -> None:
    say = PostMessage(channel=GENERAL, message=HELLO, text="help", departments=(SALES,), groups=(ON_CALL,))
    story = given(TALK).when(say, by=BO).refused(UnknownAudience(departments=(), groups=(ON_CALL,)))
    story.when(CREATE, by=ANN).when(say, by=BO)
    story.then(MessagePosted(channel=GENERAL, author=BO, text="help", departments=(SALES,), groups=(ON_CALL,)))
    story = given(TALK, closed(SALES)).when(say, by=BO)
    story.refused(UnknownAudience(departments=(SALES,), groups=(ON_CALL,)))


def call(number: int) -> PostMessage:
    return PostMessage(channel=GENERAL, message=MessageId(an_id(f"call {number}")), text="all!", calls="all")


def test_everybody_is_called_so_often_and_no_more() -> None:
    story = given(TALK)
    for number in range(CALLS):
        story.when(call(number), by=BO).then(
            MessagePosted(channel=GENERAL, author=BO, text="all!", calls="all"),
            EverybodyCalled(channel=GENERAL, person=BO, message=call(number).message, at=NOON),
        )
    story.when(call(9), by=BO).refused(TooManyCalls(limit=CALLS, again=NOON + timedelta(hours=1)))
    story.when(call(10), by=ANN)
    assert len(story.happened()) == 2
    story.at(NOON + timedelta(hours=1)).when(call(9), by=BO)
    assert len(story.happened()) == 2


def test_calling_can_be_kept_to_owners() -> None:
    story = given(TALK).when(ChangeChannelSettings(channel=GENERAL, calling="owners"), by=ANN)
    story.when(call(1), by=BO).refused(OwnersOnly(channel=GENERAL))
    story.when(call(1), by=ANN)
    assert len(story.happened()) == 2


def test_what_is_known_of_a_link_goes_with_the_message() -> None:
    page = LinkedPage(url="https://example.com/计划", title="The plan", image="https://example.com/plan.png")
    story = given(TALK).when(PostMessage(channel=GENERAL, message=HELLO, text="see", links=(page,)), by=ANN)
    link = Link(url="https://example.com/计划", title="The plan", image="https://example.com/plan.png")
    story.then(MessagePosted(channel=GENERAL, author=ANN, text="see", links=(link,)))
