"""Thousands of changes to a sealed log, each found; two hundred kills of the sealer, and never two trees."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from infra.ledger import checkpoint, note
from infra.ledger.audit.audit import Question, verify
from infra.ledger.sealing.keyring import KeyRing, load_or_create
from infra.ledger.verifier import onrecord_verify
from infra.postgres.access import Access, connect_as_owner
from infra.postgres.embedded import EmbeddedPostgres
from infra.postgres.migrations import create_organisation
from tests.ledger.databases import fill
from tests.ledger.histories import rows
from tests.ledger.test_audit import ROW_CHANGES, Change, any_bit_of_a_row, attacker, found, log, question
from tests.support.clusters import reachable_folder
from tests.support.postgres import ORGANISATION, ORGANISATION_ID, Database
from tests.support.processes import die_with_parent
from tests.support.waiting import until

__all__ = ["attacker", "log"]

KILLS = 200
ORIGIN = "onrecord/killed"
# For each line that it reads, a child that seals every few milliseconds and keeps a mirror.
SEALERS = """
import asyncio, os, sys, time
from pathlib import Path
from prometheus_client import CollectorRegistry
from infra.ledger.service import OrganisationLedger, Place
from infra.postgres.connections import Connections
from infra.telemetry.structured import StructuredTelemetry

async def run(dsn, folder):
    place = Place(Path(folder), mirror=Path(folder, "mirror"), interval=0.003)
    telemetry = StructuredTelemetry(CollectorRegistry())
    async with Connections(dsn, size=1) as connections:
        async with OrganisationLedger(dsn, connections, "org_main", "onrecord/killed", place, telemetry, time.time):
            print(os.getpid(), flush=True)
            await asyncio.Event().wait()

for _ in sys.stdin:
    if (child := os.fork()) == 0:
        asyncio.run(run(*sys.argv[1:]))
    os.waitpid(child, 0)
    print("dead", flush=True)
"""


@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("change", [any_bit_of_a_row, *ROW_CHANGES], ids=lambda change: change.__name__)
def test_thousands_of_changes_are_found(log: Database, attacker: psycopg.Connection, change: Change) -> None:
    cases = 3_000 if change is any_bit_of_a_row else 100
    drawn = random.Random()
    for _ in range(cases):
        found(attacker, question(log), change, drawn.getrandbits(64))


@pytest.fixture
def durable() -> Iterator[Database]:
    """A database on a disk, that doesn't forget what it committed."""
    with reachable_folder() as folder, EmbeddedPostgres(folder) as server:
        superuser = server.start()
        access = Access.on_server_of_ours(superuser)
        with connect_as_owner(access.owner) as owner:
            create_organisation(owner, ORGANISATION, ORGANISATION_ID)
        yield Database("onrecord", access, superuser)


@pytest.mark.timeout(1_800)
def test_a_sealer_killed_anywhere_goes_on_with_the_same_tree(durable: Database, tmp_path: Path) -> None:
    ring = load_or_create(tmp_path, ORIGIN)
    waiting, drawn = iter(rows(KILLS * 40)), random.Random()
    published: dict[int, str] = {}
    with _sealers(durable, tmp_path) as sealers:
        for _ in range(KILLS):
            sealer = _next(sealers)
            for _ in range(drawn.randrange(1, 8)):
                fill(durable, [next(waiting) for _ in range(drawn.randrange(1, 6))])
                time.sleep(drawn.random() * 0.01)
            _kill(sealers, sealer)
            _collect(durable, tmp_path, ring, published)
        sealer = _next(sealers)
        _finish(durable, tmp_path, ring, published)
        _kill(sealers, sealer)


@contextmanager
def _sealers(database: Database, folder: Path) -> Iterator[subprocess.Popen[str]]:
    words = [sys.executable, "-c", SEALERS, database.application, str(folder)]
    pipe = subprocess.PIPE
    with subprocess.Popen(words, stdin=pipe, stdout=pipe, preexec_fn=die_with_parent, text=True) as sealers:
        try:
            yield sealers
        finally:
            sealers.kill()


def _next(sealers: subprocess.Popen[str]) -> int:
    assert sealers.stdin is not None
    assert sealers.stdout is not None
    print(file=sealers.stdin, flush=True)
    return int(sealers.stdout.readline())


def _kill(sealers: subprocess.Popen[str], sealer: int) -> None:
    assert sealers.stdout is not None
    os.kill(sealer, signal.SIGKILL)
    assert sealers.stdout.readline() == "dead\n"


def _collect(database: Database, folder: Path, ring: KeyRing, published: dict[int, str]) -> None:
    """Whatever was signed and left the process: one text for each size."""
    with psycopg.connect(database.owner) as connection:
        notes = [text for (text,) in connection.execute("SELECT note FROM org_main.ledger_checkpoints")]
    files = [folder / "checkpoint", folder / "mirror" / "checkpoint", *(folder / "mirror" / "checkpoints").rglob("*")]
    notes += [file.read_text() for file in files if file.is_file() and not file.name.startswith(".")]
    for text in notes:
        head = checkpoint.verified(note.parse(text), ORIGIN, ring.verifiers)
        assert published.setdefault(head.size, head.text) == head.text


def _finish(database: Database, folder: Path, ring: KeyRing, published: dict[int, str]) -> None:
    """Once more, undisturbed: everything is sealed, mirrored and of one history."""
    with psycopg.connect(database.owner) as connection:
        found_rows = connection.execute("SELECT max(position) FROM org_main.events").fetchone()
    assert found_rows is not None
    mirror = folder / "mirror" / "checkpoint"
    until(lambda: checkpoint.parse(note.parse(mirror.read_bytes()).text).size == found_rows[0], within=30)
    known = {f"published at {size}": checkpoint.parse(text) for size, text in published.items()}
    report = verify(Question(database.application, "org_main", ORIGIN, ring.verifiers, known=known))
    assert (report.findings, report.sealed, report.unsealed) == ([], found_rows[0], 0)
    assert onrecord_verify.main(["mirror", str(folder / "mirror"), "--key", str(ring.verifiers[0])]) == 0
    assert len(published) > KILLS // 2
