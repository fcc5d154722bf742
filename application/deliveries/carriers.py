"""One attempt at one delivery: what is to be told is looked up now, sent, and what came of it is to be recorded."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from application.deliveries.choices import StreamedChoices
from application.deliveries.wording import letter
from application.ports.choices import Addressee
from application.ports.inboxes import Inboxes, Told
from application.ports.notifications import Call, Caller, Mailer, NotEver, NotNow
from domain.kernel.commands import Command
from domain.kernel.identifiers import PersonId
from domain.notifications.commands.delivery import AbandonDelivery, ConfirmDelivery, PostponeDelivery
from domain.notifications.delivery import Delivery
from domain.notifications.events.delivery import Obstacle
from domain.notifications.events.preferences import Way
from domain.notifications.ids import DeliveryId

PATIENCE: dict[Way, tuple[timedelta, ...]] = {
    "mail": tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 180, 360, 720, 1_440)),
    "webhook": tuple(timedelta(seconds=s) for s in (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)),
}
"""How long after each attempt the next one is; after the last there is none."""
EVENT = "onrecord.notifications.delivered.v1"
"""The CloudEvents type of what webhooks are told."""


class Ways(NamedTuple):
    """What is set up here. `opens_at` is where links begin, None for none."""

    mailer: Mailer | None = None
    caller: Caller | None = None
    opens_at: str | None = None

    @property
    def offered(self) -> frozenset[Way]:
        """Those that notifications can go."""
        mail: set[Way] = {"mail"} if self.mailer else set()
        webhook: set[Way] = {"webhook"} if self.caller else set()
        return frozenset(mail | webhook)


class Outcome(NamedTuple):
    """What came of an attempt, and the command that records it."""

    name: Literal["made", "failed", "given_up"]
    way: Way
    attempt: int
    record: Command


class Carrier:
    """Makes attempts."""

    def __init__(self, records: StreamedChoices, inboxes: Inboxes, ways: Ways) -> None:
        self._records, self._inboxes, self._ways = records, inboxes, ways

    async def carry(self, delivery: DeliveryId, now: datetime) -> Outcome | None:
        """Attempts it once; None where it is settled already. Rights and choices are asked again: they are those of now.

        Raises InboxUnavailable, and what reading the log raises.
        """
        found = await self._records.delivery(delivery)
        if found.status != "begun" or found.person is None:
            return None
        attempt = found.attempts + 1
        try:
            obstacle = await self._send(delivery, found, found.person, now)
        except NotEver:
            obstacle = "refused"
        except NotNow:
            return _again(delivery, found.way, attempt, now)
        if obstacle is None:
            return Outcome("made", found.way, attempt, ConfirmDelivery(delivery=delivery, attempt=attempt))
        return _over(delivery, found.way, attempt, obstacle)

    async def _send(self, delivery: DeliveryId, found: Delivery, person: PersonId, now: datetime) -> Obstacle | None:
        """Hands it over, or answers what stands in the way for good. Raises NotNow, NotEver."""
        addressee = (await self._records.addressees([person]))[person]
        if not addressee.active:
            return "not_active"
        told = await self._inboxes.unread(person, found.notifications)
        if not told:
            return "nothing_left"
        match found.way:
            case "mail":
                return await self._mail(delivery, addressee, told)
            case "webhook":
                return await self._call(delivery, person, addressee, told, now)

    async def _mail(self, delivery: DeliveryId, addressee: Addressee, told: Sequence[Told]) -> Obstacle | None:
        if self._ways.mailer is None:
            return "not_offered"
        if addressee.address is None:
            return "no_address"
        rules, language = await self._records.rules(), addressee.language
        await self._ways.mailer.send(
            letter(
                delivery,
                addressee.address,
                language or rules.language,
                told,
                content=rules.content_in_mail,
                opens_at=self._ways.opens_at,
            )
        )
        return None

    async def _call(
        self, delivery: DeliveryId, person: PersonId, addressee: Addressee, told: Sequence[Told], now: datetime
    ) -> Obstacle | None:
        if self._ways.caller is None:
            return "not_offered"
        if addressee.hook is None:
            return "no_address"
        data = {
            "notifications": [
                {"id": each.notification, "kind": each.kind, "thing": each.thing, "by": each.by, "channel": each.channel}
                for each in told
            ]
        }
        await self._ways.caller.call(addressee.hook, Call(delivery, EVENT, str(person), now, data))
        return None


def _again(delivery: DeliveryId, way: Way, attempt: int, now: datetime) -> Outcome:
    patience = PATIENCE[way]
    if attempt > len(patience):
        return _over(delivery, way, attempt, "unreachable")
    again_at = now + patience[attempt - 1]
    record = PostponeDelivery(delivery=delivery, attempt=attempt, obstacle="unreachable", again_at=again_at)
    return Outcome("failed", way, attempt, record)


def _over(delivery: DeliveryId, way: Way, attempt: int, obstacle: Obstacle) -> Outcome:
    return Outcome("given_up", way, attempt, AbandonDelivery(delivery=delivery, attempt=attempt, obstacle=obstacle))
