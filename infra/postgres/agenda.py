"""What is due, read from the tables of read models."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import datetime

import msgspec

from application.ports.agenda import AgendaUnavailable, D, Due
from application.ports.reading import Queries, ReadTooLong, ReadUnavailable, SqlValue
from infra.postgres.migrations import OrganisationSchema
from projections.engine.members import Column, Declared, Formula, One, expand
from projections.engine.progress import NotReached, NotRegistered, Progress
from projections.engine.store import StoreUnavailable

PATIENCE = 10.0
"""Seconds that read models have to come to a position, before whoever waits is told that they haven't."""
_FIRST = "00000000-0000-0000-0000-000000000000"


class PostgresAgenda:
    """Fulfils application.ports.agenda.Agenda for one organisation."""

    def __init__(
        self, queries: Queries, progress: Progress, organisation: OrganisationSchema, models: Mapping[str, Declared]
    ) -> None:
        self._queries, self._progress, self._schema, self._models = queries, progress, organisation.schema, models
        self._columns: dict[type[Due], str] = {}

    async def level(self, kinds: Collection[type[Due]], position: int) -> None:
        """Raises AgendaUnavailable after PATIENCE seconds too."""
        if not kinds:
            return
        try:
            await self._progress.wait_for(position, [self._models[kind.model] for kind in kinds], PATIENCE)
        except (NotReached, NotRegistered, StoreUnavailable) as error:
            raise AgendaUnavailable(str(error)) from error

    async def due(self, kind: type[D], until: datetime, limit: int, after: D | None = None) -> Sequence[D]:
        """Each in one look at the index that its column leads."""
        at = f'"{kind.column}"'
        rows = (
            f"select {self._listed(kind)} from {self._table(kind)} t where {at} <= $1::timestamptz"  # noqa: S608 (declared names)
            f" and ({at}, id) > ($2::timestamptz, $3::uuid) order by {at}, id limit {limit}"
        )
        since = ("-infinity", _FIRST) if after is None else (after.at.isoformat(), str(after.id))
        found = await self._value(f"select json_agg(t)::text from ({rows}) t", [until.isoformat(), *since])  # noqa: S608
        return msgspec.json.decode(found, type=list[kind]) if found else []  # type: ignore[valid-type]  # known at run time

    async def upcoming(self, kind: type[Due], after: datetime) -> datetime | None:
        """One look at the same index."""
        at = f'"{kind.column}"'
        sql = f"select to_json(min({at}))::text from {self._table(kind)} where {at} > $1::timestamptz"  # noqa: S608 (as above)
        found = await self._value(sql, [after.isoformat()])
        return msgspec.json.decode(found, type=datetime | None) if found else None

    async def _value(self, sql: str, values: Sequence[SqlValue]) -> str | None:
        try:
            return await self._queries.value(sql, values)
        except (ReadUnavailable, ReadTooLong) as error:
            raise AgendaUnavailable(f"what is due can't be read now: {type(error).__name__}") from error

    def _table(self, kind: type[Due]) -> str:
        return f'"{self._schema}"."{self._models[kind.model].table}"'

    def _listed(self, kind: type[Due]) -> str:
        if kind not in self._columns:
            self._columns[kind] = ", ".join(self._selected(kind, self._models[kind.model]))
        return self._columns[kind]

    def _selected(self, kind: type[Due], model: Declared) -> Sequence[str]:
        """The columns of a row as the timer's declaration names them. Raises TypeError, in words."""
        if not any(index.replace('"', "").split(",")[0].strip() == kind.column for index in model.indexes):
            raise TypeError(f"{kind.__name__}: no index of {model.name} begins with `{kind.column}`")
        found = ["id", f'"{kind.column}" as at']
        for field in fields(kind):
            if field.name in ("id", "at"):
                continue
            match model.members.get(field.name):
                case One() as relation if not relation.union:
                    found.append(f'"{relation.id_column}" as "{field.name}"')
                case Formula() as formula:
                    found.append(f'({expand(formula.sql, self._named)}) as "{field.name}"')
                case Column():
                    found.append(f'"{field.name}"')
                case _:
                    raise TypeError(f"{kind.__name__}.{field.name} is no column of {model.name}, and no relation to one model")
        return found

    def _named(self, name: str) -> str:
        """What a formula's placeholder stands for; a timer has no viewer."""
        if name == "this":
            return "t"
        model = next((model for model in self._models.values() if model.placeholder == name), None)
        if model is None or model.view is not None:
            raise TypeError(f"a formula that names {{{name}}} can't be read by timers")
        return f'"{self._schema}"."{model.table}"'
