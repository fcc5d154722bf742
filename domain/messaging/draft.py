"""Drafts: what somebody has begun to write, kept for themselves. The last one saved counts."""

from typing import assert_never

from msgspec.structs import replace

from domain.kernel.decisions import decides
from domain.kernel.identifiers import PersonId
from domain.kernel.loads import by
from domain.kernel.rules import Check
from domain.kernel.states import NOTHING, Events, Maybe, State
from domain.messaging.commands.draft import DiscardDraft, SaveDraft
from domain.messaging.events.draft import DraftDiscarded, DraftEvent, DraftSaved
from domain.messaging.ids import PlaceId
from domain.messaging.membership import member_of
from domain.messaging.message import IsAReply, Message, NoSuchMessage, in_thread
from domain.messaging.newcomers import thread_shown


class Draft(State[DraftEvent], kind="messaging.draft", key=(PlaceId, PersonId)):
    """Whether somebody keeps a draft for a channel or a thread. Its words matter to nobody but them."""

    kept: bool = False

    def evolve(self, event: DraftEvent) -> "Draft":
        match event:
            case DraftSaved():
                return replace(self, kept=True)
            case DraftDiscarded():
                return replace(self, kept=False)
            case _:
                assert_never(event)


def _wrote_it(draft: Draft = by("place", "actor")) -> bool:
    return draft.exists


@decides(allowed=member_of("channel") & thread_shown)
def save(
    command: SaveDraft,
    actor: PersonId,
    draft: Maybe[Draft] = by("place", "actor"),
    root: Maybe[Message] | None = by("thread"),
) -> Events | NoSuchMessage | IsAReply:
    # The same words are saved again too: something may have been said here since, which ended the draft.
    saved = DraftSaved(channel=command.channel, author=actor, text=command.text, thread=command.thread)
    return in_thread(root, command.channel) or draft.records(saved)


@decides(allowed=Check("author of the draft", _wrote_it, hides=True))
def discard(command: DiscardDraft, draft: Draft = by("place", "actor")) -> Events:
    return draft.records(DraftDiscarded()) if draft.kept else NOTHING
