"""Processes that fire timers at the same time and are killed at random: everything that falls due happens once.

ONRECORD_VERIFICATION_KILLS says how many kills.
"""

import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from domain.messaging.commands.scheduled import ScheduleMessage
from domain.messaging.ids import ScheduledMessageId
from infra.crypto.key_file import read_or_create
from infra.system import utc_now
from interfaces.bootstrap.organisation import OpenOrganisation
from tests.support.organisations import ask, channel, everything, message, opened, person, settle
from tests.support.postgres import Database
from tests.support.processes import die_with_parent

KILLS = int(os.environ.get("ONRECORD_VERIFICATION_KILLS", "6"))
PROCESSES, BATCH = 2, 30
pytestmark = pytest.mark.anyio


def an_hour_ago() -> datetime:
    """The clock of whoever writes the plans, so that they are all due when the others look."""
    return utc_now() - timedelta(hours=1)


@contextmanager
def firing(database: Database, keys: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that does what is due, until the block ends."""
    command = [sys.executable, "-m", "tests.verification.timer_process", database.application, str(keys)]
    process = subprocess.Popen(
        command, cwd=Path(__file__).resolve().parents[2], preexec_fn=die_with_parent, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


class Firing:
    """Several such processes."""

    def __init__(self, database: Database, keys: Path) -> None:
        self._database, self._keys = database, keys
        self._running = [firing(database, keys) for _ in range(PROCESSES)]
        self._processes = [each.__enter__() for each in self._running]

    def kill(self, which: int) -> None:
        """Kills one and starts another in its place."""
        assert self._processes[which].poll() is None, "it ended by itself"
        self._running[which].__exit__(None, None, None)
        self._running[which] = firing(self._database, self._keys)
        self._processes[which] = self._running[which].__enter__()

    def stop(self) -> None:
        """Kills all."""
        for each in self._running:
            each.__exit__(None, None, None)


@pytest.mark.timeout(120 + 20 * KILLS)
async def test_scheduled_messages_are_said_once(database: Database, tmp_path: Path) -> None:
    keys, chance = tmp_path / "keys", random.Random(20_261_123)
    async with opened(database, read_or_create(keys), an_hour_ago) as organisation:
        await settle(organisation, "ann")
        processes = Firing(database, keys)
        try:
            for kill in range(KILLS + 1):
                for n in range(BATCH):
                    await schedule(organisation, f"{kill}/{n}")
                wanted = (kill + 1) * BATCH if kill == KILLS else kill * BATCH + chance.randint(1, BATCH)
                await said(organisation, wanted)
                if kill < KILLS:
                    processes.kill(chance.randrange(PROCESSES))
        finally:
            processes.stop()
        rows = Counter((row.type, row.stream) for row in await everything(organisation))
        expected = (KILLS + 1) * BATCH
        for name in ("message_posted", "scheduled_message_sent"):
            found = [count for (type_, _), count in rows.items() if type_ == f"messaging.{name}.v1"]
            assert found == [1] * expected, name
        assert not [
            type_ for type_, _ in rows if type_ in ("messaging.scheduled_message_held_back.v1", "access.command_refused.v1")
        ]


async def schedule(organisation: OpenOrganisation, name: str) -> None:
    """Something to be said, a little later by this process's clock and long ago by the others'."""
    at = an_hour_ago() + timedelta(minutes=5)
    plan = ScheduleMessage(channel=channel("general"), scheduled_message=ScheduledMessageId(message(name)), at=at, text=name)
    assert (await ask(organisation, plan, person("ann"))).refusal is None


async def said(organisation: OpenOrganisation, number: int) -> None:
    """Waits until so many messages were posted."""
    reader = organisation.log.reader
    position, found = 0, 0
    while found < number:
        for row in await reader.read(position, 1000):
            position, found = row.position, found + (row.type == "messaging.message_posted.v2")
        if found < number:
            await reader.wait(position, 1)
