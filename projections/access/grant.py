"""Grants: who was given what, where, from when until when, by whom and why."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from domain.access.auditing import AUDIT
from domain.access.events.grant import GrantRevoked, PermissionGranted
from domain.kernel.events import Recorded
from domain.kernel.personal import readable
from projections.access.people import PRIMARY, administers, holds
from projections.access.role import Role
from projections.directory.department import Department
from projections.directory.person import Person
from projections.directory.post import Post
from projections.engine.feeds import feeds
from projections.engine.fields import Formula, Maybe, To, column, formula, found, listed, many, one, replace
from projections.engine.model import Model
from projections.engine.ways import Among

STANDS = "{this}.revoked_at is null and coalesce({this}.until >= {now}, true)"


class Grant(
    Model,
    visible={
        "to whom it was given": (
            "{this}.person_id = {viewer}",
            Among("department_id", "v.department_id", "{department_membership} v where v.person_id = {viewer}", indexed=True),
            Among("post_id", "v.post_id", "{post_holding} v where v.person_id = {viewer}", indexed=True),
        ),
        "who gave it": "{this}.granted_by_id = {viewer}",
        "primary administrator": PRIMARY,
        "administrator of the department": administers("within_id"),
        f"grant of {AUDIT}": holds(AUDIT, on="id", within="within_id"),
    },
    version=2,
    queries=(
        found("grant", "A grant, by its id."),
        listed("grants", "All grants that you may know of, ended ones included.", order="-since"),
        listed(
            "grants_left_behind",
            "Grants that are not over, to a department or within one that was merged since: they reach only what is still"
            " below it. Give them anew, or revoke them.",
            order="-since",
            where=f"{STANDS} and exists (select from {{department}} d where d.merged_into_id is not null"
            " and d.id in ({this}.department_id, {this}.within_id))",
        ),
    ),
    indexes=("person_id, action", "department_id, action", "post_id, action", "resource"),
):
    """That somebody may do something: one action, or what a role allows."""

    action: str | None = column("The one action; nothing where a role was given.", filter=("eq",))
    resource: UUID | None = column("On what; nothing where it is not on one thing.", filter=("eq",))
    since: datetime = column("From when.", order=True, filter=("lt", "gte"))
    until: datetime | None = column("The last moment; nothing where it doesn't end by time.", default=None)
    reason: str | None = column("Why; nothing where it was erased.", personal=True)
    revoked_at: datetime | None = column("When it was revoked; nothing where it wasn't.", default=None)
    revoked_because: str | None = column("Why it was revoked.", personal=("because",), default=None)
    person: Maybe[Person] = one("To whom.", inverse=many("grants", "What was granted to them.", order="-since"), default=None)
    department: Maybe[Department] = one(
        "To whom: everybody who belongs to it, or to one below it.",
        inverse=many("grants", "What was granted to those who belong to it.", order="-since"),
        default=None,
    )
    post: Maybe[Post] = one(
        "To whom: everybody who holds it.",
        inverse=many("grants", "What was granted to those who hold it.", order="-since"),
        default=None,
    )
    role: Maybe[Role] = one("The role that was given.", inverse=many("grants", "Who has it.", order="-since"), default=None)
    within: Maybe[Department] = one(
        "On everything of this department and those below it.",
        inverse=many("grants_within", "What was granted on what is its.", order="-since"),
        default=None,
    )
    granted_by: To[Person] = one("Who gave it.")
    revoked_by: Maybe[Person] = one("Who revoked it.", default=None)
    active: Formula[bool] = formula(
        f"{STANDS} and {{this}}.since <= {{now}}",
        "Whether it gives anything at this moment.",
    )


@feeds()
def granted(said: Recorded[PermissionGranted]) -> Grant:
    fact = said.event
    return Grant(
        id=said.thing,
        action=fact.action,
        resource=fact.resource,
        since=fact.since,
        until=fact.until,
        reason=readable(fact.reason),
        person=fact.person,
        department=fact.department,
        post=fact.post,
        role=fact.role,
        within=fact.within,
        granted_by=fact.author,
    )


@feeds()
def revoked(row: Grant, said: Recorded[GrantRevoked]) -> Grant:
    fact = said.event
    return replace(row, revoked_at=said.effective_at, revoked_because=readable(fact.because), revoked_by=fact.author)
