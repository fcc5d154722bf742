"""A proxy in front of a PostgreSQL socket that cuts connections at chosen moments."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Literal

from psycopg.conninfo import conninfo_to_dict, make_conninfo

Cut = Literal["before commit", "after commit"]

# How the log's writer asks for a commit (a Bind message of its prepared statement), and how the server says that it is done.
_ASKS = b"\x00commit\x00"
_DONE = b"COMMIT\x00"


class Proxy:
    """Passes everything on, until told to cut: then the next connection that commits is cut, once."""

    def __init__(self, target: str, conninfo: str) -> None:
        self.conninfo = conninfo
        self._target = target
        self._cut: Cut | None = None
        self._refusing = False
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._writers: set[asyncio.StreamWriter] = set()
        self.cuts = 0

    def cut(self, moment: Cut) -> None:
        """Cuts the next commit: before the server hears of it, or after it is done and before the client hears of that."""
        self._cut = moment

    def refuse(self, *, refusing: bool) -> None:
        """Ends all connections and accepts none, or accepts them again."""
        self._refusing = refusing
        if refusing:
            for writer in self._writers:
                writer.close()

    def stall(self, *, stalling: bool) -> None:
        """Passes nothing on, as if the other side hung, or goes on."""
        if stalling:
            self._flowing.clear()
        else:
            self._flowing.set()

    async def serve(self, client_reader: asyncio.StreamReader, client_writer: asyncio.StreamWriter) -> None:
        """One connection."""
        if self._refusing:
            client_writer.close()
            return
        reader, writer = await asyncio.open_unix_connection(self._target)
        self._writers |= {writer, client_writer}
        await asyncio.gather(
            self._pass_on(client_reader, writer, client_writer, _ASKS, "before commit"),
            self._pass_on(reader, client_writer, writer, _DONE, "after commit"),
        )
        self._writers -= {writer, client_writer}

    async def _pass_on(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, back: asyncio.StreamWriter, sign: bytes, moment: Cut
    ) -> None:
        with suppress(ConnectionError):
            while data := await source.read(65_536):
                if self._cut == moment and sign in data:
                    self._cut = None
                    self.cuts += 1
                    break
                await self._flowing.wait()
                sink.write(data)
                await sink.drain()
        sink.close()
        back.close()


@asynccontextmanager
async def proxied(conninfo: str) -> AsyncIterator[Proxy]:
    """A proxy for a conninfo whose host is a folder of sockets."""
    parts = conninfo_to_dict(conninfo)
    port = parts.get("port", "5432")
    with tempfile.TemporaryDirectory(prefix="proxy") as folder:
        proxy = Proxy(f"{parts['host']}/.s.PGSQL.{port}", make_conninfo(conninfo, host=folder))
        server = await asyncio.start_unix_server(proxy.serve, Path(folder) / f".s.PGSQL.{port}")
        try:
            yield proxy
        finally:
            server.close()
            proxy.stall(stalling=False)
            proxy.refuse(refusing=True)
