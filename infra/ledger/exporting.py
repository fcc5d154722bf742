"""A whole log as JSON Lines: every row up to the last checkpoint, then checked by anybody with onrecord-verify."""

from collections.abc import Iterator

import psycopg
from psycopg import sql

from application.ports.log import Row
from infra.ledger import checkpoint, export, note
from infra.ledger.rows import Hashes
from infra.ledger.sql import statement
from infra.postgres.connections import application_conninfo

AT_ONCE = 2_000


def whole(conninfo: str, schema: str) -> Iterator[bytes]:
    """The lines of the export; none where nothing is sealed yet. Purged rows have their hashes."""
    newest = sql.SQL("SELECT note FROM {} ORDER BY size DESC LIMIT 1").format(sql.Identifier(schema, "ledger_checkpoints"))
    rows = statement("exported_rows").format(schema=sql.Identifier(schema))
    with psycopg.connect(application_conninfo(conninfo, "export", {}), autocommit=True) as connection:
        found = connection.execute(newest).fetchone()
        if found is None:
            return
        signed = note.parse(found[0])
        yield export.header(signed, whole=True)
        size = checkpoint.parse(signed.text).size
        # Pages instead of a cursor, so that no transaction stays open while somebody reads.
        for after in range(0, size, AT_ONCE):
            page = connection.execute(rows, {"after": after, "upto": min(after + AT_ONCE, size)}, binary=True)
            for *fields, context_hash, payload_hash in page:
                yield export.line(Row(*fields), None if context_hash is None else Hashes(context_hash, payload_hash))
