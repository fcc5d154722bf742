"""Erasure: what one person (or container) is the owner of becomes unreadable, because its keys are destroyed."""

from collections.abc import Mapping
from typing import NamedTuple, Protocol
from uuid import UUID

from application.envelope import Asked
from application.outcomes import Outcome
from application.ports.keys import Keys
from domain.compliance.commands import DestroyKey
from domain.compliance.events import ErasureGround, KeyId
from domain.kernel.commands import Command
from domain.kernel.identifiers import derived
from domain.kernel.refusals import Refusal


class Handle(Protocol):
    """Platform.handle."""

    async def __call__(self, command: Command, asked: Asked) -> Outcome: ...


class Erasure(NamedTuple):
    """What came of it: which keys are gone, and which had to stay and why. `position` is that of the last event."""

    destroyed: tuple[UUID, ...]
    kept: Mapping[UUID, Refusal]
    position: int


async def erase(owner: UUID, ground: ErasureGround, asked: Asked, handle: Handle, keys: Keys) -> Erasure:
    """Destroys every key of an owner that is stored. A key goes in the transaction that records its destruction.

    Killed anywhere and asked again, under the same command id or another one, it goes on with the keys that are left. Keys
    that are made while it runs, because the person still writes, are not touched: suspend the person first. Asking again
    under an id whose commands were refused answers with those refusals. Raises what Platform.handle and Keys raise.
    """
    destroyed: list[UUID] = []
    kept: dict[UUID, Refusal] = {}
    position = 0
    for key in await keys.of(owner):
        command = DestroyKey(key=KeyId(key), ground=ground)
        outcome = await handle(command, asked._replace(command_id=derived("erasure", asked.command_id, key)))
        position = max(position, outcome.position)
        if outcome.refusal is not None:
            kept[key] = outcome.refusal
        else:
            destroyed.append(key)
    return Erasure(tuple(destroyed), kept, position)
