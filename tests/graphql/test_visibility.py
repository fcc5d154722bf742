"""Who may not see a private channel finds nothing of it: by any field, list, filter or id that a query can be made of."""

import os
import random
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
from psycopg.rows import dict_row

from domain.directory.commands.person import RemovePerson, SuspendPerson
from domain.kernel.identifiers import PersonId
from interfaces.graphql.answers import Request, Session
from interfaces.graphql.service import Checked
from projections.engine.registry import models
from tests.graphql.club import ROOMY
from tests.graphql.generator import Query
from tests.graphql.world import World
from tests.support.postgres import fresh_database
from tests.support.serving import Client, Served, serving

SECRET = "秘密计划"
QUERIES = int(os.environ.get("ONRECORD_TEST_QUERIES", "50"))


@pytest.fixture(scope="module")
async def served(postgres_server: str, database_template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    with fresh_database(postgres_server, database_template) as database:
        async with serving(database, Path(tmp_path_factory.mktemp("issuer")), ROOMY) as served:
            yield served


@pytest.fixture(scope="module")
async def people(served: Served) -> dict[str, Client]:
    """A private channel with an owner and members: one was removed, one suspended, one left; and somebody never there."""
    names = ("owner", "member", "removed", "suspended", "left", "outsider")
    people = {name: await served.person(name) for name in names}
    owner = people["owner"]
    where = (await owner.done("openChannel", "channel { id }", name=f"{SECRET} channel", visibility="PRIVATE"))["channel"]["id"]
    for name in names[1:5]:
        await owner.done("addMember", channel=where, person=people[name].id)
    file = {"file": "RmlsZTowMTk4YzBkZS0wMDAwLTcwMDAtODAwMC0wMDAwMDAwMDAwMDE=", "name": f"{SECRET}.pdf"}
    said = await owner.done("postMessage", "message { id }", channel=where, text=f"{SECRET} 1", attachments=[file])
    message = said["message"]["id"]
    for name in ("member", "removed"):
        await people[name].done("postMessage", channel=where, text=f"{SECRET} by {name}", thread=message)
        await people[name].done("addReaction", message=message, emoji=f"{SECRET}👍")
    await owner.done("pinMessage", message=message)
    await owner.done("removeMember", channel=where, person=people["removed"].id)
    open_ = (await owner.done("openChannel", "channel { id }", name="open", visibility="PUBLIC"))["channel"]["id"]
    await people["outsider"].done("joinChannel", channel=open_)
    await people["outsider"].done("postMessage", channel=open_, text="hello")
    await served.do(SuspendPerson(person=people["suspended"].person))
    last = {"position": await served.do(RemovePerson(person=people["left"].person))}
    people["stranger"] = served.client(PersonId(uuid4()))
    await served.service.queries.progress.wait_for(int(last["position"]), list(models().values()), 30)
    return people


async def world(served: Served) -> World:
    """All rows of all read models, as the database has them: the ids and cursors that somebody might have got hold of."""
    found: World = {}
    async with served.organisation.connections.connection() as connection:
        for name, model in models().items():
            if model.view is not None:
                continue
            cursor = connection.cursor(row_factory=dict_row)
            await cursor.execute(f'select * from "{served.organisation.schema.schema}"."{model.table}"'.encode())
            found[name] = {row["id"]: row for row in await cursor.fetchall()}
    return found


async def answers(served: Served, who: Client, seed: int) -> AsyncIterator[tuple[str, bytes]]:
    """What generated queries tell somebody."""
    known, rng = await world(served), random.Random(seed)
    for _ in range(QUERIES):
        query = Query(rng, served.service.schema, known, depth=3, toward=("channel", "messages", "text"))
        checked = served.service.check(Request(query.text, query.values))
        if isinstance(checked, Checked):
            yield query.text, (await served.service.execute(checked, Session(who.person))).encoded()


@pytest.mark.parametrize("name", ["outsider", "removed", "suspended", "left", "stranger"])
async def test_nothing_of_it_is_told(served: Served, people: dict[str, Client], name: str) -> None:
    told = [text async for text, answer in answers(served, people[name], seed=3) if SECRET.encode() in answer]
    assert told == []


@pytest.mark.parametrize("name", ["suspended", "left", "stranger"])
async def test_who_takes_part_no_longer_reads_nothing(people: dict[str, Client], name: str) -> None:
    response = await people[name].post("{ viewer { name } people(first: 9) { nodes { name } } }")
    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (403, "NOT_ACTIVE")
    assert "data" not in response.json()


@pytest.mark.parametrize("name", ["owner", "member"])
async def test_those_who_may_see_it_do(served: Served, people: dict[str, Client], name: str) -> None:
    for seed in range(3, 20):  # the more read models there are, the fewer of the queries ask for messages
        async for _, answer in answers(served, people[name], seed):
            if SECRET.encode() in answer:
                return
    pytest.fail("the generated queries ask for nothing that is secret")
