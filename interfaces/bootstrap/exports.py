"""A conversation of an organisation as a file, for an auditor whom a case opens it to."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import NamedTuple
from uuid import UUID

from application.exports.conversation import Written
from domain.kernel.identifiers import PersonId
from infra.exports.mattermost import mattermost_lines
from infra.postgres.projections.progress import PostgresProgress
from interfaces.bootstrap.levelling import level
from interfaces.bootstrap.opening import opened
from interfaces.bootstrap.service import open_service
from interfaces.graphql.answers import Session
from interfaces.graphql.conversations.asking import NotAnswered
from interfaces.graphql.conversations.reading import Conversation
from interfaces.graphql.schema.build import build_schema
from interfaces.settings import Settings

__all__ = ["Asked", "NotAnswered", "conversation"]
WRITERS: dict[str, Written] = {"mattermost": mattermost_lines}
"""The formats that there are, by name."""


class Asked(NamedTuple):
    """Which channel, under which case, by whom; `position` None for as it is now."""

    channel: UUID
    case: UUID
    auditor: PersonId
    position: int | None = None
    format: str = "mattermost"


async def conversation(settings: Settings, organisation: str, asked: Asked) -> AsyncIterator[bytes]:
    """The lines of the file; each is yielded after what it was read by is on record.

    Raises EXPECTED, NotAnswered, LogUnavailable.
    """
    async with opened(settings, organisation) as found:
        progress = PostgresProgress(found.dsn, found.connections, found.schema)
        progress.start()
        try:
            await level(found, progress)
            async with open_service(build_schema(), found, found.connections, progress) as service:
                position = asked.position or await found.log.reader.head()
                session = Session(asked.auditor, organisation, client="onrecord export")
                read = Conversation(service, session, asked.case, asked.channel, position)
                async with aclosing(WRITERS[asked.format](await read.talk(), read.posts())) as lines:  # type: ignore[type-var]
                    async for line in lines:
                        yield line
        finally:
            await progress.close()
