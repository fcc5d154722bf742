"""What happens to a poll in a channel. Who chose what is known: anonymous surveys are something else."""

from datetime import datetime

from domain.kernel.events import Event, catalogue
from domain.kernel.identifiers import PersonId
from domain.kernel.personal import Authored
from domain.kernel.upcasts import Fields, upcast
from domain.messaging.ids import ChannelId, MessageId, PollId


class PollOpened(Event, wire="messaging.poll_opened.v1", retention="conversation"):
    """A question was asked with a message, to be answered by choosing. The options are numbered from 1."""

    poll: PollId
    channel: ChannelId
    message: MessageId
    author: PersonId
    options: Authored[tuple[str, ...]]
    several: bool = False
    closes_at: datetime | None = None


class PollClosed(Event, wire="messaging.poll_closed.v2"):
    """Nobody chooses any more."""

    poll: PollId
    by: PersonId
    message: MessageId | None = None


class PollAnswered(Event, wire="messaging.poll_answered.v2"):
    """Somebody chose these options, in place of what they chose before; none takes their choice back."""

    poll: PollId
    person: PersonId
    choices: tuple[int, ...] = ()
    message: MessageId | None = None


PollEvent = PollOpened | PollClosed

catalogue(PollOpened, PollClosed, PollAnswered)


@upcast("messaging.poll_closed.v1", "messaging.poll_closed.v2")
@upcast("messaging.poll_answered.v1", "messaging.poll_answered.v2")
def without_its_message(old: Fields) -> Fields:
    """The message with the question wasn't named."""
    return {**old, "message": None}
