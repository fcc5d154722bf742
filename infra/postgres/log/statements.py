"""The log's SQL, one statement per file, with an organisation's names filled in."""

import functools
import hashlib
from pathlib import Path

from infra.postgres.migrations import OrganisationSchema

_FOLDER = Path(__file__).parent / "statements"

# PostgreSQL counts microseconds from 2000; read as an integer, a time moved by these hours counts from 1970.
_SINCE_1970 = "e.{0} + interval '262968 hours' AS {0}"
COLUMNS = ", ".join(
    (
        "e.format",
        "e.position",
        _SINCE_1970.format("recorded_at"),
        _SINCE_1970.format("effective_at"),
        *(f"e.{name}" for name in ("event_id", "stream", "stream_version", "type", "actor", "on_behalf_of")),
        *(f"e.{name}" for name in ("command_id", "correlation_id", "causation_id", "context", "payload", "salt")),
    )
)
"""The log's columns, in the order of the port's Row."""


@functools.lru_cache(maxsize=1024)
def statement(name: str, organisation: OrganisationSchema) -> bytes:
    """The text of one statement. Parameters are numbered, as the server's protocol has them."""
    text = _text(name).replace("{columns}", COLUMNS)
    return text.replace("{schema}", organisation.quoted).replace("{keys}", organisation.quoted_keys).encode()


@functools.cache
def newest_in(schema: str) -> bytes:
    """Finds the last position of the log in a schema, from one that is known ($1) on: for parts that know the schema only."""
    return _text("newest").replace("{schema}", f'"{schema}"').encode()


@functools.cache
def lock_key(organisation: OrganisationSchema) -> int:
    """The advisory lock under which the organisation's log is appended to."""
    return int.from_bytes(hashlib.sha256(f"onrecord log {organisation.schema}".encode()).digest()[:8], "big", signed=True)


@functools.cache
def channel(organisation: OrganisationSchema) -> str:
    """The channel on which it is told that the log has grown; a schema's name is short enough for it (63 bytes)."""
    return f"log_{organisation.schema}"


@functools.cache
def _text(name: str) -> str:
    return (_FOLDER / f"{name}.sql").read_text()
