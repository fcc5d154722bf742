"""One organisation, open in this process: its log, keys and platform."""

from collections.abc import Collection
from contextlib import suppress
from types import TracebackType
from typing import Any, Self
from uuid import UUID

import domain.everything  # noqa: F401  so that every context is registered
from application.bulk import Bulk
from application.deliveries.choices import StreamedChoices
from application.facts import StatesAtHand
from application.platform import Platform
from application.policies import load_all as load_policies
from application.policies.runner import PolicyRunner
from application.ports.agenda import Agenda
from application.ports.choices import Choices
from application.ports.clock import Clock
from application.ports.codec import Codec
from application.ports.directory import Belongings, Departments
from application.ports.facts import Facts
from application.ports.keys import Pseudonyms
from application.ports.log import LogUnavailable
from application.ports.recipients import Recipients
from application.ports.telemetry import Telemetry
from application.refusals import record_counted
from application.states import Snapshot
from application.timers import load_all as load_timers
from application.timers.runner import TimerRunner
from domain.access.administration import Administration
from domain.directory.person import Person
from domain.kernel.identifiers import PersonId
from domain.notifications.events.preferences import Way
from infra.crypto.key_file import KeyRing
from infra.crypto.pseudonyms import HmacPseudonyms
from infra.crypto.wrapping import Wrapping
from infra.postgres.checkpoints import PostgresCheckpoints
from infra.postgres.connections import Connections
from infra.postgres.departments import PostgresBelongings, PostgresDepartments
from infra.postgres.keys import PostgresKeys
from infra.postgres.log.log import PostgresLog
from infra.postgres.migrations import OrganisationSchema
from infra.postgres.projections.progress import PostgresProgress
from infra.postgres.proposals import PostgresProposals
from infra.postgres.queries import PooledQueries
from infra.postgres.recipients import PostgresRecipients
from infra.postgres.then import ThenReader
from infra.serialisation.codec import JsonCodec
from infra.system import random_id, utc_now
from projections.engine.progress import Progress
from projections.engine.registry import models


class OpenOrganisation:
    """What every use case of one organisation goes through. The followers of the log are started beside it, where wanted."""

    def __init__(
        self, dsn: str, connections: Connections, ring: KeyRing, name: str, organisation: UUID, clock: Clock = utc_now
    ) -> None:
        """`dsn` is for the connections of the log's own. Nothing is connected before `start`."""
        self.name, self.id, self.clock = name, organisation, clock
        self.dsn, self.connections, self.ring = dsn, connections, ring
        self.schema = OrganisationSchema(name)
        self.codec: Codec = JsonCodec()
        self.log = PostgresLog(dsn, connections, self.schema)
        self.keys = PostgresKeys(connections, self.schema, Wrapping(ring, organisation))
        self.pseudonyms: Pseudonyms = HmacPseudonyms(ring, organisation)
        reader, writer = self.log.reader, self.log.writer
        writer.watch(self.keys.moved)
        self.proposals = PostgresProposals(connections, self.schema, reader)
        self.platform = Platform(reader, writer, self.codec, self.keys, clock, random_id, self.proposals)
        self.bulk = Bulk(reader, writer, self.codec, self.keys, clock, random_id)

    def policies(
        self, telemetry: Telemetry, progress: Progress | None = None, ways: Collection[Way] = frozenset()
    ) -> PolicyRunner:
        """The follower that acts on events; one process at a time runs it. `progress` tells it promptly of read models, `ways`
        are those in which notifications leave the platform."""
        load_policies()
        progress = progress or PostgresProgress(self.dsn, self.connections, self.schema)
        then = ThenReader(PooledQueries(self.connections), progress, self.schema, models())
        ports: dict[type, Any] = {
            Recipients: PostgresRecipients(then),
            Departments: PostgresDepartments(then),
            Belongings: PostgresBelongings(then),
            Choices: StreamedChoices(self.log.reader, self.codec, self.keys, ways),
        }
        return PolicyRunner(self.platform, self.log.reader, self.codec, self.keys, self.checkpoints(), telemetry, ports)

    def timers(self, telemetry: Telemetry, agenda: Agenda) -> TimerRunner:
        """The poller that does what falls due; one process at a time runs it."""
        load_timers()
        ports: dict[type, Any] = {Facts: StatesAtHand(self.platform.states), Clock: self.clock}
        return TimerRunner(self.platform, self.log.reader, agenda, self.clock, self.checkpoints(), telemetry, ports)

    def checkpoints(self) -> PostgresCheckpoints:
        """How far followers have come, and who runs them."""
        return PostgresCheckpoints(self.connections, self.dsn, self.schema.schema)

    async def start(self) -> None:
        """Begins, and finds at once whether the key file is the wrong one. Raises KeyUnusable."""
        await self.log.start()
        await self.keys.verify()

    async def close(self) -> None:
        """Records what is still only counted, writes what is queued, and ends."""
        with suppress(LogUnavailable):
            await self.record_refusals(everything=True)
        await self.log.close()

    async def is_primary_administrator(self, person: PersonId) -> bool:
        """Whether somebody is active and administers the whole organisation, by what is recorded now. Raises LogUnavailable."""
        administration, somebody = Administration.at(person).stream, Person.at(person).stream
        snapshot = Snapshot(self.log.reader.streams, self.codec, self.keys)
        await snapshot.load({(Administration, administration), (Person, somebody)})
        match snapshot.states[administration], snapshot.states[somebody]:
            case Administration(primary=True), Person(status="active"):
                return True
            case _:
                return False

    async def record_refusals(self, *, everything: bool = False) -> int:
        """Records the refusals that were only counted, where their time has come; answers for how many actors."""
        return await record_counted(self.platform.refusals, self.bulk, everything=everything)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.close()
