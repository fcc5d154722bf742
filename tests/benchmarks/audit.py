"""The sealed history: what sealing, verifying and proving cost."""

import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext, suppress
from functools import partial
from hashlib import sha256
from itertools import count, cycle
from pathlib import Path
from uuid import UUID

import psutil  # type: ignore[import-untyped]  # it has no stubs of its own
import psycopg
from prometheus_client import CollectorRegistry
from psycopg import sql

from application.envelope import Asked
from domain.messaging.commands.message import PostMessage
from domain.messaging.ids import MessageId
from infra.ledger import checkpoint, note
from infra.ledger.audit.audit import Question, verify
from infra.ledger.published import PublishedLedger
from infra.ledger.sealing.keyring import KeyRing, load_or_create, ring_for
from infra.ledger.sealing.outside import OutsideCopy
from infra.ledger.sealing.sealer import SETTINGS, Sealer
from infra.ledger.service import CHECKPOINT, OrganisationLedger, Place
from infra.postgres.connections import Connections, StandingConnection
from infra.system import random_id
from infra.telemetry.structured import StructuredTelemetry
from interfaces.bootstrap.organisation import OpenOrganisation
from tests.benchmarks.append import TEXT
from tests.benchmarks.clients import loop
from tests.benchmarks.company import PEOPLE, company
from tests.benchmarks.harness import BUILD, Figure, Pair, Server
from tests.benchmarks.scale import fill
from tests.support.organisations import channel, person
from tests.support.postgres import Database

ROWS = 500_000
RING = ring_for("onrecord/benchmark")
TABLES = ("ledger", "ledger_tiles", "ledger_checkpoints", "ledger_cosignatures")


@contextmanager
def seal(server: Server) -> Iterator[Pair]:
    """Sealing rows that wait, against reading the same rows through a server-side cursor."""
    with loop() as on, _filled(server, 50_000) as database, _folder() as folder:

        def ours(seconds: float) -> float:
            spent, sealed = 0.0, 0
            while spent < seconds:
                _unseal(database, folder)
                begin = time.perf_counter()
                sealed += on.run(_sealed(database, folder))
                spent += time.perf_counter() - begin
            return sealed / spent

        yield Pair(ours, partial(_read, database), {"rows": 50_000})


def _read(database: Database, seconds: float) -> float:
    """Every column of every row, decoded, as a reader of the log would."""
    spent, rows = 0.0, 0
    query = sql.SQL("SELECT * FROM {} WHERE position > 0 ORDER BY position").format(sql.Identifier(database.schema, "events"))
    with psycopg.connect(database.owner) as connection:
        while spent < seconds:
            begin = time.perf_counter()
            with connection.cursor("rows", binary=True) as cursor:
                cursor.itersize = 8_192
                cursor.execute(query)
                rows += sum(1 for _ in cursor)
            spent += time.perf_counter() - begin
    return rows / spent


@contextmanager
def audit(server: Server) -> Iterator[Pair]:
    """The whole audit on all cores, against one loop of hashlib over the same bytes, a row at a time."""
    with loop() as on, _filled(server, ROWS) as database, _folder() as folder:
        on.run(_sealed(database, folder))
        question = Question(database.application, database.schema, RING.origin, RING.verifiers)

        def ours(seconds: float) -> float:
            spent, audited = 0.0, 0
            while spent < seconds:
                begin = time.perf_counter()
                report = verify(question)
                spent += time.perf_counter() - begin
                assert report.holds, report.findings[:3]
                audited += report.sealed
            return audited / spent

        yield Pair(ours, partial(_hashed, _bytes(database)), {"rows": ROWS})


def _bytes(database: Database) -> list[bytes]:
    """All that is under the hash of each row."""
    query = sql.SQL(
        "SELECT int8send(position) || timestamptz_send(recorded_at) || timestamptz_send(effective_at) || uuid_send(event_id)"
        " || convert_to(stream || type, 'UTF8') || uuid_send(actor) || uuid_send(command_id) || uuid_send(correlation_id)"
        " || salt || context || payload FROM {} ORDER BY position"
    ).format(sql.Identifier(database.schema, "events"))
    with psycopg.connect(database.owner) as connection, connection.cursor(binary=True) as cursor:
        return [row for (row,) in cursor.execute(query)]


def _hashed(rows: list[bytes], seconds: float) -> float:
    spent, hashed = 0.0, 0
    while spent < seconds:
        begin = time.perf_counter()
        for row in rows:
            sha256(row).digest()
        spent += time.perf_counter() - begin
        hashed += len(rows)
    return hashed / spent


@contextmanager
def proof(server: Server) -> Iterator[Pair]:
    """Proofs one after another, against one in five milliseconds."""
    with (
        loop() as on,
        _filled(server, ROWS) as database,
        _folder() as folder,
        on.within(Connections(database.application, size=1)) as connections,
    ):
        on.run(_sealed(database, folder))
        ledger = PublishedLedger(connections, database.schema, RING, time.time)
        events = _some_events(database)

        async def once() -> None:
            assert await ledger.proof(next(events)) is not None

        yield Pair(on.side(1, once), lambda _seconds: 200.0, {"rows": ROWS})


def _some_events(database: Database) -> Iterator[UUID]:
    query = f"SELECT event_id FROM {database.schema}.events WHERE position % 97 = 0"
    with psycopg.connect(database.owner) as connection:
        found = [event for (event,) in connection.execute(query.encode())]
    return (found[number * 7919 % len(found)] for number in count())


@contextmanager
def lag(server: Server) -> Iterator[Pair]:
    """The slowest of a hundred from answer to published checkpoint, while 32 people write, against two seconds."""
    notes: dict[str, object] = {}
    with loop() as on, server.scratch() as database, _folder() as folder, on.within(company(database)) as organisation:
        post = _poster(organisation)

        async def measured(seconds: float) -> float:
            end, lags = time.perf_counter() + max(seconds, 5), list[float]()

            async def writer() -> None:
                while time.perf_counter() < end:
                    await post()

            async def waiter() -> None:
                while time.perf_counter() < end:
                    position = await post()
                    begin = time.perf_counter()
                    while _published(folder) < position:  # noqa: ASYNC110 (another task publishes into a file)
                        await asyncio.sleep(0.005)
                    lags.append(time.perf_counter() - begin)

            async with _running(database, folder):
                await asyncio.gather(*(writer() for _ in range(16)), *(waiter() for _ in range(16)))
            worst = statistics.quantiles(lags, n=100)[98]
            notes["p99_s"], notes["samples"] = round(worst, 3), len(lags)
            return 1 / worst

        yield Pair(lambda seconds: on.run(measured(seconds)), lambda _seconds: 0.5, notes)


@contextmanager
def cost(server: Server) -> Iterator[Pair]:
    """Commands for each second of the processor, ours and PostgreSQL's, with the sealer running against without."""
    with loop() as on, server.scratch() as database, _folder() as folder, on.within(company(database)) as organisation:
        post = _poster(organisation)

        async def measured(seconds: float, *, sealing: bool) -> float:
            posts = 0
            end = time.perf_counter() + seconds

            async def writer() -> None:
                nonlocal posts
                while time.perf_counter() < end:
                    await post()
                    posts += 1

            # What was written without the sealer isn't charged to the one that finds it.
            await _sealed(database, folder, load_or_create(folder, RING.origin))
            async with _running(database, folder) if sealing else nullcontext():
                before = _processor(database)
                await asyncio.gather(*(writer() for _ in range(32)))
                return posts / (_processor(database) - before)

        yield Pair(
            lambda seconds: on.run(measured(seconds, sealing=True)), lambda seconds: on.run(measured(seconds, sealing=False))
        )


def _poster(organisation: OpenOrganisation) -> Callable[[], Awaitable[int]]:
    """Posts a message, and answers its position."""
    people = cycle(map(person, PEOPLE))

    async def post() -> int:
        wish = PostMessage(channel=channel("general"), message=MessageId(random_id()), text=TEXT)
        outcome = await organisation.platform.handle(wish, Asked(next(people), random_id()))
        assert outcome.refusal is None
        return outcome.position

    return post


def _published(folder: Path) -> int:
    try:
        return checkpoint.parse(note.parse((folder / CHECKPOINT).read_bytes()).text).size
    except FileNotFoundError:
        return 0


def _processor(database: Database) -> float:
    """Seconds of the processor that this process and the server's have used."""
    with psycopg.connect(database.server) as connection:
        postmaster = psutil.Process(connection.info.backend_pid).parent()
    assert postmaster is not None
    used = []
    for process in (postmaster, *postmaster.children()):
        with suppress(psutil.NoSuchProcess):  # it ended just now, and its time is among its parent's
            used.append(process.cpu_times())
    server: float = sum(times.user + times.system + times.children_user + times.children_system for times in used)
    return time.process_time() + server


@contextmanager
def _filled(server: Server, rows: int) -> Iterator[Database]:
    with server.scratch() as database:
        fill(database, rows)
        yield database


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="ledger-", dir=BUILD) as folder:
        yield Path(folder)


async def _sealed(database: Database, folder: Path, ring: KeyRing = RING) -> int:
    async with StandingConnection(database.application, "ledger", settings=SETTINGS) as connection:
        sealed = await Sealer(connection, database.schema, ring, OutsideCopy(folder / CHECKPOINT)).seal()
    assert sealed is not None
    return sealed.size


def _unseal(database: Database, folder: Path) -> None:
    (folder / CHECKPOINT).unlink(missing_ok=True)
    with psycopg.connect(database.owner, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        tables = ", ".join(f"{database.schema}.{table}" for table in TABLES)
        connection.execute(f"TRUNCATE {tables}".encode())


@asynccontextmanager
async def _running(database: Database, folder: Path) -> AsyncIterator[OrganisationLedger]:
    """The ledger as the server has it."""
    telemetry = StructuredTelemetry(CollectorRegistry())
    async with (
        Connections(database.application, size=1) as connections,
        OrganisationLedger(
            database.application, connections, database.schema, RING.origin, Place(folder), telemetry, time.time
        ) as ledger,
    ):
        yield ledger


FIGURES = [
    Figure("audit.seal", "Sealing against reading the same rows through a server-side cursor", "rows/s", 0.1, seal),
    Figure("audit.cost", "Commands per CPU second with the sealer running against without", "commands/s", 0.952, cost),
    Figure("audit.lag_s", "From answer to published checkpoint, p99 against two seconds", "1/s", 1, lag),
    Figure("audit.verify", "The whole audit against one loop of hashlib over the same bytes", "rows/s", 0.2, audit),
    Figure("audit.proof_ms", "Proofs one after another, against one in 5 ms", "proofs/s", 1, proof),
]
