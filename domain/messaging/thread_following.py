"""Following threads. Authors, repliers and those mentioned follow by themselves; here stands what somebody wished otherwise."""

from typing import assert_never

from msgspec.structs import replace

from domain.kernel.decisions import decides
from domain.kernel.identifiers import PersonId
from domain.kernel.loads import by
from domain.kernel.states import NOTHING, Events, Maybe, State
from domain.messaging.commands.thread_following import FollowThread, UnfollowThread
from domain.messaging.events.thread_following import ThreadFollowed, ThreadFollowingEvent, ThreadUnfollowed
from domain.messaging.ids import MessageId
from domain.messaging.membership import seen
from domain.messaging.message import IsAReply, Message
from domain.messaging.newcomers import shown


class ThreadFollowing(State[ThreadFollowingEvent], kind="messaging.thread_following", key=(MessageId, PersonId)):
    """What somebody wished last: to follow a thread, or not to; None where they never said."""

    wish: bool | None = None

    def evolve(self, event: ThreadFollowingEvent) -> "ThreadFollowing":
        match event:
            case ThreadFollowed():
                return replace(self, wish=True)
            case ThreadUnfollowed():
                return replace(self, wish=False)
            case _:
                assert_never(event)


MINE = by("message", "actor")


@decides(allowed=seen("message.channel") & shown)
def follow(
    command: FollowThread, actor: PersonId, message: Message, following: Maybe[ThreadFollowing] = MINE
) -> Events | IsAReply:
    if message.thread is not None:
        return IsAReply(message=command.message, thread=message.thread)
    return NOTHING if following.wish else following.records(ThreadFollowed(message=command.message, person=actor))


@decides(allowed=seen("message.channel"))
def unfollow(
    command: UnfollowThread, actor: PersonId, message: Message, following: Maybe[ThreadFollowing] = MINE
) -> Events | IsAReply:
    if message.thread is not None:
        return IsAReply(message=command.message, thread=message.thread)
    if following.wish is False:
        return NOTHING
    return following.records(ThreadUnfollowed(message=command.message, person=actor))
