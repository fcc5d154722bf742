"""From rows of the log to changes of followed rows: which row, by what event, at which position."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

import orjson
import structlog

from application.ports.codec import Codec, DamagedEvent, UnknownEvent
from application.ports.log import Row
from application.ports.reading import Queries
from interfaces.graphql.compiler.followed import containers_of
from interfaces.graphql.compiler.rows import Tables
from interfaces.live.followed import EVERYTHING, Followed, triggers

log = structlog.get_logger("live")


class Change(NamedTuple):
    """Something happened to a row, by way of the row `beside` of another model where there is one."""

    position: int
    event: str
    key: UUID
    container: UUID
    beside: tuple[str, UUID] | None = None


class Named(NamedTuple):
    """A change whose container may not be known yet: it is where the event says it."""

    position: int
    event: str
    key: UUID
    container: UUID | None
    beside: tuple[str, UUID] | None = None


class Changes:
    """Finds the changes of one followed model in the rows of one organisation's log."""

    def __init__(self, followed: Followed, codec: Codec, queries: Queries, tables: Tables) -> None:
        self.codec, self.queries, self.followed, self.model = codec, queries, followed, followed.model
        self.triggers = triggers(followed)
        self.deletes = any(trigger.deletes for trigger in self.triggers.values())
        self.besides = {each.beside.model_name: each.beside.model for each in self.triggers.values() if each.beside}
        self.containers = containers_of(tables, followed.model, followed.relation.id_column) if followed.relation else ""

    def named(self, rows: Sequence[Row]) -> list[Named]:
        """The changes in order. What was imported is no news, and what is purged can't be told."""
        found: list[Named] = []
        for row in rows:
            trigger = self.triggers.get(row.type.rpartition(".v")[0])
            if trigger is None or row.payload is None or _imported(row):
                continue
            try:
                said = self.codec.finish(self.codec.parse(row), {})
            except (UnknownEvent, DamagedEvent) as error:
                log.warning("an event can't be told", position=row.position, error=type(error).__name__)
                continue
            container = getattr(said.event, self.followed.by, None) if self.followed.by else EVERYTHING
            besides = [(trigger.beside.model_name, key) for key in trigger.beside.keys(said)] if trigger.beside else [None]
            found += [Named(row.position, trigger.name, key, container, each) for key in trigger.keys(said) for each in besides]
        return found

    async def placed(self, named: Sequence[Named]) -> list[Change]:
        """The changes with their containers, once the read model has come that far; nobody is told of a row without one.

        Raises ReadUnavailable, ReadTooLong.
        """
        containers: Mapping[str, str | None] = {}
        if unknown := sorted({str(each.key) for each in named if each.container is None}):
            containers = orjson.loads(await self.queries.value(self.containers, [unknown]) or "{}")
        found = []
        for position, event, key, said, beside in named:
            if said is not None:
                found.append(Change(position, event, key, said, beside))
            elif container := containers.get(str(key)):
                found.append(Change(position, event, key, UUID(container), beside))
        return found


def _imported(row: Row) -> bool:
    return row.context is not None and b'"imported"' in row.context and bool(orjson.loads(row.context).get("imported"))
