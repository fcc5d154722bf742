"""What somebody holds by grants at this moment: roles taken apart, departments and posts followed to who belongs to them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from domain.access.auditing import AUDIT
from projections.access.grant import Grant
from projections.access.people import HOLDER, PRIMARY, holds
from projections.directory.department import Department
from projections.directory.person import Person
from projections.engine.fields import Maybe, To, column, many, one
from projections.engine.model import Model
from projections.engine.once import trait

_COLUMNS = "g.resource, g.since, g.until, g.within_id, g.id as grant_id"
_ACTION = """
    cross join lateral (
        select g.action where g.action is not null
        union all select unnest(string_to_array(r.permits, ' ')) from {role} r where r.id = g.role_id
    ) a(action)
"""
_STANDS = "g.revoked_at is null and g.since <= {now} and (g.until is null or g.until >= {now})"


_UPWARDS = """
    from {department_membership} m
    cross join lateral (
        with recursive up(id) as (
            select m.department_id
            union select d.parent_id from {department} d join up on d.id = up.id where d.parent_id is not null
        ) select id from up
    ) above
    join {grant} g on g.department_id = above.id
"""
_DOWNWARDS = """
    from {grant} g
    cross join lateral (
        with recursive down(id) as (
            select g.department_id where g.department_id is not null
            union select d.id from {department} d join down on d.parent_id = down.id
        ) select id from down
    ) below
    join {department_membership} m on m.department_id = below.id
"""


def _held(stands: str, through: str = _UPWARDS) -> str:
    """What everybody holds by grants of which this holds."""
    return f"""
    select md5(g.id::text || a.action)::uuid as id, a.action, {_COLUMNS}, g.person_id, null::uuid as through_id
    from {{grant}} g {_ACTION} where g.person_id is not null and {stands}
    union all
    select md5(g.id::text || a.action || m.id)::uuid, a.action, {_COLUMNS}, m.person_id, m.department_id
    {through} {_ACTION} where {stands}
    union all
    select md5(g.id::text || a.action || h.id)::uuid, a.action, {_COLUMNS}, h.person_id, null::uuid
    from {{post_holding}} h join {{grant}} g on g.post_id = h.post_id {_ACTION} where {stands}
"""


HELD, HOLDERS = _held(_STANDS), _held(_STANDS, _DOWNWARDS)
"""The same rows: what somebody holds is found from them up, and who holds what is on a thing from its grants down."""
# Whenever it stood: grants that begin or end by time make nobody a holder, or none.
trait(HOLDER, f"exists (select from ({_held('true')}) v where v.person_id = {{viewer}})")


class Permission(
    Model,
    visible={
        "whose it is": "{this}.person_id = {viewer}",
        "primary administrator": PRIMARY,
        f"grant of {AUDIT}": holds(AUDIT),
    },
    view=HELD,
):
    """That somebody holds an action by a grant now. What they may do as members, owners or administrators is beside it."""

    action: str = column("What they may do.", order=True, filter=("eq",))
    resource: UUID | None = column("On what; nothing where it is not on one thing.", filter=("eq",))
    since: datetime = column("From when.", order=True)
    until: datetime | None = column("The last moment; nothing where it doesn't end by time.")
    person: To[Person] = one("Who.", inverse=many("permissions", "What they hold by grants.", order="action"))
    through: Maybe[Department] = one("The department through which they have it.")
    within: Maybe[Department] = one("On everything of this department and those below it.")
    grant: To[Grant] = one("The grant that gives it.")
