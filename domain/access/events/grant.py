"""What happens to grants: who may do what, where, from when until when, by whom and why."""

from datetime import datetime

from domain.access.ids import ResourceId, RoleId
from domain.directory.ids import DepartmentId, PostId
from domain.kernel.events import Event, catalogue
from domain.kernel.identifiers import PersonId
from domain.kernel.personal import Authored
from domain.kernel.upcasts import Fields, upcast


class PermissionGranted(Event, wire="access.permission_granted.v2"):
    """Somebody may do something: one action, or all that a role says at the time of use.

    It is given to a person (a guest or a program too), to whoever belongs to a department or to one below it, or to whoever
    holds a post; on one resource, within a department and those below it, or with neither everywhere; from `since` up to and
    including `until`, or until it is revoked. `author` gave it.
    """

    author: PersonId
    person: PersonId | None = None
    department: DepartmentId | None = None
    post: PostId | None = None
    action: str | None = None
    role: RoleId | None = None
    resource: ResourceId | None = None
    within: DepartmentId | None = None
    since: datetime
    until: datetime | None = None
    reason: Authored[str]


class GrantRevoked(Event, wire="access.grant_revoked.v1"):
    """A grant gives nothing from here on."""

    author: PersonId
    because: Authored[str | None] = None


GrantEvent = PermissionGranted | GrantRevoked

catalogue(PermissionGranted, GrantRevoked)


@upcast("access.permission_granted.v1", "access.permission_granted.v2", personal=("reason",))
def before_posts(old: Fields) -> Fields:
    """Nothing was given to those who hold a post."""
    return {**old, "post": None}
