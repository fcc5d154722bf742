"""Roles, as they can be granted."""

from __future__ import annotations

from domain.access.events.role import RoleDefined, RoleRedefined, RoleRetired
from domain.kernel.events import Recorded
from projections.access.people import STAFF
from projections.engine.feeds import feeds
from projections.engine.fields import To, column, found, listed, many, one, replace
from projections.engine.model import Model

LISTED = """
    select md5(r.id::text || a.action)::uuid as id, a.action, r.id as role_id
    from {role} r cross join lateral unnest(string_to_array(r.permits, ' ')) a(action)
"""


class Role(
    Model,
    visible={"belongs to the organisation": STAFF},
    queries=(
        found("role", "A role, by its id."),
        listed("roles", "All roles that were defined or given.", order="name"),
    ),
):
    """A set of actions that can be granted as one."""

    name: str = column("What it is called.", order=True, filter=("eq", "contains"))
    permits: str = column("Its actions, with a space between each.")
    retired: bool = column("Whether it allows nothing more.", default=False, filter=("eq",))


class RoleAction(Model, visible="role", view=LISTED):
    """One of the actions that a role allows."""

    action: str = column("Its name.", order=True)
    role: To[Role] = one("Which role.", inverse=many("actions", "What it allows.", order="action"))


@feeds()
def defined(said: Recorded[RoleDefined]) -> Role:
    return Role(id=said.thing, name=said.event.name, permits=" ".join(said.event.actions))


@feeds()
def redefined(row: Role, said: Recorded[RoleRedefined]) -> Role:
    return replace(row, name=said.event.name, permits=" ".join(said.event.actions))


@feeds()
def retired(row: Role, said: Recorded[RoleRetired]) -> Role:
    return replace(row, retired=True, permits="")
