"""What a witness answers, decided from the request and from the last checkpoint that it cosigned; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from infra.ledger import note
from infra.ledger.checkpoint import Checkpoint
from infra.ledger.errors import NoteInvalid, ProofInvalid
from infra.ledger.keys import VerifierKey
from infra.ledger.proofs import verify_consistency
from infra.ledger.witness.protocol import AddCheckpoint, RequestInvalid, parse

Logs = Mapping[str, Sequence[VerifierKey]]
"""The keys of the logs that a witness watches, by origin."""


@dataclass(frozen=True, slots=True)
class Refused:
    """An answer other than a cosignature, with its HTTP status."""

    status: int
    reason: str


@dataclass(frozen=True, slots=True)
class Stale:
    """The request doesn't follow what this witness cosigned last: 409, and that size."""

    size: int


@dataclass(frozen=True, slots=True)
class Consistent:
    """It may be cosigned, if `after` is still the last one when it is stored."""

    request: AddCheckpoint
    after: Checkpoint | None


def identify(body: bytes, logs: Logs) -> AddCheckpoint | Refused:
    """A well-formed request for a known log, signed by it: all that needs no memory."""
    try:
        request = parse(body)
    except RequestInvalid as error:
        return Refused(400, str(error))
    keys = logs.get(request.checkpoint.origin)
    if keys is None:
        return Refused(404, "this log is not watched here")
    try:
        note.verify(request.signed, keys)
    except NoteInvalid as error:
        return Refused(403, str(error))
    if request.old > request.checkpoint.size:
        return Refused(400, "the old size is larger than the checkpoint")
    return request


def judge(request: AddCheckpoint, latest: Checkpoint | None) -> Consistent | Stale | Refused:
    """Whether an identified request follows the latest cosigned checkpoint (None: never cosigned)."""
    new = request.checkpoint
    size = latest.size if latest else 0
    if request.old != size:
        return Stale(size)
    if latest and new.size == size and new.root != latest.root:
        return Stale(size)
    if request.old == 0:
        # Nothing can be proved from an empty tree, and nothing needs to be.
        return Refused(422, "a proof from size 0 is empty") if request.proof else Consistent(request, latest)
    root = latest.root if latest else b""
    try:
        verify_consistency(size, new.size, root, new.root, list(request.proof))
    except ProofInvalid as error:
        return Refused(422, str(error))
    return Consistent(request, latest)
