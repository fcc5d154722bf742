"""Grants: who they are for, where they reach, when they end, and that nobody gives more than they hold."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.access.actions import UnknownAction
from domain.access.built_in import BUILT_IN, built_in_role
from domain.access.commands.grant import GrantPermission, RevokeGrant
from domain.access.commands.role import RedefineRole, RetireRole
from domain.access.events.grant import GrantRevoked, PermissionGranted
from domain.access.events.role import RoleDefined
from domain.access.grant import AlreadyOver
from domain.access.holding import Grant
from domain.access.ids import RoleId
from domain.access.role import Role, RoleIsRetired
from domain.directory.commands.department import FollowMerge, MergeDepartment, RenameDepartment
from domain.directory.commands.membership import LeaveDepartment
from domain.directory.commands.person import RenamePerson
from domain.directory.commands.post import AssignPost, WithdrawPost
from domain.directory.department import DepartmentIsClosed
from domain.directory.events.post import PostClosed
from domain.directory.ids import PostId
from domain.directory.imported import post_opened
from domain.directory.person import HasLeft
from domain.directory.post import Holding, Post, PostIsClosed
from domain.kernel.refusals import IdTaken, NotFound, NotPermitted
from domain.kernel.states import Events
from domain.messaging.commands.channel import RenameChannel
from tests.access.words import GIVE, GRANT, HELPER, KEEP, LATER, OTHER, PEOPLE, granted, resource, revoked, role
from tests.directory.words import (
    ANN,
    BO,
    CHEN,
    COMPANY,
    DI,
    EAST,
    PLANT,
    ROOT,
    SALES,
    SHANGHAI,
    administrator,
    belongs,
    closed,
    left,
)
from tests.messaging.words import GENERAL, OF_SALES, TALK
from tests.story import NOON, Story, an_id, given

RENAME = RenameChannel(channel=OF_SALES, name="New name")
ASK = GrantPermission(grant=GRANT, person=BO, action=KEEP, reason="looks after it")


def may(story: Story, wish: Any = RENAME, by: Any = DI) -> bool:
    """Whether it is done; asked on a copy, so that it stays undone."""
    decision = Story(dict(story.states), [*story.history], story.now).when(wish, by=by).last
    assert decision is not None
    return decision.authority is not None


@pytest.mark.parametrize(
    "terms",
    [
        {"resource": resource(OF_SALES)},
        {"within": SALES},
        {},
    ],
)
def test_a_grant_reaches_a_resource_a_department_or_everything(terms: dict[str, Any]) -> None:
    story = given(TALK, granted(person=DI, action=KEEP, **terms))
    assert may(story)
    assert may(story, RenameChannel(channel=GENERAL, name="x")) is (not terms)
    assert not may(story, by=CHEN)


def test_within_a_department_is_within_those_below_it_and_no_other() -> None:
    for within, reached in ((SALES, True), (EAST, True), (SHANGHAI, False), (PLANT, False)):
        story = given(COMPANY, granted(person=DI, action="directory.department.manage", within=within))
        assert may(story, RenameDepartment(department=EAST, name="Osten")) is reached


def test_the_authority_names_the_grant_the_role_and_the_scope() -> None:
    story = given(TALK, role(KEEP), granted(person=DI, role=HELPER, within=SALES)).when(RENAME, by=DI)
    story.allowed_by(f"active person and grant of {KEEP}")
    assert story.last
    assert story.last.authority
    assert {Grant.at(GRANT).stream, Role.at(HELPER).stream} <= {*story.last.authority.streams}
    assert story.last.authority.scope == f"directory.department/{SALES}"
    assert story.last.guards[Grant.at(GRANT).stream] == story.last.guards[Role.at(HELPER).stream] == 1


def test_a_department_holds_for_those_who_belong_to_it_or_below_and_while_they_do() -> None:
    held = granted(department=SALES, action=KEEP, resource=resource(GENERAL))
    wish = RenameChannel(channel=GENERAL, name="x")
    assert not may(given(TALK, held), wish)
    for place in (SALES, SHANGHAI):
        story = given(TALK, held, belongs(DI, place)).when(wish, by=DI)
        story.allowed_by(f"active person and grant of {KEEP}")
        assert story.last
        assert story.last.authority
        assert any(stream.startswith("directory.membership/") for stream in story.last.authority.streams)
        assert not may(story.when(LeaveDepartment(department=place, person=DI), by=ROOT), wish)
    assert not may(given(TALK, held, belongs(DI, PLANT)), wish)


def test_it_begins_and_ends_at_the_instant() -> None:
    story = given(TALK, granted(person=DI, action=KEEP, since=NOON, until=LATER))
    instant = timedelta(microseconds=1)
    for now, holds in ((NOON - instant, False), (NOON, True), (LATER, True), (LATER + instant, False)):
        assert may(story.at(now)) is holds, now
    story.at(NOON).when(RENAME, by=DI)
    assert story.last
    assert story.last.not_after == LATER


def test_a_revoked_grant_gives_nothing_and_who_used_it_at_the_same_time_loses_the_guard() -> None:
    assert not may(given(TALK, granted(person=DI, action=KEEP), revoked()))
    story = given(TALK, granted(person=DI, action=KEEP))
    assert story.race((RevokeGrant(grant=GRANT), ROOT), (RENAME, DI)) == [True, False]
    assert not may(story)


def test_what_a_role_gives_is_what_it_says_now() -> None:
    story = given(TALK, role(PEOPLE), granted(person=DI, role=HELPER))
    assert not may(story)
    story.when(RedefineRole(role=HELPER, name="Helper", actions=(KEEP,)), by=ROOT)
    assert may(story)
    story.when(RetireRole(role=HELPER), by=ROOT)
    assert not may(story)


def test_it_outlives_whoever_gave_it() -> None:
    assert may(given(TALK, granted(person=DI, action=KEEP), left(ROOT)))


def test_a_primary_administrator_grants_anything_once() -> None:
    story = given(TALK).when(ASK, by=ROOT)
    story.then(PermissionGranted(author=ROOT, person=BO, action=KEEP, since=NOON, reason="looks after it"))
    other = ASK.model_copy(update={"action": PEOPLE})
    story.at(LATER).when(ASK, by=ROOT).then_nothing().when(other, by=ROOT).refused(IdTaken(id=GRANT))


def test_a_role_that_is_always_there_is_defined_when_it_is_first_given() -> None:
    ask = GrantPermission(grant=GRANT, person=BO, built_in="auditor", reason="yearly audit")
    story = given(COMPANY).when(ask, by=ROOT)
    given_ = PermissionGranted(author=ROOT, person=BO, role=built_in_role("auditor"), since=NOON, reason="yearly audit")
    story.then(RoleDefined(name="auditor", actions=BUILT_IN["auditor"], by=ROOT), given_)
    again = PermissionGranted(author=ROOT, person=ANN, role=built_in_role("auditor"), since=NOON, reason="yearly audit")
    story.when(ask.model_copy(update={"grant": OTHER, "person": ANN}), by=ROOT).then(again)


def test_department_administrators_grant_within_their_scope() -> None:
    story = given(COMPANY, administrator(ANN, EAST))
    for within, done in ((SHANGHAI, True), (EAST, True), (SALES, False), (None, False)):
        assert may(story, ASK.model_copy(update={"within": within}), by=ANN) is done
    assert not may(story, ASK.model_copy(update={"resource": resource(GENERAL)}), by=ANN)


HELD: list[tuple[Events, dict[str, Any], bool]] = [
    (granted(OTHER, person=ANN, action=GIVE), {"action": GIVE}, True),
    (granted(OTHER, person=ANN, action=GIVE), {}, False),
    (role(GIVE, KEEP) + granted(OTHER, person=ANN, role=HELPER), {}, True),
    (role(GIVE, KEEP) + granted(OTHER, person=ANN, role=HELPER), {"action": None, "role": HELPER}, True),
    (role(GIVE, KEEP) + granted(OTHER, person=ANN, role=HELPER), {"action": None, "built_in": "keeper"}, False),
    (role(GIVE, KEEP) + granted(OTHER, person=ANN, role=HELPER), {"action": PEOPLE}, False),
    (role(GIVE, KEEP) + granted(OTHER, person=ANN, role=HELPER, within=SALES), {}, False),
    (role(GIVE, KEEP) + granted(OTHER, person=ANN, role=HELPER, within=SALES), {"within": EAST}, True),
    (role(GIVE, KEEP) + granted(OTHER, person=ANN, role=HELPER, until=LATER), {}, False),
    (role(GIVE, KEEP) + granted(OTHER, person=ANN, role=HELPER, until=LATER), {"until": LATER}, True),
    (role(GIVE, KEEP) + granted(OTHER, person=ANN, role=HELPER, until=LATER), {"until": LATER + timedelta(1)}, False),
    (role(KEEP) + granted(OTHER, person=ANN, role=HELPER), {}, False),
]


@pytest.mark.parametrize(("facts", "change", "done"), HELD)
def test_others_grant_no_more_than_they_hold_themselves(facts: Events, change: dict[str, Any], done: bool) -> None:
    assert may(given(TALK, facts), ASK.model_copy(update=change), by=ANN) is done


def test_what_would_mean_nothing_is_not_granted() -> None:
    story = given(COMPANY, left(CHEN), role(KEEP))
    nonsense = "messaging.channel.fly"
    story.when(ASK.model_copy(update={"action": nonsense}), by=ROOT).refused(UnknownAction(action=nonsense))
    story.when(ASK.model_copy(update={"until": NOON}), by=ROOT).refused(AlreadyOver(until=NOON))
    story.when(ASK.model_copy(update={"person": CHEN}), by=ROOT).refused(HasLeft(person=CHEN))
    story.when(ASK.model_copy(update={"action": None, "role": HELPER, "grant": OTHER}), by=ROOT)
    story.when(RetireRole(role=HELPER), by=ROOT)
    story.when(ASK.model_copy(update={"action": None, "role": HELPER}), by=ROOT).refused(RoleIsRetired(role=HELPER))
    nowhere = ASK.model_copy(update={"action": None, "role": RoleId(UUID(int=5))})
    story.when(nowhere, by=ROOT).refused(NotFound(kind="Role"))


def test_a_grant_is_revoked_by_whoever_gave_it_and_by_administrators_of_its_scope() -> None:
    facts = granted(person=DI, action=KEEP, within=EAST)
    for who in (ROOT, ANN):
        given(TALK, facts, administrator(ANN, SALES)).when(RevokeGrant(grant=GRANT), by=who).then(GrantRevoked(author=who))
    story = given(TALK, facts, administrator(ANN, SHANGHAI)).when(RevokeGrant(grant=GRANT), by=ANN)
    assert story.last
    assert isinstance(story.last.answer, NotPermitted)
    given(TALK, facts, revoked()).when(RevokeGrant(grant=GRANT), by=ROOT).then_nothing()


def test_the_suspended_and_those_who_left_hold_nothing() -> None:
    story = given(TALK, granted(person=DI, action=PEOPLE), left(DI))
    story.when(RenamePerson(person=BO, name="Bob"), by=DI).refused(NotPermitted(authority="active person"))


def test_a_post_holds_for_whoever_holds_it_and_while_they_do() -> None:
    desk = PostId(an_id("desk"))
    opened = post_opened(Post.at(desk), name="Channel desk")
    story = given(TALK, opened, granted(post=desk, action=KEEP, resource=resource(OF_SALES)))
    assert not may(story)
    story.when(AssignPost(post=desk, person=DI), by=ROOT).when(RENAME, by=DI)
    assert story.last
    assert story.last.authority
    assert Holding.at(desk, DI).stream in story.last.authority.streams
    assert not may(story, by=CHEN)
    assert story.race((WithdrawPost(post=desk, person=DI), ROOT), (RenameChannel(channel=OF_SALES, name="x"), DI)) == [
        True,
        False,
    ]
    assert not may(story)


def test_nothing_is_granted_to_a_closed_post_nor_to_or_within_what_was_closed_or_merged() -> None:
    desk = PostId(an_id("desk"))
    shut = post_opened(Post.at(desk), name="desk") + Post.at(desk).records(PostClosed())
    story = given(COMPANY, shut, closed(PLANT)).when(MergeDepartment(department=EAST, into=SALES), by=ROOT)
    to = ASK.model_copy(update={"person": None})
    story.when(to.model_copy(update={"post": desk}), by=ROOT).refused(PostIsClosed(post=desk))
    for department in (PLANT, EAST):
        story.when(to.model_copy(update={"department": department}), by=ROOT).refused(DepartmentIsClosed(department=department))
        story.when(ASK.model_copy(update={"within": department}), by=ROOT).refused(DepartmentIsClosed(department=department))


def test_what_was_granted_to_a_department_reaches_no_further_by_a_merge() -> None:
    """Else whoever merges two departments would give all of the one what was granted to the other."""
    held = granted(department=EAST, action=KEEP, resource=resource(GENERAL))
    wish = RenameChannel(channel=GENERAL, name="x")
    story = given(TALK, held, belongs(DI, EAST), belongs(BO, SALES), belongs(CHEN, SHANGHAI))
    story.when(MergeDepartment(department=EAST, into=SALES), by=ROOT)
    story.when(FollowMerge(department=EAST, person=DI), by=ROOT)
    assert [may(story, wish, by=who) for who in (DI, BO, CHEN)] == [False, False, True]
