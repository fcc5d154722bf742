"""What is recorded about who may do what: one file per thing."""

from domain.access.events.administration import AdministrationEvent, AdministratorAppointed, AdministratorDismissed
from domain.access.events.grant import GrantEvent, GrantRevoked, PermissionGranted
from domain.access.events.refusals import CommandRefused, RefusalEvent, RefusalsCounted
from domain.access.events.role import RoleDefined, RoleEvent, RoleRedefined, RoleRetired

__all__ = [
    "AdministrationEvent",
    "AdministratorAppointed",
    "AdministratorDismissed",
    "CommandRefused",
    "GrantEvent",
    "GrantRevoked",
    "PermissionGranted",
    "RefusalEvent",
    "RefusalsCounted",
    "RoleDefined",
    "RoleEvent",
    "RoleRedefined",
    "RoleRetired",
]
