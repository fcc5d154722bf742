"""Has a checkpoint cosigned by all witnesses that are configured, and hears from them whether it is the log that they know."""

import asyncio
from collections.abc import Sequence

from psycopg import AsyncConnection

from infra.ledger import checkpoint, note
from infra.ledger.checkpoint import Checkpoint
from infra.ledger.note import Note
from infra.ledger.proofs import consistency_ranges, roots_of, tiles_needed
from infra.ledger.sealing.database import LedgerTables
from infra.ledger.sealing.refusals import LogForked, LogShrunk
from infra.ledger.witness.client import Cosigned, WitnessClient, WitnessDisagrees, WitnessUnavailable
from infra.ledger.witness.protocol import AddCheckpoint

TRIES = 3
"""The second request starts from the size that the witness named; another submitter may have been quicker again."""


class WitnessRound:
    """Asks every witness about one checkpoint; `unavailable` names those that didn't answer the last time."""

    def __init__(self, witnesses: Sequence[WitnessClient], schema: str) -> None:
        self._witnesses, self._tables = witnesses, LedgerTables(schema)
        self.unavailable: dict[str, str] = {}

    async def follow(self, connection: AsyncConnection, signed: Note) -> None:
        """Stores the cosignatures that it gets. Raises LogShrunk or LogForked where a witness knows another history."""
        head = checkpoint.parse(signed.text)
        answers = await asyncio.gather(
            *(self._ask(connection, witness, head, signed) for witness in self._witnesses), return_exceptions=True
        )
        self.unavailable = {}
        for witness, answer in zip(self._witnesses, answers, strict=True):
            if isinstance(answer, WitnessUnavailable):
                self.unavailable[witness.key.name] = str(answer)
            elif isinstance(answer, BaseException):
                raise answer

    async def _ask(self, connection: AsyncConnection, witness: WitnessClient, head: Checkpoint, signed: Note) -> None:
        name = witness.key.name
        old = await self._tables.last_cosigned(connection, head.origin, name)
        for _ in range(TRIES):
            try:
                answer = await witness.add_checkpoint(await self._request(connection, min(old, head.size), head, signed))
            except WitnessDisagrees as error:
                raise LogForked(f"a witness has cosigned another history: {error}") from error
            if isinstance(answer, Cosigned):
                line = str(answer.line)
                await self._tables.cosigned(connection, head.origin, head.size, name, answer.seconds, line)
                return
            if answer.size > head.size:
                await self._require_known(connection, head.origin, answer.size, name)
                return
            if answer.size == head.size and old == head.size:
                raise LogForked(f"{name} has cosigned another history of {head.size}")
            old = answer.size
        raise WitnessUnavailable(f"{name}: its size keeps moving")

    async def _require_known(self, connection: AsyncConnection, origin: str, size: int, name: str) -> None:
        """A witness may be ahead of this round, though not of the log."""
        newest = await self._tables.newest(connection, origin)
        if newest is None or newest.size < size:
            raise LogShrunk(f"{name} has cosigned a checkpoint of {size}, the database has one of {newest.size if newest else 0}")

    async def _request(self, connection: AsyncConnection, old: int, head: Checkpoint, signed: Note) -> AddCheckpoint:
        ranges = consistency_ranges(old, head.size) if old else []
        tiles = await self._tables.tiles(connection, tiles_needed(ranges))
        own = note.parse(signed.text + "\n" + "".join(str(line) for line in signed.signatures if line.name == head.origin))
        return AddCheckpoint(old, tuple(roots_of(ranges, tiles)), own)
