"""Modules: on for everybody, for a pilot group, or off."""

from domain.access.administration import EVERYWHERE
from domain.access.commands.module import SwitchModule
from domain.access.events.module import ModuleSwitched
from domain.access.module import Module, ModuleOff, UnknownModule
from domain.directory.commands.person import RenamePerson
from domain.directory.commands.post import AssignPost, WithdrawPost
from domain.directory.ids import PostId
from domain.directory.imported import post_opened
from domain.directory.post import Post
from domain.kernel.identifiers import module_id
from domain.kernel.refusals import NotPermitted
from tests.access.test_guests import SAY
from tests.access.words import granted
from tests.directory.words import ANN, BO, CHEN, DI, ROOT, SALES, SHANGHAI, administrator, belongs, first
from tests.messaging.words import GENERAL, TALK, member
from tests.story import an_id, given

OFF = SwitchModule(module="messaging", switch="off")
PILOT = SwitchModule(module="messaging", switch="pilot", departments=(SALES,), people=(CHEN,))


def test_what_is_off_is_there_for_nobody_and_comes_back() -> None:
    story = given(TALK).when(OFF, by=ROOT).then(ModuleSwitched(module="messaging", switch="off", by=ROOT))
    story.when(SAY, by=ANN).refused(ModuleOff(module="messaging"))
    story.when(OFF.model_copy(update={"people": (ANN,)}), by=ROOT).when(SAY, by=ANN).refused(ModuleOff(module="messaging"))
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


def test_a_pilot_group_has_those_below_where_that_is_said_and_those_who_hold_a_post() -> None:
    desk = PostId(an_id("desk"))
    at_home = first(BO, SHANGHAI) + belongs(BO, SHANGHAI) + belongs(CHEN, SHANGHAI)
    story = given(TALK, at_home, post_opened(Post.at(desk), name="desk"), *(member(who, GENERAL) for who in (BO, CHEN, DI)))
    story.when(AssignPost(post=desk, person=DI), by=ROOT)
    for below, has in ((False, {DI}), (True, {BO, DI})):
        wish = SwitchModule(module="messaging", switch="pilot", departments=(SALES,), below=below, posts=(desk,))
        story.when(wish, by=ROOT)
        for who in (BO, CHEN, DI):
            decision = story.decide(SAY, who)
            assert (decision.answer != ModuleOff(module="messaging")) is (who in has), (below, who)
    story.when(WithdrawPost(post=desk, person=DI), by=ROOT).when(SAY, by=DI).refused(ModuleOff(module="messaging"))


def test_whoever_switches_is_on_record_with_the_scope_that_allowed_it() -> None:
    held = granted(person=DI, action="access.module.switch")
    for who, rule in ((ROOT, "primary administrator"), (DI, "grant of access.module.switch")):
        story = given(TALK, held).when(OFF, by=who)
        story.allowed_by(f"active person and {rule}")
        assert story.last
        assert story.last.authority
        assert story.last.authority.scope == EVERYWHERE
        assert Module.at(module_id("messaging")).stream in story.last.guards
    within = granted(person=CHEN, action="access.module.switch", within=SALES)
    decision = given(TALK, within, administrator(ANN, SALES)).decide(OFF, CHEN)
    assert decision.authority is None, "a switch is for the whole organisation: whoever has a department only has none"


def test_two_who_switch_at_once_do_not_both() -> None:
    assert given(TALK, administrator(ANN)).race((OFF, ROOT), (PILOT, ANN)) == [True, False]
