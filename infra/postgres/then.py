"""What ids there were in the read models at a position, for what must answer the same whenever it is asked."""

from collections.abc import Mapping
from uuid import UUID

import orjson

from application.ports.log import LogUnavailable
from application.ports.reading import Queries, ReadTooLong, ReadUnavailable
from infra.postgres.migrations import OrganisationSchema
from projections.engine.members import PLACEHOLDER, Declared, expand
from projections.engine.past import as_of, columns_of
from projections.engine.progress import NotReached, NotRegistered, Progress
from projections.engine.store import StoreUnavailable

PATIENCE = 10.0
"""Seconds that read models have to come to a position, before whoever waits is told that they haven't."""


class ThenReader:
    """Asks the read models of one organisation which ids there were at a position."""

    def __init__(
        self, queries: Queries, progress: Progress, organisation: OrganisationSchema, models: Mapping[str, Declared]
    ) -> None:
        self._queries, self._progress, self._schema = queries, progress, organisation.schema
        self._models = {model.placeholder: model for model in models.values()}

    async def ids(self, sql: str, about: UUID, at: int, *more: str) -> list[UUID]:
        """What a statement with `$1`, one row of a JSON array, gave at a position, which is `$2`; `more` are `$3` and so on.

        Raises LogUnavailable.
        """
        tables = [self._models[name] for name in PLACEHOLDER.findall(sql)]
        then = expand(sql, lambda name: self._as_of(self._models[name]))
        try:
            await self._progress.wait_for(at, tables, PATIENCE)
            text = await self._queries.value(then, [str(about), str(at), *more])
        except (NotReached, NotRegistered, StoreUnavailable, ReadUnavailable, ReadTooLong) as error:
            raise LogUnavailable(f"what was at position {at} can't be read now: {type(error).__name__}: {error}") from error
        return [UUID(each) for each in orjson.loads(text or "[]")]

    def _as_of(self, model: Declared) -> str:
        return as_of(self._schema, model, "$2::bigint", ", ".join(f't."{name}"' for name in columns_of(model)))
