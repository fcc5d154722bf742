"""Workers that share a rebuild: processes of this program, which end with the one that started them.

A worker is told what to do in one line of JSON on its standard input, which stays open for as long as it is to live, and tells in
lines of JSON how far it has come, and at last how it ended.
"""

import asyncio
import base64
import os
import sys
from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec

from application.ports.codec import DamagedEvent, UnknownEvent
from application.ports.keys import KeyUnusable
from application.ports.log import LogUnavailable
from infra.crypto.key_file import KeyRing
from projections.engine.division import NotLocal, Task, Told
from projections.engine.fold import PoisonEvent
from projections.engine.store import Overtaken, StoreUnavailable

FAULTS: Mapping[str, type[Exception]] = {
    each.__name__: each
    for each in (
        NotLocal,
        PoisonEvent,
        UnknownEvent,
        DamagedEvent,
        Overtaken,
        StoreUnavailable,
        LogUnavailable,
        KeyUnusable,
    )
}
"""What a worker may end with, by name."""


class Ring(msgspec.Struct):
    """A key ring on its way to a worker; never written to a file or an argument."""

    current: int
    epochs: dict[int, str]
    pseudonyms: str

    @classmethod
    def of(cls, ring: KeyRing) -> "Ring":
        """The same in JSON."""
        epochs = {number: base64.b64encode(key).decode() for number, key in ring.epochs.items()}
        return cls(ring.current, epochs, base64.b64encode(ring.pseudonyms).decode())

    def opened(self) -> KeyRing:
        """The same as it was."""
        epochs = {number: base64.b64decode(key) for number, key in self.epochs.items()}
        return KeyRing(self.current, epochs, base64.b64decode(self.pseudonyms))


class Place(msgspec.Struct):
    """Where the organisation is."""

    dsn: str
    organisation: str
    id: UUID
    ring: Ring


class Order(msgspec.Struct):
    """What a worker is to do: bring these tables, by model, to a position, with what the things of these digits tell."""

    place: Place
    tables: dict[str, str]
    digits: str
    upto: int


class Report(msgspec.Struct):
    """How far a worker has come, or how it ended: with a `fault`, or with none. `peak`: its memory at most, in KiB."""

    reached: int = 0
    peak: int = 0
    ended: bool = False
    fault: str = ""
    text: str = ""


class ProcessCrew:
    """Fulfils projections.engine.division.Crew. `peak`: the most memory that one worker has had, in KiB."""

    def __init__(self, place: Place, count: int) -> None:
        """`count`: how many parts a history is divided into; what can't be divided has a worker more."""
        self.place, self.count = place, count
        self.peak = 0

    async def work(self, tasks: Sequence[Task], upto: int, told: Told) -> None:
        """Raises what the port names, and StoreUnavailable where a worker was killed."""
        async with asyncio.TaskGroup() as group:
            running = [group.create_task(self._one(number, task, upto, told)) for number, task in enumerate(tasks)]
            done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_EXCEPTION)
            faults = [fault for each in done if (fault := each.result())]
            for each in running:
                each.cancel()
        if faults:
            raise faults[0]

    async def _one(self, number: int, task: Task, upto: int, told: Told) -> Exception | None:
        tables = {slot.model.name: slot.table for slot in task.slots}
        order = msgspec.json.encode(Order(self.place, tables, task.digits, upto)) + b"\n"
        worker = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "infra.rebuilding.worker",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)) or os.curdir},
        )
        try:
            worker.stdin.write(order)  # type: ignore[union-attr]  # a pipe was asked for
            async for line in worker.stdout:  # type: ignore[union-attr]  # likewise
                report = msgspec.json.decode(line, type=Report)
                self.peak = max(self.peak, report.peak)
                if not report.ended:
                    told(number, report.reached)
                elif not report.fault:
                    return None
                else:
                    return FAULTS[report.fault](report.text)
            return StoreUnavailable("a process that shared the rebuild ended without a word")
        finally:
            if worker.returncode is None:
                worker.kill()
            await worker.wait()
