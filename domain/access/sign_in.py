"""Signing in again: a code for one guest, for a short time, that is good once."""

from datetime import datetime, timedelta
from typing import Literal, assert_never

from msgspec.structs import replace

from domain.access.administration import administrator
from domain.access.commands.invitation import OfferSignIn, UseSignIn
from domain.access.events.sign_in import SignInEvent, SignInOffered, SignInUsed
from domain.access.guest import Guest
from domain.access.holding import granted
from domain.access.invitation import ISSUES, Invitation
from domain.access.secrets import SignInId
from domain.directory.person import Person
from domain.kernel.decisions import decides
from domain.kernel.identifiers import PersonId
from domain.kernel.loads import by
from domain.kernel.refusals import IdTaken, Refusal
from domain.kernel.rules import PLATFORM, Check
from domain.kernel.states import NOTHING, Events, Maybe, New, State

GOOD_FOR = timedelta(minutes=15)


class SignIn(State[SignInEvent], kind="access.sign_in", key=(SignInId,)):
    """For whom a code is good, and until when."""

    status: Literal["new", "offered", "used"] = "new"
    person: PersonId | None = None
    until: datetime | None = None

    def evolve(self, event: SignInEvent) -> "SignIn":
        match event:
            case SignInOffered(person=person, until=until):
                return replace(self, status="offered", person=person, until=until)
            case SignInUsed():
                return replace(self, status="used")
            case _:
                assert_never(event)


class CodeNotGood(Refusal, frozen=True):
    """Nobody signs in by this code: there is none like it, or it was used already or came too late."""


class NoGuest(Refusal, frozen=True):
    """Only guests sign in by codes of ours."""


def _invited_them(
    actor: PersonId, guest: Maybe[Guest] = by("person"), invitation: Maybe[Invitation] | None = by("guest.invitation")
) -> bool:
    return invitation is not None and invitation.issued is not None and invitation.issued.author == actor


who_invited_them = Check("whoever invited them", _invited_them)


@decides(allowed=administrator() | who_invited_them | granted(ISSUES))
def offer(
    command: OfferSignIn,
    actor: PersonId,
    now: datetime,
    person: Person,
    sign_in: New[SignIn],
    guest: Maybe[Guest] = by("person"),
) -> Events | NoGuest | IdTaken:
    if sign_in.exists:
        return NOTHING if sign_in.status == "offered" and sign_in.person == command.person else IdTaken(id=command.person)
    if not guest.exists:
        return NoGuest()
    return sign_in.records(SignInOffered(person=command.person, until=now + GOOD_FOR, by=actor))


@decides(allowed=PLATFORM)
def use(command: UseSignIn, now: datetime, sign_in: Maybe[SignIn], person: Maybe[Person]) -> Events | CodeNotGood:
    good = sign_in.status == "offered" and sign_in.person == command.person and person.status == "active"
    if not good or sign_in.until is None or now > sign_in.until:
        return CodeNotGood()
    return sign_in.records(SignInUsed(person=command.person))
