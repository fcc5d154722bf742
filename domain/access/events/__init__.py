"""What is recorded about who may do what: one file per thing."""

from domain.access.events.administration import AdministrationEvent, AdministratorAppointed, AdministratorDismissed
from domain.access.events.grant import GrantEvent, GrantRevoked, PermissionGranted
from domain.access.events.invitation import (
    GuestAdmitted,
    InvitationEvent,
    InvitationIssued,
    InvitationRedeemed,
    InvitationRevoked,
)
from domain.access.events.module import ModuleSwitched, Switch
from domain.access.events.refusals import CommandRefused, RefusalEvent, RefusalsCounted
from domain.access.events.role import RoleDefined, RoleEvent, RoleRedefined, RoleRetired
from domain.access.events.sign_in import SignInEvent, SignInOffered, SignInUsed

__all__ = [
    "AdministrationEvent",
    "AdministratorAppointed",
    "AdministratorDismissed",
    "CommandRefused",
    "GrantEvent",
    "GrantRevoked",
    "GuestAdmitted",
    "InvitationEvent",
    "InvitationIssued",
    "InvitationRedeemed",
    "InvitationRevoked",
    "ModuleSwitched",
    "PermissionGranted",
    "RefusalEvent",
    "RefusalsCounted",
    "RoleDefined",
    "RoleEvent",
    "RoleRedefined",
    "RoleRetired",
    "SignInEvent",
    "SignInOffered",
    "SignInUsed",
    "Switch",
]
