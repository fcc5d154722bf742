"""An organisation from a table, by the command line, while others write: how long it takes, in how much memory, and who waits.

ONRECORD_VERIFICATION_PEOPLE says how many people (`make verification` asks for 100,000).
"""

import asyncio
import csv
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import NamedTuple

import pytest

from application.ports.log import LogUnavailable
from application.tasks import stopped
from interfaces.bootstrap.database import database
from interfaces.bootstrap.organisation import OpenOrganisation
from interfaces.bootstrap.process import running
from interfaces.settings import Settings
from projections.engine.registry import models
from tests.support.clusters import reachable_folder
from tests.support.organisations import ask, person, post, settle
from tests.support.postgres import ORGANISATION
from tests.support.processes import die_with_parent

PEOPLE = int(os.environ.get("ONRECORD_VERIFICATION_PEOPLE", "3000"))
PROJECT = Path(__file__).resolve().parents[2]
START = 15.0
"""Seconds that a program and a server may take to start, on a busy machine."""
SECONDS = 180 * PEOPLE / 100_000 + START
MEMORY = 300_000_000
WAIT = 5.0
"""Seconds that others may wait for the log, at most."""
FAMILY, GIVEN = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平"
HEADER = ("工号", "姓名", "邮箱", "部门", "上级", "职位", "电话", "地点", "负责人")


class Run(NamedTuple):
    """A program that has ended: how long it took on the clock and on the processor, and its memory at the most, in bytes."""

    seconds: float
    processor: float
    memory: int
    said: str


def people() -> Iterator[tuple[object, ...]]:
    """A deep company: everybody has a manager, a place in one of a thousand departments, and what a table usually says."""
    for n in range(1, PEOPLE + 1):
        name = f"{FAMILY[n % 20]}{GIVEN[n // 20 % 20]}{GIVEN[n // 400 % 20]}"
        place = f"青岚仪器/事业部{n % 10}/中心{n % 100}/组{n % 1000}"
        above = "" if n == 1 else n // 10 or 1
        yield n, name, f"p{n}@qinglan.example", place, above, "工程师", f"+86 138{n:08}", "上海", "是" if n < 1000 else ""


async def onrecord(data: Path, *arguments: str) -> Run:
    """Runs the program as an operator does."""
    given = {name: value for name, value in os.environ.items() if not name.startswith("ONRECORD_VERIFICATION")}
    with tempfile.TemporaryFile("w+") as said:
        began = time.perf_counter()
        started = subprocess.Popen(  # noqa: ASYNC220 (it starts at once, and asyncio would wait for it without its usage)
            [sys.executable, "-m", "interfaces.cli", *arguments],
            stdout=said,
            preexec_fn=die_with_parent,
            cwd=PROJECT,
            env=given | {"ONRECORD_DATA_DIR": str(data)},
        )
        _, status, used = await asyncio.get_running_loop().run_in_executor(None, os.wait4, started.pid, 0)
        started.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        assert started.returncode == 0, said.read()
        return Run(time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024, said.read())


async def talking(organisation: OpenOrganisation, waits: list[float]) -> None:
    """Says something fifty times a second, and notes how long it took to be on record."""
    for number in count():
        began = time.perf_counter()
        with suppress(LogUnavailable):  # how long it was to no avail is noted as well
            assert (await ask(organisation, post(str(number)), person("boss"))).refusal is None
        waits.append(time.perf_counter() - began)
        await asyncio.sleep(0.02)


async def bring(data: Path, table: Path) -> tuple[Run, list[float]]:
    """Brings the table in while a server runs and somebody talks."""
    waits: list[float] = []
    settings = Settings(data_dir=data)
    with database(settings) as access:
        async with running(settings, access) as process:
            served = process.organisations[ORGANISATION]
            organisation = served.organisation
            await settle(organisation, "boss")
            head = await organisation.log.reader.head()
            await served.service.queries.progress.wait_for(head, [models()["Person"]], START)
            talk = asyncio.create_task(talking(organisation, waits))
            try:
                done = await onrecord(data, "import", "people", str(table), "--by", "Boss", "--lock-seconds", "120")
                assert not talk.done(), talk.result()
            finally:
                await stopped(talk)
    return done, waits


@pytest.mark.timeout(1_800)
async def test_a_large_organisation_comes_in_in_time_and_nobody_waits_for_long() -> None:
    (PROJECT / "build").mkdir(exist_ok=True)
    with reachable_folder("people-", PROJECT / "build") as folder:
        data, table = folder / "data", folder / "people.csv"
        with table.open("w", newline="") as file:
            csv.writer(file).writerows([HEADER, *people()])
        await onrecord(data, "migrate")
        first, waits = await bring(data, table)
        # The server is gone: the read models are levelled first.
        again = await onrecord(data, "import", "people", str(table), "--by", "Boss")
    for name, run in (("brought in", first), ("again", again)):  # shown by `pytest -s`
        figures = f"{run.seconds:.0f} s, {run.processor:.0f} s of the processor, {run.memory / 1e6:.0f} MB"
        print(f"\n{PEOPLE:,} people {name}: {figures}; longest wait of {len(waits)}: {max(waits):.1f} s")  # noqa: T201
    assert f"{PEOPLE:,}" in first.said
    assert "Everything is so already." in again.said
    assert max(waits) < WAIT
    assert first.seconds < SECONDS
    assert max(first.memory, again.memory) < MEMORY
