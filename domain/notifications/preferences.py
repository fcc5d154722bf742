"""What one person chose about being told. Nothing else is decided on it: it is read when deliveries are planned and made."""

from collections.abc import Mapping
from typing import assert_never, get_args

from msgspec.structs import replace

from domain.directory.person import active_person
from domain.kernel.decisions import decides
from domain.kernel.identifiers import PersonId
from domain.kernel.loads import by
from domain.kernel.personal import Erased
from domain.kernel.states import NOTHING, Events, Maybe, State
from domain.notifications.commands.preferences import ChoosePace, ChooseQuietHours, ChooseWebhook, DropQuietHours, DropWebhook
from domain.notifications.events.notification import NotificationKind
from domain.notifications.events.preferences import (
    Pace,
    PaceChosen,
    PreferencesEvent,
    QuietHoursChosen,
    QuietHoursDropped,
    Way,
    WebhookChosen,
    WebhookDropped,
)

DEFAULTS: Mapping[Way, Mapping[NotificationKind, Pace]] = {
    "mail": {
        "mention": "bundled",
        "direct": "bundled",
        "reply": "never",
        "added": "never",
        "invited": "bundled",
        "reminded": "bundled",
        "urgent": "at_once",
        "left_behind": "bundled",
    },
    "webhook": dict.fromkeys(get_args(NotificationKind), "at_once"),
}
"""How soon people are told who chose nothing; a webhook is called only where somebody has one."""


class Preferences(State[PreferencesEvent], kind="notifications.preferences", key=(PersonId,)):
    """What they chose; what they didn't goes by DEFAULTS."""

    paces: Mapping[str, Pace] = {}
    quiet: tuple[str, str] | None = None
    url: str | Erased | None = None
    secret: str | Erased | None = None

    def evolve(self, event: PreferencesEvent) -> "Preferences":
        match event:
            case PaceChosen(kind=kind, way=way, pace=pace):
                return replace(self, paces={**self.paces, f"{way} {kind}": pace})
            case QuietHoursChosen(starts=starts, ends=ends):
                return replace(self, quiet=(starts, ends))
            case QuietHoursDropped():
                return replace(self, quiet=None)
            case WebhookChosen(url=url, secret=secret):
                return replace(self, url=url, secret=secret)
            case WebhookDropped():
                return replace(self, url=None, secret=None)
            case _:
                assert_never(event)

    def pace(self, way: Way, kind: NotificationKind) -> Pace:
        """How soon they want to be told for a reason in a way."""
        return self.paces.get(f"{way} {kind}") or DEFAULTS[way][kind]


OWN = by("actor")


@decides(allowed=active_person)
def choose_pace(command: ChoosePace, actor: PersonId, preferences: Maybe[Preferences] = OWN) -> Events:
    if preferences.pace(command.way, command.kind) == command.pace:
        return NOTHING
    return preferences.records(PaceChosen(person=actor, kind=command.kind, way=command.way, pace=command.pace))


@decides(allowed=active_person)
def choose_quiet_hours(command: ChooseQuietHours, actor: PersonId, preferences: Maybe[Preferences] = OWN) -> Events:
    if preferences.quiet == (command.starts, command.ends):
        return NOTHING
    return preferences.records(QuietHoursChosen(person=actor, starts=command.starts, ends=command.ends))


@decides(allowed=active_person)
def drop_quiet_hours(command: DropQuietHours, actor: PersonId, preferences: Maybe[Preferences] = OWN) -> Events:
    return preferences.records(QuietHoursDropped(person=actor)) if preferences.quiet else NOTHING


@decides(allowed=active_person)
def choose_webhook(command: ChooseWebhook, actor: PersonId, preferences: Maybe[Preferences] = OWN) -> Events:
    if (preferences.url, preferences.secret) == (command.url, command.secret):
        return NOTHING
    return preferences.records(WebhookChosen(person=actor, url=command.url, secret=command.secret))


@decides(allowed=active_person)
def drop_webhook(command: DropWebhook, actor: PersonId, preferences: Maybe[Preferences] = OWN) -> Events:
    return preferences.records(WebhookDropped(person=actor)) if preferences.url is not None else NOTHING
