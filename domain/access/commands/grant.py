"""What may be wished about grants."""

from datetime import datetime
from typing import Self

from pydantic import Field, model_validator

from domain.access.built_in import BuiltIn, built_in_role
from domain.access.commands.role import ACTION, Action
from domain.access.ids import GrantId, ResourceId, RoleId
from domain.directory.ids import DepartmentId, PostId
from domain.kernel.commands import Command, Line, Moment
from domain.kernel.identifiers import PersonId

REASON = 500
"""Longest reason, in characters."""


class GrantPermission(Command):
    """Let somebody do something: one action or a role, on one resource, within a department, or everywhere."""

    grant: GrantId = Field(description="The new grant's id, made by the client.")
    person: PersonId | None = Field(default=None, description="To whom: a person, a guest or a program.")
    department: DepartmentId | None = Field(
        default=None, description="To whom: everybody who belongs to this department or one below it."
    )
    post: PostId | None = Field(default=None, description="To whom: everybody who holds this post, while they hold it.")
    action: Action | None = Field(default=None, description="The one action that is granted.", max_length=ACTION)
    role: RoleId | None = Field(default=None, description="The role that is granted: all that it allows at the time of use.")
    built_in: BuiltIn | None = Field(default=None, description="The role that is granted, of those that are always there.")
    resource: ResourceId | None = Field(
        default=None, description="On what: any object, by its id. Without it and `within`: on all."
    )
    within: DepartmentId | None = Field(default=None, description="On everything of this department and of those below it.")
    since: Moment | None = Field(default=None, description="From when; left out, from now.")
    until: Moment | None = Field(default=None, description="The last moment; left out, until it is revoked.")
    reason: Line = Field(description="Why.", max_length=REASON)

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        if [self.person, self.department, self.post].count(None) != 2:
            raise ValueError("a grant is for a person, for a department or for a post")
        if [self.action, self.role, self.built_in].count(None) != 2:
            raise ValueError("a grant gives one action, or one role")
        if self.resource is not None and self.within is not None:
            raise ValueError("a grant is on a resource or within a department")
        if self.until is not None and self.since is not None and self.until < self.since:
            raise ValueError("a grant ends after it begins")
        return self

    @property
    def given_role(self) -> RoleId | None:
        """The role, by its id, whichever way it was named."""
        return built_in_role(self.built_in) if self.built_in else self.role

    def begins(self, now: datetime) -> datetime:
        """From when it is granted."""
        return self.since or now


class RevokeGrant(Command):
    """Let a grant give nothing more, from this instant on."""

    grant: GrantId = Field(description="Which one.")
    reason: Line | None = Field(default=None, description="Why.", max_length=REASON)
