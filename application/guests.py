"""The way in for people from outside: codes are made here, known to whom they are given, and kept nowhere."""

import asyncio
import base64
import secrets
from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

from application.envelope import Asked
from application.guest_letters import Correspondence, NotSent
from application.outcomes import Outcome
from application.platform import Platform
from application.ports.clock import Identifiers
from application.ports.log import ClockJumped, LogUnavailable
from application.ports.notifications import NotEver, NotNow
from application.ports.rates import Rate, Rates
from domain.access.commands.invitation import IssueInvitation, OfferSignIn, RedeemInvitation, UseSignIn
from domain.access.guest import Guest
from domain.access.ids import ResourceId
from domain.access.secrets import invitation_id
from domain.kernel.events import Authority, Context
from domain.kernel.identifiers import PersonId, derived, service
from domain.kernel.refusals import Refusal
from domain.messaging.commands.guests import InviteGuest
from domain.messaging.ids import ChannelId

ENTRANCE = service("guest entrance")
BY_CODE = Authority("code of an invitation, or to sign in")
BITS = 128
PREFIX = 4
"""Characters of a code by which guesses at codes like it are counted together."""
PER_ADDRESS, PER_PREFIX = Rate(20, 600.0), Rate(10, 600.0)
PER_GUEST = Rate(3, 900.0)
"""Letters with a code that somebody may have sent to a guest without a token."""
BY_ASKING = Authority("code that is sent to the guest's own address")


class TooManyAttempts(Refusal, frozen=True):
    """Too many codes were tried; this one was not even looked at."""


class Made(NamedTuple):
    """A code that was made, for whoever may have it (None: it was sent); and what came of recording that it is good."""

    code: str | None
    of: UUID
    outcome: Outcome


class LetIn(NamedTuple):
    """A guest who showed a good code, and until when they are one; or why not."""

    person: PersonId | None
    until: datetime | None
    refusal: Refusal | None
    wait: float = 0.0


class GuestDesk:
    """Invites guests, lets them in, and back in. Guessing is counted by address and by what codes begin with.

    Without `letters`, codes are told to whoever makes them and to nobody else.
    """

    def __init__(self, platform: Platform, rates: Rates, new_id: Identifiers, letters: Correspondence | None = None) -> None:
        self._platform, self._rates, self._new_id, self._letters = platform, rates, new_id, letters
        self._sending: set[asyncio.Task[None]] = set()

    async def invite(
        self,
        by: PersonId,
        command_id: UUID,
        context: Context,
        to: ChannelId | ResourceId,
        address: str | None = None,
        **terms: Any,
    ) -> Made:
        """An invitation of somebody's to a channel, or to any other thing where `anything` says so in `terms`.

        With an `address` its code is sent there, and told to nobody else. Raises pydantic's ValidationError, NotNow, NotEver,
        and what Platform.handle raises.
        """
        code, digest = _new_code()
        if address is not None and self._letters is None:
            return Made(None, invitation_id(digest), Outcome(NotSent(), 0))
        command = (
            IssueInvitation(digest=digest, resource=ResourceId(to), **terms)
            if terms.pop("anything", False)
            else InviteGuest(digest=digest, channel=ChannelId(to), **terms)
        )
        outcome = await self._platform.handle(command, Asked(by, command_id, context))
        if address is None or self._letters is None or outcome.refusal is not None:
            return Made(code, invitation_id(digest), outcome)
        await self._letters.invitation(address, code, None)
        return Made(None, invitation_id(digest), outcome)

    async def redeem(self, code: str, name: str, email: str | None, command_id: UUID, address: str) -> LetIn:
        """Lets somebody in by an invitation's code. The same command id with the same code is the same guest again.

        Raises pydantic's ValidationError, and what Platform.handle raises.
        """
        person = PersonId(derived("guest", command_id))
        command = RedeemInvitation(digest=_digest(code), person=person, name=name, email=email)
        if wait := await self._guesses(code, address):
            return LetIn(None, None, TooManyAttempts(), wait)
        outcome = await self._platform.handle(command, self._asked(command_id), BY_CODE)
        return await self._let_in(person, outcome)

    async def offer(self, by: PersonId, command_id: UUID, context: Context, guest: PersonId, *, send: bool = False) -> Made:
        """A code by which a guest signs in again, once; with `send` it goes to the guest's address, and is told to nobody else.

        Raises NotNow, NotEver, and what Platform.handle raises.
        """
        code, digest = _new_code()
        if send and self._letters is None:
            return Made(None, guest, Outcome(NotSent(), 0))
        outcome = await self._platform.handle(OfferSignIn(person=guest, digest=digest), Asked(by, command_id, context))
        if not send or self._letters is None or outcome.refusal is not None:
            return Made(code, guest, outcome)
        unsent = await self._letters.sign_in(guest, code)
        return Made(None, guest, outcome if unsent is None else Outcome(unsent, outcome.position))

    async def send_code(self, guest: PersonId, address: str) -> float:
        """Sends a guest who has no token a code, to the address on record; how long to wait before another may be sent, if any.

        Nothing is awaited but the count, so that whoever asks learns neither whether there is such a guest nor of their address.
        """
        for user, rate in ((f"guest at {address}", PER_ADDRESS), (f"letters to {guest}", PER_GUEST)):
            taken = await self._rates.take(user, 1, rate)
            if not taken.allowed:
                self._platform.refusals.add(ENTRANCE, TooManyAttempts())
                return max(taken.wait, 1.0)
        sending = asyncio.create_task(self._send_code(guest))
        self._sending.add(sending)
        sending.add_done_callback(self._sending.discard)
        return 0.0

    async def _send_code(self, guest: PersonId) -> None:
        if self._letters is None:
            return
        code, digest = _new_code()
        with suppress(NotNow, NotEver, LogUnavailable, ClockJumped):  # they ask again, or whoever invited them does
            offered = OfferSignIn(person=guest, digest=digest)
            outcome = await self._platform.handle(offered, self._asked(self._new_id()), BY_ASKING)
            if outcome.refusal is None:
                await self._letters.sign_in(guest, code)

    async def sign_in(self, person: PersonId, code: str, address: str) -> LetIn:
        """Lets a guest in again. Raises what Platform.handle raises."""
        if wait := await self._guesses(code, address):
            return LetIn(None, None, TooManyAttempts(), wait)
        command = UseSignIn(person=person, digest=_digest(code))
        outcome = await self._platform.handle(command, self._asked(self._new_id()), BY_CODE)
        return await self._let_in(person, outcome)

    async def _let_in(self, person: PersonId, outcome: Outcome) -> LetIn:
        if outcome.refusal is not None:
            return LetIn(None, None, outcome.refusal)
        stream = Guest.at(person).stream
        await self._platform.states.load({(Guest, stream)})
        found = self._platform.states.view(Guest, stream)
        return LetIn(person, found.until if isinstance(found, Guest) else None, None)

    async def _guesses(self, code: str, address: str) -> float:
        """How long to wait before another code is looked at; 0 for none. That it was too many is on record, as a count."""
        for user, rate in ((f"guest at {address}", PER_ADDRESS), (f"code {code[:PREFIX]}", PER_PREFIX)):
            taken = await self._rates.take(user, 1, rate)
            if not taken.allowed:
                self._platform.refusals.add(ENTRANCE, TooManyAttempts())
                return max(taken.wait, 1.0)
        return 0.0

    def _asked(self, command_id: UUID) -> Asked:
        return Asked(ENTRANCE, command_id, Context(client="guest entrance"))


def _new_code() -> tuple[str, str]:
    """A code of 128 random bits, in letters and digits that survive being read out, and its digest."""
    code = base64.b32encode(secrets.token_bytes(BITS // 8)).decode().rstrip("=").lower()
    return code, _digest(code)


def _digest(code: str) -> str:
    return sha256(code.encode()).hexdigest()
