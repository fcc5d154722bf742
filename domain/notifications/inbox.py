"""Taking note of everything at once: one event, however much it is."""

from msgspec.structs import replace

from domain.directory.person import active_person
from domain.kernel.decisions import decides
from domain.kernel.identifiers import PersonId
from domain.kernel.loads import by
from domain.kernel.states import NOTHING, Events, Maybe, State
from domain.notifications.commands.inbox import ReadInbox
from domain.notifications.events.inbox import InboxRead
from domain.notifications.ids import ReadingId


class Reading(State[InboxRead], kind="notifications.reading", key=(ReadingId, PersonId)):
    """Whether somebody has taken note of everything up to one position."""

    upto: int | None = None

    def evolve(self, event: InboxRead) -> "Reading":
        return replace(self, upto=event.upto)


@decides(allowed=active_person)
def read(command: ReadInbox, actor: PersonId, reading: Maybe[Reading] = by("reading", "actor")) -> Events:
    return NOTHING if reading.exists else reading.records(InboxRead(person=actor, upto=command.upto))
