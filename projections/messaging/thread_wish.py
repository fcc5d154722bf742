"""What people wished to hear of threads, beside what follows from their part in them."""

from __future__ import annotations

from datetime import datetime

from domain.kernel.events import Recorded
from domain.messaging.events.thread_following import ThreadFollowed, ThreadUnfollowed
from projections.directory.person import Person
from projections.engine.feeds import feeds
from projections.engine.fields import To, column, one
from projections.engine.model import Model
from projections.messaging.message import Message


class ThreadWish(
    Model, visible="{this}.person_id = {viewer}", live="viewer", indexes=("thread_id, person_id", "person_id, thread_id")
):
    """What you wished last of a thread. Nobody else sees it."""

    follow: bool = column("To hear of it, or not to.")
    since: datetime = column("Since when.", order=True)
    thread: To[Message] = one("The message that the thread begins with.")
    person: To[Person] = one("Whose wish it is: yours.")


@feeds()
def followed(row: ThreadWish | None, said: Recorded[ThreadFollowed]) -> ThreadWish:
    fact = said.event
    return ThreadWish(id=said.thing, follow=True, since=said.effective_at, thread=fact.message, person=fact.person)


@feeds()
def unfollowed(row: ThreadWish | None, said: Recorded[ThreadUnfollowed]) -> ThreadWish:
    fact = said.event
    return ThreadWish(id=said.thing, follow=False, since=said.effective_at, thread=fact.message, person=fact.person)
