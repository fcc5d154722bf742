"""Waiting until read models have come to a position, so that one reads what one wrote."""

from collections.abc import Collection
from functools import lru_cache
from typing import Protocol

from projections.engine.members import MODELS, PLACEHOLDER, SEEN, Declared


class NotReached(Exception):
    """The time is up and a read model is still behind: says which, where it is, and where it was to be."""

    def __init__(self, model: str, reached: int, position: int) -> None:
        super().__init__(f"{model} has come to position {reached}, not to {position}")
        self.model, self.reached, self.position = model, reached, position


class NotRegistered(Exception):
    """A read model isn't filled by anybody: no follower of this release has ever run here."""


class Progress(Protocol):
    """How far read models have come, as a process knows."""

    async def wait_for(self, position: int, models: Collection[Declared], seconds: float) -> None:
        """Waits until all these models show what happened up to a position; a view waits for the tables it is made of.

        Answers at once where they do. Raises NotReached, NotRegistered, StoreUnavailable.
        """
        ...

    def shows(self, position: int, models: Collection[Declared]) -> bool:
        """Whether all these models are known to have come to a position; asks nobody."""
        ...

    async def reached(self, models: Collection[Declared]) -> int:
        """The position that all these models have come to. Raises NotRegistered, StoreUnavailable."""
        ...


def tables(models: Collection[Declared]) -> frozenset[Declared]:
    """The models with tables that these read from: of a view those that its SQL names."""
    return _tables(frozenset(models))


@lru_cache(maxsize=1_024)
def _tables(models: frozenset[Declared]) -> frozenset[Declared]:
    by_placeholder = {model.placeholder: model for model in MODELS.values()}
    found: set[Declared] = set()
    left = list(models)
    while left:
        model = left.pop()
        if model.view is None:
            found.add(model)
        else:
            named = (name.removeprefix(SEEN) for name in PLACEHOLDER.findall(model.view))
            left += [by_placeholder[name] for name in named if name in by_placeholder]
    return frozenset(found)
