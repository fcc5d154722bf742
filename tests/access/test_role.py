"""Roles: named sets of actions that exist."""

import pytest

from domain.access.actions import UnknownAction, known, reads, unknown_action, writes
from domain.access.built_in import BUILT_IN
from domain.access.commands.role import DefineRole, RedefineRole, RetireRole
from domain.access.events.role import RoleDefined, RoleRedefined, RoleRetired
from domain.access.role import RoleIsRetired
from domain.kernel.refusals import IdTaken, NotPermitted
from tests.access.words import HELPER, KEEP, PEOPLE, granted, role
from tests.directory.words import ANN, COMPANY, ROOT
from tests.story import given

DEFINE = DefineRole(role=HELPER, name="Helper", actions=(PEOPLE, KEEP, KEEP))


def test_it_is_defined_redefined_and_retired() -> None:
    story = given(COMPANY).when(DEFINE, by=ROOT).then(RoleDefined(name="Helper", actions=(PEOPLE, KEEP), by=ROOT))
    story.when(DEFINE.model_copy(update={"name": "Other"}), by=ROOT).refused(IdTaken(id=HELPER))
    narrower = RedefineRole(role=HELPER, name="Helper", actions=(KEEP,))
    story.when(narrower, by=ROOT).then(RoleRedefined(name="Helper", actions=(KEEP,), by=ROOT))
    story.when(RetireRole(role=HELPER), by=ROOT).then(RoleRetired(by=ROOT))
    story.when(narrower, by=ROOT).refused(RoleIsRetired(role=HELPER))


def test_whoever_has_every_action_still_defines_no_roles() -> None:
    story = given(COMPANY, role(*sorted(known())), granted(person=ANN, role=HELPER))
    for wish in (DEFINE, RedefineRole(role=HELPER, name="x", actions=()), RetireRole(role=HELPER)):
        story.when(wish, by=ANN).refused(NotPermitted(authority="primary administrator"))


def test_only_actions_that_a_rule_or_read_model_asks_for() -> None:
    wish = DEFINE.model_copy(update={"actions": ("messaging.channel.fly",)})
    given(COMPANY).when(wish, by=ROOT).refused(UnknownAction(action="messaging.channel.fly"))
    assert not any(unknown_action(actions) for actions in BUILT_IN.values())


def test_actions_come_from_the_rules() -> None:
    assert "RenameChannel" in writes()[KEEP]
    assert {"history.read", "messaging.channel.read"} <= known()
    with pytest.raises(TypeError):
        reads("history.read", "something else", administrators=False)
