"""Asks any witness for its cosignature."""

from dataclasses import dataclass

from httpx2 import AsyncClient, HTTPError

from infra.ledger import note
from infra.ledger.cosignature import cosigned_at
from infra.ledger.errors import LedgerError
from infra.ledger.keys import VerifierKey
from infra.ledger.note import Signature
from infra.ledger.witness.protocol import AddCheckpoint

LONGEST_ANSWER = 65_536


@dataclass(frozen=True, slots=True)
class Cosigned:
    """It cosigned; `seconds` is when, since 1970."""

    line: Signature
    seconds: int


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """It has cosigned another tree of the log: of this size. The request can be repeated with a proof from there.

    The same size as the checkpoint's own means that the witness saw another history: a fork.
    """

    size: int


class WitnessUnavailable(LedgerError):
    """It can't be reached, or refuses, or answers what is no cosignature; says which."""


class WitnessDisagrees(LedgerError):
    """No proof leads from the tree that it cosigned to ours (422)."""


@dataclass(frozen=True, slots=True)
class WitnessClient:
    """One witness: where requests go (the submission prefix) and the key that its cosignatures are checked with."""

    prefix: str
    key: VerifierKey
    http: AsyncClient

    async def add_checkpoint(self, request: AddCheckpoint) -> Cosigned | Elsewhere:
        """Raises WitnessUnavailable, WitnessDisagrees."""
        url = f"{self.prefix.rstrip('/')}/add-checkpoint"
        try:
            async with self.http.stream("POST", url, content=str(request).encode()) as response:
                body = b""
                async for chunk in response.aiter_bytes():
                    body += chunk
                    if len(body) > LONGEST_ANSWER:
                        raise WitnessUnavailable(f"{self.key.name}: the answer is too long")
        except HTTPError as error:
            raise WitnessUnavailable(f"{self.key.name}: {type(error).__name__} {error}") from error
        said = body.decode(errors="replace")
        if response.status_code == 409 and (size := said.removesuffix("\n")).isascii() and size.isdigit() and len(size) < 20:
            return Elsewhere(int(size))
        if response.status_code == 422:
            raise WitnessDisagrees(f"{self.key.name}: {said[:200].strip()}")
        if response.status_code != 200:
            raise WitnessUnavailable(f"{self.key.name}: {response.status_code} {said[:200].strip()}")
        return self._cosigned(request, said)

    def _cosigned(self, request: AddCheckpoint, lines: str) -> Cosigned:
        try:
            answered = request.signed._replace(signatures=note.signatures(lines))
            seconds = cosigned_at(answered, self.key)
        except LedgerError as error:
            raise WitnessUnavailable(f"{self.key.name}: {error}") from error
        line = next((line for line in answered.signatures if line.by(self.key)), None)
        if seconds is None or line is None:
            raise WitnessUnavailable(f"{self.key.name}: the answer has no cosignature by its key")
        return Cosigned(line, seconds)
