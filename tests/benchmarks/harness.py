"""How every figure is measured: interleaved pairs of ours and a baseline, on a real disk, with the spread, kept as JSON lines."""

import gc
import json
import os
import platform
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from psycopg import sql

from infra.postgres.access import Access, connect_as_owner
from infra.postgres.embedded import EmbeddedPostgres
from infra.postgres.migrations import create_organisation
from tests.support.clusters import reachable_folder
from tests.support.postgres import ORGANISATION, ORGANISATION_ID, Database

BUILD = Path(__file__).resolve().parents[2] / "build"
PAIRS = int(os.environ.get("ONRECORD_BENCH_PAIRS", "7"))
SECONDS = float(os.environ.get("ONRECORD_BENCH_SECONDS", "3"))
"""A run with fewer pairs or shorter ones is for looking, not for keeping: the line says how it was measured."""

Side = Callable[[float], float]
"""Works for so many seconds and answers its operations per second."""


@dataclass(frozen=True)
class Pair:
    """Two ways to do the same, with `notes` on how the figure came about."""

    ours: Side
    baseline: Side
    notes: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Figure:
    """A ratio that is wanted: at least `goal` times the baseline."""

    name: str
    what: str
    unit: str
    goal: float
    prepare: Callable[["Server"], AbstractContextManager[Pair]]


@dataclass(frozen=True)
class Line:
    """A measured figure, as it is kept in build/bench.jsonl."""

    figure: str
    what: str
    unit: str
    goal: float
    ratio: float
    ratios: tuple[float, float]
    ours: float
    ours_spread: tuple[float, float]
    baseline: float
    baseline_spread: tuple[float, float]
    pairs: int
    seconds: float
    notes: dict[str, object]
    commit: str
    machine: str
    at: str

    @property
    def reached(self) -> bool:
        """Whether the goal is."""
        return self.ratio >= self.goal

    def __str__(self) -> str:
        return (
            f"{self.figure}: {self.ratio:.2f} ({self.ratios[0]:.2f}–{self.ratios[1]:.2f}) of the baseline, goal {self.goal:g}"
            f"{'' if self.reached else ', missed'}; {self.ours:,.0f} against {self.baseline:,.0f} {self.unit}"
        )


class Server:
    """A durable PostgreSQL of our own on this project's disk, with as many databases as the figures want."""

    def __init__(self, conninfo: str) -> None:
        self.conninfo = conninfo

    def database(self, template: Database | None = None) -> Database:
        """A new one with the organisation `main`, or a copy of another that nobody is connected to."""
        name = f"bench_{uuid.uuid4().hex[:8]}"
        access = Access.on_server_of_ours(self.conninfo, name) if template is None else self._copy(template, name)
        if template is None:
            with connect_as_owner(access.owner) as owner:
                create_organisation(owner, ORGANISATION, ORGANISATION_ID)
        return Database(name, access, self.conninfo)

    def drop(self, database: Database) -> None:
        """Drops one, with whatever sessions are left in it."""
        with connect_as_owner(self.conninfo) as server:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database.name)))

    @contextmanager
    def scratch(self, template: Database | None = None) -> Iterator[Database]:
        """One that is dropped afterwards."""
        database = self.database(template)
        try:
            yield database
        finally:
            self.drop(database)

    def _copy(self, template: Database, name: str) -> Access:
        with connect_as_owner(self.conninfo) as server:
            server.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(
                    sql.Identifier(name), sql.Identifier(template.name)
                )
            )
        rename = psycopg.conninfo.make_conninfo
        return Access(rename(template.access.owner, dbname=name), rename(template.access.application, dbname=name))


def measure(figures: Sequence[Figure]) -> list[Line]:
    """Measures and keeps each figure; prints them as they come."""
    BUILD.mkdir(exist_ok=True)
    lines = []
    for figure in figures:
        line = _measure(figure)
        with (BUILD / "bench.jsonl").open("a") as kept:
            kept.write(json.dumps(asdict(line), ensure_ascii=False) + "\n")
        print(line, flush=True)
        lines.append(line)
    return lines


def _measure(figure: Figure) -> Line:
    """Each figure has a server of its own, so that none finds the traces of another."""
    with (
        reachable_folder("bench-", BUILD) as folder,
        EmbeddedPostgres(folder) as embedded,
        figure.prepare(Server(embedded.start())) as pair,
    ):
        for side in (pair.ours, pair.baseline):
            side(SECONDS / 3)  # plans, caches, connections
        measured = [(_run(pair.ours), _run(pair.baseline)) for _ in range(PAIRS)]
    ours, baseline = zip(*measured, strict=True)
    ratios = [our / base for our, base in measured]
    return Line(
        figure.name, figure.what, figure.unit, figure.goal,
        round(statistics.median(ratios), 3), (round(min(ratios), 3), round(max(ratios), 3)),
        round(statistics.median(ours), 1), (round(min(ours), 1), round(max(ours), 1)),
        round(statistics.median(baseline), 1), (round(min(baseline), 1), round(max(baseline), 1)),
        PAIRS, SECONDS, pair.notes, _commit(), _machine(), datetime.now(UTC).isoformat(timespec="seconds"),
    )  # fmt: skip


def _run(side: Side) -> float:
    gc.collect()
    return side(SECONDS)


def closed_loop(seconds: float) -> Callable[[], bool]:
    """Whether there is time left, for clients that ask for the next thing when they have got the last."""
    end = time.perf_counter() + seconds
    return lambda: time.perf_counter() < end


def _commit() -> str:
    found = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False, cwd=BUILD)
    return found.stdout.strip()


def _machine() -> str:
    return f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {sys.version.split()[0]}"
