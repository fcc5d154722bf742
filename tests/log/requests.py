"""Requests to append, as short as tests like them."""

import hashlib
from uuid import UUID, uuid4

from application.ports.log import Append, CommandKey, NewRow

ANN = UUID("00000000-0000-7000-8000-0000000000a1")


def row(
    stream: str, version: int, payload: bytes = b"{}", event_id: UUID | None = None, effective_at: int | None = None
) -> NewRow:
    """A row of a stream."""
    return NewRow(
        event_id or uuid4(), stream, version, "test.happened.v1", ANN, None, None, None, None, b"{}", payload, effective_at
    )


def said(stream: str, after: int = 0, count: int = 1, command: CommandKey | None = None, payload: bytes = b"{}") -> Append:
    """So many rows of one stream after a version of it."""
    rows = tuple(row(stream, after + n, payload) for n in range(1, count + 1))
    return Append(rows=rows, guards={stream: after}, command=command)


def command(what: str = "", number: UUID | None = None, actor: UUID = ANN) -> CommandKey:
    """A command for something, under a new id."""
    return CommandKey(actor, number or uuid4(), hashlib.sha256(what.encode()).digest())
