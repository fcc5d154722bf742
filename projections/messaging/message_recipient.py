"""For whom a message was: those who took part in its channel when it was said; and who of them has read it."""

from __future__ import annotations

from projections.directory.person import Person
from projections.engine.fields import To, column, many, one
from projections.engine.model import Model
from projections.engine.values import Long
from projections.messaging.message import Message
from projections.messaging.read_mark import SHOWN

_THERE = """
    select s.person_id, s.since from {channel_stint} s
    where s.channel_id = m.channel_id and s.since < m.position and (s.until is null or s.until > m.position)
    union all
    select d.person_id, d.since from {channel} c join {department_stint} d on d.department_id = c.department_id
    where c.id = m.channel_id and c.kind = 'department'
      and d.since < m.position and (d.until is null or d.until > m.position)
"""
RECIPIENTS = f"""
    select md5(m.id::text || p.person_id::text)::uuid as id, p.since,
           m.imported is not null or coalesce(r.upto >= m.position, false) as read, m.id as message_id, p.person_id
    from {{message}} m
    cross join lateral (select t.person_id, min(t.since) as since from ({_THERE}) t group by t.person_id) p
    left join {{read_mark}} r on r.channel_id = m.channel_id and r.person_id = p.person_id
    where p.person_id <> m.author_id
"""


class MessageRecipient(
    Model,
    visible=(
        "exists (select from {seen_message} m where m.id = {this}.message_id"
        f" and ({{this}}.person_id = {{viewer}} or (m.author_id = {{viewer}} and {SHOWN})))"
    ),
    view=RECIPIENTS,
):
    """Somebody for whom a message was, since they took part in its channel when it was said.

    Its author sees them, unless the organisation has settled that nobody does; everybody else sees only themselves.
    """

    read: bool = column("Whether they have read it. What was imported counts as read.", filter=("eq",))
    since: Long = column("The position since which they took part in the channel.", order=True)
    message: To[Message] = one(
        "The message.",
        inverse=(
            many("recipients", "For whom it was, as far as you may see them.", order="since"),
            many("read_by", "Who has read it, as far as you may see that.", order="since", where="{this}.read"),
            many("unread_by", "Who hasn't read it yet, as far as you may see that.", order="since", where="not {this}.read"),
        ),
    )
    person: To[Person] = one("Who.")
