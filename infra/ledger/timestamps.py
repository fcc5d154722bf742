"""Time stamps by an outside authority (RFC 3161): that a checkpoint existed by then, whoever keeps the witnesses' clocks."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from cryptography.x509 import Certificate
from httpx2 import AsyncClient, HTTPError
from psycopg import AsyncConnection
from rfc3161_client import TimestampRequestBuilder, VerificationError, VerifierBuilder, decode_timestamp_response

from infra.ledger import checkpoint
from infra.ledger.errors import LedgerError
from infra.ledger.mirror import replace
from infra.ledger.note import Note
from infra.ledger.paths import number_path

EVERY = 86_400
"""Seconds between two stamps."""

_HEADERS = {"Content-Type": "application/timestamp-query"}


class NotStamped(LedgerError):
    """The authority can't be reached, or its answer isn't a stamp of the checkpoint by a certificate that is trusted."""


class TimeStamps:
    """Has the log's own note stamped once a day; keeps `<size>.tsr` and the note that it is of, `<size>`, in a folder."""

    def __init__(
        self, url: str, roots: Sequence[Certificate], folder: Path, http: AsyncClient, seconds: Callable[[], float]
    ) -> None:
        """`roots` are the certificates that the authority's must lead to. `seconds` is the time since 1970."""
        self._url, self._roots, self._folder, self._http, self._seconds = url, roots, folder, http, seconds

    async def follow(self, _: AsyncConnection, signed: Note) -> None:
        """Stamps this checkpoint if the last stamp is a day old. Raises NotStamped, OSError."""
        if self._seconds() < await asyncio.to_thread(self._last) + EVERY:
            return
        content = str(signed).encode()
        stamp = await self._stamp(content)
        file = self._folder / number_path(checkpoint.parse(signed.text).size)
        for path, written in ((file, content), (file.with_name(f"{file.name}.tsr"), stamp)):
            await asyncio.to_thread(replace, path, written)

    async def _stamp(self, content: bytes) -> bytes:
        request = TimestampRequestBuilder().data(content).build()
        try:
            answer = await self._http.post(self._url, content=request.as_bytes(), headers=_HEADERS)
            response = decode_timestamp_response(answer.content)
        except (HTTPError, ValueError) as error:
            raise NotStamped(f"{self._url}: {error}") from error
        builder = VerifierBuilder.from_request(request)
        for root in self._roots:
            builder = builder.add_root_certificate(root)
        try:
            builder.build().verify_message(response, content)
        except (VerificationError, ValueError) as error:
            raise NotStamped(f"{self._url}: {error}") from error
        return answer.content

    def _last(self) -> float:
        return max((file.stat().st_mtime for file in self._folder.rglob("*.tsr")), default=float("-inf"))
