"""States at hand: what the process remembers of streams, and how it loads what it doesn't."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from application.ports.codec import Codec, Parsed
from application.ports.keys import Keys
from application.ports.log import LogReader, Row
from domain.compliance.data_key import DataKey as KeyState
from domain.kernel.events import Event, Recorded
from domain.kernel.gathering import Missing
from domain.kernel.states import KINDS, State

ReadStreams = Callable[[Collection[str]], Awaitable[dict[str, list[Row]]]]
"""Reads the rows of streams: from the log, or from the log while it is locked."""
_KEYS = f"{KeyState.kind}/"
CAPACITY = 100_000
"""How many states are remembered: the least recently used are forgotten first."""


async def decode(rows: Iterable[Row], codec: Codec, keys: Keys) -> list[Recorded[Event]]:
    """Rows as events, with every key that they need opened in one query. Raises UnknownEvent, DamagedEvent."""
    parsed: list[Parsed] = [codec.parse(row) for row in rows]
    wanted = {key for one in parsed for key in one.keys}
    opened = await keys.open(wanted) if wanted else {}
    return [codec.finish(one, opened) for one in parsed]


class States:
    """States by stream, current as of everything that this process knows to have been appended.

    They need not be fresh for correctness: the append verifies every guard. The writer's `watch` keeps them fresh.
    """

    def __init__(self, reader: LogReader, codec: Codec, keys: Keys) -> None:
        self._reader, self._codec, self._keys = reader, codec, keys
        self._states: OrderedDict[str, State[Any]] = OrderedDict()
        self._loading: dict[str, asyncio.Future[None]] = {}
        self._wanted: dict[str, type[State[Any]]] = {}
        self._newest: dict[str, int] = {}
        self._task: asyncio.Task[None] | None = None
        self._withdrawals = 0

    def view(self, _: type[State[Any]], stream: str) -> State[Any] | None:
        """The state if it is at hand; its class is known by the stream's kind."""
        state = self._states.get(stream)
        if state is not None:
            self._states.move_to_end(stream)
        return state

    def __contains__(self, stream: str) -> bool:
        """Whether the state of a stream is at hand."""
        return stream in self._states

    def moved(self, streams: Mapping[str, int]) -> None:
        """Forgets what others have changed since; what is being loaded now is loaded again if it came too early."""
        for stream, version in streams.items():
            self._withdraw(stream, version)
            state = self._states.get(stream)
            if state is not None and state.version < version:
                del self._states[stream]
            if stream in self._loading:
                self._newest[stream] = max(version, self._newest.get(stream, 0))

    def forget(self, streams: Collection[str]) -> None:
        """Drops states, whatever their version."""
        for stream in streams:
            self._states.pop(stream, None)

    def apply(self, stream: str, version: int, event: Event, position: int, at: datetime) -> None:
        """Moves a remembered state on by an event that this process has appended; remembers a new stream's."""
        self._withdraw(stream, version)
        state = self._states.get(stream)
        if state is None and version == 1:
            state = kind_of(stream)(stream=stream)
        if state is not None and state.version == version - 1:
            self._states[stream] = state.after(event, position, at)
            self._trim()
        else:
            self.moved({stream: version})

    async def reload(self, streams: Collection[str]) -> None:
        """Reads states anew, because they were found to have moved."""
        self.forget(streams)
        await self.load({(kind_of(stream), stream) for stream in streams})

    async def load(self, missing: Missing) -> None:
        """Brings states to hand. What several commands want at the same moment is one query."""
        waiting: list[asyncio.Future[None]] = []
        for kind, stream in missing:
            future = self._loading.get(stream)
            if future is None:
                future = self._loading[stream] = asyncio.get_running_loop().create_future()
                self._wanted[stream] = kind
            waiting.append(future)
        if self._wanted and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(self._run())
        for future in waiting:
            await asyncio.shield(future)

    async def _run(self) -> None:
        while self._wanted:
            wanted, self._wanted = self._wanted, {}
            try:
                await self._fetch(wanted)
            except Exception as error:  # noqa: BLE001  every waiter is told; nothing is swallowed
                for stream in wanted:
                    future = self._loading.pop(stream, None)
                    self._newest.pop(stream, None)
                    if future is not None and not future.done():
                        future.set_exception(error)
                        future.exception()

    def _withdraw(self, stream: str, version: int) -> None:
        """Where a key was restricted, released or destroyed, nothing that was read with it stays in memory."""
        if version > 1 and stream.startswith(_KEYS):
            self._keys.forget(UUID(stream.removeprefix(_KEYS)))
            self._states.clear()
            self._withdrawals += 1

    async def _fetch(self, wanted: dict[str, type[State[Any]]]) -> None:
        before = self._withdrawals
        rows = await self._reader.streams(wanted)
        states = await fold(wanted, rows, self._codec, self._keys)
        if before != self._withdrawals:
            self._wanted |= wanted
            return
        for stream, state in states.items():
            if self._newest.pop(stream, 0) > state.version:
                self._wanted[stream] = wanted[stream]
                continue
            self._states[stream] = state
            future = self._loading.pop(stream)
            if not future.done():
                future.set_result(None)
        self._trim()

    def _trim(self) -> None:
        while len(self._states) > CAPACITY:
            self._states.popitem(last=False)


def kind_of(stream: str) -> type[State[Any]]:
    """The state of a stream, known by its kind. Raises KeyError for a stream of another program."""
    return KINDS[stream.partition("/")[0]]


class Snapshot:
    """States of one reading, for an act that takes its own: they move only as the act itself moves them."""

    def __init__(self, read: ReadStreams, codec: Codec, keys: Keys) -> None:
        self._read, self._codec, self._keys = read, codec, keys
        self.states: dict[str, State[Any]] = {}

    def view(self, _: type[State[Any]], stream: str) -> State[Any] | None:
        """The state if it was read."""
        return self.states.get(stream)

    def forget(self, streams: Collection[str]) -> None:
        """Drops states, so that they are read again."""
        for stream in streams:
            self.states.pop(stream, None)

    async def load(self, missing: Missing) -> None:
        """Reads states, in one query."""
        wanted = {stream: kind for kind, stream in missing}
        self.states |= await fold(wanted, await self._read(wanted), self._codec, self._keys)


async def fold(
    wanted: Mapping[str, type[State[Any]]], rows: Mapping[str, list[Row]], codec: Codec, keys: Keys
) -> dict[str, State[Any]]:
    """The state of each stream from its rows; an absent stream comes in its first state."""
    states: dict[str, State[Any]] = {stream: kind(stream=stream) for stream, kind in wanted.items()}
    for recorded in await decode((row for stream in wanted for row in rows.get(stream, ())), codec, keys):
        states[recorded.stream] = states[recorded.stream].after(recorded.event, recorded.position, recorded.effective_at)
    return states
