"""A draft: one command decided on the states at hand, and made into the append that it asks for."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from application.envelope import EPOCH, Asked, Fact, decided, microseconds, rows
from application.outcomes import encode_refusal
from application.ports.clock import Clock, Identifiers
from application.ports.codec import Codec
from application.ports.log import Append, CommandKey
from application.sealing import Sealer, Sealing, Unopened
from domain.access.holding import Proposal
from domain.access.refusals import Refusals, refused
from domain.kernel.commands import Command
from domain.kernel.decisions import Decider, Decision
from domain.kernel.events import Authority
from domain.kernel.gathering import Missing, View
from domain.kernel.identifiers import PersonId
from domain.kernel.refusals import Refusal, Withheld
from domain.kernel.rules import Claim


class Wish(NamedTuple):
    """A command with everything said beside it. With an `authority` the rule isn't asked: a policy or operator acts.

    `since` is the latest time that the log has answered with: the time of deciding is never before it, even where this
    machine's clock is. `proposals` are the grants that may allow it, once they were asked for; `levelled` says that what shows
    them was waited for; `final` that they were asked for after that and in this attempt, so that a refusal may be the last word.
    """

    command: Command
    asked: Asked
    key: CommandKey
    authority: Authority | None = None
    since: datetime = EPOCH
    proposals: Sequence[Proposal] | None = None
    levelled: bool = False
    final: bool = False

    @property
    def person(self) -> PersonId:
        """Whose wish it is."""
        return self.asked.on_behalf_of or self.asked.actor


class Draft(NamedTuple):
    """What is to be appended, the same events for the states at hand, the streams that they are written to, and whose it is."""

    request: Append
    refusal: Refusal | None
    facts: Sequence[Fact]
    writes: frozenset[str]
    wish: Wish


def command_key(command: Command, asked: Asked) -> CommandKey:
    """What makes a command the same one: actor, id, and the SHA-256 of its name and JSON."""
    digest = sha256(type(command).__name__.encode() + b"\0" + command.__pydantic_serializer__.to_json(command)).digest()
    return CommandKey(asked.actor, asked.command_id, digest)


class Drafter:
    """Decides a wish and makes its rows. Pure but for the time, new ids, salts and nonces: it reads what a view gives."""

    def __init__(self, codec: Codec, sealer: Sealer, clock: Clock, new_id: Identifiers) -> None:
        self._codec, self._sealer, self._clock, self._new_id = codec, sealer, clock, new_id

    def draft(self, decider: Decider, wish: Wish, view: View) -> Draft | Missing | Unopened | Claim:
        """The draft, or what must be loaded, opened or proposed first: a refusal for want of a grant is drafted when final."""
        now = max(self._clock(), wish.since)
        decision = decider.weigh(wish.command, wish.person, wish.asked.at or now, view, wish.authority, wish.proposals)
        if isinstance(decision, set | Claim):
            return decision
        if decision.claim is not None and not wish.final:
            return decision.claim
        if isinstance(decision.answer, Refusal):
            return self._refusal(wish, decision, decision.answer, view)
        asked = wish.asked
        facts = [Fact(stream, event, asked.at, asked.on_behalf_of) for stream, event in decision.answer]
        sealing = self._seal(wish, facts, now, view)
        if isinstance(sealing, Withheld):
            return self._refusal(wish, decision._replace(lacking="usable key"), sealing, view)
        if not isinstance(sealing, Sealing):
            return sealing
        return self._made(wish, decision, None, facts, sealing, now)

    def _refusal(self, wish: Wish, decision: Decision, refusal: Refusal, view: View) -> Draft | Missing | Unopened:
        """The record of a refusal, in the actor's own stream; nothing in it is personal but the address."""
        now = max(self._clock(), wish.since)
        stream = Refusals.at(wish.asked.actor).stream
        refusals = view(Refusals, stream)
        if not isinstance(refusals, Refusals):
            return {(Refusals, stream)}
        recorded = refused(refusals, wish.command, refusal, decision.lacking, wish.key.digest, now)
        facts = [Fact(stream, event, None, wish.asked.on_behalf_of) for stream, event in recorded]
        sealing = self._seal(wish, facts, now, view)
        if isinstance(sealing, Withheld):
            return self._refusal(_without_address(wish), decision, refusal, view)
        if not isinstance(sealing, Sealing):
            return sealing
        guards = decision.guards | {stream: refusals.version}
        return self._made(wish, decision._replace(guards=guards), refusal, facts, sealing, now)

    def _seal(self, wish: Wish, facts: list[Fact], now: datetime, view: View) -> Sealing | Missing | Unopened | Withheld:
        address = wish.asked.context.address
        own = () if address is None or not facts else ((wish.asked.actor, "access", now),)
        return self._sealer.prepare([(fact.event, fact.at or now) for fact in facts], own, view)

    def _made(
        self, wish: Wish, decision: Decision, refusal: Refusal | None, facts: list[Fact], sealing: Sealing, now: datetime
    ) -> Draft:
        guards = decision.guards | sealing.guards
        context = decided(wish.asked.context, authority=decision.authority, decided_on=guards)
        if sealing.events:
            facts = [*(Fact(stream, event) for stream, event in sealing.events), *facts]
        request = Append(
            rows=rows(facts, guards, wish.asked, context, sealing, self._codec, self._new_id, now),
            guards=guards,
            command=wish.key,
            refusal=None if refusal is None else encode_refusal(refusal),
            not_after=None if decision.not_after is None else microseconds(decision.not_after),
            keys=sealing.created,
        )
        return Draft(request, refusal, facts, frozenset([fact.stream for fact in facts]), wish)


def _without_address(wish: Wish) -> Wish:
    return wish._replace(asked=wish.asked._replace(context=decided(wish.asked.context, address=None)))
