"""An organisation as it runs: people in a channel, commands in this process, and the followers of its log in another."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import psycopg

from infra.crypto.key_file import read_or_create
from infra.postgres.access import connect_as_owner
from interfaces.bootstrap.opening import opened
from interfaces.bootstrap.organisation import OpenOrganisation
from interfaces.settings import Settings
from tests.benchmarks.clients import Loop
from tests.benchmarks.harness import Server, Side
from tests.support.organisations import opened as opened_for_tests
from tests.support.organisations import settle
from tests.support.postgres import ORGANISATION, Database
from tests.support.waiting import until
from tests.verification.accounts import behind
from tests.verification.api_process import ApiProcess

PEOPLE = [f"person {number}" for number in range(32)]
FOLLOWED = "read models, policies and the seal are kept up by a second process, and are level before the other side runs"


class Company(NamedTuple):
    """The organisation, and what waits until all followers have come to the head of the log."""

    organisation: OpenOrganisation
    level: Callable[[], None]

    def followed(self, side: Side) -> Side:
        """A side after which the followers come to the head, outside of its time."""

        def work(seconds: float) -> float:
            rate = side(seconds)
            self.level()
            return rate

        return work


@asynccontextmanager
async def company(database: Database) -> AsyncIterator[OpenOrganisation]:
    """An organisation of 32 people who are in the channel `general`; nobody follows its log."""
    async with opened_for_tests(database) as organisation:
        await settle(organisation, *PEOPLE)
        yield organisation


@contextmanager
def company_at_work(server: Server, on: Loop) -> Iterator[Company]:
    """The same, with `onrecord up` beside it."""
    with server.scratch() as database, TemporaryDirectory() as folder, connect_as_owner(database.owner) as owner:
        settings = Settings(database_url=database.application, data_dir=Path(folder), dev_issuer=True, cost_per_minute=2**40)
        read_or_create(settings.keys)
        with on.within(opened(settings, ORGANISATION)) as organisation:
            on.run(settle(organisation, *PEOPLE))
            following = ApiProcess(settings, Path(folder) / "following.log")
            following.start()
            try:
                level = partial(_level, owner)
                level()
                yield Company(organisation, level)
            finally:
                following.kill()


def _level(owner: psycopg.Connection) -> None:
    until(lambda: not behind(owner), within=600)
