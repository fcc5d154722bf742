"""Which data keys an act needs: those at hand, those to be opened, and those to be made with it."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from itertools import count
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from application.ports.codec import Codec, KeyFor
from application.ports.keys import DataKey, Keys, KeyUnusable, key_id
from application.ports.log import NewKey
from domain.compliance.data_key import DataKey as KeyState
from domain.compliance.data_key import month_of
from domain.compliance.events import DataKeyCreated
from domain.kernel.events import Event
from domain.kernel.gathering import Missing, View
from domain.kernel.identifiers import PersonId, stream_name
from domain.kernel.refusals import Withheld
from domain.kernel.states import Events, State

Need = tuple[UUID, str, str]
"""Whose key, for which retention class, in which month (`2026-11`)."""


class Sealing(NamedTuple):
    """The keys of one act: how to find each, what is made with it, and what it thereby rests on."""

    find: Mapping[Need, DataKey]
    created: tuple[NewKey, ...]
    events: Events
    guards: dict[str, int]

    def key_for(self, retention: str, moment: datetime) -> KeyFor:
        """The open key of a value's owner, for a retention class and the moment at which the value is true."""
        month = month_of(moment)
        return lambda owner: self.find[owner, retention, month]

    def find_key(self, owner: UUID, retention: str, moment: datetime) -> DataKey:
        """The open key of one owner."""
        return self.find[owner, retention, month_of(moment)]


class Unopened(NamedTuple):
    """Keys that exist and must be opened first, with their streams."""

    keys: Mapping[UUID, str]


NOTHING_SEALED = Sealing({}, (), (), {})


class Sealer:
    """Finds the keys of an act. A key that doesn't exist yet is made, with its event, in the same append."""

    def __init__(self, codec: Codec, keys: Keys) -> None:
        self._codec, self._keys = codec, keys

    def prepare(
        self, events: Iterable[tuple[Event, datetime]], others: Iterable[tuple[UUID, str, datetime]], view: View
    ) -> Sealing | Missing | Unopened | Withheld:
        """The keys that these events need, and those of `others` (owner, retention class, moment).

        Answers Missing where key states must be loaded first, Unopened where keys must be opened, Withheld where a key
        may not be used.
        """
        needs = {(owner, retention, month_of(at)) for owner, retention, at in others}
        for event, at in events:
            for owner in self._codec.owners(event):
                needs.add((owner, event.retention, month_of(at)))
        if not needs:
            return NOTHING_SEALED
        chosen: dict[Need, _Chosen] = {}
        missing: Missing = set()
        for need in needs:
            found = _current(need, view, missing)
            if isinstance(found, Withheld):
                return found
            if found is not None:
                chosen[need] = found
        return missing or self._open(chosen)

    def _open(self, chosen: Mapping[Need, "_Chosen"]) -> Sealing | Unopened:
        find: dict[Need, DataKey] = {}
        guards: dict[str, int] = {}
        created: list[NewKey] = []
        events: Events = ()
        unopened: dict[UUID, str] = {}
        for need, (state, key, generation) in chosen.items():
            guards[state.stream] = state.version
            if state.exists:
                opened = self._keys.at_hand(key)
                if opened is None:
                    unopened[key] = state.stream
                else:
                    find[need] = opened
                continue
            stored, find[need], commitment = self._keys.create(key, need[0])
            created.append(stored)
            owner, retention, month = need
            events += state.records(
                DataKeyCreated(
                    owner=owner,
                    retention_class=retention,
                    month=month,
                    generation=generation,
                    commitment=commitment,
                    epoch=stored.epoch,
                )
            )
        if unopened:
            return Unopened(unopened)
        return Sealing(find, tuple(created), events, guards)


_Chosen = tuple[KeyState, UUID, int]
"""The state of a key, its id and its generation."""


def _current(need: Need, view: View, missing: Missing) -> _Chosen | Withheld | None:
    """The newest generation that isn't destroyed."""
    for generation in count():
        key, stream = _named(need, generation)
        state = view(KeyState, stream)
        if state is None:
            missing.add((KeyState, stream))
            return None
        assert isinstance(state, KeyState)  # noqa: S101  the kind of the stream says so
        if state.status == "restricted":
            return Withheld(person=PersonId(need[0]))
        if state.status != "destroyed":
            return state, key, generation
    return None


class KeyStates(Protocol):
    """Where the states of keys are at hand: `States` or a `Snapshot`."""

    def view(self, kind: type[State[Any]], stream: str) -> State[Any] | None: ...
    def forget(self, streams: Collection[str]) -> None: ...
    async def load(self, missing: Missing) -> None: ...


async def unlock(unopened: Unopened, keys: Keys, states: KeyStates) -> None:
    """Opens keys. One that isn't stored any more was destroyed or restricted meanwhile: its state is read again.

    Raises KeyUnusable where the log says that a key is in use and its material is gone.
    """
    lost = unopened.keys.keys() - (await keys.open(unopened.keys.keys())).keys()
    if not lost:
        return
    streams = {unopened.keys[key] for key in lost}
    states.forget(streams)
    await states.load({(KeyState, stream) for stream in streams})
    for stream in streams:
        state = states.view(KeyState, stream)
        if isinstance(state, KeyState) and state.status == "usable":
            raise KeyUnusable(f"the log says that {stream} is in use, but the key is not stored")


class Held:
    """Fulfils Keys for one large act: what it opened stays at hand until it is done, however few a process keeps open."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._opened: dict[UUID, DataKey] = {}

    async def open(self, ids: Collection[UUID]) -> Mapping[UUID, DataKey]:
        """As the keys do, holding what is opened."""
        found = await self._keys.open(ids)
        self._opened |= found
        return found

    def at_hand(self, key: UUID) -> DataKey | None:
        return self._opened.get(key) or self._keys.at_hand(key)

    def create(self, key: UUID, owner: UUID) -> tuple[NewKey, DataKey, str]:
        return self._keys.create(key, owner)

    def forget(self, key: UUID) -> None:
        self._opened.pop(key, None)
        self._keys.forget(key)

    async def of(self, owner: UUID) -> list[UUID]:
        return await self._keys.of(owner)


def forget_names() -> None:
    """Forgets the names of streams: for a large act, to which everybody comes once."""
    _named.cache_clear()
    stream_name.cache_clear()


@lru_cache(maxsize=100_000)
def _named(need: Need, generation: int) -> tuple[UUID, str]:
    """The id of a key, and its stream."""
    key = key_id(*need, generation)
    return key, stream_name(KeyState.kind, (key,))
