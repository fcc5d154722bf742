"""The chart and every reporting line as of any date, through GraphQL, against a model that knows nothing of events or rows."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from infra.system import utc_now
from tests.directory.past_model import Past, Wish
from tests.directory.test_chart import administrator
from tests.support.serving import Client, Served

pytestmark = pytest.mark.anyio
STEPS = 40
CHART = """query ($at: AsOf!) {
    at(asOf: $at) {
        departments(first: 12) { nodes {
            name closed parent { name } mergedInto { name } level headCount members(first: 12) { nodes { person { name } } }
        } }
        people(first: 12) { nodes {
            name standing reportsTo { name } managers(first: 12) { nodes { manager { name } } } staffSize
            dottedLines(first: 12) { nodes { to { name } } } departments(first: 12) { nodes { department { name } } }
            primaryDepartment { name }
        } }
    }
}"""
POSSIBLE: dict[Callable[[Past, Random], Wish | None], int] = {
    Past.rename: 1, Past.call: 1, Past.move: 3, Past.merge: 1, Past.join: 3, Past.leave: 1, Past.report: 4, Past.draw: 1,
    Past.erase: 1, Past.offboard: 2, Past.undo: 2,
}  # fmt: skip


def name(found: Any) -> str | None:
    return found and str(found["name"])


def shown(answer: Any) -> dict[str, Any]:
    """An answer as the model would say it."""

    def those(found: Any, field: str) -> list[str | None]:
        return [name(node[field]) for node in found["nodes"]]

    departments = {
        node["name"]: {
            "closed": node["closed"],
            "parent": name(node["parent"]),
            "mergedInto": name(node["mergedInto"]),
            "level": node["level"],
            "members": {*those(node["members"], "person")},
            "headCount": node["headCount"],
        }
        for node in answer["departments"]["nodes"]
    }
    people = {
        node["name"]: {
            "standing": node["standing"],
            "reportsTo": name(node["reportsTo"]),
            "managers": those(node["managers"], "manager"),
            "dottedLines": {*those(node["dottedLines"], "to")},
            "departments": {*those(node["departments"], "department")},
            "primaryDepartment": name(node["primaryDepartment"]),
            "staffSize": node["staffSize"],
        }
        for node in answer["people"]["nodes"]
        if node["name"] != "Root"
    }
    return {"departments": departments, "people": people}


class Life:
    """What happens to an organisation, in it and in the model."""

    def __init__(self, served: Served, root: Client, seed: int) -> None:
        self.served, self.root, self.chance = served, root, Random(seed)
        self.past, self.ids = Past(), dict[int, str]()
        self.moments: list[tuple[int, str, dict[str, Any]]] = []

    async def begin(self) -> None:
        for number in range(1, 8):
            above = number // 2 or None
            self.past.names[number], self.past.parent[number] = f"Department {number}", above
            given = {"name": self.past.names[number], "parent": self.ids[above] if above else None}
            done = await self.root.done("openDepartment", "position department { id }", **given)
            self.ids[number] = done["department"]["id"]
        for number in range(11, 18):
            client = await self.served.person(f"Person {number}")
            self.ids[number], self.past.people[number] = client.id, f"Person {number}"
        await self.remember()

    async def go_on(self) -> None:
        wish = None
        while wish is None:
            [happens] = self.chance.choices(list(POSSIBLE), list(POSSIBLE.values()))
            tried = self.past.copy()
            if (wish := happens(tried, self.chance)) is not None:
                self.past = tried
        given = {key: self.ids[value] if type(value) is int else value for key, value in wish.given.items()}
        if wish.mutation == "offboardPerson":
            given["undoUntil"] = (utc_now() + timedelta(days=1)).isoformat()
        await self.root.done(wish.mutation, **given)
        await self.remember()

    async def remember(self) -> None:
        """The moment by position and by when it was recorded, with the chart that must be shown for it ever after."""
        await self.served.acted()
        head = await self.served.organisation.log.reader.head()
        [row] = await self.served.organisation.log.reader.read(head - 1, 1)
        at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=row.recorded_at)
        self.moments.append((head, at.isoformat(), self.past.chart()))


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_the_chart_as_of_every_moment_is_what_it_was(served: Served, seed: int) -> None:
    root = await administrator(served)
    life = Life(served, root, seed)
    await life.begin()
    for _ in range(STEPS):
        await life.go_on()
    for position, recorded, chart in life.moments:
        for moment in ({"position": str(position)}, {"recordedAt": recorded}, {"time": recorded}):
            answer = shown((await root.ask(CHART, {"at": moment}))["at"])
            assert answer == chart, (seed, moment)
    assert len({str(chart) for _, _, chart in life.moments}) > STEPS // 2, "something happened"
