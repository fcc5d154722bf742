"""Workers that share a rebuild: processes of this program, which end with the one that started them.

A worker is told what to do in one line of JSON on its standard input, which stays open for as long as it is to live, and tells in
lines of JSON how far it has come, and at last how it ended. What can't be divided is done by the process that started them: it is
the least, and a process of its own would take longer to begin than to do it.
"""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

import msgspec

from infra.rebuilding.filling import filled
from infra.rebuilding.orders import FAULTS, Order, Place, Report, Ring
from projections.engine.division import Task, Told
from projections.engine.store import StoreUnavailable

__all__ = ["Place", "ProcessCrew", "Ring"]


class Worker:
    """A process that does what it is ordered, one order after the other: to start takes longer than most orders."""

    def __init__(self, process: Process) -> None:
        self._process = process

    @classmethod
    async def start(cls) -> Self:
        """A new one."""
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)) or os.curdir}
        command = (sys.executable, "-m", "infra.rebuilding.worker")
        return cls(await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, env=environment))

    async def do(self, order: Order, told: Callable[[Report], None]) -> Report:
        """The last report. Raises StoreUnavailable where it ends before."""
        self._process.stdin.write(msgspec.json.encode(order) + b"\n")  # type: ignore[union-attr]  # a pipe was asked for
        async for line in self._process.stdout:  # type: ignore[union-attr]  # likewise
            report = msgspec.json.decode(line, type=Report)
            told(report)
            if report.ended:
                return report
        raise StoreUnavailable("a process that shared the rebuild ended without a word")

    async def end(self) -> None:
        """At once, whatever it does."""
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()


class ProcessCrew:
    """Fulfils projections.engine.division.Crew. `peak`: the most memory that one worker has had, in KiB."""

    def __init__(self, place: Place, count: int) -> None:
        """`count`: how many parts a history is divided into."""
        self.place, self.count = place, count
        self.peak = 0
        self._idle: list[Worker] = []

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

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        while self._idle:
            await self._idle.pop().end()

    async def _one(self, number: int, task: Task, upto: int, told: Told) -> Exception | None:
        order = Order.of(self.place, task, upto)
        if not task.digits:
            return _fault(await filled(order, lambda reached: told(number, reached)))

        def reported(report: Report) -> None:
            self.peak = max(self.peak, report.peak)
            if not report.ended:
                told(number, report.reached)

        worker = self._idle.pop() if self._idle else await Worker.start()
        try:
            report = await worker.do(order, reported)
        except StoreUnavailable as error:
            await worker.end()
            return error
        except BaseException:
            await worker.end()
            raise
        self._idle.append(worker)
        return _fault(report)


def _fault(report: Report) -> Exception | None:
    return FAULTS[report.fault](report.text) if report.fault else None
