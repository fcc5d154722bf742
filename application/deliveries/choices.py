"""What people chose, read from the streams in which they chose it: so a choice holds from the next plan on."""

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Collection, Mapping
from typing import Any, TypeVar

from application.ports.choices import Addressee
from application.ports.codec import Codec
from application.ports.keys import Keys
from application.ports.log import LogReader
from application.ports.notifications import Hook
from application.states import Snapshot
from domain.directory.events.person import Details
from domain.directory.person import Person
from domain.kernel.identifiers import PersonId
from domain.kernel.personal import readable
from domain.kernel.states import State
from domain.notifications.delivery import Delivery
from domain.notifications.delivery_rules import DeliveryRules
from domain.notifications.events.preferences import DeliveryRulesChanged, Language, Way
from domain.notifications.ids import DeliveryId
from domain.notifications.preferences import Preferences

S = TypeVar("S", bound=State[Any])


class StreamedChoices:
    """Fulfils application.ports.choices.Choices. `ways` are those that are set up here."""

    def __init__(self, reader: LogReader, codec: Codec, keys: Keys, ways: Collection[Way]) -> None:
        self._reader, self._codec, self._keys, self._ways = reader, codec, keys, ways

    async def addressees(self, people: Collection[PersonId]) -> Mapping[PersonId, Addressee]:
        snapshot = self._snapshot()
        chosen = {person: Preferences.at(person).stream for person in people}
        known = {person: Person.at(person).stream for person in people}
        await snapshot.load({(Preferences, s) for s in chosen.values()} | {(Person, s) for s in known.values()})
        return {
            person: self._addressee(snapshot.states[known[person]], snapshot.states[chosen[person]])  # type: ignore[arg-type]
            for person in people
        }

    async def rules(self) -> DeliveryRulesChanged:
        return (await self._one(DeliveryRules.at())).now

    async def delivery(self, delivery: DeliveryId) -> Delivery:
        """How far a delivery has come. Raises what reading the log raises."""
        return await self._one(Delivery.at(delivery))

    async def _one(self, first: S) -> S:
        snapshot = self._snapshot()
        await snapshot.load({(type(first), first.stream)})
        found = snapshot.states[first.stream]
        return found if isinstance(found, type(first)) else first

    def _snapshot(self) -> Snapshot:
        return Snapshot(self._reader.streams, self._codec, self._keys)

    def _addressee(self, person: Person, preferences: Preferences) -> Addressee:
        details = readable(person.details) or Details()
        return Addressee(
            active=person.status == "active",
            language=_language(details.language),
            time_zone=details.time_zone,
            address=readable(person.email) if "mail" in self._ways else None,
            hook=_hook(preferences) if "webhook" in self._ways else None,
            preferences=preferences,
        )


def _language(tag: str | None) -> Language | None:
    """The nearest to theirs that the platform writes in; None where none is known."""
    return None if tag is None else "zh" if tag.lower().split("-")[0] == "zh" else "en"


def _hook(preferences: Preferences) -> Hook | None:
    url, secret = readable(preferences.url), readable(preferences.secret)
    if url is None or secret is None:
        return None
    try:
        return Hook(url, b64decode(secret.removeprefix("whsec_"), validate=True))
    except NotBase64:
        return None
