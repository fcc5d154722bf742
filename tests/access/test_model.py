"""Random histories of grants, roles, posts, moves, memberships, administrators, switches and time, by several at once, decided
by the platform's rules and by a model of them that was written from the mission's words and shares no code with them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from domain.access.commands.administration import AppointAdministrator, DismissAdministrator
from domain.access.commands.grant import GrantPermission, RevokeGrant
from domain.access.commands.module import SwitchModule
from domain.access.commands.role import RedefineRole, RetireRole
from domain.access.ids import GrantId
from domain.directory.commands.department import MergeDepartment, MoveDepartment
from domain.directory.commands.membership import JoinDepartment, LeaveDepartment
from domain.directory.commands.person import ReinstatePerson, SuspendPerson
from domain.directory.commands.post import AssignPost, WithdrawPost
from domain.directory.ids import DepartmentId, PostId
from domain.directory.imported import post_opened
from domain.directory.post import Post
from domain.kernel.commands import Command
from domain.kernel.identifiers import PersonId
from domain.kernel.refusals import Refusal
from domain.messaging.commands.channel import RenameChannel
from tests.access.words import HELPER, KEEP, PEOPLE, resource, role
from tests.directory.words import BO, CHEN, DI, EAST, PLANT, ROOT, SALES, SHANGHAI, belongs
from tests.messaging.words import GENERAL, OF_SALES, TALK
from tests.story import NOON, Story, an_id

SOMEBODY = [BO, CHEN, DI]
DEPARTMENTS = [SALES, EAST, SHANGHAI, PLANT]
TREE: dict[DepartmentId, DepartmentId | None] = {SALES: None, EAST: SALES, SHANGHAI: EAST, PLANT: None}
HOME: dict[Any, DepartmentId | None] = {GENERAL: None, OF_SALES: SALES}
PLACED = [(BO, SHANGHAI), (CHEN, PLANT), (DI, EAST)]
DESK, WATCH = PostId(an_id("desk")), PostId(an_id("watch"))
POSTS = [DESK, WATCH]
people, places, posts = st.sampled_from(SOMEBODY), st.sampled_from(DEPARTMENTS), st.sampled_from(POSTS)
channels = st.sampled_from([GENERAL, OF_SALES])
minutes = st.integers(min_value=0, max_value=120)


@dataclass
class Given:
    """A grant, in the mission's words: who, what, where, from when, until when."""

    who: PersonId | DepartmentId | PostId
    what: str
    where: Any
    since: datetime
    until: datetime | None
    revoked: bool = False


@dataclass
class Model:
    """What holds now."""

    now: datetime = NOON
    above: dict[DepartmentId, DepartmentId | None] = field(
        default_factory=lambda: {SALES: None, EAST: SALES, SHANGHAI: EAST, PLANT: None}
    )
    belongs: set[tuple[PersonId, DepartmentId]] = field(default_factory=set)
    first: dict[PersonId, DepartmentId] = field(default_factory=dict)
    holds: set[tuple[PersonId, PostId]] = field(default_factory=set)
    merged: set[DepartmentId] = field(default_factory=set)
    switch: str = "on"
    pilots: set[Any] = field(default_factory=set)
    below: bool = False
    administers: set[tuple[PersonId, DepartmentId | None]] = field(default_factory=set)
    suspended: set[PersonId] = field(default_factory=set)
    grants: list[Given] = field(default_factory=list)
    helper: set[str] = field(default_factory=lambda: {KEEP})

    def chain(self, department: DepartmentId | None) -> list[DepartmentId]:
        found = []
        while department is not None:
            found.append(department)
            department = self.above[department]
        return found

    def keeps(self, who: PersonId, channel: Any) -> bool:
        """Whether somebody may keep a channel that isn't theirs: by administering, or by a grant that holds now."""
        if who in self.suspended or not self.has_messaging(who):
            return False
        around = self.chain(HOME[channel])
        if any((who, place) in self.administers for place in (None, *around)):
            return True
        mine = {who, *(above for place in DEPARTMENTS if (who, place) in self.belongs for above in self.chain(place))}
        mine |= {post for post in POSTS if (who, post) in self.holds}
        return any(
            grant.who in mine
            and (grant.what == KEEP or (grant.what == "helper" and KEEP in self.helper))
            and not grant.revoked
            and grant.since <= self.now
            and (grant.until is None or self.now <= grant.until)
            and (grant.where is None or grant.where == channel or grant.where in around)
            for grant in self.grants
        )

    def has_messaging(self, who: PersonId) -> bool:
        """Whether that part of the platform is there for somebody: for all, or for a pilot group that they are of."""
        if self.switch != "pilot":
            return self.switch == "on"
        theirs = {who, *(place for person, place in (*self.belongs, *self.holds) if person == who)}
        if self.below:
            theirs |= {*self.chain(self.first.get(who))}
        return bool(theirs & self.pilots)


class Histories(RuleBasedStateMachine):
    """What is done to both."""

    def __init__(self) -> None:
        super().__init__()
        opened = [post_opened(Post.at(post), name="post") for post in POSTS]
        self.story = Story().given(TALK, role(KEEP), *opened, *(belongs(who, where) for who, where in PLACED))
        self.model = Model(belongs=set(PLACED))

    def do(self, wish: Command) -> bool:
        """Has it done by the primary administrator; whether it was."""
        self.story.at(self.model.now).when(wish, by=ROOT)
        assert self.story.last is not None
        return not isinstance(self.story.last.answer, Refusal)

    @rule(
        who=st.one_of(people, places, places, posts),
        what=st.sampled_from([KEEP, KEEP, "helper", PEOPLE]),
        where=st.sampled_from([None, GENERAL, OF_SALES, *DEPARTMENTS]),
        begins=minutes,
        lasts=st.one_of(st.none(), st.none(), minutes),
    )
    def grant(self, who: Any, what: str, where: Any, begins: int, lasts: int | None) -> None:
        self.give(who, what, where, begins, lasts)

    def give(self, who: Any, what: str, where: Any, begins: int, lasts: int | None) -> None:
        since = self.model.now + timedelta(minutes=begins - 90)
        until = None if lasts is None else since + timedelta(minutes=lasts)
        terms: dict[str, Any] = {"person" if who in SOMEBODY else "post" if who in POSTS else "department": who}
        terms |= {"role": HELPER} if what == "helper" else {"action": what}
        if where is not None:
            terms["within" if where in DEPARTMENTS else "resource"] = where if where in DEPARTMENTS else resource(where)
        grant = GrantId(an_id(f"grant {len(self.model.grants)}"))
        done = self.do(GrantPermission(grant=grant, since=since, until=until, reason="r", **terms))
        assert not (done and {who, where} & self.model.merged), "nothing is granted to what was merged, nor within it"
        given = Given(who, what, where, since, until, revoked=not done)
        self.model.grants.append(given)

    @rule(number=st.integers(min_value=0, max_value=20))
    def revoke(self, number: int) -> None:
        if number < len(self.model.grants) and not self.model.grants[number].revoked:
            assert self.do(RevokeGrant(grant=GrantId(an_id(f"grant {number}"))))
            self.model.grants[number].revoked = True

    @rule(actions=st.sets(st.sampled_from([KEEP, PEOPLE])))
    def redefine(self, actions: set[str]) -> None:
        if self.do(RedefineRole(role=HELPER, name="Helper", actions=tuple(sorted(actions)))):
            self.model.helper = actions

    @rule()
    def retire(self) -> None:
        self.do(RetireRole(role=HELPER))
        self.model.helper = set()

    @rule(who=people, where=places, comes=st.booleans())
    def belong(self, who: PersonId, where: DepartmentId, comes: bool) -> None:
        if self.do((JoinDepartment if comes else LeaveDepartment)(department=where, person=who)):
            self.belonged(who, where, comes)

    def belonged(self, who: PersonId, where: DepartmentId, comes: bool) -> None:
        (self.model.belongs.add if comes else self.model.belongs.discard)((who, where))
        if not comes and self.model.first.get(who) == where:
            del self.model.first[who]

    @rule(who=people, where=places)
    def belong_first(self, who: PersonId, where: DepartmentId) -> None:
        if self.do(JoinDepartment(department=where, person=who, primary=True)):
            self.model.belongs.add((who, where))
            self.model.first[who] = where

    @rule(who=people, post=posts, comes=st.booleans())
    def hold(self, who: PersonId, post: PostId, comes: bool) -> None:
        assert self.do((AssignPost if comes else WithdrawPost)(post=post, person=who))
        (self.model.holds.add if comes else self.model.holds.discard)((who, post))

    @rule(who=people, post=posts, channel=channels)
    def hold_no_longer(self, who: PersonId, post: PostId, channel: Any) -> None:
        """What a post gives is lost with it."""
        self.give(post, KEEP, channel, 90, None)
        self.hold(who, post, comes=True)
        self.both_decide_alike()
        self.hold(who, post, comes=False)

    @rule(which=places, into=places, who=people)
    def merge(self, which: DepartmentId, into: DepartmentId, who: PersonId) -> None:
        if self.do(MergeDepartment(department=which, into=into)):
            self.model.above[which] = into
            self.model.merged.add(which)
            self.give(which, KEEP, None, 90, None)
            self.give(who, KEEP, which, 90, None)

    @rule(
        switch=st.sampled_from(["on", "pilot", "pilot", "off"]),
        departments=st.sets(places, max_size=2),
        held=st.sets(posts, max_size=1),
        some=st.sets(people, max_size=1),
        below=st.booleans(),
    )
    def switch(self, switch: Any, departments: set[Any], held: set[Any], some: set[Any], below: bool) -> None:
        group: dict[str, Any] = {"departments": tuple(departments), "posts": tuple(held), "people": tuple(some), "below": below}
        assert self.do(SwitchModule(module="messaging", switch=switch, **group))
        self.model.switch, self.model.below, self.model.pilots = switch, below, departments | held | some

    @rule(
        what=st.one_of(
            st.tuples(st.just("revoke"), st.integers(min_value=0, max_value=20)),
            st.tuples(st.just("withdraw"), st.tuples(people, posts)),
            st.tuples(st.just("leave"), st.tuples(people, places)),
            st.tuples(st.just("dismiss"), st.tuples(people, st.one_of(st.none(), places))),
            st.tuples(st.just("suspend"), people),
            st.tuples(st.just("move"), st.tuples(places, st.one_of(st.none(), places))),
        ),
        first=people,
        second=people,
        channel=channels,
    )
    def at_once(self, what: tuple[str, Any], first: PersonId, second: PersonId, channel: Any) -> None:
        """Something ends while two use it: whoever may not any more has not done it after that."""
        wish = self.ending(*what)
        if wish is None:
            return
        self.story.at(self.model.now)
        uses = [(RenameChannel(channel=channel, name=f"by {who}"), who) for who in (first, second)]
        ended, *used = self.story.race((wish, ROOT), *uses)
        if ended:
            self.ended(*what)
        for who, done in zip((first, second), used, strict=True):
            assert not (done and not self.model.keeps(who, channel)), (what, who)

    def ending(self, kind: str, which: Any) -> Command | None:
        match kind:
            case "revoke":
                there = which < len(self.model.grants) and not self.model.grants[which].revoked
                return RevokeGrant(grant=GrantId(an_id(f"grant {which}"))) if there else None
            case "withdraw":
                return WithdrawPost(post=which[1], person=which[0])
            case "leave":
                return LeaveDepartment(department=which[1], person=which[0])
            case "dismiss":
                return DismissAdministrator(person=which[0], department=which[1])
            case "suspend":
                return SuspendPerson(person=which)
            case _:
                return MoveDepartment(department=which[0], parent=which[1])

    def ended(self, kind: str, which: Any) -> None:
        match kind:
            case "revoke":
                self.model.grants[which].revoked = True
            case "withdraw":
                self.model.holds.discard(which)
            case "leave":
                self.belonged(which[0], which[1], comes=False)
            case "dismiss":
                self.model.administers.discard(which)
            case "suspend":
                self.model.suspended.add(which)
            case _:
                self.model.above[which[0]] = which[1]

    @rule(which=places, below=st.one_of(st.none(), places))
    def move(self, which: DepartmentId, below: DepartmentId | None) -> None:
        if self.do(MoveDepartment(department=which, parent=below)):
            self.model.above[which] = below

    @rule(who=people, where=st.one_of(st.none(), places), appointed=st.booleans())
    def administer(self, who: PersonId, where: DepartmentId | None, appointed: bool) -> None:
        wish = AppointAdministrator if appointed else DismissAdministrator
        if self.do(wish(person=who, department=where)):
            (self.model.administers.add if appointed else self.model.administers.discard)((who, where))

    @rule(who=people, back=st.booleans())
    def suspend(self, who: PersonId, back: bool) -> None:
        assert self.do((ReinstatePerson if back else SuspendPerson)(person=who))
        (self.model.suspended.discard if back else self.model.suspended.add)(who)

    @rule(later=minutes)
    def wait(self, later: int) -> None:
        self.model.now += timedelta(minutes=later)

    @invariant()
    def both_decide_alike(self) -> None:
        for who in SOMEBODY:
            for channel in HOME:
                self.story.at(self.model.now)
                decision = self.story.decide(RenameChannel(channel=channel, name="another"), who)
                assert (decision.authority is not None) is self.model.keeps(who, channel), (who, channel, decision)


def test_the_rules_decide_as_the_model_does() -> None:
    run_state_machine_as_test(Histories, settings=settings(max_examples=40, stateful_step_count=20, deadline=None))
