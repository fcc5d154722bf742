"""What happens to a poll in a channel. Who chose what is known: anonymous surveys are something else."""

from datetime import datetime

from domain.kernel.events import Event, catalogue
from domain.kernel.identifiers import PersonId
from domain.kernel.personal import Authored
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


class PollClosed(Event, wire="messaging.poll_closed.v1"):
    """Nobody chooses any more."""

    poll: PollId
    by: PersonId


class PollAnswered(Event, wire="messaging.poll_answered.v1"):
    """Somebody chose these options, in place of what they chose before; none takes their choice back."""

    poll: PollId
    person: PersonId
    choices: tuple[int, ...] = ()


PollEvent = PollOpened | PollClosed

catalogue(PollOpened, PollClosed, PollAnswered)
