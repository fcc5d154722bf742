"""What holds for everybody whom the platform tells something outside it."""

from msgspec.structs import replace

from domain.access.administration import administrator
from domain.kernel.decisions import decides
from domain.kernel.loads import by
from domain.kernel.states import NOTHING, Events, Maybe, State
from domain.notifications.commands.preferences import ChangeDeliveryRules
from domain.notifications.events.preferences import DeliveryRulesChanged


class DeliveryRules(State[DeliveryRulesChanged], kind="notifications.delivery_rules", key=()):
    """The rules; the first ones hold until others are made."""

    now: DeliveryRulesChanged = DeliveryRulesChanged(
        content_in_mail=False, bundle_minutes=15, day_begins="09:00", language="en", time_zone="UTC"
    )

    def evolve(self, event: DeliveryRulesChanged) -> "DeliveryRules":
        return replace(self, now=event)


@decides(allowed=administrator())
def change(command: ChangeDeliveryRules, rules: Maybe[DeliveryRules] = by()) -> Events:
    wanted = DeliveryRulesChanged(
        content_in_mail=command.content_in_mail,
        bundle_minutes=command.bundle_minutes,
        day_begins=command.day_begins,
        language=command.language,
        time_zone=command.time_zone,
    )
    return NOTHING if rules.now == wanted else rules.records(wanted)
