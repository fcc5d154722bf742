"""Other words for what was said, and taking it back."""

from domain.directory.person import Person, UnknownPeople, unknown
from domain.kernel.decisions import decides
from domain.kernel.identifiers import PersonId
from domain.kernel.loads import by
from domain.kernel.states import NOTHING, Events, Maybe
from domain.messaging.channel import Channel, ChannelIsArchived
from domain.messaging.commands.message import EditMessage, RetractMessage
from domain.messaging.events.message import MessageEdited, MessageRetracted
from domain.messaging.membership import keeper_of, member_of, seen
from domain.messaging.message import WHERE, AlreadyRetracted, Message, NothingSaid, settled, the_author
from domain.messaging.newcomers import shown


@decides(allowed=member_of("message.channel") & the_author)
def edit(
    command: EditMessage,
    actor: PersonId,
    message: Message,
    channel: Channel = WHERE,
    mentioned: tuple[Maybe[Person], ...] = by("mentions"),
) -> Events | AlreadyRetracted | ChannelIsArchived | NothingSaid | UnknownPeople:
    if (message.text, message.mentions) == (command.text, command.mentions) and not message.retracted:
        return NOTHING
    if not command.text.strip():
        return NothingSaid()
    edited = MessageEdited(author=actor, text=command.text, mentions=command.mentions)
    return settled(message, channel) or unknown(mentioned) or message.records(edited)


@decides(allowed=((seen("message.channel") & the_author) | keeper_of("message.channel")) & shown)
def retract(command: RetractMessage, actor: PersonId, message: Message) -> Events:
    return NOTHING if message.retracted else message.records(MessageRetracted(by=actor))
