"""What may be wished about who may do what: one file per thing."""

from domain.access.commands.administration import AppointAdministrator, DismissAdministrator
from domain.access.commands.grant import GrantPermission, RevokeGrant
from domain.access.commands.invitation import (
    IssueInvitation,
    OfferSignIn,
    RedeemInvitation,
    RevokeInvitation,
    UseSignIn,
)
from domain.access.commands.module import SwitchModule
from domain.access.commands.role import DefineRole, RedefineRole, RetireRole

__all__ = [
    "AppointAdministrator",
    "DefineRole",
    "DismissAdministrator",
    "GrantPermission",
    "IssueInvitation",
    "OfferSignIn",
    "RedeemInvitation",
    "RedefineRole",
    "RetireRole",
    "RevokeGrant",
    "RevokeInvitation",
    "SwitchModule",
    "UseSignIn",
]
