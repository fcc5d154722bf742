"""Proposes grants out of the read models, which may be a little behind the log."""

from collections.abc import Collection, Sequence

import psycopg
from psycopg import AsyncRawCursor

from application.ports.log import LogReader, LogUnavailable
from domain.access.holding import Proposal
from domain.kernel.identifiers import PersonId
from domain.kernel.rules import Claim
from infra.postgres.connections import Connections
from infra.postgres.errors import DatabaseUnreachable
from infra.postgres.migrations import OrganisationSchema
from projections.engine.decoding import feeding
from projections.engine.members import Declared, expand
from projections.engine.progress import NotReached, NotRegistered, Progress
from projections.engine.registry import models
from projections.engine.store import StoreUnavailable

MODELS = ("Grant", "Role", "Department", "DepartmentMembership", "PostHolding")
SECONDS = 1.0
"""How long a refusal waits for read models that are behind: what was granted just now is found, if they come so far."""
MOST = 20
LOOKED = 100
"""How many rows of the log are looked through for what they lack; where there are more, it waits until they are level."""

_FIND = """
    SELECT p.grant_id, p.through_id FROM ({held}) p
    WHERE p.person_id = $1::uuid AND p.action = $2 AND (
        (p.resource IS NULL AND p.within_id IS NULL) OR p.resource = $3::uuid OR p.within_id IN (
            WITH RECURSIVE up(id) AS (
                SELECT $4::uuid
                UNION SELECT d.parent_id FROM {departments} d JOIN up ON d.id = up.id WHERE d.parent_id IS NOT NULL
            ) SELECT id FROM up
        )
    )
    ORDER BY p.until DESC NULLS FIRST LIMIT {most}
"""


class PostgresProposals:
    """Fulfils application.ports.proposing.Proposals for one organisation. Without `progress` it waits for nothing."""

    def __init__(self, connections: Connections, organisation: OrganisationSchema, reader: LogReader) -> None:
        self._connections, self._organisation, self._reader = connections, organisation, reader
        self.progress: Progress | None = None
        self._text: bytes | None = None

    async def propose(self, actor: PersonId, claim: Claim) -> Sequence[Proposal]:
        """Raises LogUnavailable."""
        self._text = self._text or self._written()
        given = (str(actor), claim.action, claim.resource and str(claim.resource), claim.department and str(claim.department))
        try:
            async with self._connections.connection() as connection, AsyncRawCursor(connection) as cursor:
                await cursor.execute(self._text, given)
                return [Proposal(*row) for row in await cursor.fetchall()]
        except psycopg.errors.UndefinedTable:
            return ()
        except (psycopg.OperationalError, DatabaseUnreachable) as error:
            raise LogUnavailable(f"what was granted can't be read now: {error}") from error

    async def level(self) -> None:
        """At most a second. Raises LogUnavailable."""
        if self.progress is None:
            return
        shown = [models()[name] for name in MODELS]
        try:
            head = await self._reader.head()
            if not self.progress.shows(head, shown):
                await self.progress.wait_for(await self._last(shown, self.progress, head), shown, SECONDS)
        except (NotReached, NotRegistered, StoreUnavailable):
            return  # whoever isn't found among what is there is refused, and may ask again

    async def _last(self, shown: Collection[Declared], progress: Progress, head: int) -> int:
        """Where they show all that they can: records of refusals, and most of what else is written, feed none of them.

        Raises LogUnavailable, NotRegistered, StoreUnavailable.
        """
        reached = await progress.reached(shown)
        rows = await self._reader.read(reached, LOOKED, head)
        if len(rows) == LOOKED:
            return head
        wires = feeding(shown)
        return max((row.position for row in rows if row.type in wires), default=reached)

    def _written(self) -> bytes:
        known = {model.placeholder: model for model in models().values()}

        def value(name: str) -> str:
            return "statement_timestamp()" if name == "now" else self._table(known[name])

        held = expand(models()["Permission"].view or "", value)
        return _FIND.format(held=held, departments=self._table(models()["Department"]), most=MOST).encode()

    def _table(self, model: Declared) -> str:
        return f'"{self._organisation.schema}"."{model.table}"'
