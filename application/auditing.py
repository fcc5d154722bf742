"""Reading under a case: opened by what is recorded now, and on record before the answer is given."""

import asyncio
from collections import defaultdict

from application.envelope import Asked
from application.platform import Platform
from application.ports.auditing import NotOpen, Read
from application.ports.clock import Clock, Identifiers
from application.ports.codec import Codec
from application.ports.keys import Keys
from application.ports.log import AppendRejected, LogReader, LogUnavailable
from application.states import Snapshot
from domain.compliance.case import Case
from domain.compliance.commands import TOGETHER, Reading, RecordCaseReads
from domain.compliance.events import CaseId, CaseReadingId, Scope
from domain.kernel.events import Authority, Context
from domain.kernel.identifiers import PersonId, service

ACTOR = service("auditing")
AUTHORITY = Authority("record of reads under a case")
Waiting = list[tuple[Reading, "asyncio.Future[None]"]]


class CaseAuditing:
    """Fulfils application.ports.auditing.Auditing. Reads that come while others are being recorded are recorded together."""

    def __init__(
        self, platform: Platform, reader: LogReader, codec: Codec, keys: Keys, clock: Clock, new_id: Identifiers
    ) -> None:
        self._platform, self._reader, self._codec, self._keys = platform, reader, codec, keys
        self._clock, self._new_id = clock, new_id
        self._waiting: dict[CaseId, Waiting] = defaultdict(list)
        self._recording: dict[CaseId, asyncio.Task[None]] = {}

    async def scope(self, case: CaseId, auditor: PersonId) -> Scope:
        snapshot, first = Snapshot(self._reader.streams, self._codec, self._keys), Case.at(case)
        await snapshot.load({(Case, first.stream)})
        found = snapshot.states[first.stream]
        scope = found.open_to(auditor, self._clock()) if isinstance(found, Case) else None
        if scope is None:
            raise NotOpen
        return scope

    async def record(self, case: CaseId, read: Read) -> None:
        recorded: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[case].append((Reading(at=self._clock(), **read._asdict()), recorded))
        if case not in self._recording:
            self._recording[case] = asyncio.create_task(self._record_all(case))
        await recorded

    async def _record_all(self, case: CaseId) -> None:
        try:
            while waiting := self._waiting.pop(case, None):
                for start in range(0, len(waiting), TOGETHER):
                    await self._record(case, waiting[start : start + TOGETHER])
        finally:
            del self._recording[case]

    async def _record(self, case: CaseId, waiting: Waiting) -> None:
        """Together if all may; where the case isn't open to one of them, each alone, so that nobody fails for another."""
        try:
            done = await self._recorded(case, [read for read, _ in waiting])
        except Exception as fault:  # noqa: BLE001 (whoever waits is told)
            _tell(waiting, fault)
            return
        if done or len(waiting) == 1:
            _tell(waiting, None if done else NotOpen())
            return
        for each in waiting:
            await self._record(case, [each])

    async def _recorded(self, case: CaseId, reads: list[Reading]) -> bool:
        record = self._new_id()
        wish = RecordCaseReads(case=case, case_reading=CaseReadingId(record), reads=tuple(reads))
        try:
            outcome = await self._platform.handle(wish, Asked(ACTOR, record, Context(client="auditing")), AUTHORITY)
        except AppendRejected as error:
            raise LogUnavailable(str(error)) from error
        return outcome.refusal is None


def _tell(waiting: Waiting, fault: Exception | None) -> None:
    for _, recorded in waiting:
        if recorded.done():
            continue
        if fault is None:
            recorded.set_result(None)
        else:
            recorded.set_exception(fault)
