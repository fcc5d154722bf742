"""The guides on permissions and guests: every request is made in order, and answered as the page says."""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from domain.access.commands.administration import AppointAdministrator
from domain.directory.commands.department import OpenDepartment
from domain.directory.commands.membership import JoinDepartment
from domain.directory.ids import DepartmentId
from domain.kernel.identifiers import PersonId
from interfaces.graphql.ids import global_id, local_key
from projections.engine.registry import models
from tests.docs.pages import DOCS, Block, blocks
from tests.story import an_id
from tests.support.postgres import Database
from tests.support.serving import Client, Served, serving


@pytest.fixture
async def served(database: Database, tmp_path: Path) -> AsyncIterator[Served]:
    async with serving(database, tmp_path, policies=True) as served:
        yield served


class Reader:
    """Somebody who does what a page says; `known` are the ids that answers gave."""

    def __init__(self, served: Served, clients: dict[str, Client], known: dict[str, str]) -> None:
        self.served, self.clients, self.known = served, clients, known

    async def ask(self, block: Block) -> Any:
        wanted = set(re.findall(r"\$(\w+)", block.text))
        head = str(await self.served.organisation.log.reader.head())
        await self.served.service.queries.progress.wait_for(int(head), models().values(), 30)
        given = {"position": head, **self.known}
        answer = await self.clients[block.mark].ask(block.text, {name: given[name] for name in wanted})
        self._learn(answer)
        return _bare(answer)

    async def post(self, block: Block) -> None:
        line, _, body = block.text.partition("\n\n")
        filled = re.sub(r"\$(\w+)", lambda found: self.known[found[1]], body)
        headers = self.clients[block.mark].headers if block.mark else {}
        response = await self.served.http.post(line.removeprefix("POST ").strip(), json=json.loads(filled), headers=headers)
        assert response.status_code == 200, response.text
        told = response.json()
        self.known |= {name: value for name, value in told.items() if name != "position"}
        if "token" in told:
            person = local_key(told["person"], "Person")
            assert person
            self.clients["guest"] = Client(self.served, PersonId(person), told["token"])

    def _learn(self, value: Any, name: str = "") -> None:
        if isinstance(value, dict):
            if "id" in value:
                self.known[name] = value["id"]
            for key, inner in value.items():
                self._learn(inner, key)


def _bare(value: Any) -> Any:
    """An answer without ids and positions, which are others each time."""
    if isinstance(value, dict):
        return {key: _bare(inner) for key, inner in value.items() if key not in ("id", "position")}
    return [_bare(each) for each in value] if isinstance(value, list) else value


@pytest.mark.timeout(120)
@pytest.mark.parametrize("page", ["permissions", "guests"])
async def test_the_page_is_answered_as_it_says(served: Served, page: str) -> None:
    clients = {name.lower(): await served.person(name) for name in ("Root", "Ann", "Bo", "Di")}
    sales = DepartmentId(an_id("Sales"))
    await served.do(AppointAdministrator(person=clients["root"].person))
    await served.do(OpenDepartment(department=sales, name="Sales"))
    for name in ("bo", "di"):
        await served.do(JoinDepartment(department=sales, person=clients[name].person))
    made = await clients["ann"].done("openChannel", "channel { id }", name="Orders", visibility="PRIVATE")
    known = {name: client.id for name, client in clients.items()}
    reader = Reader(served, clients, known | {"sales": global_id("Department", sales), "channel": made["channel"]["id"]})
    answer: Any = None
    for block in blocks(DOCS / "how-to" / f"{page}.md"):
        match block.language:
            case "graphql":
                answer = await reader.ask(block)
            case "http":
                await reader.post(block)
            case "json":
                assert answer == json.loads(block.text)
            case other:
                raise AssertionError(f"a block in {other}")
