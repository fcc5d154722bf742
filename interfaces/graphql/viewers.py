"""What is known of viewers: what they never were, so that statements for them needn't hold what only others see.

Most people are no guests, hold no grants and administer nothing. The ways of seeing that begin there are most of a statement,
and setting them up costs more than reading what is asked for. So a viewer's traits (`trait` in projections/engine/once.py) are
asked once and kept, and statements are compiled for what a viewer lacks.

That it can't be wrong rests on four things:

- A trait is asked of all versions of all rows. Who lacks it has none of its rows now, nor as of any moment, whatever begins or
  ends by time; only a new event can change that.
- The log is followed beside the read models (`Standing`). What was asked counts only while no event that feeds the read models of
  traits has come since.
- Other processes write, and read models may know before this process hears of it. So the statement looks itself, in the snapshot
  that it reads: where those read models have gone past the position up to which this process knows the log, it answers nothing,
  and is asked again, compiled in full.
- What is left out shows more and never hides: without it somebody sees less, never more. The one exception, modules that are
  off, is held by the three reasons above.

Rows can also come without an event, when a quarantined one is released; so everything is asked anew after a minute.
"""

import time
from collections.abc import Callable
from uuid import UUID

import orjson

from application.ports.reading import Queries
from interfaces.graphql.compiler.rows import Tables
from interfaces.graphql.compiler.traits import NOTHING_KNOWN, Lacks, compile_traits
from interfaces.graphql.documents import Bounded
from interfaces.graphql.standing import Standing

KEPT, PAUSE = 60.0, 1.0
"""Seconds for which it is kept at most, and after which it is asked again where it no longer counts: while an import comes in,
statements are compiled in full."""
VIEWERS = 10_000
"""Of how many it is kept."""


class Viewers:
    """Knows what the viewers of one organisation lack."""

    def __init__(self, tables: Tables, queries: Queries, standing: Standing, now: Callable[[], float] = time.monotonic) -> None:
        self._queries, self._standing, self._now = queries, standing, now
        self._sql, self.models = compile_traits(tables)
        self._known: Bounded[UUID, tuple[Lacks, float]] = Bounded(VIEWERS)

    async def lacks(self, viewer: UUID) -> Lacks:
        """What is known now. Raises ReadUnavailable, ReadTooLong."""
        known, asked = self._known.get(viewer) or (NOTHING_KNOWN, -KEPT)
        age = self._now() - asked
        if age >= KEPT or (known.upto < self._standing.moved and age >= PAUSE):
            known = await self._ask(viewer)
            self._known.put(viewer, (known, self._now()))
        if known.upto < self._standing.moved:
            return NOTHING_KNOWN
        return known._replace(upto=max(known.upto, self._standing.position))

    async def _ask(self, viewer: UUID) -> Lacks:
        found = orjson.loads(await self._queries.value(self._sql, [str(viewer)]) or "{}")
        if found.get("upto") is None:
            return NOTHING_KNOWN
        return Lacks(frozenset(found["lacks"]), found["upto"], self.models)
