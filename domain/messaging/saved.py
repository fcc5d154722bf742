"""Saved messages: what one person keeps for themselves, to find it again."""

from typing import assert_never

from msgspec.structs import replace

from domain.kernel.decisions import decides
from domain.kernel.identifiers import PersonId
from domain.kernel.loads import by
from domain.kernel.personal import Erased
from domain.kernel.states import NOTHING, Events, Maybe, State
from domain.messaging.commands.saved import SaveMessage, UnsaveMessage
from domain.messaging.events.saved import MessageSaved, MessageUnsaved, SavedEvent
from domain.messaging.ids import MessageId
from domain.messaging.membership import seen
from domain.messaging.message import AlreadyRetracted, Message
from domain.messaging.newcomers import shown


class Saved(State[SavedEvent], kind="messaging.saved_message", key=(MessageId, PersonId)):
    """Whether one person keeps one message for themselves, and their note."""

    kept: bool = False
    note: str | Erased | None = None

    def evolve(self, event: SavedEvent) -> "Saved":
        match event:
            case MessageSaved(note=note):
                return replace(self, kept=True, note=note)
            case MessageUnsaved():
                return replace(self, kept=False, note=None)
            case _:
                assert_never(event)


@decides(allowed=seen("message.channel") & shown)
def save(
    command: SaveMessage, actor: PersonId, message: Message, saved: Maybe[Saved] = by("message", "actor")
) -> Events | AlreadyRetracted:
    if saved.kept and saved.note == command.note:
        return NOTHING
    if message.retracted:
        return AlreadyRetracted(message=command.message)
    return saved.records(MessageSaved(message=command.message, person=actor, note=command.note))


@decides(allowed=seen("message.channel"))
def unsave(command: UnsaveMessage, actor: PersonId, message: Message, saved: Maybe[Saved] = by("message", "actor")) -> Events:
    return saved.records(MessageUnsaved(message=command.message, person=actor)) if saved.kept else NOTHING
