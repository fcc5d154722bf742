"""All that a process needs of one organisation's log, wired together."""

from collections.abc import Callable
from types import TracebackType
from typing import Self

from infra.postgres.connections import Connections
from infra.postgres.log.arrivals import Arrivals
from infra.postgres.log.notifications import Listener, Notifier
from infra.postgres.log.reader import PostgresLogReader
from infra.postgres.log.recent import Recent
from infra.postgres.log.writer import PostgresLogWriter
from infra.postgres.migrations import OrganisationSchema


class PostgresLog:
    """The log of one organisation in one process: `writer` and `reader`, which hears at once of what the writer commits."""

    def __init__(self, dsn: str, connections: Connections, organisation: OrganisationSchema) -> None:
        """`dsn` is for the connections of their own: the writer's, the listener's and the notifier's."""
        arrivals = self.arrivals = Arrivals()
        self._notifier = Notifier(dsn, organisation)
        self._listener = Listener(dsn, organisation, arrivals)
        recent = Recent()
        self.reader = PostgresLogReader(connections, organisation, arrivals, recent)

        self.hint = arrivals.hint
        self.tell: Callable[[int], None] = lambda _: None
        """Called with each head that this process has committed, to tell others by another way than PostgreSQL's."""

        def reached(head: int) -> None:
            arrivals.reached(head)
            self._notifier.reached(head)
            self.tell(head)

        self.writer = PostgresLogWriter(dsn, organisation, reached, recent=recent)

    async def start(self) -> None:
        """Begins; works without the database too, and connects when it comes."""
        self._listener.start()
        self._notifier.start()
        await self.writer.start()

    async def close(self) -> None:
        """Writes what is queued and ends."""
        await self.writer.close()
        await self._notifier.close()
        await self._listener.close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.close()
