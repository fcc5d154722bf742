"""Large acts: many facts recorded as one append, for imports. What has happened already is not recorded again."""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from application.envelope import Asked, Fact, decided, microseconds, rows
from application.outcomes import Outcome
from application.ports.clock import Clock, Identifiers
from application.ports.codec import Codec
from application.ports.keys import Keys
from application.ports.log import Append, Appended, CommandKey, Expired, LogReader, LogWriter, Moved, Repeated, Row
from application.sealing import Held, Sealer, Sealing, Unopened, unlock
from application.states import ReadStreams, Snapshot
from domain.kernel.events import Authority, Context
from domain.kernel.identifiers import PersonId, derived
from domain.kernel.refusals import Withheld
from domain.kernel.states import Events, State

ATTEMPTS = 5


class Claim(NamedTuple):
    """What is said to have happened in one stream: asked of the stream's state, which answers with events or NOTHING.

    `at` is when it was so, None for now; `by` is who did it there. Claims on one stream are asked in order, each on the
    state that the one before it has left. A claim with an `id` gives it to its first event, and is asked once: not again
    when that event is recorded, nor when its stream holds anything later than `at`. So a history that goes to and fro can
    be told any number of times, and what happened here since isn't overtaken by what happened there before.
    """

    state: type[State[Any]]
    stream: str
    happened: Callable[[Any], Events]
    at: datetime | None
    by: PersonId | None = None
    id: UUID | None = None


class Contested(Exception):
    """The streams of the act kept changing while it was prepared; nothing was written, and it can be repeated."""


class KeyWithheld(Exception):
    """A person's key may not be used, so nothing of theirs can be recorded; nothing was written."""


class Bulk(NamedTuple):
    """Records many claims atomically: one read, one append (500,000 events at most)."""

    reader: LogReader
    writer: LogWriter
    codec: Codec
    keys: Keys
    clock: Clock
    new_id: Identifiers

    async def record(self, claims: Sequence[Claim], asked: Asked, authority: Authority, digest: bytes) -> tuple[Outcome, int]:
        """The outcome and how many events are new. The same command id and digest again changes nothing.

        The guards are all streams read; they are not repeated in each event's context, which names the authority and
        the source only. Raises Contested, KeyWithheld, and what LogWriter.append raises.
        """
        key = CommandKey(asked.actor, asked.command_id, digest)
        context = decided(asked.context, authority=authority)
        for _ in range(ATTEMPTS):
            request, new = await self._prepare(claims, asked, context, key)
            match await self.writer.append(request):
                case Appended(_, last, _):
                    return Outcome(None, last), new
                case Repeated(_, _, last):
                    return Outcome(None, last), 0
                case Moved() | Expired():
                    continue
        raise Contested(f"{len(claims)} claims under {asked.command_id}")

    async def _prepare(self, claims: Sequence[Claim], asked: Asked, context: Context, key: CommandKey) -> tuple[Append, int]:
        past = _Past(self.reader.streams)
        snapshot = Snapshot(past.read, self.codec, self.keys)
        await snapshot.load({(claim.state, claim.stream) for claim in claims})
        guards = {stream: state.version for stream, state in snapshot.states.items()}
        happened = list(_ask(claims, snapshot.states, past))
        now = self.clock()
        sealing = await self.seal(happened, now)
        guards |= sealing.guards
        # Keys count from the first fact that needs them: were it now, the whole history would be of today.
        begun = min((fact.at or now for fact in happened), default=now)
        facts = [*(Fact(stream, event, None if begun == now else begun) for stream, event in sealing.events), *happened]
        written = rows(facts, guards, asked, context, sealing, self.codec, self.new_id, now)
        return Append(rows=written, guards=guards, command=key, keys=sealing.created), len(happened)

    async def seal(self, happened: Sequence[Fact], now: datetime) -> Sealing:
        """The keys that these facts need, those made included. Raises KeyWithheld."""
        keys = Held(self.keys)
        sealer, snapshot = Sealer(self.codec, keys), Snapshot(self.reader.streams, self.codec, keys)
        while True:
            sealing = sealer.prepare(((fact.event, fact.at or now) for fact in happened), (), snapshot.view)
            match sealing:
                case Sealing():
                    return sealing
                case Withheld(person):
                    raise KeyWithheld(f"the key of {person} may not be used")
                case Unopened():
                    await unlock(sealing, keys, snapshot)
                case missing:
                    await snapshot.load(missing)


class _Past:
    """What streams hold already: the ids of their events, and the latest time of each."""

    def __init__(self, read: ReadStreams) -> None:
        self._read = read
        self.ids: set[UUID] = set()
        self.latest: dict[str, int] = {}

    async def read(self, streams: Collection[str]) -> dict[str, list[Row]]:
        """Reads the rows of streams, and takes note of them."""
        found = await self._read(streams)
        for stream, rows_ in found.items():
            self.ids.update(row.event_id for row in rows_)
            self.latest[stream] = max((row.effective_at for row in rows_), default=0)
        return found

    def holds(self, claim: Claim) -> bool:
        """Whether a claim needn't be asked any more."""
        if claim.id is None or claim.at is None:
            return False
        return claim.id in self.ids or self.latest.get(claim.stream, 0) > microseconds(claim.at)


def _ask(claims: Sequence[Claim], states: dict[str, State[Any]], past: _Past) -> Iterator[Fact]:
    """Every claim asked in order; the states move on as they answer. A claim may answer with its own stream's events only."""
    for claim in claims:
        if past.holds(claim):
            continue
        for number, (stream, event) in enumerate(claim.happened(states[claim.stream])):
            if stream != claim.stream:
                raise ValueError(f"a claim on {claim.stream} answered with an event of {stream}")
            states[stream] = states[stream].after(event, at=claim.at)
            event_id = claim.id and (derived("after", claim.id, str(number)) if number else claim.id)
            yield Fact(stream, event, claim.at, claim.by, event_id)
        if claim.id is not None:
            past.ids.add(claim.id)
