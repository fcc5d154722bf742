"""What happens to roles."""

from domain.kernel.events import Event, catalogue
from domain.kernel.identifiers import PersonId


class RoleDefined(Event, wire="access.role_defined.v1"):
    """A set of actions has a name, by which it can be given. Those that the platform knows from the start are recorded too,
    when they are first given."""

    name: str
    actions: tuple[str, ...]
    by: PersonId


class RoleRedefined(Event, wire="access.role_redefined.v1"):
    """A role is another set of actions, or has another name; whoever has the role may do what it says now."""

    name: str
    actions: tuple[str, ...]
    by: PersonId


class RoleRetired(Event, wire="access.role_retired.v1"):
    """A role allows nothing more, and is given to nobody any more."""

    by: PersonId


RoleEvent = RoleDefined | RoleRedefined | RoleRetired

catalogue(RoleDefined, RoleRedefined, RoleRetired)
