"""Named reasons why a command is not done. They are returned, never raised: a decision's signature lists them."""

from typing import Annotated, Any
from uuid import UUID

import msgspec

from domain.kernel.identifiers import PersonId

REFUSALS: dict[str, type["Refusal"]] = {}
"""Every refusal by its name: names are stored with outcomes, so they are unique and never change."""


class Refusal(msgspec.Struct, frozen=True):
    """A named reason why a command is not done.

    Its docstring says it to a person; its fields are `Annotated[type, "description"]` and hold nothing personal.
    """

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        known = REFUSALS.get(cls.__name__)
        # msgspec makes some classes twice (weakref, generics): the same place is the same refusal.
        if known is not None and (known.__module__, known.__qualname__) != (cls.__module__, cls.__qualname__):
            raise TypeError(f"two refusals are named {cls.__name__}: {known.__module__} and {cls.__module__}")
        REFUSALS[cls.__name__] = cls


class NotPermitted(Refusal, frozen=True):
    """You may not do this."""

    authority: Annotated[str, "What would have allowed it."]


class NotFound(Refusal, frozen=True):
    """There is no such thing, or you may not know of it."""

    kind: Annotated[str, "What was looked for."]


class IdTaken(Refusal, frozen=True):
    """This id was made for something new, and something else has it already."""

    id: Annotated[UUID, "The id."]


class Withheld(Refusal, frozen=True):
    """A key that this would be stored under may not be used."""

    person: Annotated[PersonId, "Whose key it is."]
