"""Searches where there are many messages: whatever the term, few of them are read, and no table is read as a whole.

ONRECORD_VERIFICATION_ROWS says how many messages (`make verification` asks for 1,000,000; they are kept in build/).
"""

import math
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from typing import Any

import psycopg
import pytest

from infra.crypto.key_file import KeyRing
from infra.postgres.connections import FOR_READS, Connections, application_conninfo
from infra.postgres.projections.progress import PostgresProgress
from interfaces.bootstrap.organisation import OpenOrganisation
from interfaces.bootstrap.service import open_service
from interfaces.graphql.answers import Request
from interfaces.graphql.compiler.search import CANDIDATES
from interfaces.graphql.service import Checked, Service
from tests.benchmarks.clients import loop
from tests.benchmarks.messaging import SEARCH
from tests.benchmarks.messaging_tables import CHARACTERS, COMMON, FREQUENT, RARE, WORDS, filled
from tests.benchmarks.query_app import VIEWER
from tests.support.plans import messages_read, ran
from tests.support.postgres import ORGANISATION, ORGANISATION_ID, Database
from tests.support.schemas import whole_schema

ROWS = int(os.environ.get("ONRECORD_VERIFICATION_ROWS", "50000"))
TERMS = {
    "common": COMMON,
    "frequent": FREQUENT,
    "rare": RARE,
    "absent": "龘靐",
    "common character": CHARACTERS[0],
    "rare character": CHARACTERS[-1],
    "word": WORDS[0],
    "common and rare": f"{COMMON} {RARE}",
    "phrase": f'"{WORDS[0]} {WORDS[1]}"',
}
MOST = 4 * math.sqrt(CANDIDATES * ROWS)
"""A word in a share s of the texts is found by reading s · ROWS by the index, or CANDIDATES / s from the newest on."""


@asynccontextmanager
async def served(database: Database) -> AsyncIterator[Service]:
    """The API over the tables, without a follower."""
    dsn = database.application
    async with Connections(dsn) as connections:
        organisation = OpenOrganisation(dsn, connections, KeyRing.new(), ORGANISATION, ORGANISATION_ID)
        progress = PostgresProgress(dsn, connections, organisation.schema)
        async with organisation, open_service(whole_schema(), organisation, connections, progress) as service:
            yield service


async def plans(database: Database) -> dict[str, str]:
    """What was done for each term in each order."""
    found: dict[str, str] = {}
    with closing(psycopg.connect(application_conninfo(database.application, "plans", FOR_READS), autocommit=True)) as connection:
        async with served(database) as service:
            for number, (name, term) in enumerate(TERMS.items()):
                for order in ("RELEVANCE", "NEWEST", "OLDEST"):
                    asked: dict[str, Any] = {"query": term, "orderBy": order}
                    checked = service.check(Request(SEARCH, asked))
                    assert isinstance(checked, Checked)
                    ready = service.reads.query(checked.operation, VIEWER)
                    found[f"{name} {order}"] = ran(connection, ready, f"search_{number}_{order.lower()}")
    return found


@pytest.mark.timeout(900)
def test_few_messages_are_read_whatever_is_looked_for() -> None:
    with loop() as on, filled(on, ROWS) as database:
        found = on.run(plans(database))
    read = {name: messages_read(plan) for name, plan in found.items()}
    assert {name: number for name, number in read.items() if number > MOST} == {}
    assert [name for name, plan in found.items() if re.search(r"Seq Scan on messaging_message", plan)] == []
    assert read["rare NEWEST"] > 0
    assert read["absent RELEVANCE"] == 0
