"""An organisation open on a test's database, as one API process has it; several can be open on one log."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import count
from uuid import UUID

from application.envelope import Asked
from application.outcomes import Outcome
from application.ports.clock import Clock
from application.ports.log import Row
from domain.access.commands.administration import AppointAdministrator
from domain.directory.commands.person import AddPerson
from domain.kernel.commands import Command
from domain.kernel.events import Authority
from domain.kernel.identifiers import PersonId, derived
from domain.messaging.commands.channel import OpenChannel
from domain.messaging.commands.membership import AddMember
from domain.messaging.commands.message import PostMessage
from domain.messaging.ids import ChannelId, MessageId
from infra.crypto.key_file import KeyRing
from infra.postgres.connections import Connections
from infra.system import utc_now
from interfaces.bootstrap.organisation import OpenOrganisation
from tests.support.postgres import ORGANISATION, ORGANISATION_ID, Database

OPERATOR = Authority("operator at the command line")
RING = KeyRing.new()
_numbers: Iterator[int] = count()


def person(name: str) -> PersonId:
    """Somebody of the tests, by name."""
    return PersonId(derived("test person", name))


def channel(name: str) -> ChannelId:
    """A channel of the tests, by name."""
    return ChannelId(derived("test channel", name))


def message(name: str) -> MessageId:
    """A message of the tests, by name."""
    return MessageId(derived("test message", name))


def fresh_id() -> UUID:
    """A command id that was not used before in this run."""
    return derived("test command", str(next(_numbers)))


@asynccontextmanager
async def opened(database: Database, ring: KeyRing = RING, clock: Clock = utc_now) -> AsyncIterator[OpenOrganisation]:
    """The organisation `main` of a test's database, as one process has it open."""
    async with (
        Connections(database.application) as connections,
        OpenOrganisation(database.application, connections, ring, ORGANISATION, ORGANISATION_ID, clock) as organisation,
    ):
        yield organisation


async def ask(organisation: OpenOrganisation, command: Command, by: PersonId, command_id: UUID | None = None) -> Outcome:
    """A person's command, under the rule."""
    return await organisation.platform.handle(command, Asked(by, command_id or fresh_id()))


async def order(organisation: OpenOrganisation, command: Command) -> Outcome:
    """An operator's command, on the authority of the command line."""
    return await organisation.platform.handle(command, Asked(person("operator"), fresh_id()), OPERATOR)


async def settle(organisation: OpenOrganisation, *names: str) -> None:
    """These people, the first a primary administrator, and a public channel `general` that all are in."""
    for name in names:
        assert (await order(organisation, AddPerson(person=person(name), name=name.title()))).refusal is None
    boss = person(names[0])
    assert (await order(organisation, AppointAdministrator(person=boss))).refusal is None
    assert (await ask(organisation, OpenChannel(channel=channel("general"), name="general"), boss)).refusal is None
    for name in names[1:]:
        added = await ask(organisation, AddMember(channel=channel("general"), person=person(name)), boss)
        assert added.refusal is None


def post(name: str, text: str = "hello", where: str = "general") -> PostMessage:
    """A message of the tests, to be posted."""
    return PostMessage(channel=channel(where), message=message(name), text=text)


async def everything(organisation: OpenOrganisation) -> list[Row]:
    """The whole log."""
    return await organisation.log.reader.read(0, 100_000)
