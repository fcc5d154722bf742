"""The audit of a whole log, or of what came after a checkpoint that was verified before."""

import json
import multiprocessing
import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from typing import Any, LiteralString

import psycopg
from psycopg import sql

from infra.ledger import note
from infra.ledger.audit.chunk import CHUNK, Chunk, Task, audit, audit_on
from infra.ledger.audit.report import Report
from infra.ledger.audit.tiles import verify_upper_tiles
from infra.ledger.audit.verdicts import Verdicts, trees
from infra.ledger.checkpoint import Checkpoint
from infra.ledger.cosignature import cosigned_at
from infra.ledger.errors import LedgerError
from infra.ledger.keys import VerifierKey
from infra.ledger.proofs import perfect_roots, tiles_needed
from infra.ledger.sql import statement
from infra.ledger.tree import TileAddress
from infra.postgres.connections import application_conninfo

CLOCKS_DIFFER = 300_000_000
"""Microseconds that the log's clock and a witness's may be apart."""

Progress = Callable[[int, int], None]
"""Told how many positions were audited so far, of how many."""


@dataclass(frozen=True, slots=True)
class Question:
    """What to audit: one organisation's log, signed by one of these keys.

    `known` are checkpoints that the auditor has from elsewhere, by where from: the log must begin with each. `begin` is a
    size of one of them up to which everything was verified before. `processes` None: one for each core.
    """

    conninfo: str
    schema: str
    origin: str
    keys: tuple[VerifierKey, ...]
    witnesses: tuple[VerifierKey, ...] = ()
    known: Mapping[str, Checkpoint] = field(default_factory=dict)
    begin: int = 0
    processes: int | None = None


def verify(question: Question, progress: Progress = lambda _done, _all: None) -> Report:
    """Audits. Raises psycopg.OperationalError; what is wrong with the log is in the report."""
    with psycopg.connect(application_conninfo(question.conninfo, "audit", {}), autocommit=True) as connection:
        return verify_on(connection, question, progress)


def verify_on(connection: psycopg.Connection, question: Question, progress: Progress = lambda _done, _all: None) -> Report:
    """Audits what this connection sees; further processes have connections of their own."""
    return _Audit(question, connection).run(progress)


class _Audit:
    def __init__(self, question: Question, connection: psycopg.Connection) -> None:
        self._question, self._connection = question, connection
        newest = self._rows(
            "SELECT size, note FROM {ledger_checkpoints} WHERE origin = %s ORDER BY size DESC LIMIT 1", question.origin
        )
        sealed, head = newest[0] if newest else (0, "")
        self._report = Report(question.origin, min(question.begin, sealed), sealed, head)
        # Whole chunks only: what of the first was verified before is verified again.
        self._start = self._report.begin // CHUNK * CHUNK
        self._recorded: dict[int, int] = {}

    def run(self, progress: Progress) -> Report:
        report = self._report
        self._heads()
        verdicts = Verdicts(*self._trees_before())
        tile_roots: list[tuple[bytes, bytes]] = []
        last = None
        for chunk in self._chunks():
            for fault in chunk.faults:
                report.wrong(fault)
            if last is not None and chunk.first_recorded is not None and chunk.first_recorded < last:
                report.wrong(f"position {chunk.after + 1}: recorded before the one ahead of it")
            if chunk.first_recorded is not None:
                self._recorded[chunk.after + 1] = chunk.first_recorded
            last = chunk.last_recorded or last
            verdicts.add(chunk)
            tile_roots += chunk.tile_roots
            self._recorded |= chunk.recorded
            report.checkpoints += len(chunk.marks)
            progress(chunk.upto - self._start, report.sealed - self._start)
        verdicts.say(report)
        verify_upper_tiles(self._connection, self._question.schema, self._start, tile_roots, report)
        self._doubled()
        self._purges()
        self._cosignatures()
        return report

    def _heads(self) -> None:
        """The state, the log's end and the checkpoints from elsewhere, against the last checkpoint."""
        report = self._report
        head = self._rows("SELECT coalesce(max(position), 0) FROM {events}")[0][0]
        report.unsealed = max(0, head - report.sealed)
        state = self._rows("SELECT origin, size FROM {ledger}")
        if report.sealed and state != [(report.origin, report.sealed)]:
            report.wrong(f"the state of the ledger is {state}, and the last checkpoint is of {report.sealed}")
        for where, known in self._question.known.items():
            if known.size > report.sealed:
                report.wrong(
                    f"the log was rolled back: there is a checkpoint of {known.size} {where}, and the database"
                    f" has {head} positions, sealed up to {report.sealed}"
                )

    def _trees_before(self) -> tuple[Any, Any]:
        """The trees over what isn't looked at again; from the beginning where its tiles can't be used."""
        whole = (0, self._start)
        wanted = list(tiles_needed([whole])) if self._start else []
        found = self._rows(
            "SELECT level, number, hashes FROM {ledger_tiles}"
            " JOIN unnest(%s::smallint[], %s::bigint[]) AS wanted (level, number) USING (level, number)",
            [tile.level for tile in wanted],
            [tile.number for tile in wanted],
        )
        tiles = {TileAddress(level, number): hashes for level, number, hashes in found}
        try:
            return trees(self._start // CHUNK, perfect_roots(whole, tiles))
        except LedgerError as error:
            self._report.wrong(str(error))
            self._start = self._report.begin = 0
            return trees(0, ())

    def _chunks(self) -> Iterator[Chunk]:
        sealed = self._report.sealed
        tasks = [self._task(after, min(after + CHUNK, sealed)) for after in range(self._start, sealed, CHUNK)]
        processes = min(self._question.processes or os.cpu_count() or 1, len(tasks))
        if processes < 2:
            yield from (audit_on(self._connection, task) for task in tasks)
            return
        with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn")) as pool:
            yield from pool.map(audit, tasks)

    def _task(self, after: int, upto: int) -> Task:
        question = self._question
        known = tuple((each.size, each.root, where) for where, each in question.known.items() if after < each.size <= upto)
        return Task(question.conninfo, question.schema, question.origin, question.keys, after, upto, known)

    def _doubled(self) -> None:
        schema = self._question.schema
        query = statement("doubled_versions").format(
            schema=sql.Identifier(schema), table=sql.Literal(sql.Identifier(schema, "events").as_string(self._connection))
        )
        for position, stream, version in self._connection.execute(query, {}):
            self._report.wrong(f"position {position}: version {version} of {stream} stands there for the second time")

    def _purges(self) -> None:
        """Content may go only where an event of the log allows it."""
        for position, by, kind, payload in self._rows(
            "SELECT p.position, p.authorised_by, a.type, a.payload FROM {purged} p"
            " LEFT JOIN {events} a ON a.position = p.authorised_by ORDER BY p.position"
        ):
            self._report.purged += 1
            if kind != "compliance.purge_authorised.v1" or _names(payload) != position:
                self._report.wrong(f"position {position} was purged, and position {by} doesn't allow it")

    def _cosignatures(self) -> None:
        """Witnesses' lines are theirs, and rows were recorded when the witnesses saw them appear."""
        keys = {key.name: key for key in self._question.witnesses}
        for size, name, text, line in self._rows(
            "SELECT size, witness, note, line FROM {ledger_cosignatures} JOIN {ledger_checkpoints} USING (origin, size)"
            " WHERE origin = %s AND size > %s AND witness = ANY (%s) ORDER BY size",
            self._question.origin,
            self._start,
            list(keys),
        ):
            try:
                signed = note.parse(text)
                seconds = cosigned_at(signed.and_signed(note.signatures(line)), keys[name])
            except LedgerError as error:
                self._report.wrong(f"the checkpoint of {size}: {error}")
                continue
            if seconds is None:
                self._report.wrong(f"the checkpoint of {size}: the line of {name} is by another key")
            else:
                self._report.witnesses[name] = size
                self._times(size, name, seconds * 1_000_000)

    def _times(self, size: int, name: str, time: int) -> None:
        if self._recorded.get(size, time) > time + CLOCKS_DIFFER:
            self._report.wrong(f"position {size}: says it was recorded after {name} saw it")
        if self._recorded.get(size + 1, time) < time - CLOCKS_DIFFER:
            self._report.wrong(f"position {size + 1}: says it was recorded before {name} saw the log without it (back-dated)")

    def _rows(self, query: LiteralString, *values: object) -> list[Any]:
        tables = ("ledger", "ledger_tiles", "ledger_checkpoints", "ledger_cosignatures", "events", "purged")
        named = {table: sql.Identifier(self._question.schema, table) for table in tables}
        return self._connection.execute(sql.SQL(query).format(**named), values, binary=True).fetchall()


def _names(payload: bytes | None) -> int | None:
    """The position that a purge's authorisation names."""
    try:
        return int(json.loads(payload or b"")["position"])
    except (ValueError, TypeError, KeyError):
        return None
