"""What falls due, as timers see it: rows of read models by the column that says when something is to be done about them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol, TypeVar
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class Due:
    """A row whose time has come: its id and that time. Subclasses add columns of the row that the timer needs.

    `class Sending(Due, model="ScheduledMessage", column="due_at")` reads the column `due_at` of that read model. The column is
    empty where nothing is to be done, as for everything that was imported, and leads an index of the model.
    """

    model: ClassVar[str]
    column: ClassVar[str]
    id: UUID
    at: datetime

    def __init_subclass__(cls, *, model: str, column: str) -> None:
        cls.model, cls.column = model, column


D = TypeVar("D", bound=Due)


class AgendaUnavailable(Exception):
    """What is due can't be read now: the database is away, or the read models have not come far enough yet."""


class Agenda(Protocol):
    """Reads what is due. Every method raises AgendaUnavailable."""

    async def level(self, kinds: Collection[type[Due]], position: int) -> None:
        """Waits a while until these read models show everything up to a position of the log."""
        ...

    async def due(self, kind: type[D], until: datetime, limit: int, after: D | None = None) -> Sequence[D]:
        """At most `limit` rows that are due at or before a time, in the order of their times, those after one of them."""
        ...

    async def upcoming(self, kind: type[Due], after: datetime) -> datetime | None:
        """When the next row after a time falls due; None where none is waiting."""
        ...
