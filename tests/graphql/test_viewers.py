"""What is left out of the statements of those who never were guests, administrators or holders of grants: nothing that they see.

Whoever becomes one of them sees what that shows at once, though this process may hear of it later than the read models do.
"""

import asyncio
import itertools
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from application.tasks import stopped
from domain.access.commands.administration import AppointAdministrator
from domain.access.commands.grant import GrantPermission, RevokeGrant
from domain.access.commands.module import SwitchModule
from domain.access.ids import GrantId, ResourceId
from domain.directory.commands.department import OpenDepartment
from domain.directory.commands.membership import JoinDepartment
from domain.directory.commands.person import AddPerson
from domain.directory.commands.post import AssignPost, OpenPost
from domain.directory.ids import DepartmentId, PostId
from domain.kernel.commands import Command
from domain.kernel.identifiers import PersonId
from domain.messaging.membership import READ
from interfaces.graphql.answers import Request, Session
from interfaces.graphql.compiler.traits import NOTHING_KNOWN, Lacks
from interfaces.graphql.ids import local_key
from interfaces.graphql.service import Checked
from interfaces.graphql.viewers import Viewers
from projections.engine.once import TRAITS
from projections.engine.registry import models
from tests.graphql.club import ROOMY
from tests.graphql.generator import Query
from tests.graphql.test_visibility import QUERIES, world
from tests.story import an_id
from tests.support.postgres import fresh_database
from tests.support.serving import Client, Served, serving

CHANNEL = "query ($id: ID!, $p: Position) @waitFor(position: $p) { channel(id: $id) { name } }"
BEFORE = "query ($id: ID!, $at: Position!) { at(asOf: {position: $at}) { channel(id: $id) { name } } }"
SALES, EAST = DepartmentId(an_id("Sales")), DepartmentId(an_id("East"))
POST = PostId(an_id("Reader"))
LATER = itertools.count(10**6, 100)
"""Seconds: each look at this clock is long after the one before."""
ORDINARY = frozenset({"guest", "administrator", "holder", "switched"})


@pytest.fixture
async def served(postgres_server: str, database_template: str, tmp_path: Path) -> AsyncIterator[Served]:
    with fresh_database(postgres_server, database_template) as database:
        async with serving(database, tmp_path, ROOMY) as served:
            yield served


async def lacks(served: Served, who: Client) -> Lacks:
    """What is known of somebody as soon as everything is heard of."""
    viewers, standing = known(served), served.service.standing
    assert standing is not None
    viewers._now = LATER.__next__
    await served.level()
    head = await served.organisation.log.reader.head()
    async with asyncio.timeout(20):
        while standing.position < head:  # noqa: ASYNC110 (nothing tells of it)
            await asyncio.sleep(0.005)
    return await viewers.lacks(who.person)


def known(served: Served) -> Viewers:
    assert served.service.queries.viewers is not None
    return served.service.queries.viewers


async def deaf(served: Served) -> None:
    """From now on this process hears nothing of what happens, as if its news were long under way."""
    assert served.service.standing is not None
    await stopped(served.service.standing.running)
    served.service.standing.running = None


async def secret(served: Served) -> tuple[Client, Client, str]:
    """Ann's private channel in Sales, and Bo, who belongs to East, which is below."""
    ann, bo = await served.person("Ann"), await served.person("Bo")
    await served.do(OpenDepartment(department=SALES, name="Sales"))
    await served.do(OpenDepartment(department=EAST, name="East", parent=SALES))
    await served.do(JoinDepartment(department=EAST, person=bo.person, primary=True))
    await served.do(OpenPost(post=POST, name="Reader"))
    done = await ann.done("openChannel", "channel { id }", name="Orders", visibility="PRIVATE")
    return ann, bo, done["channel"]["id"]


async def test_of_most_people_nothing_is_compiled_that_others_see(served: Served) -> None:
    ann, bo, channel = await secret(served)
    assert set(TRAITS) == ORDINARY
    assert (await lacks(served, bo)).traits == ORDINARY
    assert (await ann.ask(CHANNEL, {"id": channel}))["channel"] == {"name": "Orders"}
    [statement] = [each for key, each in served.service.reads.known.entries.items() if CHANNEL in key]  # type: ignore[operator]
    assert not any(f'"{models()[name].table}"' in statement.sql for name in ("Grant", "Module", "PostHolding"))
    assert models()["Grant"] in statement.models  # what it rests on is waited for


@pytest.mark.parametrize("hears", [True, False], ids=["heard of", "not heard of yet"])
@pytest.mark.parametrize("subject", ["person", "department", "department above", "post"])
async def test_who_is_granted_something_sees_it_at_once(served: Served, subject: str, hears: bool) -> None:
    _, bo, channel = await secret(served)
    assert (await lacks(served, bo)).traits == ORDINARY
    if not hears:
        await deaf(served)
    terms: dict[str, dict[str, Any]] = {
        "person": {"person": bo.person},
        "department": {"department": EAST},
        "department above": {"department": SALES},
        "post": {"post": POST},
    }
    if subject == "post":
        await served.do(AssignPost(post=POST, person=bo.person))
    grant, before = GrantId(an_id("grant")), await served.head()
    resource = ResourceId(local_key(channel, "Channel") or grant)
    position = await served.do(GrantPermission(grant=grant, action=READ, resource=resource, reason="r", **terms[subject]))
    assert (await bo.ask(CHANNEL, {"id": channel, "p": str(position)}))["channel"] == {"name": "Orders"}
    then = {"id": channel, "at": str(position)}
    assert (await bo.ask(BEFORE, then))["at"]["channel"] == {"name": "Orders"}
    assert (await bo.ask(BEFORE, {**then, "at": before}))["at"]["channel"] is None
    position = await served.do(RevokeGrant(grant=grant))
    assert (await bo.ask(CHANNEL, {"id": channel, "p": str(position)}))["channel"] is None


@pytest.mark.parametrize("hears", [True, False], ids=["heard of", "not heard of yet"])
async def test_who_administers_and_what_is_switched_off_is_known_at_once_and_for_good(served: Served, hears: bool) -> None:
    ann, bo, _ = await secret(served)
    guest = PersonId(uuid4())
    await served.do(AddPerson(person=guest, name="Guest", kind="guest"))
    assert (await lacks(served, bo)).traits == (await lacks(served, ann)).traits == ORDINARY
    assert (await lacks(served, served.client(guest))).traits == ORDINARY - {"guest"}
    if not hears:
        await deaf(served)
    grants = "query ($p: Position) @waitFor(position: $p) { grants { nodes { reason } } }"
    given = GrantPermission(grant=GrantId(an_id("grant")), person=guest, action=READ, reason="r")
    assert (await ann.ask(grants, {"p": str(await served.do(given))}))["grants"]["nodes"] == []
    position = await served.do(AppointAdministrator(person=ann.person))
    assert (await ann.ask(grants, {"p": str(position)}))["grants"]["nodes"] == [{"reason": "r"}]
    position = await served.do(SwitchModule(module="messaging", switch="off"))
    answer = await bo.post("query ($p: Position) @waitFor(position: $p) { channels { totalCount } }", {"p": str(position)})
    assert answer.json()["errors"][0]["extensions"]["code"] == "MODULE_OFF"
    if hears:
        assert (await lacks(served, bo)).traits == ORDINARY - {"switched"}
        assert (await lacks(served, ann)).traits == ORDINARY - {"administrator", "switched"}


async def test_a_grant_that_begins_later_or_has_ended_makes_a_holder(served: Served) -> None:
    _, bo, channel = await secret(served)
    later = datetime.now(UTC) + timedelta(days=1)
    given: list[Command] = [
        GrantPermission(grant=GrantId(an_id("later")), person=bo.person, action=READ, reason="r", since=later),
        RevokeGrant(grant=GrantId(an_id("later"))),
    ]
    for command in given:
        await served.do(command)
        assert (await lacks(served, bo)).traits == ORDINARY - {"holder"}
    assert (await bo.ask(CHANNEL, {"id": channel}))["channel"] is None


async def test_it_is_asked_again_only_after_something_that_makes_people_what_they_are(served: Served) -> None:
    ann, bo, channel = await secret(served)
    first = await lacks(served, bo)
    viewers, standing = known(served), served.service.standing
    assert standing is not None
    now = next(LATER)
    viewers._now = lambda: now  # and no time passes any more
    kept = await viewers.lacks(bo.person)
    await ann.done("postMessage", channel=channel, text="hello")
    await served.level()
    assert (await viewers.lacks(bo.person)).traits == first.traits == kept.traits
    standing.moved = standing.position + 1
    assert await viewers.lacks(bo.person) == NOTHING_KNOWN  # within a second it isn't even asked


async def test_generated_queries_are_answered_the_same_with_nothing_left_out(served: Served) -> None:
    ann, bo, channel = await secret(served)
    await served.do(AppointAdministrator(person=ann.person))
    await ann.done("addMember", channel=channel, person=bo.id)
    for text in ("first", "second"):
        await bo.done("postMessage", channel=channel, text=text)
    guest = served.client(PersonId(uuid4()))
    await served.do(AddPerson(person=guest.person, name="Guest", kind="guest"))
    await served.level()
    await ann.done("addMember", channel=channel, person=guest.id)
    await served.level()
    found, rng, different = await world(served), random.Random(7), []
    service = served.service
    for who in (ann, bo, guest):
        left_out = await lacks(served, who)
        assert left_out.traits
        for number in range(QUERIES):
            query = Query(rng, service.schema, found, depth=3, past=number % 2 == 0)
            checked = service.check(Request(query.text, query.values))
            if isinstance(checked, Checked) and checked.kind.value == "query":
                short = await service.execute(checked, Session(who.person))
                viewers, service.queries.viewers = service.queries.viewers, None
                whole = await service.execute(checked, Session(who.person))
                service.queries.viewers = viewers
                different += [query.text] if short.encoded() != whole.encoded() else []
    assert different == []
