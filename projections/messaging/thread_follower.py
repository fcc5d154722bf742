"""Who follows a thread: its author, repliers and those mentioned, by themselves; and who wished to."""

from __future__ import annotations

from datetime import datetime

from projections.directory.person import Person
from projections.engine.fields import To, column, listed, many, one
from projections.engine.model import Model
from projections.messaging.message import Message

FOLLOWING = """
    select md5(p.thread_id::text || p.person_id::text)::uuid id, p.thread_id, p.person_id, min(p.since) since
    from (
        select m.id thread_id, m.author_id person_id, m.sent_at since from {message} m
        where m.thread_id is null and exists (select from {message} r where r.thread_id = m.id)
        union all
        select m.thread_id, m.author_id, m.sent_at from {message} m where m.thread_id is not null and not m.retracted
        union all
        select m.id, n.person_id, n.mentioned_at from {message} m join {mention} n on n.message_id = m.id
        where m.thread_id is null and n.kind = 'person' and exists (select from {message} r where r.thread_id = m.id)
        union all
        select m.thread_id, n.person_id, n.mentioned_at from {message} m join {mention} n on n.message_id = m.id
        where m.thread_id is not null and n.kind = 'person'
        union all
        select w.thread_id, w.person_id, w.since from {thread_wish} w where w.follow
    ) p
    where not exists (
        select from {thread_wish} w
        where w.thread_id = p.thread_id and w.person_id = p.person_id and not w.follow and w.since >= p.since
    )
    group by p.thread_id, p.person_id
"""


class ThreadFollower(
    Model,
    visible="thread",
    view=FOLLOWING,
    queries=(listed("followedThreads", "The threads that you hear of.", order="-since", where="{this}.person_id = {viewer}"),),
):
    """Somebody who hears of what is replied in a thread."""

    since: datetime = column("Since when.", order=True)
    thread: To[Message] = one(
        "The message that the thread begins with.", inverse=many("followers", "Who hears of what is replied.", order="since")
    )
    person: To[Person] = one("Who.")
