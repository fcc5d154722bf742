"""Grants: given within what one holds, and revoked at once."""

from datetime import datetime
from typing import Annotated

from domain.access.actions import UnknownAction, unknown_action
from domain.access.administration import administrator_of
from domain.access.built_in import NAMES
from domain.access.commands.grant import GrantPermission, RevokeGrant
from domain.access.events.grant import GrantRevoked, PermissionGranted
from domain.access.holding import Grant, granted
from domain.access.ids import RoleId
from domain.access.role import Role, RoleIsRetired, first_given
from domain.directory.department import Department, DepartmentIsClosed
from domain.directory.ids import DepartmentId, PostId
from domain.directory.person import HasLeft, Person
from domain.directory.post import Post, PostIsClosed
from domain.kernel.decisions import decides
from domain.kernel.identifiers import PersonId
from domain.kernel.loads import by
from domain.kernel.refusals import IdTaken, NotFound, Refusal
from domain.kernel.rules import Check
from domain.kernel.states import NOTHING, Events, Maybe, New, State

GIVES = "access.permission.grant"


class AlreadyOver(Refusal, frozen=True):
    """A grant that has ended before it is made gives nothing."""

    until: Annotated[datetime, "When it would have ended."]


GIVEN_ROLE = by("command.given_role")


def _no_more(
    command: GrantPermission,
    held: Maybe[Grant] | None = by("proposed.grant"),
    held_role: Maybe[Role] | None = by("held.role"),
    given_role: Maybe[Role] | None = GIVEN_ROLE,
) -> bool:
    if held is None or (held.until is not None and (command.until is None or command.until > held.until)):
        return False
    wanted = (command.action,) if command.action else given_role.gives if given_role else ()
    return held.gives(held_role).issuperset(wanted)


def _gave_it(grant: Grant, actor: PersonId) -> bool:
    return grant.author == actor


no_more_than_held = Check("no more, and no longer, than one holds", _no_more)
the_granter = Check("whoever gave it", _gave_it)


@decides(
    allowed=administrator_of("command.within") | (granted(GIVES, on="resource", within="command.within") & no_more_than_held)
)
def grant(
    command: GrantPermission,
    actor: PersonId,
    now: datetime,
    grant: New[Grant],
    person: Person | None,
    department: Department | None,
    within: Department | None,
    post: Post | None,
    given_role: Maybe[Role] | None = GIVEN_ROLE,
) -> Events | IdTaken | AlreadyOver | UnknownAction | NotFound | RoleIsRetired | HasLeft | DepartmentIsClosed | PostIsClosed:
    given = _given(command, actor, grant.since if grant.since and command.since is None else command.begins(now))
    if grant.exists:
        return NOTHING if _says(grant, given) else IdTaken(id=command.grant)
    if command.until is not None and command.until <= now:
        return AlreadyOver(until=command.until)
    if person is not None and person.status == "left":
        return HasLeft(person=PersonId(person.thing))
    if closed := next((each for each in (department, within) if each is not None and not each.open), None):
        return DepartmentIsClosed(department=DepartmentId(closed.thing))
    if post is not None and post.status == "closed":
        return PostIsClosed(post=PostId(post.thing))
    if given_role is not None and given_role.status == "retired":
        return RoleIsRetired(role=RoleId(given_role.thing))
    if given_role is not None and not given_role.exists and given_role.thing not in NAMES:
        return NotFound(kind="Role")
    return unknown_action((command.action,) if command.action else ()) or (first_given(given_role, actor) + grant.records(given))


@decides(allowed=administrator_of("grant.within") | the_granter | granted(GIVES, on="grant.resource", within="grant.within"))
def revoke(command: RevokeGrant, actor: PersonId, grant: Grant) -> Events:
    return NOTHING if grant.status == "revoked" else grant.records(GrantRevoked(author=actor, because=command.reason))


def _given(command: GrantPermission, actor: PersonId, since: datetime) -> PermissionGranted:
    return PermissionGranted(
        author=actor,
        person=command.person,
        department=command.department,
        post=command.post,
        action=command.action,
        role=command.given_role,
        resource=command.resource,
        within=command.within,
        since=since,
        until=command.until,
        reason=command.reason,
    )


def _says(grant: Grant, given: PermissionGranted) -> bool:
    """Whether a grant was given in these terms; why is not among what a decision remembers."""
    first = Grant(stream=grant.stream, version=grant.version).evolve(given)
    return all(
        getattr(first, field) == getattr(grant, field)
        for field in Grant.__struct_fields__
        if field not in (*State.__struct_fields__, "status")
    )
