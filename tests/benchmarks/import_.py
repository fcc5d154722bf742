"""A large import, from the zip file into the log, against inserting the same bytes with nothing verified or sealed."""

import json
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from itertools import count, islice
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import psycopg

from application.imports.bring import Importer
from application.imports.records.record import Source
from application.ports.log import Row
from infra.imports.slack.export import SlackExport
from infra.postgres.connections import application_conninfo
from infra.system import random_id
from interfaces.bootstrap.organisation import OpenOrganisation
from tests.benchmarks.clients import Loop, loop
from tests.benchmarks.harness import Figure, Pair, Server, Side, closed_loop
from tests.benchmarks.inserts import SALT, TABLE
from tests.support.organisations import opened

MESSAGES = 30_000
PEOPLE, CHANNELS, DAYS = 60, 12, 50
FIRST = 1_704_067_200
WORDS = (
    "the supplier confirmed 上海 shipment Friday 供应商 drawing please check 发货 revision customer asked again "
    "tomorrow 会议 pressure sensor batch 检验 passed failed report attached thanks 好的 number deadline invoice "
    "明天 line stopped running "
)
BATCH = 100
_ROW = "(%b, %b, %b, %b, %b, %b, %b, %b, %b, %b)"
INSERT = f"""
INSERT INTO rows (event_id, stream, stream_version, type, actor, command_id, correlation_id, context, payload, salt)
VALUES {", ".join([_ROW] * BATCH)}
"""


def write_export(path: Path) -> None:
    """An export of a busy workspace: 5 to 60 words a message, a fifth of them replies, a tenth with reactions."""
    chance = Random(7)
    people = [f"U{number:04}" for number in range(PEOPLE)]
    users = [{"id": key, "team_id": "T1", "name": key, "profile": {"real_name": f"Person {key}"}} for key in people]
    channels = [
        {"id": f"C{n:04}", "name": f"channel-{n}", "created": FIRST, "creator": people[0], "members": people}
        for n in range(CHANNELS)
    ]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("users.json", json.dumps(users))
        archive.writestr("channels.json", json.dumps(channels))
        for day in range(DAYS):
            for number in range(CHANNELS):
                date = time.strftime("%Y-%m-%d", time.gmtime(FIRST + day * 86_400))
                archive.writestr(f"channel-{number}/{date}.json", json.dumps(_day(day, people, chance), indent=4))


def _day(day: int, people: list[str], chance: Random) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = []
    begun: str | None = None
    for number in range(MESSAGES // DAYS // CHANNELS):
        stamp = f"{FIRST + day * 86_400 + number * 600}.000{number:03}"
        text = " ".join(chance.choices(WORDS.split(), k=chance.randint(5, 60)))
        message: dict[str, Any] = {"type": "message", "user": chance.choice(people), "text": text, "ts": stamp}
        if number % 10 == 0:
            begun = stamp
            message |= {"thread_ts": stamp, "reply_count": 2}
        elif number % 5 == 0:
            message["thread_ts"] = begun
        if number % 10 == 3:
            message["reactions"] = [{"name": "+1", "users": chance.sample(people, 2), "count": 2}]
        told.append(message)
    return told


@contextmanager
def bulk(server: Server) -> Iterator[Pair]:
    """Whole imports, each of another workspace, against one connection that commits 100 rows at a time."""
    with (
        TemporaryDirectory(prefix="export-") as folder,
        loop() as on,
        server.scratch() as database,
        on.within(opened(database)) as organisation,
    ):
        path = Path(folder) / "export.zip"
        write_export(path)
        workspaces = count(1)
        on.run(_import(organisation, path, next(workspaces)))
        rows = [row for row in on.run(organisation.log.reader.read(0, 20_000)) if row.type == "messaging.message_posted.v2"]
        notes: dict[str, object] = {
            "messages": MESSAGES,
            "bytes a row": sum(len(row.payload or b"") for row in rows) // len(rows),
        }
        with _inserting(server, rows) as baseline:
            yield Pair(partial(_ours, on, organisation, path, workspaces), baseline, notes)


def _ours(on: Loop, organisation: OpenOrganisation, path: Path, workspaces: "count[int]", _: float) -> float:
    """Messages per second of one whole import, the reading of the file included, however long it takes."""
    begun = time.perf_counter()
    on.run(_import(organisation, path, next(workspaces)))
    return MESSAGES / (time.perf_counter() - begun)


async def _import(organisation: OpenOrganisation, path: Path, workspace: int) -> None:
    with closing(SlackExport(path)) as history:
        history.source = Source("slack", f"T{workspace}")
        report = await Importer(organisation.bulk, organisation.pseudonyms).bring(history)
    assert report.taken["Said"] == MESSAGES


@contextmanager
def _inserting(server: Server, rows: list[Row]) -> Iterator[Side]:
    with server.scratch() as database:
        with psycopg.connect(database.owner, autocommit=True) as owner:
            owner.execute(TABLE)
        conninfo = application_conninfo(database.application, "baseline", {})
        with psycopg.connect(conninfo, autocommit=True) as connection:
            yield partial(_insert, _batches(rows), partial(connection.cursor().execute, INSERT, prepare=True))


def _batches(rows: list[Row]) -> Iterator[list[object]]:
    """The rows' bytes again and again, under ids of their own."""
    while True:
        left = iter(rows)
        while batch := list(islice(left, BATCH)):
            if len(batch) == BATCH:
                command = uuid4()
                yield [
                    value
                    for row in batch
                    for value in (
                        random_id(), f"messaging.message/{uuid4()}", 1, row.type, row.actor, command, command, row.context,
                        row.payload, SALT,
                    )
                ]  # fmt: skip


def _insert(batches: Iterator[list[object]], insert: Callable[[list[object]], object], seconds: float) -> float:
    left = closed_loop(seconds)
    done = 0
    while left():
        insert(next(batches))
        done += BATCH
    return done / seconds


FIGURES = [
    Figure(
        "import.bulk",
        "Messages of a Slack export imported, against 100-row inserts of the same bytes by one connection",
        "messages/s",
        0.2,
        bulk,
    ),
]
