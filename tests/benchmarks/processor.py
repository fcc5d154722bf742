"""The processor time that processes use, for figures that hold on a busy machine as well."""

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress

import psutil  # type: ignore[import-untyped]  # it has no stubs of its own
import psycopg

from tests.support.postgres import Database


class Meter:
    """Seconds of the processor that each of several parties uses from one look to the next; the load is this process."""

    def __init__(self, servers: Sequence[int], database: Database | None = None) -> None:
        self.servers = [psutil.Process(pid) for pid in servers]
        self.postmaster = _postmaster(database) if database else None
        self.before = self._now()

    def look(self) -> Mapping[str, float]:
        """By party: `server`, `database`, `load`; and `machine`, everything that ran on it, as a share of all its time."""
        now = self._now()
        used = {name: now[name] - before for name, before in self.before.items()}
        self.before = now
        return {
            "server": used["server"],
            "database": used["database"],
            "load": used["load"],
            "machine": used["busy"] / (used["all"] or 1),
        }

    def _now(self) -> Mapping[str, float]:
        machine = psutil.cpu_times()
        idle: float = machine.idle + getattr(machine, "iowait", 0.0)
        return {
            "server": sum(_used(process) for process in self.servers),
            "database": sum(map(_used, (self.postmaster, *self.postmaster.children()))) if self.postmaster else 0.0,
            "load": time.process_time(),
            "busy": sum(machine) - idle,
            "all": sum(machine),
        }


def _used(process: psutil.Process) -> float:
    with suppress(psutil.NoSuchProcess):  # it ended just now, and its time is among its parent's
        times = process.cpu_times()
        return float(times.user + times.system + times.children_user + times.children_system)
    return 0.0


def _postmaster(database: Database) -> psutil.Process:
    with psycopg.connect(database.server) as connection:
        found = psutil.Process(connection.info.backend_pid).parent()
    assert found is not None
    return found
