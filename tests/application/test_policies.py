"""Policies see every event once in effect, whatever the number of times they are shown it."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from application.bulk import Claim
from application.envelope import Asked
from application.outcomes import Outcome
from application.policies.declaration import POLICIES, policy
from application.policies.runner import ACTOR
from application.ports.log import ClockJumped
from domain.directory.commands.department import OpenDepartment
from domain.directory.department import Department
from domain.directory.events.department import DepartmentOpened
from domain.directory.ids import DepartmentId
from domain.kernel.events import Authority, Context, Recorded
from domain.kernel.identifiers import derived
from infra.system import utc_now
from infra.telemetry.structured import StructuredTelemetry
from interfaces.bootstrap.organisation import OpenOrganisation
from tests.support.organisations import everything, fresh_id, order, person

pytestmark = pytest.mark.anyio
SALES = DepartmentId(derived("test department", "sales"))


def telemetry() -> StructuredTelemetry:
    return StructuredTelemetry(CollectorRegistry())


async def types(organisation: OpenOrganisation) -> list[str]:
    return [row.type for row in await everything(organisation)]


async def test_a_department_gets_its_channel_once(organisation: OpenOrganisation) -> None:
    await order(organisation, OpenDepartment(department=SALES, name="销售部"))
    runner = organisation.policies(telemetry())
    for _ in "twice":
        await runner.advance(0)
    assert await types(organisation) == [
        "directory.department_opened.v1",
        *await _key(organisation),
        "messaging.channel_opened.v1",
    ]
    opened = (await everything(organisation))[-1]
    assert opened.actor == ACTOR
    assert opened.causation_id == (await everything(organisation))[0].event_id
    assert b"policy open_department_channel" in (opened.context or b"")


async def _key(organisation: OpenOrganisation) -> list[str]:
    """The key that the channel's name is stored under is made with it."""
    return [name for name in await types(organisation) if name == "compliance.data_key_created.v1"]


async def test_what_was_imported_is_not_acted_on(organisation: OpenOrganisation) -> None:
    opened = DepartmentOpened(name="Sales")
    claim = Claim(Department, Department.at(SALES).stream, lambda department: department.records(opened), at=utc_now())
    asked = Asked(person("importer"), fresh_id(), Context(imported="a test"))
    await organisation.bulk.record([claim], asked, Authority("import"), bytes(32))
    await organisation.policies(telemetry()).advance(0)
    assert await types(organisation) == ["directory.department_opened.v1"]


async def test_the_runner_goes_on_where_it_was(organisation: OpenOrganisation) -> None:
    async def run_until(done: Callable[[list[str]], bool]) -> None:
        task = asyncio.create_task(organisation.policies(telemetry()).run())
        async with asyncio.timeout(20):
            while not done(await types(organisation)):
                await organisation.log.reader.wait(await organisation.log.reader.head(), 0.5)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    await order(organisation, OpenDepartment(department=SALES, name="Sales"))
    await run_until(lambda names: names.count("messaging.channel_opened.v1") == 1)
    lab = DepartmentId(derived("test department", "lab"))
    await order(organisation, OpenDepartment(department=lab, name="Lab"))
    await run_until(lambda names: names.count("messaging.channel_opened.v1") == 2)


async def test_the_runner_goes_on_once_an_operator_has_agreed_to_the_clock(
    organisation: OpenOrganisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    handle, refusals = organisation.platform.handle, iter([ClockJumped("an operator must agree")])

    async def closed_at_first(*asked: Any) -> Outcome:
        if jumped := next(refusals, None):
            raise jumped
        return await handle(*asked)

    await order(organisation, OpenDepartment(department=SALES, name="Sales"))
    monkeypatch.setattr(organisation.platform, "handle", closed_at_first)
    task = asyncio.create_task(organisation.policies(telemetry()).run())
    async with asyncio.timeout(20):
        while "messaging.channel_opened.v1" not in await types(organisation):
            assert not task.done()
            await organisation.log.reader.wait(await organisation.log.reader.head(), 0.5)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def says_nothing(opened: Recorded[DepartmentOpened]) -> Any: ...
def waits_for_nothing(opened: str) -> Iterator[OpenDepartment]:
    yield OpenDepartment(department=SALES, name=opened)


@pytest.mark.parametrize(("wrong", "words"), [(says_nothing, "say what it may do"), (waits_for_nothing, "say what it waits for")])
def test_a_policy_that_is_declared_wrongly_says_so(wrong: Callable[..., Any], words: str) -> None:
    with pytest.raises(TypeError, match=words):
        policy(wrong)
    assert wrong.__name__ not in POLICIES
