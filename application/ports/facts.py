"""What holds now, for whoever decides nothing on it that must be guarded."""

from typing import Any, Protocol, TypeVar

from domain.kernel.states import State

S = TypeVar("S", bound=State[Any])


class Facts(Protocol):
    """States as this process knows them: current but for what is being written elsewhere at this moment."""

    async def of(self, first: S) -> S:
        """What a stream has come to, given its first state. Raises LogUnavailable."""
        ...
