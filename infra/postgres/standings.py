"""Who takes part no longer: from the read model of people at first, and then from the log itself, without waiting for anybody."""

from uuid import UUID

import orjson

from application.ports.reading import Queries, ReadUnavailable, SqlValue
from application.ports.standings import News, Turn
from domain.directory.events.person import OffboardingUndone, PersonLeft, PersonOffboarded, PersonReinstated, PersonSuspended
from domain.kernel.identifiers import PersonId
from infra.postgres.migrations import OrganisationSchema
from projections.engine.members import Declared
from projections.engine.progress import NotRegistered, Progress
from projections.engine.store import StoreUnavailable

PAGE = 5_000
ENDED = """SELECT coalesce(json_agg(p.id), '[]')::text FROM "{schema}"."{people}" p WHERE p.standing <> 'active'"""
AFTER = """
    SELECT json_build_object('position', coalesce(max(e.position), $1::bigint), 'turns', coalesce(json_agg(json_build_array(
        e.stream, e.type, e.type = $4 AND convert_from(e.payload, 'UTF8')::json ->> 'standing' = 'suspended'
    ) ORDER BY e.position) FILTER (WHERE e.type = ANY($3::text[])), '[]'),
    'makes', coalesce(bool_or(e.type = ANY($5::text[])), false))::text
    FROM "{schema}".events e WHERE e.position > $1::bigint AND e.position <= $1::bigint + $2::bigint
"""
GOING = (PersonSuspended.wire, PersonLeft.wire, PersonOffboarded.wire)
COMING = (PersonReinstated.wire, OffboardingUndone.wire)


class PostgresStandings:
    """Fulfils application.ports.standings.Standings for one organisation."""

    wires = frozenset((*GOING, *COMING))

    def __init__(
        self, queries: Queries, progress: Progress, organisation: OrganisationSchema, people: Declared, makes: frozenset[str]
    ) -> None:
        self.makes = makes
        self._queries, self._progress, self._people = queries, progress, people
        self._ended = ENDED.format(schema=organisation.schema, people=people.table)
        self._after = AFTER.format(schema=organisation.schema)

    async def ended(self) -> tuple[int, frozenset[PersonId]]:
        """As of where the read model has come to, at least."""
        try:
            position = await self._progress.reached([self._people])
        except (NotRegistered, StoreUnavailable):
            raise ReadUnavailable from None
        found = orjson.loads(await self._queries.value(self._ended, []) or "[]")
        return position, frozenset(PersonId(UUID(each)) for each in found)

    async def after(self, position: int) -> News:
        """One page of the log at most."""
        values: list[SqlValue] = [str(position), str(PAGE), [*GOING, *COMING], OffboardingUndone.wire, [*self.makes]]
        found = orjson.loads(await self._queries.value(self._after, values) or "{}")
        turns = [
            Turn(PersonId(UUID(stream.rpartition("/")[2])), active=wire in COMING and not suspended)
            for stream, wire, suspended in found["turns"]
        ]
        return News(found["position"], turns, found["makes"])
