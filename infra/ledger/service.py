"""One organisation's ledger in one process: reading, sealing on demand and, in one process of them all, every second."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from cryptography.x509 import load_pem_x509_certificates
from httpx2 import AsyncClient
from psycopg import AsyncConnection

from application.ports.telemetry import Telemetry
from application.tasks import stopped
from infra.ledger.keys import VerifierKey
from infra.ledger.mirroring import MirrorFolder
from infra.ledger.published import PublishedLedger
from infra.ledger.sealing.keyring import load_or_create
from infra.ledger.sealing.loop import INTERVAL, Follower, SealingLoop, sealing_lock
from infra.ledger.sealing.outside import OutsideCopy
from infra.ledger.sealing.sealer import SETTINGS, Sealer
from infra.ledger.timestamps import TimeStamps
from infra.ledger.witness.client import WitnessClient
from infra.ledger.witness.round import WitnessRound
from infra.postgres.connections import Connections, StandingConnection

CHECKPOINT = "checkpoint"
"""The copy of the last checkpoint, beside the signing keys."""
STAMPS = "timestamps"

_WITNESS_TIMEOUT = 10.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a ledger is kept and told: the folder of its keys, witnesses as (URL, key), a mirror."""

    folder: Path
    witnesses: Sequence[tuple[str, VerifierKey]] = ()
    mirror: Path | None = None
    authority: tuple[str, Path] | None = None
    """An RFC 3161 authority: its URL, and the certificates (PEM) that its own must lead to."""
    interval: float = INTERVAL


class OrganisationLedger(PublishedLedger):
    """Fulfils application.ports.ledger.Ledger."""

    def __init__(
        self,
        dsn: str,
        connections: Connections,
        schema: str,
        origin: str,
        place: Place,
        telemetry: Telemetry,
        seconds: Callable[[], float],
    ) -> None:
        """Makes the signing key on first use, named `origin`. Nothing is connected before `start`."""
        self._ring = load_or_create(place.folder, origin)
        super().__init__(connections, schema, self._ring, seconds)
        self._dsn, self._schema, self._place, self._telemetry = dsn, schema, place, telemetry
        self._demand = StandingConnection(dsn, "ledger", settings=SETTINGS)
        self._sealer = Sealer(self._demand, schema, self._ring, self._outside)
        self._open = AsyncExitStack()

    @property
    def _outside(self) -> OutsideCopy:
        return OutsideCopy(self._place.folder / CHECKPOINT)

    async def seal(self) -> int:
        """Seals all that is recorded now: the size of the tree. Raises SealingRefused, psycopg.OperationalError."""
        sealed = await self._sealer.seal()
        return sealed.size if sealed else 0

    async def start(self) -> None:
        """Begins to seal every second, as soon as no other process does."""
        holding = StandingConnection(self._dsn, "sealer", self._take_lock, SETTINGS)
        telling = StandingConnection(self._dsn, "sealer's followers")
        http = await self._open.enter_async_context(AsyncClient(timeout=_WITNESS_TIMEOUT))
        for connection in (self._demand, holding, telling):
            self._open.push_async_callback(connection.close)
        followers: list[Follower] = []
        if self._place.witnesses:
            clients = [WitnessClient(prefix, key, http) for prefix, key in self._place.witnesses]
            followers.append(WitnessRound(clients, self._schema))
        if self._place.mirror is not None:
            followers.append(MirrorFolder(self._place.mirror, self._schema))
        if self._place.authority is not None:
            url, roots = self._place.authority
            certificates = load_pem_x509_certificates(roots.read_bytes())
            followers.append(TimeStamps(url, certificates, self._place.folder / STAMPS, http, self._seconds))
        sealer = Sealer(holding, self._schema, self._ring, self._outside)
        loop = SealingLoop(sealer, holding, telling, self._schema, followers, self._telemetry, self._place.interval)
        task = asyncio.create_task(loop.run())
        task.add_done_callback(self._ended)
        self._open.push_async_callback(stopped, task)

    async def close(self) -> None:
        """Ends; what is being sealed is sealed or isn't."""
        await self._open.aclose()
        await self._demand.close()

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Says at once if the loop ended by a fault, which closing raises later."""
        if not task.cancelled() and (fault := task.exception()) is not None:
            self._telemetry.warning("sealing_stopped", error=repr(fault))

    async def _take_lock(self, connection: AsyncConnection) -> None:
        """Asks again and again: a statement that waits for a lock would keep VACUUM from its work."""
        query = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
        while (await (await connection.execute(query, (sealing_lock(self._schema),))).fetchone()) != (True,):  # noqa: ASYNC110
            await asyncio.sleep(self._place.interval)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.close()
