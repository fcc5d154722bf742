"""Departments and what is people's, as policies ask about them: from the read models, as they were at a position."""

from collections.abc import Sequence
from datetime import datetime

from domain.directory.ids import DepartmentId
from domain.kernel.identifiers import PersonId
from domain.messaging.ids import ChannelId
from infra.postgres.then import ThenReader

MEMBERS = """
    select coalesce(json_agg(m.person_id order by m.person_id), '[]')::text
    from {department_membership} m where m.department_id = $1::uuid
"""
CHANNELS = "select coalesce(json_agg(c.id order by c.id), '[]')::text from {channel} c where c.department_id = $1::uuid"
KEEPERS_OF_LEFT_BEHIND = """
    with recursive left_behind (within_id) as (
        select g.within_id from {grant} g
        where $1::uuid in (g.department_id, g.within_id) and g.revoked_at is null
            and (g.until is null or g.until >= $3::timestamptz)
    ), above (id) as (
        select l.within_id from left_behind l
        union select d.parent_id from above a join {department} d on d.id = a.id
    )
    select coalesce(json_agg(distinct a.person_id order by a.person_id), '[]')::text
    from {administrator} a join {person} p on p.id = a.person_id and p.standing <> 'left'
    where exists (select from left_behind) and (a.department_id is null or a.department_id in (select id from above))
"""
KEPT = """
    select coalesce(json_agg(m.channel_id order by m.channel_id), '[]')::text
    from {channel_membership} m
    where m.person_id = $1::uuid and m.role = 'owner' and not exists (
        select from {channel_membership} o join {person} p on p.id = o.person_id and p.standing <> 'left'
        where o.channel_id = m.channel_id and o.role = 'owner' and o.person_id <> m.person_id
    )
"""
TAKEN_OVER = """
    select coalesce(json_agg(v.id order by m.channel_id, m.person_id, v.n), '[]')::text
    from {channel_membership} m cross join lateral (values (1, m.channel_id), (2, m.person_id)) as v (n, id)
    where m.predecessor_id = $1::uuid
"""


class PostgresDepartments:
    """Fulfils application.ports.directory.Departments."""

    def __init__(self, then: ThenReader) -> None:
        self._then = then

    async def members(self, department: DepartmentId, position: int) -> Sequence[PersonId]:
        """Those who belong to it, in the order of their ids."""
        return [PersonId(one) for one in await self._then.ids(MEMBERS, department, position)]

    async def channels(self, department: DepartmentId, position: int) -> Sequence[ChannelId]:
        """Its channels, in the order of their ids."""
        return [ChannelId(one) for one in await self._then.ids(CHANNELS, department, position)]

    async def keepers_of_left_behind(self, department: DepartmentId, position: int, moment: datetime) -> Sequence[PersonId]:
        """Administrators who may revoke a grant that is to it or within it and hasn't ended by a moment, in the order of their
        ids; nobody where there is none."""
        found = await self._then.ids(KEEPERS_OF_LEFT_BEHIND, department, position, moment.isoformat())
        return [PersonId(one) for one in found]


class PostgresBelongings:
    """Fulfils application.ports.directory.Belongings."""

    def __init__(self, then: ThenReader) -> None:
        self._then = then

    async def channels(self, person: PersonId, position: int) -> Sequence[ChannelId]:
        """The channels that they keep and nobody else does who is here, in the order of their ids."""
        return [ChannelId(one) for one in await self._then.ids(KEPT, person, position)]

    async def channels_taken_over(self, predecessor: PersonId, position: int) -> Sequence[tuple[ChannelId, PersonId]]:
        """The channels that others keep in their place, and who does."""
        found = await self._then.ids(TAKEN_OVER, predecessor, position)
        return [(ChannelId(channel), PersonId(person)) for channel, person in zip(found[::2], found[1::2], strict=True)]
