"""What tests say about grants and roles."""

from datetime import datetime, timedelta
from typing import Any

from domain.access.events.grant import GrantRevoked, PermissionGranted
from domain.access.events.role import RoleDefined
from domain.access.holding import Grant
from domain.access.ids import GrantId, ResourceId, RoleId
from domain.access.role import Role
from domain.kernel.states import Events
from tests.directory.words import ROOT
from tests.story import NOON, an_id

GRANT, OTHER = GrantId(an_id("grant")), GrantId(an_id("another grant"))
HELPER = RoleId(an_id("helper"))
KEEP, PEOPLE, GIVE = "messaging.channel.manage", "directory.person.manage", "access.permission.grant"
LATER = NOON + timedelta(hours=1)


def granted(grant: GrantId = GRANT, *, since: datetime = NOON, **terms: Any) -> Events:
    """It was granted: `person` or `department`, `action` or `role`, perhaps `resource` or `within`, `until`."""
    return Grant.at(grant).records(PermissionGranted(author=ROOT, since=since, reason="because", **terms))


def revoked(grant: GrantId = GRANT) -> Events:
    return Grant.at(grant).records(GrantRevoked(author=ROOT))


def role(*actions: str, of: RoleId = HELPER) -> Events:
    return Role.at(of).records(RoleDefined(name="Helper", actions=actions, by=ROOT))


def resource(identifier: Any) -> ResourceId:
    return ResourceId(identifier)
