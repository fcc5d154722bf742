"""What comes before every rule: who asks is there, may act at all, and has the part of the platform that it is about."""

from datetime import datetime
from typing import Annotated

from domain.access.guest import Guest
from domain.access.invitation import Invitation
from domain.access.module import Module, ModuleOff
from domain.directory.department import Department
from domain.directory.membership import DepartmentMembership
from domain.directory.person import Person, active_person
from domain.directory.post import Holding
from domain.kernel.identifiers import PersonId
from domain.kernel.loads import by, climb
from domain.kernel.refusals import Refusal
from domain.kernel.rules import Check, Held, Late, Verdict
from domain.kernel.states import Maybe, Unguarded


class ViewOnly(Refusal, frozen=True):
    """You may look at what you were invited to, and change nothing."""


class GuestTimeOver(Refusal, frozen=True):
    """Your time as a guest has ended."""

    ended_at: Annotated[datetime | None, "When it ended, where it was set; else the invitation was revoked."] = None


def _guest(
    now: datetime,
    as_guest: Maybe[Guest] | None = by("oneself.as_guest"),
    let_in_by: Maybe[Invitation] | None = by("as_guest.invitation"),
    oneself: Maybe[Person] = by("actor"),
) -> Verdict:
    if as_guest is None or let_in_by is None:
        return True
    if let_in_by.guests_end:
        return GuestTimeOver()
    if as_guest.until is not None and now > as_guest.until:
        return GuestTimeOver(ended_at=as_guest.until)
    return ViewOnly() if as_guest.view_only else Held(as_guest.until)


def _module(
    actor: PersonId,
    switch: Unguarded[Maybe[Module]] = by("module"),
    pilots: tuple[Maybe[DepartmentMembership], ...] = by("switch.departments", "actor"),
    pilot_posts: tuple[Maybe[Holding], ...] = by("switch.posts", "actor"),
) -> Verdict:
    group = actor in switch.people or any(pilot.active for pilot in pilots) or any(held.active for held in pilot_posts)
    if switch.switch == "on" or (switch.switch == "pilot" and group):
        return True
    return ModuleOff(module=switch.name)


def _below(
    switch: Unguarded[Maybe[Module]] = by("module"),
    oneself: Maybe[Person] = by("actor"),
    at_home: tuple[Unguarded[Department], ...] | None = climb("oneself.primary", "parent"),
) -> bool:
    pilots = switch.departments if switch.switch == "pilot" and switch.below else ()
    return any(department.thing in pilots for department in at_home or ())


guest_may_act = Check("guest who may change something, in their time", _guest, tacit=True)
"""What a guest does names their invitation among what allowed it."""
module_is_on = Check("module that is there", _module, tacit=True)
"""A switch is read without a guard: every command would rest on it, and it protects nobody from anybody."""

module_is_below = Late("module that is there below", _below, tacit=True)

STANDING = active_person & guest_may_act & (module_is_on | module_is_below)
