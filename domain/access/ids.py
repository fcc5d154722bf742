"""What names the things of access."""

from typing import NewType
from uuid import UUID

GrantId = NewType("GrantId", UUID)
RoleId = NewType("RoleId", UUID)
InvitationId = NewType("InvitationId", UUID)
ResourceId = NewType("ResourceId", UUID)
"""Anything that an action can be done on: a channel, a project, an order."""
