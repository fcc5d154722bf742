"""The sample company's chart as of days in its history: posts, reporting lines, a move, a merge, and one who left."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from infra.samples.history import person_id
from interfaces.bootstrap.samples import bring_sample, sample_company
from tests.support.postgres import fresh_database
from tests.support.serving import Served, serving

pytestmark = pytest.mark.anyio
WHO = 'people(filter: {{ name: {{ contains: "{}" }} }}) {{ nodes {{ {} }} }}'
DEPARTMENT = 'departments(filter: {{ name: {{ contains: "{}" }} }}) {{ nodes {{ {} }} }}'


@pytest.fixture(scope="module")
async def served(postgres_server: str, database_template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    with fresh_database(postgres_server, database_template) as database:
        async with serving(database, Path(tmp_path_factory.mktemp("issuer"))) as served:
            await bring_sample(served.organisation, sample_company(), lambda _: None)
            await served.level()
            yield served


async def asked(served: Served, question: str, day: str | None = None) -> Any:
    """The one node that a question is answered with, as of a day's noon or now."""
    query = f'{{ at(asOf: {{ time: "{day}T12:00:00Z" }}) {{ {question} }} }}' if day else f"{{ {question} }}"
    answer = await served.client(person_id("shen")).ask(query)
    [[node]] = [found["nodes"] for found in (answer["at"] if day else answer).values()]
    return node


async def test_reporting_lines_go_up_to_the_director_and_change(served: Served) -> None:
    lines = WHO.format("Tobias", "managers { nodes { manager { name } } }")

    async def above(day: str | None) -> list[str]:
        found = await asked(served, lines, day)
        return [each["manager"]["name"] for each in found["managers"]["nodes"]]

    assert await above("2025-04-01") == ["沈云帆"]
    assert await above(None) == ["华梅", "沈云帆"]


async def test_a_dotted_line_holds_while_the_incident_does(served: Served) -> None:
    lines = WHO.format("Karl", "reportsTo { name } dottedLines { nodes { to { name } } }")
    during, after = await asked(served, lines, "2025-04-10"), await asked(served, lines)
    assert [each["to"]["name"] for each in during["dottedLines"]["nodes"]] == ["Priya Raman"]
    assert after == {"reportsTo": {"name": "莫凡"}, "dottedLines": {"nodes": []}}


async def test_a_department_moves_with_its_people(served: Served) -> None:
    question = DEPARTMENT.format("信息技术", "parent { name } level size")
    assert await asked(served, question, "2025-04-13") == {
        "parent": {"name": "青岚仪器 Qinglan Instruments"},
        "level": 1,
        "size": 2,
    }
    assert await asked(served, question) == {"parent": {"name": "行政人事 People and Office"}, "level": 2, "size": 2}


async def test_a_department_is_merged_into_another(served: Served) -> None:
    question = DEPARTMENT.format("Mechanics", "closed size mergedInto { name size }")
    assert await asked(served, question, "2025-04-06") == {"closed": False, "size": 1, "mergedInto": None}
    assert await asked(served, question) == {"closed": True, "size": 0, "mergedInto": {"name": "硬件 Hardware", "size": 3}}


async def test_who_leaves_hands_their_channel_and_their_post_over(served: Served) -> None:
    left = await asked(served, WHO.format("李娜", "number standing successor { name }"))
    assert left == {"number": "QL010", "standing": "LEFT", "successor": {"name": "郭永强"}}
    owners = 'channels(filter: { name: { contains: "排产" } }) { nodes { members { nodes { role person { name } } } } }'
    found = await served.client(person_id("guo")).ask(f"{{ {owners} }}")
    [channel] = found["channels"]["nodes"]
    keeping = [each["person"]["name"] for each in channel["members"]["nodes"] if each["role"] == "OWNER"]
    assert "郭永强" in keeping
    post = 'posts(filter: { name: { contains: "Safety" } }) { nodes { holders { nodes { person { name } } } } }'
    assert (await asked(served, post, "2025-03-10"))["holders"]["nodes"] == [{"person": {"name": "李娜"}}]
    assert (await asked(served, post))["holders"]["nodes"] == [{"person": {"name": "秦雨"}}]
