"""What may be wished about roles."""

from typing import Annotated

from pydantic import AfterValidator, Field

from domain.access.ids import RoleId
from domain.kernel.commands import Command, Line

NAME, ACTIONS, ACTION = 80, 100, 80
"""Longest name of a role, most actions in one, and longest name of an action."""


def _in_order(actions: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(actions)))


Action = Annotated[Line, Field(max_length=ACTION, pattern=r"^[a-z_]+(\.[a-z_]+)+$")]
Actions = Annotated[tuple[Action, ...], AfterValidator(_in_order)]


class DefineRole(Command):
    """Give a name to a set of actions, so that they can be granted together."""

    role: RoleId = Field(description="The new role's id, made by the client.")
    name: Line = Field(description="What it is called.", max_length=NAME)
    actions: Actions = Field(description="What whoever has it may do, as in `messaging.channel.manage`.", max_length=ACTIONS)


class RedefineRole(Command):
    """Say anew what a role is called and allows; it holds at once for everybody who has it."""

    role: RoleId = Field(description="Which one.")
    name: Line = Field(description="What it is called from now on.", max_length=NAME)
    actions: Actions = Field(description="What whoever has it may do from now on.", max_length=ACTIONS)


class RetireRole(Command):
    """Let a role allow nothing more."""

    role: RoleId = Field(description="Which one.")
