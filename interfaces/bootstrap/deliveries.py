"""Bringing notifications out of the platform, as the settings say."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import orjson

from application.deliveries.carriers import Carrier, Ways
from application.deliveries.choices import StreamedChoices
from application.deliveries.runner import DeliveryRunner
from application.ports.agenda import Agenda
from application.ports.inboxes import InboxUnavailable, Told
from application.ports.presence import Presence
from application.ports.reading import Queries, ReadTooLong, ReadUnavailable
from application.ports.telemetry import Telemetry
from domain.kernel.identifiers import PersonId
from domain.notifications.ids import NotificationId
from infra.system import utc_now
from infra.webhooks.caller import WebhookCaller
from interfaces.bootstrap.mail import mailer
from interfaces.bootstrap.organisation import OpenOrganisation
from interfaces.graphql.compiler.rows import Tables
from interfaces.graphql.compiler.told import told_statement
from interfaces.graphql.ids import global_id
from interfaces.settings import Settings


class ReadInboxes:
    """Fulfils application.ports.inboxes.Inboxes from the read models."""

    def __init__(self, tables: Tables, queries: Queries) -> None:
        self._sql, self._queries = told_statement(tables), queries

    async def unread(self, person: PersonId, notifications: Collection[NotificationId]) -> Sequence[Told]:
        try:
            found = await self._queries.value(self._sql, [str(person), [str(each) for each in notifications]])
        except (ReadUnavailable, ReadTooLong) as error:
            raise InboxUnavailable(f"inboxes can't be read now: {type(error).__name__}") from error
        return [_told(each) for each in orjson.loads(found or "[]")]


def ways(settings: Settings, organisation: str) -> Ways:
    """What is set up here: e-mail where there is a mail server, webhooks unless they are switched off."""
    source = settings.public_url or f"urn:onrecord:{organisation}"
    caller = WebhookCaller(source, utc_now, private=settings.webhooks == "private") if settings.webhooks != "off" else None
    return Ways(mailer(settings), caller, settings.public_url)


def deliveries(
    organisation: OpenOrganisation,
    tables: Tables,
    queries: Queries,
    agenda: Agenda,
    offered: Ways,
    telemetry: Telemetry,
    presence: Presence | None = None,
) -> DeliveryRunner:
    """What brings out the notifications of an organisation; one process at a time runs it. `presence` tells who is here."""
    reader = organisation.log.reader
    choices = StreamedChoices(reader, organisation.codec, organisation.keys, offered.offered)
    carrier = Carrier(choices, ReadInboxes(tables, queries), offered)
    return DeliveryRunner(
        organisation.platform, reader, agenda, carrier, organisation.clock, organisation.checkpoints(), telemetry, presence
    )


def _told(found: dict[str, Any]) -> Told:
    def node(type_name: str, key: str | None) -> str | None:
        return None if key is None else global_id(type_name, UUID(key))

    return Told(
        notification=global_id("Notification", UUID(found["notification"])),
        kind=found["kind"],
        thing=global_id(found["thing_type"], UUID(found["thing"])),
        by=node("Person", found["by"]),
        by_name=found["by_name"],
        channel=node("Channel", found["channel"]),
        place=found["place"],
        text=found["text"],
    )
