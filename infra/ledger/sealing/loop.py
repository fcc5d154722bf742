"""Seals once a second, in one process of an organisation, and tells mirrors and witnesses."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

import psycopg
from psycopg import AsyncConnection

from application.ports.telemetry import Telemetry
from infra.ledger import checkpoint, note
from infra.ledger.errors import LedgerError
from infra.ledger.note import Note
from infra.ledger.sealing.database import LedgerTables
from infra.ledger.sealing.refusals import SealRefused
from infra.ledger.sealing.sealer import Sealer
from infra.postgres.connections import StandingConnection

INTERVAL = 1.0
"""Seconds between two looks at the log."""
AFTER_REFUSAL = 10.0


class Follower(Protocol):
    """Somebody to be told of each new checkpoint, or of the last of several."""

    async def follow(self, connection: AsyncConnection, signed: Note) -> None:
        """Raises SealRefused where nothing may be signed any more; other errors are tried again."""
        ...


def sealing_lock(schema: str) -> str:
    """The name of the advisory lock of the one process that seals every second."""
    return f"{schema}/ledger"


class SealingLoop:
    """Runs until it is cancelled. Sealing on demand goes past it: the state's row keeps the two apart."""

    def __init__(
        self,
        sealer: Sealer,
        holding: StandingConnection,
        telling: StandingConnection,
        schema: str,
        followers: Sequence[Follower],
        telemetry: Telemetry,
        interval: float = INTERVAL,
    ) -> None:
        """`holding` is the sealer's connection, which takes the lock when it is made; `telling` is the followers'."""
        self._sealer, self._holding, self._telling = sealer, holding, telling
        self._tables = LedgerTables(schema)
        self._followers, self._telemetry, self._interval = followers, telemetry, interval
        self._sealed = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()
        self._heard = 0
        self.refusal: SealRefused | None = None
        """Why nothing is signed at present."""

    async def run(self) -> None:
        """Seals as the log grows. After a refusal it looks again every ten seconds, and signs nothing meanwhile."""
        await self._holding.live()
        await self._tell()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._seal_for_ever())
            group.create_task(self._tell_for_ever())

    async def _seal_for_ever(self) -> None:
        while True:
            try:
                await self._holding.live()
                await self._look()
            except SealRefused as refusal:
                self._refuse(refusal)
            except (psycopg.Error, OSError, LedgerError) as error:
                self._telemetry.warning("sealing_failed", error=str(error))
            await asyncio.sleep(self._interval if self.refusal is None else AFTER_REFUSAL)
            await self._look_again()

    async def _look(self) -> None:
        """Seals what is due. Followers hear of what was sealed on demand as well."""
        if self.refusal is not None:
            return
        due, published = await self._sealer.look()
        if due and (sealed := await self._sealer.seal()):
            published = sealed.size
        if published > self._heard:
            self._telemetry.measure("ledger_sealed_position", published)
            self._sealed.set()

    async def _look_again(self) -> None:
        """An operator may have put right what was refused."""
        if self.refusal is not None:
            self.refusal = None
            await self._tell()

    async def _tell_for_ever(self) -> None:
        while True:
            await self._sealed.wait()
            self._sealed.clear()
            if not await self._tell():
                await asyncio.sleep(AFTER_REFUSAL)
                self._sealed.set()

    async def _tell(self) -> bool:
        """Tells all followers of the last published checkpoint; whether all have heard it."""
        async with self._one_at_a_time:
            try:
                connection = await self._telling.live()
                state = await self._tables.state(connection)
                stored = await self._tables.checkpoint(connection, state.origin, state.published) if state else None
                if stored is None:
                    return True
                signed = note.parse(stored.note)
                heard = all([await self._told(follower, connection, signed) for follower in self._followers])
            except (psycopg.Error, LedgerError) as error:
                self._telemetry.warning("checkpoint_not_told", error=str(error))
                return False
            self._heard = stored.size if heard else self._heard
            return heard

    async def _told(self, follower: Follower, connection: AsyncConnection, signed: Note) -> bool:
        try:
            await follower.follow(connection, signed)
        except SealRefused as refusal:
            self._refuse(refusal)
            return False
        except (LedgerError, OSError) as error:
            size = checkpoint.parse(signed.text).size
            self._telemetry.warning("checkpoint_not_told", follower=type(follower).__name__, size=size, error=str(error))
            return False
        return True

    def _refuse(self, refusal: SealRefused) -> None:
        self.refusal = refusal
        self._telemetry.warning("sealing_refused", kind=type(refusal).__name__, reason=str(refusal))
        self._telemetry.count("ledger_refusals", kind=type(refusal).__name__)
