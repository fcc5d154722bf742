"""Listening: one address, a graceful stop, and word when requests are answered."""

import gc
import signal
import socket
from collections.abc import Callable
from types import FrameType

import uvicorn
from fastapi import FastAPI

from interfaces.live.frames import Frames

TRIES = 50
"""How many ports are tried, from the wanted one on."""
GRACE = 5
"""Seconds that requests and sockets have to end when the server stops."""


YOUNG = 10_000
"""Objects that are made before the youngest are looked through."""


class NoPort(Exception):
    """Nothing can be listened on at this address."""


def listen(host: str, port: int, *, exactly: bool) -> socket.socket:
    """A listening socket on the wanted port, or unless it must be exactly that, on the next free one. Raises NoPort."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    reason = "no port is free"
    for candidate in (port,) if exactly else range(port, min(port + TRIES, 65_536)):
        # The protocol is named, since asyncio turns Nagle's algorithm off only where it is: else answers wait 40 ms.
        listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, candidate))
            listening.listen(1_024)
        except OSError as error:
            listening.close()
            reason = error.strerror or str(error)
            continue
        return listening
    raise NoPort(f"{host}:{port} can't be listened on: {reason}. Choose another with ONRECORD_PORT.")


def url_of(listening: socket.socket) -> str:
    """The address for a browser on this machine."""
    host, port = listening.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104 (shown, not bound)
    return f"http://{shown}:{port}"


class Server(uvicorn.Server):
    """Serves until SIGINT or SIGTERM; then takes no more requests and lets those that run end."""

    def __init__(self, app: FastAPI, ready: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                loop="uvloop",
                http="httptools",
                ws=Frames,
                ws_per_message_deflate=False,
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=GRACE,
            )
        )
        self._app, self._ready = app, ready

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 (the signature is uvicorn's)
        """Ends serving. Uvicorn's own raises the signal again afterwards, which would kill what is still to end in order."""
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Ends what would go on for ever, then waits for what runs."""
        for service in self._app.state.services:
            service.end()
        await super().shutdown(sockets)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begins to listen, and says so."""
        await super().startup(sockets)
        self._ready()


def spare_the_collector() -> None:
    """What a process has made when it takes its first requests (code, the schema, declarations) isn't looked through again.

    It stays as long as the process does, and is so much that a look stops everything for a tenth of a second.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 50)
