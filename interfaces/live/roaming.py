"""Those who follow all of their own places at once, and go on with them wherever they come in or leave."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

import orjson

from application.ports.codec import Codec, DamagedEvent
from application.ports.log import Row
from application.ports.reading import Queries
from interfaces.graphql.compiler.followed import places_of
from interfaces.graphql.compiler.rows import Tables
from interfaces.live.followed import OWNERS, Followed
from projections.engine.decoding import feeding
from projections.engine.progress import tables


class Roaming:
    """Knows the places of those who follow one field in all places of theirs."""

    def __init__(self, followed: Followed, codec: Codec, queries: Queries, source: Tables) -> None:
        self.codec, self.queries = codec, queries
        self.sql, self.models = places_of(source, followed.places, OWNERS[0], followed.by or "")
        self.events = feeding(tables(self.models))

    def moved(self, rows: Sequence[Row]) -> frozenset[UUID] | None:
        """Whose places may have changed: those whom the events name; everybody's, said as None, where one names nobody."""
        found = set()
        for row in rows:
            if row.type in self.events:
                if (whose := self._whose(row)) is None:
                    return None
                found.add(whose)
        return frozenset(found)

    def _whose(self, row: Row) -> UUID | None:
        try:
            said = None if row.payload is None else self.codec.finish(self.codec.parse(row), {}).event
        except DamagedEvent:
            return None  # whom it is about can't be read; nobody else's subscription ends for that
        return getattr(said, OWNERS[0], None)

    async def places(self, viewers: Collection[UUID]) -> Mapping[UUID, list[UUID]]:
        """The places of each of them, as the read models show them. Raises ReadUnavailable, ReadTooLong."""
        found: dict[UUID, list[UUID]] = {}
        for viewer, place in orjson.loads(await self.queries.value(self.sql, [sorted(map(str, viewers))]) or "[]"):
            found.setdefault(UUID(viewer), []).append(UUID(place))
        return found
