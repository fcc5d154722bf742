"""Backups, and whether what was restored is the history that was sealed."""

from collections.abc import Mapping
from pathlib import Path

from infra.ledger.audit.report import Report
from infra.postgres.access import connect_as_owner
from infra.postgres.backup import backup, restore
from infra.postgres.migrations import organisations
from interfaces.bootstrap.database import database
from interfaces.bootstrap.ledger import Audit, audit_ledger
from interfaces.settings import Settings


def make_backup(settings: Settings, file: Path) -> None:
    """Writes the whole database to a file. The key file and the ledger's folder are not in it. Raises EXPECTED."""
    with database(settings) as access:
        backup(access.owner, file)


def restore_backup(settings: Settings, file: Path) -> Mapping[str, Report]:
    """Fills an empty database, and audits every organisation against what is known outside. Raises EXPECTED."""
    with database(settings) as access:
        restore(access.owner, file)
        with connect_as_owner(access.owner) as connection:
            names = [organisation.name for organisation in organisations(connection)]
        return {name: audit_ledger(settings, Audit(name), lambda _done, _all: None) for name in names}
