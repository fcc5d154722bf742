"""Kills of writing processes and of the server, at random: what was acknowledged is there, once; what was refused isn't."""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import psycopg
import pytest

from infra.postgres.access import Access, connect_as_owner
from infra.postgres.embedded import EmbeddedPostgres
from infra.postgres.embedded.layout import Layout, layout_of
from infra.postgres.embedded.status import is_ready, postmaster
from infra.postgres.migrations import create_organisation
from tests.support.clusters import reachable_folder
from tests.support.postgres import ORGANISATION, ORGANISATION_ID
from tests.support.processes import die_with_parent
from tests.support.waiting import until

KILLS = int(os.environ.get("ONRECORD_VERIFICATION_KILLS", "60"))
PROCESSES = 2


class Process:
    """One that appends, and the lines that it has said."""

    def __init__(self, dsn: str) -> None:
        self._said: IO[str] = tempfile.TemporaryFile("w+")  # noqa: SIM115  closed when it has been read
        self._running = subprocess.Popen(
            [sys.executable, "-m", "tests.verification.log_process", dsn],
            stdout=self._said,
            preexec_fn=die_with_parent,
            text=True,
            cwd=Path(__file__).resolve().parents[2],
        )

    def said(self) -> int:
        """How much, in bytes."""
        assert self._running.poll() is None, "a writing process ended by itself"
        return os.fstat(self._said.fileno()).st_size

    def kill(self) -> None:
        """Ends it at once."""
        self._running.kill()
        assert self._running.wait() == -signal.SIGKILL

    def lines(self) -> list[dict[str, Any]]:
        """What it was answered; the last line may have been cut off, and others are for operators."""
        self._said.seek(0)
        with self._said:
            return [json.loads(line) for line in self._said if line.startswith("{") and line.endswith("}\n")]


@pytest.mark.timeout(900)
def test_what_was_acknowledged_is_there_once_and_what_was_refused_is_not() -> None:
    chance = random.Random(20_260_102)
    with reachable_folder() as folder, EmbeddedPostgres(folder) as server:
        access = Access.on_server_of_ours(server.start(), "kills")
        with connect_as_owner(access.owner) as owner:
            create_organisation(owner, ORGANISATION, ORGANISATION_ID)
        said = write_and_kill(access.application, layout_of(folder), chance)
        until(lambda: is_ready(layout_of(folder)), within=60)
        verify(access.owner, said)


def write_and_kill(dsn: str, place: Layout, chance: random.Random) -> list[dict[str, Any]]:
    """Everything that was said by processes of which all were killed, sooner or later."""
    ended: list[Process] = []
    running = [Process(dsn) for _ in range(PROCESSES)]
    for number in range(KILLS):
        wait_for_news(running)
        if number % 3:
            victim = running.pop(chance.randrange(PROCESSES))
            victim.kill()
            ended.append(victim)
            running.append(Process(dsn))
        elif (server := postmaster(place)) is not None:
            with suppress(ProcessLookupError):
                os.kill(server, chance.choice([signal.SIGKILL, signal.SIGQUIT]))
    wait_for_news(running)
    for process in running:
        process.kill()
    return [line for process in (*ended, *running) for line in process.lines()]


def wait_for_news(processes: list[Process]) -> None:
    """Until each has been answered again."""
    before = [process.said() for process in processes]
    until(lambda: all(process.said() > said for process, said in zip(processes, before, strict=True)), within=60)


def verify(owner: str, said: list[dict[str, Any]]) -> None:
    """Compares what was said with what is there."""
    with psycopg.connect(owner) as connection:
        events = connection.execute(
            "SELECT position, event_id::text, stream, stream_version, command_id::text, recorded_at "
            "FROM org_main.events ORDER BY position"
        ).fetchall()
        commands = {
            command: (first, last)
            for command, first, last in connection.execute(
                "SELECT command_id::text, first_position, last_position FROM org_main.commands"
            )
        }
    assert [position for position, *_ in events] == list(range(1, len(events) + 1))
    assert [time for *_, time in events] == sorted(time for *_, time in events)
    versions: Counter[str] = Counter()
    for _, _, stream, version, _, _ in events:
        versions[stream] += 1
        assert version == versions[stream]
    assert set(Counter(command for *_, command, _ in events).values()) == {3}
    at = {event: position for position, event, *_ in events}
    done = [line for line in said if "done" in line]
    for line in done:
        assert commands[line["done"]] == (line["first"], line["last"])
        assert [at[event] for event in line["ids"]] == list(range(line["first"], line["last"] + 1))
    assert not [line for line in said if "gap" in line]
    refused = [event for line in said for event in line.get("not", ())]
    assert not [event for event in refused if event in at]
    assert done
    assert refused
