"""Every mutation, asked by somebody of every role about things of their own department and of one beside it: whoever may does,
and nobody else. All places, every role and every single action are tried in `tests/verification/test_every_cell.py`."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from domain.access.actions import known
from domain.access.built_in import BUILT_IN
from tests.access.cells import MUTATIONS, Staff, cells
from tests.access.duties import ACTIONS, MAY, ROLES
from tests.graphql.club import ROOMY
from tests.support.postgres import fresh_database
from tests.support.serving import Served, serving

HOLDERS = ("wanted", "everything else")
"""Holders of the action that is asked for, and of all others."""


@pytest.fixture(scope="module")
async def staff(postgres_server: str, database_template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Staff]:
    with fresh_database(postgres_server, database_template) as database:
        async with serving(database, Path(tmp_path_factory.mktemp("issuer")), ROOMY) as served:
            yield await Staff.come(served, HOLDERS)


def test_every_role_and_action_and_mutation_is_spoken_of() -> None:
    assert {name: {*actions} for name, actions in BUILT_IN.items()} == ROLES
    assert known() == ACTIONS.keys()
    assert MAY.keys() == MUTATIONS.keys()


@pytest.mark.parametrize("mutation", MUTATIONS)
async def test_whoever_may_does_and_nobody_else(staff: Staff, mutation: str) -> None:
    found = await cells(staff, mutation, at=("own", "beside"))
    assert [cell for cell in found if cell.wrong] == []
    looking = {cell.answer for cell in found if cell.actor == "invited supplier"}
    assert looking == {"ViewOnly"}, "who may only look is told so, whatever they try"
    assert any(cell.expected for cell in found)


async def test_what_a_supplier_tried_is_on_record(staff: Staff) -> None:
    served: Served = staff.served
    before = int(await served.head())
    found = await cells(staff, "postMessage")
    tried = [cell for cell in found if cell.actor == "invited supplier"]
    rows = await served.organisation.log.reader.read(before, 1_000)
    codec = served.organisation.codec
    refused = [codec.finish(codec.parse(row), {}).event for row in rows if row.type == "access.command_refused.v1"]
    assert sum(event.refusal == "ViewOnly" for event in refused) == len(tried)  # type: ignore[attr-defined]
