"""The server processes of the fan-out figures: the product's, one or several, and a plain one."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.harness import BUILD, Server
from tests.support.postgres import Database
from tests.support.valkey import running_valkey

SOCKETS, CHANNELS, RATE, GROUPS = 200, 20, 100, 4
"""Sockets and channels are in so many groups: a channel is followed by the sockets of its group, a quarter of all."""
POST = "mutation ($channel: ID!) { postMessage(input: {channel: $channel, text: %s}) { ... on PostMessageDone { position } } }"
TEXT = "The second batch of housings leaves 上海 on Friday; the customer wants to hear of it today. " * 2


class Api(NamedTuple):
    """Processes, their people's tokens and their channels; `head` is where the log was before anything was said."""

    urls: Sequence[str]
    tokens: Sequence[str]
    channels: Sequence[str]
    pids: Sequence[int]
    head: str | None = None
    database: Database | None = None

    def post(self, channel: str) -> bytes:
        """A request that says something in a channel."""
        body = json.dumps({"query": POST % json.dumps(TEXT), "variables": {"channel": channel}}).encode()
        fields = f"Authorization: Bearer {self.tokens[0]}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
        return f"POST /graphql HTTP/1.1\r\nHost: x\r\n{fields}\r\n\r\n".encode() + body


@contextmanager
def served(
    server: Server, processes: int = 1, *, redis: bool = False, people: int = SOCKETS, channels: int = CHANNELS
) -> Iterator[Api]:
    """The product with its company; of several processes the first does what only one does, such as following the log."""
    with ExitStack() as stack:
        database = stack.enter_context(server.scratch())
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="fanout-", dir=BUILD))
        valkey = stack.enter_context(running_valkey()).url if redis else ""
        command = ["tests.benchmarks.fanout_app", database.owner, database.application, folder, valkey]
        first, pid = _begun(stack, folder, *command, str(people), str(channels))
        others = [_begun(stack, folder, *command) for _ in range(processes - 1)]
        urls = [first[0], *(words[0] for words, _ in others)]
        yield Api(urls, first[2 : people + 2], first[people + 2 :], [pid, *(pid for _, pid in others)], first[1], database)


@contextmanager
def plain(length: int) -> Iterator[Api]:
    """A server that does nothing but send on what it gets, made as long as this."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="fanout-", dir=BUILD))
        [url], pid = _begun(stack, folder, "tests.benchmarks.fanout_plain", str(length))
        yield Api([url], [""] * SOCKETS, [str(number) for number in range(CHANNELS)], [pid])


def _begun(stack: ExitStack, folder: str, module: str, *arguments: str) -> tuple[list[str], int]:
    """What a process says when it is ready, and its id."""
    with tempfile.NamedTemporaryFile(prefix="log-", dir=folder, delete=False) as log:
        process = stack.enter_context(
            subprocess.Popen([sys.executable, "-m", module, *arguments], stdout=subprocess.PIPE, stderr=log, text=True)
        )
    stack.callback(process.terminate)
    assert process.stdout
    words = process.stdout.readline().split()
    assert words, Path(log.name).read_text()
    return words, process.pid
