"""What holds for everybody whom the platform tells something outside it."""

from __future__ import annotations

from domain.kernel.events import Recorded
from domain.notifications.events.preferences import DeliveryRulesChanged, Language
from projections.engine.feeds import feeds
from projections.engine.fields import column, found
from projections.engine.model import Model

LANGUAGES = {"en": "English.", "zh": "Chinese."}


class DeliveryRules(
    Model, visible="true", queries=(found("delivery_rules", "What holds for everybody, once it was changed.", where="true"),)
):
    """How notifications leave the platform."""

    content_in_mail: bool = column("Whether e-mails show what was said, or only where and by whom.")
    bundle_minutes: int = column("How many minutes of notifications are bundled.")
    day_begins: str = column("When a day's bundle goes out, by each one's time zone.")
    language: Language = column("In which language people are written to of whom none is known.", choices=LANGUAGES)
    time_zone: str = column("By whose clock people work of whom no time zone is known.")


@feeds()
def changed(row: DeliveryRules | None, said: Recorded[DeliveryRulesChanged]) -> DeliveryRules:
    fact = said.event
    return DeliveryRules(
        id=said.thing,
        content_in_mail=fact.content_in_mail,
        bundle_minutes=fact.bundle_minutes,
        day_begins=fact.day_begins,
        language=fact.language,
        time_zone=fact.time_zone,
    )
