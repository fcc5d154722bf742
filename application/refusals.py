"""What an actor was refused above the rate at which refusals are written down one by one: counted, and recorded as counts."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from application.bulk import Bulk, Claim
from application.envelope import Asked
from application.ports.clock import Clock
from domain.access.refusals import WINDOW, Refusals, counted
from domain.kernel.events import Authority
from domain.kernel.identifiers import PersonId, service
from domain.kernel.refusals import Refusal
from domain.kernel.states import Events


class Tally:
    """Counts by actor, since when. It is kept in memory: a process that is killed loses the counts of its last window,
    but no command's outcome."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._counts: dict[PersonId, tuple[datetime, Counter[str]]] = {}

    def add(self, actor: PersonId, refusal: Refusal) -> None:
        """Counts a refusal that was not written down by itself."""
        _, counts = self._counts.setdefault(actor, (self._clock(), Counter()))
        counts[type(refusal).__name__] += 1

    def take(self, *, everything: bool = False) -> dict[PersonId, tuple[datetime, dict[str, int]]]:
        """Takes out the counts whose window has ended, or all of them."""
        now = self._clock()
        ended = [actor for actor, (since, _) in self._counts.items() if everything or now - since >= WINDOW]
        return {actor: (since, dict(counts)) for actor in ended for since, counts in [self._counts.pop(actor)]}


async def record_counted(tally: Tally, bulk: Bulk, *, everything: bool = False) -> int:
    """Records the counts that are due, or when the process stops, everything; answers for how many actors."""
    taken, until = tally.take(everything=everything), bulk.clock()
    claims = [
        Claim(Refusals, Refusals.at(actor).stream, _says(since, until, counts), at=None)
        for actor, (since, counts) in taken.items()
    ]
    if claims:
        asked = Asked(actor=service("refusals"), command_id=bulk.new_id())
        await bulk.record(claims, asked, Authority("refusals above the rate are counted"), digest=bytes(32))
    return len(claims)


def _says(since: datetime, until: datetime, counts: dict[str, int]) -> Callable[[Refusals], Events]:
    return lambda refusals: counted(refusals, since, until, counts)
