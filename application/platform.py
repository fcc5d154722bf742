"""The platform: load → authorise → decide → append with guards, for every command of every context."""

from application.counts import Counts
from application.drafts import Draft, Drafter, Wish, command_key
from application.envelope import Asked, moment
from application.lanes import Lanes
from application.outcomes import Outcome, decode_refusal
from application.ports.clock import Clock, Identifiers
from application.ports.codec import Codec
from application.ports.keys import Keys
from application.ports.log import Answer, Appended, Expired, Locked, LogReader, LogWriter, Moved, Repeated
from application.ports.proposing import Proposals
from application.refusals import Tally
from application.sealing import Sealer, Unopened, unlock
from application.states import Snapshot, States
from domain.access.standing import STANDING
from domain.kernel.commands import Command
from domain.kernel.decisions import Decider, decider_of
from domain.kernel.events import Authority
from domain.kernel.rules import Claim

ATTEMPTS = 3
"""How often a command may lose its guards before it is decided under the log's lock."""


class Platform:
    """The use cases of one organisation. Any number of commands may be in flight; every one of them ends."""

    def __init__(
        self,
        reader: LogReader,
        writer: LogWriter,
        codec: Codec,
        keys: Keys,
        clock: Clock,
        new_id: Identifiers,
        proposals: Proposals | None = None,
    ) -> None:
        """Without `proposals` nobody holds anything by a grant."""
        self._proposals = proposals
        self._writer, self._codec, self._keys = writer, codec, keys
        self.states = States(reader, codec, keys)
        self._drafter = Drafter(codec, Sealer(codec, keys), clock, new_id)
        self._lanes = Lanes()
        self.refusals = Tally(clock)
        self.counts = Counts()
        self._deciders: dict[type[Command], Decider] = {}
        writer.watch(self.states.moved)

    async def handle(self, command: Command, asked: Asked, authority: Authority | None = None) -> Outcome:
        """Decides a command on current facts and makes its events durable.

        With an `authority` the rule isn't asked: a policy acts, or an operator at the command line. Repeating a command
        id gives the first outcome. Raises CommandIdReused, LogUnavailable, ClockJumped, AppendRejected.
        """
        wish = Wish(command, asked, command_key(command, asked), authority)
        decider = self._decider(type(command), authority)
        for _ in range(ATTEMPTS):
            answer, draft = await self._attempt(decider, wish)
            wish = draft.wish._replace(final=False)
            if isinstance(answer, Moved):
                self.counts.again["moved"] += 1
                await self.states.reload(answer.streams)
            elif isinstance(answer, Expired):
                self.counts.again["expired"] += 1
                wish = wish._replace(since=moment(answer.recorded_at))
            else:
                return self._outcome(answer, draft)
        self.counts.again["locked"] += 1
        return await self._under_lock(decider, wish)

    def _decider(self, command: type[Command], authority: Authority | None) -> Decider:
        if authority is not None:
            return decider_of(command)
        decider = self._deciders.get(command)
        if decider is None:
            decider = self._deciders[command] = decider_of(command).under(STANDING)
        return decider

    async def _attempt(self, decider: Decider, wish: Wish) -> tuple[Answer, Draft]:
        draft = await self._claim(decider, wish)
        answer: Answer | None = None
        try:
            answer = await self._writer.append(draft.request)
        finally:
            self._learn(draft, answer)
            self._lanes.release(draft.writes)
        return answer, draft

    async def _claim(self, decider: Decider, wish: Wish) -> Draft:
        """Decides as soon as nobody here is writing to what is read; nothing is awaited between that and the claim."""
        turn: str | None = None
        try:
            while True:
                draft = self._drafter.draft(decider, wish, self.states.view)
                if isinstance(draft, set):
                    await self.states.load(draft)
                elif isinstance(draft, Claim):
                    if turn is not None:  # whoever comes next needn't wait for what is looked up
                        self._lanes.pass_on(turn)
                        turn = None
                    wish = await self._proposed(wish, draft)
                elif isinstance(draft, Unopened):
                    await unlock(draft, self._keys, self.states)
                elif taken := self._lanes.taken(draft.request.guards, turn):
                    if turn is not None:
                        self._lanes.pass_on(turn)
                    turn = taken
                    await self._lanes.wait(taken)
                else:
                    self._lanes.claim(draft.writes)
                    return draft
        finally:
            if turn is not None:
                self._lanes.pass_on(turn)

    async def _proposed(self, wish: Wish, claim: Claim) -> Wish:
        """The wish with the grants that may allow it; asked again, with all that had been granted. Raises LogUnavailable.

        They are hints: whether one allows it is decided on its own stream. So one that isn't shown yet is all that can be
        missed, and only who would be refused for it waits.
        """
        if self._proposals is None:
            return wish._replace(proposals=(), final=True)
        levelled = wish.levelled
        if wish.proposals is not None and not levelled:
            await self._proposals.level()
            levelled = True
        found = await self._proposals.propose(wish.person, claim)
        return wish._replace(proposals=tuple(found), levelled=levelled, final=levelled)

    def _learn(self, draft: Draft, answer: Answer | None) -> None:
        """Moves the states at hand on, or forgets those that may have moved."""
        match answer:
            case Appended(first=first, recorded_at=recorded_at):
                recorded = moment(recorded_at)
                for position, (row, fact) in enumerate(zip(draft.request.rows, draft.facts, strict=True), first or 0):
                    self.states.apply(row.stream, row.stream_version, fact.event, position, fact.at or recorded)
            case Moved() | Repeated() | Expired():
                pass
            case None:
                self.states.forget(draft.writes)

    async def _under_lock(self, decider: Decider, wish: Wish) -> Outcome:
        """Decides on states that can't move, because the log's lock is held; for grants to look at the lock is given up."""
        while True:
            async with self._writer.lock() as locked:
                found = await self._decide_locked(decider, wish, locked)
            if isinstance(found, Claim):
                wish = await self._proposed(wish, found)
            else:
                answer, draft = found
                self.states.moved({row.stream: row.stream_version for row in draft.request.rows})
                self.states.forget(draft.request.guards)
                return self._outcome(answer, draft)

    async def _decide_locked(self, decider: Decider, wish: Wish, locked: Locked) -> tuple[Appended | Repeated, Draft] | Claim:
        snapshot = Snapshot(locked.streams, self._codec, self._keys)
        while True:
            draft = self._drafter.draft(decider, wish, snapshot.view)
            if isinstance(draft, set):
                await snapshot.load(draft)
                continue
            if isinstance(draft, Claim):
                return draft
            if isinstance(draft, Unopened):
                await unlock(draft, self._keys, snapshot)
                continue
            match await locked.append(draft.request):
                case Appended() | Repeated() as answer:
                    return answer, draft
                case Expired(recorded_at):
                    wish = wish._replace(since=moment(recorded_at))
                case Moved(streams):
                    raise RuntimeError(f"{type(wish.command).__name__} lost {streams} under the lock")

    def _outcome(self, answer: Appended | Repeated, draft: Draft) -> Outcome:
        command = type(draft.wish.command).__name__
        if isinstance(answer, Repeated):
            self.counts.commands[command, "repeated"] += 1
            return Outcome(None if answer.refusal is None else decode_refusal(answer.refusal), answer.last)
        self.counts.commands[command, "done" if draft.refusal is None else type(draft.refusal).__name__] += 1
        if draft.refusal is not None and not draft.facts:
            self.refusals.add(draft.wish.asked.actor, draft.refusal)
        return Outcome(draft.refusal, answer.last)
