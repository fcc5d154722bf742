"""What happens when people are told of something.

A notification refers to what it tells of and copies nothing of it: what may not be seen any more isn't shown here either.
"""

from typing import Literal
from uuid import UUID

from domain.kernel.events import Event, catalogue
from domain.kernel.identifiers import PersonId
from domain.kernel.upcasts import Fields, upcast

NotificationKind = Literal["mention", "direct", "reply", "added", "invited", "reminded", "urgent", "left_behind"]
"""Why somebody is told: they are mentioned; it was said to them among few; it was said in a thread that they take part in;
somebody let them take part in a channel, or asks them to; they are waited for; it can't wait; a merge left behind what they look
after."""
ThingKind = Literal["message", "channel", "invitation", "department"]


class PeopleNotified(Event, wire="notifications.people_notified.v2"):
    """People are told of something. The event that this is because of is its cause.

    `thing` is what it is about, `by` whose doing it was.
    """

    people: tuple[PersonId, ...]
    kind: NotificationKind
    thing_kind: ThingKind
    thing: UUID
    by: PersonId | None = None


catalogue(PeopleNotified)


@upcast("notifications.people_notified.v1", "notifications.people_notified.v2")
def before_what_is_left_behind(old: Fields) -> Fields:
    """Nobody was told of departments, nor of what a merge left behind."""
    return old
