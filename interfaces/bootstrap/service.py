"""The API of one organisation, wired: reads on the pool, commands through its platform, subscriptions from its log."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from graphql import GraphQLSchema

from application.auditing import CaseAuditing
from application.looking_back import LookingBack
from application.ports.ledger import Ledger
from application.ports.log import Row
from application.ports.presence import Presence
from domain.access.auditing import HISTORY
from domain.compliance.case import AUDITING
from infra.memory.presence import TYPING, MemoryPresence
from infra.postgres.connections import Connections
from infra.postgres.log.moments import PostgresMoments
from infra.postgres.projections.progress import PostgresProgress
from infra.postgres.queries import PooledQueries
from infra.postgres.standings import PostgresStandings
from infra.system import random_id, utc_now
from interfaces.bootstrap.looking import Looking
from interfaces.bootstrap.organisation import OpenOrganisation
from interfaces.bootstrap.proving import LedgerProofs
from interfaces.graphql.cases import CaseReads
from interfaces.graphql.compiler.rows import Tables
from interfaces.graphql.compiler.traits import compile_traits
from interfaces.graphql.costs import Charges
from interfaces.graphql.limits import Limits
from interfaces.graphql.presence import PresenceAnswers
from interfaces.graphql.service import Service
from interfaces.graphql.standing import Standing
from interfaces.graphql.trusted import Gate
from interfaces.graphql.viewers import Viewers
from interfaces.live.changes import Changes
from interfaces.live.company import Company
from interfaces.live.followed import followed
from interfaces.live.following import Following
from interfaces.live.hub import Hub
from interfaces.live.present import Present
from interfaces.live.roaming import Roaming
from interfaces.live.sight import Sight
from projections.access.module import OFF
from projections.access.people import ADMINISTRATOR, HOLDER, PRIMARY, holds
from projections.engine.decoding import feeding
from projections.engine.once import once
from projections.engine.registry import models
from projections.engine.ways import either

READERS = (
    "exists (select from {person} v where v.id = {viewer} and v.standing = 'active' and (v.kind <> 'guest'"
    " or not exists (select from {guest} g where g.id = v.id and (g.ended or g.until < {now}))))"
)
"""Whoever is suspended or has left reads nothing from that instant on, whatever their token says; nor does a guest whose time is
over."""

_READS_HISTORY = once("reads_history", f"select 1 where {either([PRIMARY, *holds(HISTORY)])}", of=[ADMINISTRATOR, HOLDER])
HISTORY_READERS = f"exists (select from {_READS_HISTORY} o)"
"""Who reads what was since changed, taken back or ended: primary administrators, and to whom it was granted everywhere, as of
now."""

TAKING_PART = (
    "select coalesce(json_agg(distinct m.person_id), '[]')::text from {channel_member} m"
    " join {person} p on p.id = m.person_id where m.channel_id = $1::uuid and p.standing = 'active'"
)
"""The people of a channel: they see of each other who is here and who is typing."""


@asynccontextmanager
async def open_service(
    schema: GraphQLSchema,
    organisation: OpenOrganisation,
    connections: Connections,
    progress: PostgresProgress,
    limits: Limits = Limits(),  # noqa: B008 (immutable)
    ledger: Ledger | None = None,
    charges: Charges = Charges(),  # noqa: B008 (immutable)
    gate: Gate | None = None,
    presence: Presence | None = None,
) -> AsyncIterator[Service]:
    """The service of a started organisation, for as long as the block; subscriptions end with it. Raises LogUnavailable.

    Without `presence` it knows of its own process's people only.
    """
    organisation.proposals.progress = progress
    tables, queries = Tables(organisation.schema.schema, READERS, HISTORY_READERS, OFF), PooledQueries(connections)
    fields = followed()
    changes = {each.name: Changes(each, organisation.codec, queries, tables) for each in fields}
    roaming = {each.name: Roaming(each, organisation.codec, queries, tables) for each in fields if each.places_name is not None}
    sight = Sight(tables, queries)
    hub = Hub(organisation.log.reader, progress, queries, changes, sight, roaming)
    company = Company(tables, queries, TAKING_PART, lambda models: hub.level(hub.position, models))
    seen = presence or MemoryPresence()
    auditing = CaseAuditing(
        organisation.platform, organisation.log.reader, organisation.codec, organisation.keys, organisation.clock, random_id
    )
    people = models()["Person"]
    makes = feeding(compile_traits(tables).models)
    standing = Standing(organisation.log.reader, PostgresStandings(queries, progress, organisation.schema, people, makes))
    present = Present(seen, company, utc_now, standing)

    def happened(rows: Sequence[Row]) -> None:
        if company.happened(rows):
            present.wake()
            hub.look_again()

    hub.happened = happened
    try:
        await hub.start()
        await standing.start()
        yield Service(
            schema,
            tables,
            queries,
            progress,
            organisation.platform,
            limits,
            lambda reads: Following(reads, organisation.log.reader, hub, utc_now, present, standing, sight, charges),
            LedgerProofs(ledger, organisation) if ledger else None,
            PostgresMoments(connections, organisation.schema),
            charges,
            gate,
            hub.position,
            PresenceAnswers(seen, company.of, TYPING),
            standing,
            Looking(
                tables,
                queries,
                PostgresMoments(connections, organisation.schema),
                progress,
                LookingBack(organisation.log.reader, organisation.codec, organisation.keys),
            ),
            CaseReads(tables, f"({READERS}) and ({either(holds(AUDITING))})", auditing, limits.rows),
            Viewers(tables, queries, standing),
        )
    finally:
        await standing.close()
        await hub.close()
        await company.close()
        seen.close()
