"""Modules: on for everybody, for a pilot group, or off."""

from domain.access.commands import SwitchModule
from domain.access.events import ModuleSwitched
from domain.access.module import ModuleOff, UnknownModule
from domain.directory.commands import RenamePerson
from domain.kernel.refusals import NotPermitted
from tests.access.test_guests import SAY
from tests.directory.words import ANN, BO, CHEN, ROOT, SALES, belongs
from tests.messaging.words import GENERAL, TALK, member
from tests.story import given

OFF = SwitchModule(module="messaging", switch="off")
PILOT = SwitchModule(module="messaging", switch="pilot", departments=(SALES,), people=(CHEN,))


def test_what_is_off_is_there_for_nobody_and_comes_back() -> None:
    story = given(TALK).when(OFF, by=ROOT).then(ModuleSwitched(module="messaging", switch="off", by=ROOT))
    story.when(SAY, by=ANN).refused(ModuleOff(module="messaging"))
    story.when(RenamePerson(person=BO, name="Bob"), by=ROOT)
    assert story.happened()
    story.when(SwitchModule(module="messaging", switch="on"), by=ROOT).when(SAY, by=ANN)
    assert story.happened()


def test_a_pilot_group_are_people_and_departments() -> None:
    story = given(TALK, belongs(BO, SALES), member(CHEN, GENERAL)).when(PILOT, by=ROOT)
    story.when(SAY, by=ANN).refused(ModuleOff(module="messaging"))
    for who in (BO, CHEN):
        decision = story.decide(SAY, who)
        assert decision.authority, who


def test_only_primary_administrators_switch_and_only_what_can_be() -> None:
    story = given(TALK).when(OFF, by=ANN)
    story.refused(NotPermitted(authority="primary administrator or grant of access.module.switch"))
    for name in ("access", "directory", "nonsense"):
        wish = OFF.model_copy(update={"module": name})
        given(TALK).when(wish, by=ROOT).refused(UnknownModule(module=name))
