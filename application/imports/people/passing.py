"""What a large act has in memory for one piece only: the keys and the states of some hundred people."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from application.ports.keys import DataKey, Keys
from application.sealing import forget_names
from application.states import Snapshot
from domain.kernel.states import State

S = TypeVar("S", bound=State[Any])


class Passing:
    """Keys that are forgotten when a piece is done: there may be one for every person."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._used: set[UUID] = set()

    async def open(self, ids: Collection[UUID]) -> Mapping[UUID, DataKey]:
        """As the keys do, taking note."""
        self._used.update(ids)
        return await self._keys.open(ids)

    def at_hand(self, key: UUID) -> DataKey | None:
        return self._keys.at_hand(key)

    def create(self, key: UUID, owner: UUID) -> Any:
        return self._keys.create(key, owner)

    def forget(self, key: UUID) -> None:
        self._keys.forget(key)

    async def of(self, owner: UUID) -> list[UUID]:
        return await self._keys.of(owner)

    def done(self) -> None:
        """Forgets what was used."""
        for key in self._used:
            self._keys.forget(key)
        self._used.clear()
        forget_names()


class States:
    """The states of a piece."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    async def add(self, wanted: Iterable[tuple[Any, ...]]) -> None:
        await self._snapshot.load({(kind, kind.at(*ids).stream) for kind, *ids in wanted})

    def of(self, kind: type[S], *ids: UUID) -> S:
        return cast(S, self._snapshot.states[kind.at(*ids).stream])

    @property
    def versions(self) -> dict[str, int]:
        return {stream: state.version for stream, state in self._snapshot.states.items()}
