"""The sealed history of an organisation: where its keys lie, who witnesses it, and what an auditor asks of it."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from time import time
from typing import NamedTuple
from uuid import UUID

from prometheus_client import CollectorRegistry

from application.ports.telemetry import Telemetry
from infra.ledger import checkpoint, note
from infra.ledger.audit.audit import Progress, Question, verify
from infra.ledger.audit.report import Report
from infra.ledger.checkpoint import Checkpoint
from infra.ledger.errors import LedgerError, NoteInvalid
from infra.ledger.exporting import whole
from infra.ledger.keys import VerifierKey
from infra.ledger.mirror import CHECKPOINT, replace
from infra.ledger.sealing.keyring import KeyRing, load, load_or_create, save
from infra.ledger.service import OrganisationLedger, Place
from infra.postgres.access import connect_as_owner
from infra.postgres.connections import Connections
from infra.postgres.errors import DatabaseNotPrepared
from infra.postgres.migrations import OrganisationSchema, organisations
from infra.postgres.roles import become_application
from infra.telemetry.structured import StructuredTelemetry
from interfaces.bootstrap.database import database
from interfaces.settings import Settings

VERIFIED = "verified"
"""The file of the last checkpoint up to which an audit found nothing."""


def origin_of(organisation: UUID) -> str:
    """The name of an organisation's log and of its keys, for good."""
    return f"onrecord/{organisation}"


def ledger_folder(settings: Settings, organisation: str) -> Path:
    """Beside the key file: signing keys, and what of the ledger is kept outside the database."""
    return settings.keys.parent / "ledger" / organisation


def ledger_place(settings: Settings, organisation: str) -> Place:
    """Where the ledger of an organisation is kept and told."""
    mirror = settings.mirror / organisation if settings.mirror else None
    url, roots = settings.timestamp_url, settings.timestamp_roots
    authority = (url, roots) if url is not None and roots is not None else None
    return Place(ledger_folder(settings, organisation), _witnesses(settings), mirror, authority)


def organisation_ledger(
    settings: Settings, dsn: str, connections: Connections, name: str, organisation: UUID, telemetry: Telemetry
) -> OrganisationLedger:
    """The ledger of an organisation in this process; makes its key on first use. Raises LedgerError."""
    schema = OrganisationSchema(name).schema
    place = ledger_place(settings, name)
    return OrganisationLedger(dsn, connections, schema, origin_of(organisation), place, telemetry, time)


class Audit(NamedTuple):
    """What an auditor asks for; `keys` are the auditor's own, instead of those in the ledger's folder."""

    organisation: str
    keys: Sequence[str] = ()
    checkpoints: Sequence[Path] = ()
    since_verified: bool = False
    processes: int | None = None


def audit_ledger(settings: Settings, asked: Audit, progress: Progress) -> Report:
    """Audits an organisation's log, and remembers up to where nothing was found. Raises EXPECTED."""
    folder = ledger_folder(settings, asked.organisation)
    with database(settings) as access:
        origin = origin_of(_organisation_id(access.application, asked.organisation))
        ring = load(folder)
        # Whoever brings keys of their own trusts no others.
        keys = tuple(map(VerifierKey.parse, asked.keys)) or (ring.verifiers if ring else ())
        if not keys:
            raise NoteInvalid(f"No key to verify with: {folder} has none. Give the log's key with --key.")
        known = _known(folder, asked.checkpoints, origin, keys)
        verified = known.get(_VERIFIED_BEFORE)
        begin = verified.size if verified and asked.since_verified else 0
        witnesses = tuple(key for _, key in _witnesses(settings))
        schema = OrganisationSchema(asked.organisation).schema
        question = Question(access.application, schema, origin, keys, witnesses, known, begin, asked.processes)
        report = verify(question, progress)
    if report.holds and report.head:
        replace(folder / VERIFIED, report.head.encode())
    return report


_OUTSIDE = "kept outside the database"
_VERIFIED_BEFORE = "verified before"


def _known(folder: Path, given: Sequence[Path], origin: str, keys: Sequence[VerifierKey]) -> dict[str, Checkpoint]:
    files = {_OUTSIDE: folder / CHECKPOINT, _VERIFIED_BEFORE: folder / VERIFIED, **{f"in {file}": file for file in given}}
    known = {}
    for where, file in files.items():
        if file in given or file.exists():
            try:
                known[where] = checkpoint.verified(note.parse(file.read_bytes()), origin, keys)
            except (LedgerError, OSError) as error:
                raise NoteInvalid(f"the checkpoint in {file}: {error}") from error
    return known


def change_keys(settings: Settings, organisation: str, change: Callable[[KeyRing], KeyRing] | None = None) -> KeyRing:
    """The ring of an organisation's log, changed where asked. A running server signs with the change after its next start."""
    folder = ledger_folder(settings, organisation)
    with database(settings) as access:
        ring = load_or_create(folder, origin_of(_organisation_id(access.application, organisation)))
    if change is not None:
        ring = change(ring)
        save(folder, ring)
    return ring


async def seal_now(settings: Settings, organisation: str) -> int:
    """Seals all that is recorded, and gives the size of the tree. Raises EXPECTED."""
    async with _ledger(settings, organisation) as ledger:
        return await ledger.seal()


async def prove(settings: Settings, organisation: str, event: UUID) -> str | None:
    """An event's inclusion proof; None where it isn't sealed or doesn't exist. Raises EXPECTED."""
    async with _ledger(settings, organisation) as ledger:
        return await ledger.proof(event)


def export_ledger(settings: Settings, organisation: str) -> Iterator[bytes]:
    """The whole sealed log as JSON Lines. Raises EXPECTED."""
    with database(settings) as access:
        _organisation_id(access.application, organisation)
        yield from whole(access.application, OrganisationSchema(organisation).schema)


@asynccontextmanager
async def _ledger(settings: Settings, organisation: str) -> AsyncIterator[OrganisationLedger]:
    """A ledger that does nothing by itself."""
    with database(settings) as access:
        known_as = _organisation_id(access.application, organisation)
        async with Connections(access.application, size=1) as connections:
            telemetry = StructuredTelemetry(CollectorRegistry())
            ledger = organisation_ledger(settings, access.application, connections, organisation, known_as, telemetry)
            try:
                yield ledger
            finally:
                await ledger.close()


def _organisation_id(conninfo: str, name: str) -> UUID:
    with connect_as_owner(conninfo) as connection:
        become_application(connection)
        found = {each.name: each.id for each in organisations(connection)}
    if name not in found:
        raise DatabaseNotPrepared(f"There is no organisation {name!r}; there is {', '.join(found) or 'none'}.")
    return found[name]


def _witnesses(settings: Settings) -> list[tuple[str, VerifierKey]]:
    pairs = (value.split(" ", 1) for value in settings.witnesses)
    return [(url, VerifierKey.parse(key)) for url, key in pairs]
