"""Those who follow all of their own places at once, and go on with them wherever they come in or leave."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

import orjson

from application.ports.codec import Codec
from application.ports.log import Row
from application.ports.reading import Queries
from interfaces.graphql.compiler.followed import places_of
from interfaces.graphql.compiler.rows import Tables
from interfaces.live.followed import OWNERS, Followed
from projections.engine.feeds import FEEDS
from projections.engine.progress import tables


class Roaming:
    """Knows the places of those who follow one field in all places of theirs."""

    def __init__(self, followed: Followed, codec: Codec, queries: Queries, source: Tables) -> None:
        self.codec, self.queries = codec, queries
        self.sql, self.models = places_of(source, followed.places, OWNERS[0], followed.by or "")
        read = tables(self.models)
        self.events = frozenset(_base(event.wire) for event, feeds in FEEDS.items() if any(feed.model in read for feed in feeds))

    def moved(self, rows: Sequence[Row]) -> frozenset[UUID] | None:
        """Whose places may have changed: those whom the events name, or everybody's, said as None."""
        found = set()
        for row in rows:
            if _base(row.type) in self.events:
                said = None if row.payload is None else self.codec.finish(self.codec.parse(row), {}).event
                if (whose := getattr(said, OWNERS[0], None)) is None:
                    return None
                found.add(whose)
        return frozenset(found)

    async def places(self, viewers: Collection[UUID]) -> Mapping[UUID, list[UUID]]:
        """The places of each of them, as the read models show them. Raises ReadUnavailable, ReadTooLong."""
        found: dict[UUID, list[UUID]] = {}
        for viewer, place in orjson.loads(await self.queries.value(self.sql, [sorted(map(str, viewers))]) or "[]"):
            found.setdefault(UUID(viewer), []).append(UUID(place))
        return found


def _base(wire: str) -> str:
    return wire.rpartition(".v")[0]
