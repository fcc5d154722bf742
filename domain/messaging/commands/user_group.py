"""What people may wish of groups that are mentioned together."""

from pydantic import Field

from domain.kernel.commands import Command, Line
from domain.kernel.identifiers import PersonId
from domain.messaging.commands.limits import NAME
from domain.messaging.ids import UserGroupId


class CreateUserGroup(Command):
    """Give a name to people who are mentioned together, such as those on call; you keep the group."""

    group: UserGroupId = Field(description="The new group's id, made by the client.")
    name: Line = Field(description="What it is called.", max_length=NAME)


class RenameUserGroup(Command):
    """Call a group by another name."""

    group: UserGroupId = Field(description="Which one.")
    name: Line = Field(description="What it is called from now on.", max_length=NAME)


class DissolveUserGroup(Command):
    """Let a group be mentioned no longer."""

    group: UserGroupId = Field(description="Which one.")


class AddToUserGroup(Command):
    """Let somebody be meant too when the group is mentioned."""

    group: UserGroupId = Field(description="Which one.")
    person: PersonId = Field(description="Who.")


class RemoveFromUserGroup(Command):
    """Let somebody be meant no longer when the group is mentioned: anybody, if you keep it; else yourself."""

    group: UserGroupId = Field(description="Which one.")
    person: PersonId = Field(description="Who.")
