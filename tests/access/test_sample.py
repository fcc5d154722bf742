"""The sample company's permissions: a role of its own, a grant that ends, an auditor's case, guests from outside, a pilot."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from infra.samples.history import person_id
from infra.samples.permitting import CUSTOMER, SUPPLIER
from interfaces.bootstrap.samples import bring_sample, sample_company, say_todays_notes
from interfaces.graphql.ids import global_id
from tests.support.postgres import fresh_database
from tests.support.serving import Client, Served, serving

pytestmark = pytest.mark.anyio
PILOT = '{ at(asOf: { time: "2025-02-26T12:00:00Z" }) { modules { nodes { name switch } } } modules { nodes { switch } } }'
READ = "query ($case: ID!) @case(id: $case) { channels { nodes { name } } messages { nodes { text author { name } } } }"
BEFORE = """query ($case: ID!) @case(id: $case) {
  at(asOf: { time: "2025-03-12T07:08:00Z" }) { messages { nodes { text } } }
}"""


@pytest.fixture(scope="module")
async def served(postgres_server: str, database_template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    with fresh_database(postgres_server, database_template) as database:
        async with serving(database, Path(tmp_path_factory.mktemp("issuer"))) as served:
            await bring_sample(served.organisation, sample_company(), lambda _: None)
            for _ in "twice":
                await say_todays_notes(served.organisation)
            await served.level()
            yield served


def client(served: Served, key: str) -> Client:
    return served.client(person_id(key))


async def test_nothing_of_it_was_refused(served: Served) -> None:
    position, refused = 0, []
    while rows := await served.organisation.log.reader.read(position, 2_000):
        refused += [row.type for row in rows if row.type.startswith("access.command_refused")]
        position = rows[-1].position
    assert refused == []


async def test_a_role_of_its_own_is_granted_until_a_day_and_for_a_reason(served: Served) -> None:
    query = "{ grants { nodes { person { name } role { name } reason until } } }"
    granted = {each["person"]["name"]: each for each in (await client(served, "shen").ask(query))["grants"]["nodes"]}
    assert granted["凌波"]["role"]["name"] == "服务台 Service desk"
    assert "休假" in granted["凌波"]["reason"]
    assert granted["凌波"]["until"] is not None
    assert {"Dora Winkler", "何志远", "Jette Hansen"} <= granted.keys()


async def test_the_auditor_reads_toms_words_in_the_budgets_channel_and_nothing_else(served: Served) -> None:
    dora = client(served, "dora")
    [case] = (await dora.ask("{ cases { nodes { id } } }"))["cases"]["nodes"]
    read = await dora.ask(READ, {"case": case["id"]})
    assert {each["author"]["name"] for each in read["messages"]["nodes"]} == {"Tom Becker"}
    before = await dora.ask(BEFORE, {"case": case["id"]})
    assert any("half sentence" in (each["text"] or "") for each in before["at"]["messages"]["nodes"]), "before he took it back"
    assert "预算 2025" not in str(await dora.ask("{ channels { nodes { name } } }")), "without the case"


async def test_the_supplier_looks_at_one_channel_and_changes_nothing(served: Served) -> None:
    guest = served.client(SUPPLIER.person)
    seen: Any = await guest.ask("{ channels { nodes { name } } messages { totalCount } departments { totalCount } }")
    assert [each["name"] for each in seen["channels"]["nodes"]] == ["宏丰交货 Hongfeng deliveries"]
    assert (seen["messages"]["totalCount"], seen["departments"]["totalCount"]) == (4, 0)
    said = await guest.do("postMessage", channel=global_id("Channel", SUPPLIER.channel), text="我们会准时。")
    assert said["__typename"] == "ViewOnly"


async def test_the_customers_guest_talks_in_one_channel(served: Served) -> None:
    guest = served.client(CUSTOMER.person)
    seen = await guest.ask("{ channels { nodes { name } } messages(first: 9) { nodes { author { name } } } }")
    assert [each["name"] for each in seen["channels"]["nodes"]] == ["Nordhafen 2.3.2"]
    assert "Jette Hansen" in {each["author"]["name"] for each in seen["messages"]["nodes"]}
    await guest.done("postMessage", channel=global_id("Channel", CUSTOMER.channel), text="Thank you, Karl.")


async def test_it_began_as_a_pilot(served: Served) -> None:
    asked = await client(served, "shen").ask(PILOT)
    assert asked["at"]["modules"]["nodes"] == [{"name": "messaging", "switch": "PILOT"}]
    assert asked["modules"]["nodes"] == [{"switch": "ON"}]
