"""Who belongs to a part of the organisation is listed without a look at each of them: only those who have left are looked up."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from application.ports.moments import Moment
from infra.postgres.migrations import OrganisationSchema
from interfaces.graphql.answers import Request
from interfaces.graphql.ids import global_id
from interfaces.graphql.service import Checked
from tests.benchmarks.query_data import ID, insert
from tests.support.plans import ran, rows_read
from tests.support.postgres import ORGANISATION, Database
from tests.support.serving import serving

PEOPLE, PARTS = 10_000, 100
SCHEMA = OrganisationSchema(ORGANISATION)
MOMENT = Moment(1_000, datetime(2026, 1, 1, tzinfo=UTC))
EVERYBODY = "department(id: $id) { everybody(first: 10) { nodes { level person { name } } totalCount } }"
WHOLE, PART = PEOPLE + 1, PEOPLE + 2


@pytest.mark.parametrize("department", [WHOLE, PART], ids=["whole", "part"])
@pytest.mark.parametrize("past", [False, True], ids=["now", "past"])
async def test_people_are_not_looked_up_one_by_one(database: Database, tmp_path: Path, past: bool, department: int) -> None:
    async with serving(database, tmp_path) as served:
        ann = await served.person("Ann")
        with psycopg.connect(database.owner, autocommit=True, cursor_factory=psycopg.RawCursor) as owner:
            for statement in filling():
                owner.execute(statement.encode())
            text = f"{{ at(asOf: {{position: 1000}}) {{ {EVERYBODY} }} }}" if past else f"{{ {EVERYBODY} }}"
            checked = served.service.check(
                Request(f"query ($id: ID!) {text}", {"id": global_id("Department", UUID(int=department))})
            )
            assert isinstance(checked, Checked)
            ready = served.service.reads.query(checked.operation, ann.person, {"at": MOMENT} if past else {})
            plan = ran(owner, ready, "asked")
            assert rows_read(plan, "directory_person_v") < PEOPLE // 10, plan


def filling() -> Iterator[str]:
    """One in fifty has left and one in ten was renamed, some of them before the moment that is asked for."""
    number, whole, changed = ID.format("n"), ID.format(WHOLE), "(n % 50 = 7 or n % 10 = 3)"
    every = f"generate_series(1, {PEOPLE}) n"
    person = {"id": number, "kind": "'employee'", "name": "'Person ' || n"}
    opened = {"id": number, "name": "'Part ' || n", "valid_from": "1"}
    yield insert(SCHEMA, "Department", f"generate_series({WHOLE}, {WHOLE}) n", **opened)
    yield insert(SCHEMA, "Department", f"generate_series({PART}, {PART + PARTS - 1}) n", **opened, parent_id=whole)
    yield insert(SCHEMA, "Person", every, **person, standing="case when n % 50 = 7 then 'left' else 'active' end",
                 valid_from=f"case when {changed} then 500 + n % 100 % 3 * 600 else 1 end")  # fmt: skip
    yield insert(SCHEMA, "Person", f"{every} where {changed}", **person, standing="'active'", valid_from="1",
                 valid_to="500 + n % 100 % 3 * 600")  # fmt: skip
    yield insert(SCHEMA, "DepartmentMembership", every, person_id=number, department_id=ID.format(f"{PART} + n % {PARTS}"),
                 since="timestamptz '2025-01-01' + n * interval '1 second'", valid_from="1")  # fmt: skip
    yield "vacuum analyze"
