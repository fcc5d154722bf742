"""Roles: named sets of actions, which are given as one."""

from typing import Annotated, Literal, assert_never

from msgspec.structs import replace

from domain.access.actions import UnknownAction, unknown_action
from domain.access.administration import administrator
from domain.access.built_in import BUILT_IN, NAMES
from domain.access.commands.role import DefineRole, RedefineRole, RetireRole
from domain.access.events.role import RoleDefined, RoleEvent, RoleRedefined, RoleRetired
from domain.access.ids import RoleId
from domain.kernel.decisions import decides
from domain.kernel.identifiers import PersonId
from domain.kernel.refusals import IdTaken, Refusal
from domain.kernel.states import NOTHING, Events, New, State


class Role(State[RoleEvent], kind="access.role", key=(RoleId,)):
    """What a role allows now. Its version says which of its definitions that is."""

    status: Literal["new", "in use", "retired"] = "new"
    name: str = ""
    actions: tuple[str, ...] = ()

    def evolve(self, event: RoleEvent) -> "Role":
        match event:
            case RoleDefined(name=name, actions=actions):
                return replace(self, status="in use", name=name, actions=actions)
            case RoleRedefined(name=name, actions=actions):
                return replace(self, name=name, actions=actions)
            case RoleRetired():
                return replace(self, status="retired", actions=())
            case _:
                assert_never(event)

    @property
    def gives(self) -> tuple[str, ...]:
        """What it allows: of a role that is always there, before it was first given too."""
        return self.actions if self.exists else BUILT_IN[NAMES[RoleId(self.thing)]] if self.thing in NAMES else ()


class RoleIsRetired(Refusal, frozen=True):
    """A retired role is given to nobody and stays as it was."""

    role: Annotated[RoleId, "The role."]


def first_given(role: Role | None, actor: PersonId) -> Events:
    """The definition of a role that is always there, where this is the first time that it is given."""
    if role is None or role.exists:
        return NOTHING
    return role.records(RoleDefined(name=NAMES[RoleId(role.thing)], actions=role.gives, by=actor))


# Whoever may change what a role allows could give themselves everything by it: so it can't be granted.
@decides(allowed=administrator())
def define(command: DefineRole, actor: PersonId, role: New[Role]) -> Events | IdTaken | UnknownAction:
    if role.exists:
        same = (role.name, role.actions) == (command.name, command.actions)
        return NOTHING if same else IdTaken(id=command.role)
    return unknown_action(command.actions) or role.records(RoleDefined(name=command.name, actions=command.actions, by=actor))


@decides(allowed=administrator())
def redefine(command: RedefineRole, actor: PersonId, role: Role) -> Events | RoleIsRetired | UnknownAction:
    if (role.name, role.actions) == (command.name, command.actions):
        return NOTHING
    if role.status == "retired":
        return RoleIsRetired(role=command.role)
    return unknown_action(command.actions) or role.records(RoleRedefined(name=command.name, actions=command.actions, by=actor))


@decides(allowed=administrator())
def retire(command: RetireRole, actor: PersonId, role: Role) -> Events:
    return NOTHING if role.status == "retired" else role.records(RoleRetired(by=actor))
