"""A notification: who is told of one thing, for one reason."""

from msgspec.structs import replace

from domain.kernel.decisions import decides
from domain.kernel.identifiers import PersonId
from domain.kernel.rules import PLATFORM
from domain.kernel.states import NOTHING, Events, New, State
from domain.notifications.commands.notification import NotifyPeople
from domain.notifications.events.notification import PeopleNotified
from domain.notifications.ids import NotificationId


class Notification(State[PeopleNotified], kind="notifications.notification", key=(NotificationId,)):
    """Who was told."""

    people: frozenset[PersonId] = frozenset()

    def evolve(self, event: PeopleNotified) -> "Notification":
        return replace(self, people=self.people.union(event.people))


@decides(allowed=PLATFORM)
def notify(command: NotifyPeople, notification: New[Notification]) -> Events:
    people = tuple(person for person in dict.fromkeys(command.people) if person not in notification.people)
    if not people:
        return NOTHING
    return notification.records(
        PeopleNotified(
            people=people,
            kind=command.kind,
            thing_kind=command.thing_kind,
            thing=command.thing,
            by=command.by,
        )
    )
