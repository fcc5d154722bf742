"""Workers that share a rebuild: processes of this program, which end with the one that started them.

A worker is told what to do in one line of JSON on its standard input, which stays open for as long as it is to live, and tells in
lines of JSON how far it has come, and at last how it ended. What can't be divided is done by the process that started them: it is
the least, and a process of its own would take longer to begin than to do it.
"""

import asyncio
import os
import sys
from collections.abc import Sequence

import msgspec

from infra.rebuilding.filling import filled
from infra.rebuilding.orders import FAULTS, Order, Place, Report, Ring
from projections.engine.division import Task, Told
from projections.engine.store import StoreUnavailable

__all__ = ["Place", "ProcessCrew", "Ring"]


class ProcessCrew:
    """Fulfils projections.engine.division.Crew. `peak`: the most memory that one worker has had, in KiB."""

    def __init__(self, place: Place, count: int) -> None:
        """`count`: how many parts a history is divided into."""
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
        order = Order(self.place, {slot.model.name: slot.table for slot in task.slots}, task.digits, upto)
        if not task.digits:
            return _fault(await filled(order, lambda reached: told(number, reached)))
        worker = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "infra.rebuilding.worker",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)) or os.curdir},
        )
        try:
            worker.stdin.write(msgspec.json.encode(order) + b"\n")  # type: ignore[union-attr]  # a pipe was asked for
            async for line in worker.stdout:  # type: ignore[union-attr]  # likewise
                report = msgspec.json.decode(line, type=Report)
                self.peak = max(self.peak, report.peak)
                if report.ended:
                    return _fault(report)
                told(number, report.reached)
            return StoreUnavailable("a process that shared the rebuild ended without a word")
        finally:
            if worker.returncode is None:
                worker.kill()
            await worker.wait()


def _fault(report: Report) -> Exception | None:
    return FAULTS[report.fault](report.text) if report.fault else None
