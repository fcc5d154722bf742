"""How people want to be told outside the platform, and what holds for everybody."""

from typing import Literal

from domain.kernel.events import Event, catalogue
from domain.kernel.identifiers import PersonId
from domain.kernel.personal import OfPerson
from domain.kernel.upcasts import Fields, upcast
from domain.notifications.events.notification import NotificationKind

Way = Literal["mail", "webhook"]
Language = Literal["en", "zh"]
Pace = Literal["at_once", "bundled", "daily", "never"]


class PaceChosen(Event, wire="notifications.pace_chosen.v2"):
    """Somebody wants to be told for this reason in this way at this pace."""

    person: PersonId
    kind: NotificationKind
    way: Way
    pace: Pace


class QuietHoursChosen(Event, wire="notifications.quiet_hours_chosen.v1"):
    """Somebody wants to be told nothing between two times of their day (`22:00`); where the second is earlier, overnight."""

    person: PersonId
    starts: str
    ends: str


class QuietHoursDropped(Event, wire="notifications.quiet_hours_dropped.v1"):
    """Somebody may be told things at any time."""

    person: PersonId


class WebhookChosen(Event, wire="notifications.webhook_chosen.v1"):
    """Somebody wants a program of theirs to be called; `secret` is what both sides sign with."""

    person: PersonId
    url: OfPerson[str]
    secret: OfPerson[str]


class WebhookDropped(Event, wire="notifications.webhook_dropped.v1"):
    """No program of theirs is called any more."""

    person: PersonId


class DeliveryRulesChanged(Event, wire="notifications.delivery_rules_changed.v1"):
    """What holds for everybody: whether e-mails show what was said, how many minutes are bundled, when a day begins (`09:00`);
    and the language and time zone of those of whom none is known."""

    content_in_mail: bool
    bundle_minutes: int
    day_begins: str
    language: Language
    time_zone: str


PreferencesEvent = PaceChosen | QuietHoursChosen | QuietHoursDropped | WebhookChosen | WebhookDropped

catalogue(PaceChosen, QuietHoursChosen, QuietHoursDropped, WebhookChosen, WebhookDropped, DeliveryRulesChanged)


@upcast("notifications.pace_chosen.v1", "notifications.pace_chosen.v2")
def before_what_is_left_behind(old: Fields) -> Fields:
    """Nobody was told of what a merge left behind."""
    return old
