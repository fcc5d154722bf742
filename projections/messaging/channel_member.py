"""Who takes part in a channel: its own members, and of a department's channel the department's, at this instant."""

from __future__ import annotations

from datetime import datetime

from domain.messaging.events.membership import Role
from projections.directory.person import Person
from projections.engine.fields import To, column, many, one
from projections.engine.model import Model
from projections.messaging.channel import Channel
from projections.messaging.channel_membership import ROLES

EFFECTIVE = """
    select m.id, m.role, m.since, m.channel_id, m.person_id
    from {channel_membership} m join {person} p on p.id = m.person_id and p.standing <> 'left'
    union all
    select md5(c.id::text || d.person_id::text)::uuid, case when d.leader then 'owner' else 'member' end collate "C",
           greatest(d.since, c.opened_at), c.id, d.person_id
    from {channel} c join {department_membership} d on d.department_id = c.department_id
    join {person} p on p.id = d.person_id and p.standing <> 'left'
    where c.kind = 'department'
"""


class ChannelMember(Model, visible="channel", view=EFFECTIVE):
    """Somebody who takes part in a channel. Whoever has left the organisation takes part in none."""

    role: Role = column("What they are there. Who leads a department owns its channel.", filter=("eq",), choices=ROLES)
    since: datetime = column("Since when they take part.", order=True)
    channel: To[Channel] = one("Where.", inverse=many("members", "Those who take part.", order="since"))
    person: To[Person] = one("Who.", inverse=many("channels", "Where they take part, as far as you may see it.", order="since"))
