"""What somebody holds by a grant, and the rule that asks for it: `granted("messaging.channel.manage", on="channel")`."""

from datetime import datetime
from typing import Literal, NamedTuple, assert_never

from msgspec.structs import replace

from domain.access.administration import EVERYWHERE
from domain.access.events.grant import GrantEvent, GrantRevoked, PermissionGranted
from domain.access.ids import GrantId, ResourceId, RoleId
from domain.access.role import Role
from domain.directory.department import Department
from domain.directory.ids import DepartmentId, PostId
from domain.directory.membership import DepartmentMembership
from domain.directory.post import Holding
from domain.kernel.identifiers import PersonId
from domain.kernel.loads import GIVEN, by, climb
from domain.kernel.rules import Claim, Granted, Held, Rule, Verdict
from domain.kernel.states import Maybe, State


class Proposal(NamedTuple):
    """A grant that may allow what is wished, and the department through which the actor is among those it was given to."""

    grant: GrantId | None = None
    through: DepartmentId | None = None


GIVEN["proposed"] = Proposal


class Grant(State[GrantEvent], kind="access.grant", key=(GrantId,)):
    """Who may do what, where and when. One stream for each, so that a revocation meets whatever rests on it."""

    status: Literal["new", "given", "revoked"] = "new"
    author: PersonId | None = None
    person: PersonId | None = None
    department: DepartmentId | None = None
    post: PostId | None = None
    action: str | None = None
    role: RoleId | None = None
    resource: ResourceId | None = None
    within: DepartmentId | None = None
    since: datetime | None = None
    until: datetime | None = None

    def evolve(self, event: GrantEvent) -> "Grant":
        match event:
            case PermissionGranted():
                return replace(
                    self,
                    status="given",
                    author=event.author,
                    person=event.person,
                    department=event.department,
                    post=event.post,
                    action=event.action,
                    role=event.role,
                    resource=event.resource,
                    within=event.within,
                    since=event.since,
                    until=event.until,
                )
            case GrantRevoked():
                return replace(self, status="revoked")
            case _:
                assert_never(event)

    def holds_at(self, now: datetime) -> bool:
        """Whether it gives anything at a moment; when it ends is for the check to say."""
        return self.status == "given" and self.since is not None and self.since <= now

    def gives(self, role: Role | None) -> frozenset[str]:
        """The actions that it gives, its role being what it is."""
        if self.action is not None:
            return frozenset((self.action,))
        return frozenset(role.gives) if role is not None else frozenset()

    def reaches(self, claim: Claim, places: tuple[Department, ...] | None) -> str | None:
        """The scope by which it reaches what is claimed, whose department and those above it are `places`; None if it doesn't."""
        if self.resource is not None:
            return f"resource/{self.resource}" if self.resource == claim.resource else None
        if self.within is None:
            return EVERYWHERE
        return next((place.stream for place in places or () if place.thing == self.within), None)

    def is_for(
        self,
        actor: PersonId,
        through: DepartmentMembership | None,
        above: tuple[Department, ...] | None,
        post: Holding | None,
    ) -> bool:
        """Whether it was given to the actor, to a department that they belong `through` to or one above it, or to their post."""
        if self.person is not None:
            return self.person == actor
        if self.post is not None:
            return post is not None and post.active
        if through is None or not through.active or self.department is None:
            return False
        return any(department.thing == self.department for department in above or ())


def granted(action: str, *, on: str | None = None, within: str | None = None) -> Rule:
    """Whoever was granted the action: on the resource that `on` names, within the department that `within` names or one above
    it, or everywhere. The authority names the grant, the role, the membership or post, and the departments that it rests on."""

    def check(
        actor: PersonId,
        now: datetime,
        claim: Claim,
        held: Maybe[Grant] | None = by("proposed.grant"),
        held_role: Maybe[Role] | None = by("held.role"),
        held_through: Maybe[DepartmentMembership] | None = by("proposed.through", "actor"),
        held_above: tuple[Department, ...] | None = climb("proposed.through", "parent"),
        held_post: Maybe[Holding] | None = by("held.post", "actor"),
        held_places: tuple[Department, ...] | None = climb(within or "proposed.through", "parent"),
    ) -> Verdict:
        if held is None or not held.holds_at(now) or action not in held.gives(held_role):
            return False
        scope = held.reaches(claim, held_places if within else None)
        if scope is None or not held.is_for(actor, held_through, held_above, held_post):
            return False
        return Held(held.until, scope)

    return Granted(action, check, on=on, within=within)
