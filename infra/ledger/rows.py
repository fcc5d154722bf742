"""Rows of the log as entries of the tree."""

from typing import NamedTuple

from application.ports.log import Row
from infra.ledger.entry import Entry, content_hash
from infra.ledger.errors import EntryInvalid

SALT = 16


class Hashes(NamedTuple):
    """What is kept of content that was purged."""

    context: bytes
    payload: bytes


def hashes_of(row: Row, kept: Hashes | None = None) -> Hashes:
    """The hashes of a row's content, or those kept of it where it was purged. Raises EntryInvalid where neither is there."""
    if row.salt is None or row.context is None or row.payload is None:
        if kept is None or (row.salt, row.context, row.payload) != (None, None, None):
            raise EntryInvalid(f"position {row.position}: content is missing")
        return kept
    if len(row.salt) != SALT:
        # Otherwise bytes could move between the salt and what follows it under the same hash.
        raise EntryInvalid(f"position {row.position}: a salt is {SALT} bytes")
    return Hashes(content_hash(row.salt, row.context), content_hash(row.salt, row.payload))


def entry_of(row: Row, kept: Hashes | None = None) -> Entry:
    """The entry of a row. Raises EntryInvalid where content is missing and no hashes were kept of it."""
    context, payload = hashes_of(row, kept)
    actor, on_behalf_of, command_id, correlation_id, causation_id = (
        None if identifier is None else str(identifier)
        for identifier in (row.actor, row.on_behalf_of, row.command_id, row.correlation_id, row.causation_id)
    )
    return Entry(
        row.format,
        row.position,
        row.recorded_at,
        row.effective_at,
        str(row.event_id),
        row.stream,
        row.stream_version,
        row.type,
        actor,
        on_behalf_of,
        command_id,
        correlation_id,
        causation_id,
        context,
        payload,
    )
