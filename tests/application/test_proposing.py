"""Who is allowed by a grant waits for no read model; a refusal waits once, outside the log's lock, and nobody waits with it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import pytest

from application.outcomes import Outcome
from domain.access.commands.grant import GrantPermission, RevokeGrant
from domain.access.holding import Proposal
from domain.access.ids import GrantId, ResourceId
from domain.kernel.identifiers import PersonId, derived
from domain.kernel.refusals import NotPermitted
from domain.kernel.rules import Claim
from domain.messaging.commands.channel import RenameChannel
from interfaces.bootstrap.organisation import OpenOrganisation
from tests.support.organisations import ask, channel, everything, order, person, settle

pytestmark = pytest.mark.anyio

MANAGE = "messaging.channel.manage"
RENAME = RenameChannel(channel=channel("general"), name="renamed")


async def _nothing() -> None:
    """Nothing happens."""


@dataclass
class Shown:
    """Proposes what read models show: some grants from the first, others once they are level."""

    first: list[GrantId] = field(default_factory=list)
    then: list[GrantId] = field(default_factory=list)
    meanwhile: Callable[[], Awaitable[None]] = _nothing
    """What happens while somebody waits."""
    waits: int = 0

    async def propose(self, actor: PersonId, claim: Claim) -> Sequence[Proposal]:
        assert (actor, claim.action) == (person("bo"), MANAGE)
        return [Proposal(grant) for grant in (self.then if self.waits else self.first)]

    async def level(self) -> None:
        self.waits += 1
        await self.meanwhile()


def shows(organisation: OpenOrganisation, shown: Shown) -> Shown:
    """Lets the organisation be told so of grants."""
    organisation.proposals.propose = shown.propose  # type: ignore[method-assign]  # the port's other end
    organisation.proposals.level = shown.level  # type: ignore[method-assign]  # the port's other end
    return shown


async def grant(organisation: OpenOrganisation, name: str) -> GrantId:
    """Lets Bo keep the channel."""
    given = GrantId(derived("test grant", name))
    resource = ResourceId(channel("general"))
    wish = GrantPermission(grant=given, person=person("bo"), action=MANAGE, resource=resource, reason="r")
    assert (await order(organisation, wish)).refusal is None
    return given


async def revoke(organisation: OpenOrganisation, given: GrantId) -> None:
    assert (await order(organisation, RevokeGrant(grant=given))).refusal is None


def outrun(organisation: OpenOrganisation, first: Callable[[int], Awaitable[object]]) -> list[int]:
    """Lets something else happen before each append of this process: how often it came to that."""
    append, lost = organisation.log.writer.append, list[int]()

    async def late(request: object) -> object:
        lost.append(len(lost))
        await first(len(lost))
        return await append(request)  # type: ignore[arg-type]  # it is what the platform asked for

    organisation.log.writer.append = late  # type: ignore[method-assign,assignment]  # the real writer, only slower
    return lost


def renamed(organisation: OpenOrganisation) -> Callable[[int], Awaitable[Outcome]]:
    """Renames the channel, so that whoever decided on it decides again."""
    return lambda number: ask(organisation, RenameChannel(channel=channel("general"), name=f"name {number}"), person("ann"))


async def test_who_holds_what_is_shown_waits_for_nothing(organisation: OpenOrganisation) -> None:
    await settle(organisation, "ann", "bo")
    shown = shows(organisation, Shown([await grant(organisation, "first")]))
    assert (await ask(organisation, RENAME, person("bo"))).refusal is None
    assert shown.waits == 0


async def test_nor_where_it_is_decided_again_and_under_the_lock(
    organisation: OpenOrganisation, elsewhere: OpenOrganisation
) -> None:
    await settle(organisation, "ann", "bo")
    shown = shows(organisation, Shown([await grant(organisation, "first")]))
    lost = outrun(organisation, renamed(elsewhere))
    assert (await ask(organisation, RENAME, person("bo"))).refusal is None
    assert (len(lost), shown.waits, organisation.platform.counts.again["locked"]) == (3, 0, 1)


async def test_what_is_not_shown_yet_is_waited_for_before_anybody_is_refused(organisation: OpenOrganisation) -> None:
    await settle(organisation, "ann", "bo")
    shown = shows(organisation, Shown(then=[await grant(organisation, "first")]))
    assert (await ask(organisation, RENAME, person("bo"))).refusal is None
    assert shown.waits == 1


async def test_a_grant_that_is_shown_and_revoked_is_worth_nothing(organisation: OpenOrganisation) -> None:
    await settle(organisation, "ann", "bo")
    first, second = await grant(organisation, "first"), await grant(organisation, "second")
    await revoke(organisation, first)
    shows(organisation, Shown([first], [first]))
    assert isinstance((await ask(organisation, RENAME, person("bo"))).refusal, NotPermitted)
    shows(organisation, Shown([first], [first, second]))
    assert (await ask(organisation, RENAME, person("bo"))).refusal is None


async def test_a_refusal_waits_once_however_often_it_is_decided(
    organisation: OpenOrganisation, elsewhere: OpenOrganisation
) -> None:
    await settle(organisation, "ann", "bo")
    shown = shows(organisation, Shown())
    lost = outrun(organisation, renamed(elsewhere))
    assert isinstance((await ask(organisation, RENAME, person("bo"))).refusal, NotPermitted)
    assert (len(lost), shown.waits, organisation.platform.counts.again["locked"]) == (3, 1, 1)
    assert [row.type for row in await everything(organisation) if row.actor == person("bo")] == ["access.command_refused.v1"]


async def test_nobody_waits_for_who_waits(organisation: OpenOrganisation, elsewhere: OpenOrganisation) -> None:
    """What was held until the lock was taken has just been replaced by something else; both processes go on meanwhile."""
    await settle(organisation, "ann", "bo")
    first, second = await grant(organisation, "first"), await grant(organisation, "second")
    append = organisation.log.writer.append

    async def changed(number: int) -> None:
        await renamed(elsewhere)(number)
        if number == 3:
            await revoke(elsewhere, first)

    async def go_on() -> None:
        organisation.log.writer.append = append  # type: ignore[method-assign]  # back to its own speed
        for each in (organisation, elsewhere):
            assert (await asyncio.wait_for(renamed(each)(9), 4)).refusal is None

    lost = outrun(organisation, changed)
    shown = shows(organisation, Shown([first], [second], go_on))
    assert (await ask(organisation, RENAME, person("bo"))).refusal is None
    assert (len(lost), shown.waits, organisation.platform.counts.again["locked"]) == (3, 1, 1)
