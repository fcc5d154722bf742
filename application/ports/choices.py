"""What people chose about being told outside the platform, with what holds for everybody, as it is now."""

from collections.abc import Collection, Mapping
from typing import NamedTuple, Protocol

from application.ports.notifications import Hook
from domain.kernel.identifiers import PersonId
from domain.notifications.events.preferences import DeliveryRulesChanged, Language
from domain.notifications.preferences import Preferences


class Addressee(NamedTuple):
    """Somebody who may be told. `address` and `hook` are None where they have none, or where that way isn't set up here."""

    active: bool
    language: Language | None
    time_zone: str | None
    address: str | None
    hook: Hook | None
    preferences: Preferences


class Choices(Protocol):
    """Reads them. Every method raises what reading the log raises."""

    async def addressees(self, people: Collection[PersonId]) -> Mapping[PersonId, Addressee]:
        """All of these people, in one query."""
        ...

    async def rules(self) -> DeliveryRulesChanged:
        """What holds for everybody."""
        ...
