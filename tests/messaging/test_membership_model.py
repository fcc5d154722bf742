"""Membership against a model that was written apart from the product, over random histories of several people."""

from collections import defaultdict
from itertools import product

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from domain.access.commands.administration import AppointAdministrator, DismissAdministrator
from domain.directory.commands.department import MoveDepartment
from domain.directory.commands.membership import AppointLeader, DismissLeader, JoinDepartment, LeaveDepartment
from domain.directory.commands.person import ReinstatePerson, SuspendPerson
from domain.directory.ids import DepartmentId
from domain.kernel.commands import Command
from domain.kernel.identifiers import PersonId
from domain.kernel.refusals import NotFound, NotPermitted, Refusal
from domain.messaging.commands.channel import ArchiveChannel, ChangeVisibility, ReopenChannel
from domain.messaging.commands.membership import AddMember, ChangeRole, JoinChannel, LeaveChannel, RemoveMember
from domain.messaging.commands.message import PostMessage
from domain.messaging.ids import ChannelId, MessageId
from tests.directory.words import ANN, BO, CHEN, EAST, PLANT, ROOT, SALES, SHANGHAI
from tests.messaging.words import GENERAL, OF_SALES, SECRET, TALK
from tests.story import an_id, given

PEOPLE, CHANNELS, DEPARTMENTS = (ANN, BO, CHEN), (GENERAL, SECRET, OF_SALES), (SALES, EAST, SHANGHAI, PLANT)
people, channels, departments = st.sampled_from(PEOPLE), st.sampled_from(CHANNELS), st.sampled_from(DEPARTMENTS)


class Model:
    """Who may what, said once more in sets."""

    def __init__(self) -> None:
        self.own: dict[ChannelId, set[PersonId]] = {GENERAL: {ANN, BO}, SECRET: {ANN, BO}, OF_SALES: set()}
        self.owners: dict[ChannelId, set[PersonId]] = {GENERAL: {ANN}, SECRET: {ANN}, OF_SALES: set()}
        self.public = {GENERAL}
        self.archived: set[ChannelId] = set()
        self.belong: defaultdict[DepartmentId, set[PersonId]] = defaultdict(set)
        self.lead: defaultdict[DepartmentId, set[PersonId]] = defaultdict(set)
        self.above: dict[DepartmentId, DepartmentId | None] = {SALES: None, EAST: SALES, SHANGHAI: EAST, PLANT: None}
        self.administer: set[tuple[PersonId, DepartmentId]] = set()
        self.suspended: set[PersonId] = set()

    def line(self, department: DepartmentId | None) -> list[DepartmentId]:
        """A department and all those above it."""
        return [] if department is None else [department, *self.line(self.above[department])]

    def takes_part(self, who: PersonId, channel: ChannelId) -> bool:
        return who in self.own[channel] or (channel == OF_SALES and who in self.belong[SALES])

    def knows(self, who: PersonId, channel: ChannelId) -> bool:
        return channel in self.public or self.takes_part(who, channel)

    def keeps(self, who: PersonId, channel: ChannelId) -> bool:
        through = channel == OF_SALES and (
            who in self.lead[SALES] or any((who, one) in self.administer for one in self.line(SALES))
        )
        return who in self.owners[channel] & self.own[channel] or through

    def adds(self, who: PersonId, channel: ChannelId) -> bool:
        return self.keeps(who, channel) or (channel != OF_SALES and who in self.own[channel])


class Membership(RuleBasedStateMachine):
    """What is decided is what the model says, for whoever asks; and what is hidden is never admitted."""

    def __init__(self) -> None:
        super().__init__()
        self.story, self.model, self.said = given(TALK), Model(), 0

    def ask(self, wish: Command, who: PersonId, allowed: bool, channel: ChannelId | None = None) -> bool:
        """Asks twice, and compares whether it was permitted; whether it was done."""
        self.story.when(wish, by=who)
        assert self.story.last
        answer = self.story.last.answer
        if who in self.model.suspended:
            assert answer == NotPermitted(authority="active person")
            return False
        assert isinstance(answer, NotPermitted | NotFound) is not allowed, (answer, self.story.last.lacking)
        if not allowed and channel is not None:
            assert isinstance(answer, NotFound) is not self.model.knows(who, channel), answer
        return not isinstance(answer, Refusal)

    @rule(who=people, channel=channels)
    def join(self, who: PersonId, channel: ChannelId) -> None:
        if self.ask(JoinChannel(channel=channel), who, self.model.knows(who, channel), channel) and not (
            self.model.takes_part(who, channel)
        ):
            self.model.own[channel].add(who)

    @rule(who=people, channel=channels)
    def leave(self, who: PersonId, channel: ChannelId) -> None:
        if self.ask(LeaveChannel(channel=channel), who, self.model.knows(who, channel), channel):
            self.model.own[channel].discard(who)
            self.model.owners[channel].discard(who)

    @rule(who=people, whom=people, channel=channels)
    def add(self, who: PersonId, whom: PersonId, channel: ChannelId) -> None:
        if self.ask(AddMember(channel=channel, person=whom), who, self.model.adds(who, channel), channel):
            self.model.own[channel].add(whom)

    @rule(who=people, whom=people, channel=channels)
    def remove(self, who: PersonId, whom: PersonId, channel: ChannelId) -> None:
        if self.ask(RemoveMember(channel=channel, person=whom), who, self.model.keeps(who, channel), channel):
            self.model.own[channel].discard(whom)
            self.model.owners[channel].discard(whom)

    @rule(who=people, whom=people, channel=channels, owner=st.booleans())
    def change_role(self, who: PersonId, whom: PersonId, channel: ChannelId, owner: bool) -> None:
        wish = ChangeRole(channel=channel, person=whom, role="owner" if owner else "member")
        if self.ask(wish, who, self.model.keeps(who, channel), channel):
            (self.model.owners[channel].add if owner else self.model.owners[channel].discard)(whom)

    @rule(who=people, channel=channels, public=st.booleans())
    def change_visibility(self, who: PersonId, channel: ChannelId, public: bool) -> None:
        wish = ChangeVisibility(channel=channel, visibility="public" if public else "private")
        if self.ask(wish, who, self.model.keeps(who, channel), channel):
            (self.model.public.add if public else self.model.public.discard)(channel)

    @rule(who=people, channel=channels, again=st.booleans())
    def archive(self, who: PersonId, channel: ChannelId, again: bool) -> None:
        wish = ReopenChannel(channel=channel) if again else ArchiveChannel(channel=channel)
        if self.ask(wish, who, self.model.keeps(who, channel), channel):
            (self.model.archived.discard if again else self.model.archived.add)(channel)

    @rule(whom=people, department=departments, leads=st.booleans())
    def join_department(self, whom: PersonId, department: DepartmentId, leads: bool) -> None:
        assert self.ask(JoinDepartment(department=department, person=whom), ROOT, True)
        self.model.belong[department].add(whom)
        if leads and self.ask(AppointLeader(department=department, person=whom), ROOT, True):
            self.model.lead[department].add(whom)

    @rule(whom=people, department=departments, only_leading=st.booleans())
    def leave_department(self, whom: PersonId, department: DepartmentId, only_leading: bool) -> None:
        wish = DismissLeader if only_leading else LeaveDepartment
        assert self.ask(wish(department=department, person=whom), ROOT, True)
        self.model.lead[department].discard(whom)
        if not only_leading:
            self.model.belong[department].discard(whom)

    @rule(department=departments, parent=st.none() | departments)
    def move_department(self, department: DepartmentId, parent: DepartmentId | None) -> None:
        if self.ask(MoveDepartment(department=department, parent=parent), ROOT, True):
            self.model.above[department] = parent
        else:
            assert department in self.model.line(parent)

    @rule(whom=people, department=departments, ends=st.booleans())
    def appoint(self, whom: PersonId, department: DepartmentId, ends: bool) -> None:
        wish = DismissAdministrator if ends else AppointAdministrator
        assert self.ask(wish(person=whom, department=department), ROOT, True)
        (self.model.administer.discard if ends else self.model.administer.add)((whom, department))

    @rule(whom=people, ends=st.booleans())
    def suspend(self, whom: PersonId, ends: bool) -> None:
        assert self.ask(ReinstatePerson(person=whom) if ends else SuspendPerson(person=whom), ROOT, True)
        (self.model.suspended.discard if ends else self.model.suspended.add)(whom)

    @invariant()
    def a_channel_is_never_without_an_owner(self) -> None:
        assert all(self.model.owners[channel] & self.model.own[channel] for channel in (GENERAL, SECRET))

    @invariant()
    def whoever_takes_part_may_speak_and_nobody_else(self) -> None:
        self.said += 1
        message = MessageId(an_id(f"message {self.said}"))
        for who, channel in product(PEOPLE, CHANNELS):
            answer = self.story.decide(PostMessage(channel=channel, message=message, text="hi"), who).answer
            speaks = self.model.takes_part(who, channel) and not {who} & self.model.suspended
            assert isinstance(answer, NotPermitted | NotFound) is not speaks, (who, channel, answer)
            done = speaks and channel not in self.model.archived
            assert isinstance(answer, tuple) is done, (who, channel, answer)


TestMembership = Membership.TestCase
TestMembership.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
