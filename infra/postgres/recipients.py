"""Who is told of what is said where, from the read models as of a position."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from uuid import UUID

import orjson

from application.ports.reading import Queries, ReadTooLong, ReadUnavailable
from application.ports.recipients import RecipientsUnknown
from domain.kernel.identifiers import PersonId
from domain.messaging.ids import ChannelId, MessageId
from infra.postgres.migrations import OrganisationSchema
from projections.engine.members import Declared, expand
from projections.engine.progress import NotReached, NotRegistered, Progress
from projections.engine.store import StoreUnavailable

PATIENCE = 10.0
"""Seconds that read models have to come to a position, before whoever waits is told that they haven't."""
REMEMBERED = 50_000
"""Of how many channels it is remembered whether they are direct, and who is in them: neither ever changes."""

IN_DIRECT = """
    select case when c.kind = 'direct' then
        (select coalesce(json_agg(m.person_id order by m.person_id), '[]') from {channel_membership} m where m.channel_id = c.id)
    end::text from {channel} c where c.id = $1::uuid
"""
IN_THREAD = """
    select coalesce(json_agg(distinct m.author_id), '[]')::text from {message} m
    where (m.id = $1::uuid or m.thread_id = $1::uuid) and not m.retracted
"""


class PostgresRecipients:
    """Fulfils application.ports.recipients.Recipients for one organisation."""

    def __init__(
        self, queries: Queries, progress: Progress, organisation: OrganisationSchema, models: Mapping[str, Declared]
    ) -> None:
        self._queries, self._progress, self._schema = queries, progress, organisation.schema
        self._models = {model.placeholder: model for model in models.values()}
        self._direct: OrderedDict[ChannelId, Sequence[PersonId] | None] = OrderedDict()

    async def direct(self, channel: ChannelId, at: int) -> Sequence[PersonId] | None:
        """One query per channel."""
        if channel in self._direct:
            self._direct.move_to_end(channel)
            return self._direct[channel]
        found = await self._found(IN_DIRECT, ("channel", "channel_membership"), channel, at)
        # Its people come in the act that opens it. Until they are there, nothing is remembered.
        if found is None or len(found) > 1:
            self._direct[channel] = found
            if len(self._direct) > REMEMBERED:
                self._direct.popitem(last=False)
        return found

    async def of_thread(self, root: MessageId, at: int) -> Sequence[PersonId]:
        return await self._found(IN_THREAD, ("message",), root, at) or ()

    async def _found(self, sql: str, names: Sequence[str], key: UUID, at: int) -> Sequence[PersonId] | None:
        try:
            await self._progress.wait_for(at, [self._models[name] for name in names], PATIENCE)
            text = await self._queries.value(self._as_of(sql), [str(key), str(at)])
        except (NotReached, NotRegistered, StoreUnavailable, ReadUnavailable, ReadTooLong) as error:
            raise RecipientsUnknown(f"who is told can't be read now: {type(error).__name__}: {error}") from error
        return None if text is None else [PersonId(UUID(person)) for person in orjson.loads(text)]

    def _as_of(self, sql: str) -> str:
        return expand(sql, lambda name: f'"{self._schema}"."{self._models[name].table}_at"($2::bigint)')
