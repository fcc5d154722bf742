"""Who is told of what is said where, from the read models as of a position."""

from collections import OrderedDict
from collections.abc import Collection, Sequence

from domain.kernel.identifiers import PersonId
from domain.messaging.ids import ChannelId, MessageId, UserGroupId
from infra.postgres.then import ThenReader
from projections.messaging.thread_follower import FOLLOWING

REMEMBERED = 50_000
"""Of how many channels it is remembered whether they are direct, and who is in them: neither ever changes."""

IN_DIRECT = """
    select coalesce(json_agg(m.person_id order by m.person_id), '[]')::text
    from {channel} c join {channel_membership} m on m.channel_id = c.id where c.id = $1::uuid and c.kind = 'direct'
"""
EVERYBODY = """
    select coalesce(json_agg(p order by p), '[]')::text from (
        select m.person_id p from {channel_membership} m where m.channel_id = $1::uuid
        union select d.person_id from {channel} c join {department_membership} d on d.department_id = c.department_id
        where c.id = $1::uuid and c.kind = 'department'
    ) everybody
"""
MUTED = """
    select coalesce(json_agg(m.person_id), '[]')::text from {channel_muting} m
    where m.channel_id = $1::uuid and (m.until is null or m.until > now())
"""
IN_GROUP = """
    select coalesce(json_agg(m.person_id order by m.person_id), '[]')::text from {user_group_member} m where m.group_id = $1::uuid
"""
IN_THREAD = f"""
    select coalesce(json_agg(f.person_id order by f.person_id), '[]')::text from ({FOLLOWING}) f where f.thread_id = $1::uuid
"""  # noqa: S608 (the read model's own text)

OF_MESSAGE = """
    select coalesce(json_agg(distinct t.person_id), '[]')::text from {message} m cross join lateral (
        select s.person_id from {channel_stint} s
        where s.channel_id = m.channel_id and s.since < m.position and (s.until is null or s.until > m.position)
        union all
        select d.person_id from {channel} c join {department_stint} d on d.department_id = c.department_id
        where c.id = m.channel_id and c.kind = 'department'
          and d.since < m.position and (d.until is null or d.until > m.position)
    ) t where m.id = $1::uuid and t.person_id <> m.author_id
"""


class PostgresRecipients:
    """Fulfils application.ports.recipients.Recipients for one organisation."""

    def __init__(self, then: ThenReader) -> None:
        self._then = then
        self._direct: OrderedDict[ChannelId, Sequence[PersonId]] = OrderedDict()

    async def direct(self, channel: ChannelId, at: int) -> Sequence[PersonId]:
        """One query per channel."""
        if channel in self._direct:
            self._direct.move_to_end(channel)
            return self._direct[channel]
        found = [PersonId(one) for one in await self._then.ids(IN_DIRECT, channel, at)]
        # Its people come in the act that opens it. Until all of that act is seen, nothing is remembered.
        if len(found) != 1:
            self._direct[channel] = found
            if len(self._direct) > REMEMBERED:
                self._direct.popitem(last=False)
        return found

    async def everybody(self, channel: ChannelId, at: int) -> Sequence[PersonId]:
        return [PersonId(one) for one in await self._then.ids(EVERYBODY, channel, at)]

    async def muted(self, channel: ChannelId, at: int) -> Collection[PersonId]:
        return {PersonId(one) for one in await self._then.ids(MUTED, channel, at)}

    async def of_group(self, group: UserGroupId, at: int) -> Sequence[PersonId]:
        return [PersonId(one) for one in await self._then.ids(IN_GROUP, group, at)]

    async def of_thread(self, root: MessageId, at: int) -> Sequence[PersonId]:
        return [PersonId(one) for one in await self._then.ids(IN_THREAD, root, at)]

    async def of_message(self, message: MessageId, at: int) -> Sequence[PersonId]:
        return [PersonId(one) for one in await self._then.ids(OF_MESSAGE, message, at)]
