"""Roles that are always there, to be given by name. They are written to the log when they are first given."""

from typing import Literal

from domain.access.ids import RoleId
from domain.kernel.identifiers import derived

BuiltIn = Literal["auditor", "guest", "keeper", "supplier"]

BUILT_IN: dict[BuiltIn, tuple[str, ...]] = {
    "auditor": ("access.audit", "history.read", "messaging.channel.read"),
    "guest": ("messaging.channel.read",),
    "keeper": ("messaging.channel.manage", "messaging.channel.read"),
    "supplier": ("messaging.channel.read",),
}
"""What each allows: an auditor reads everything and its history, a keeper looks after channels; a guest sees what they were
invited to, and so does a supplier, who changes nothing."""


def built_in_role(name: BuiltIn) -> RoleId:
    """The id of one of these roles, the same in every organisation."""
    return RoleId(derived("access.role", name))


NAMES = {built_in_role(name): name for name in BUILT_IN}
