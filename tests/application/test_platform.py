"""load → authorise → decide → append, on a real log."""

import asyncio
from uuid import UUID

import msgspec
import pytest

from application.ports.log import CommandIdReused, LogUnavailable
from domain.access.refusals import EACH, Refusals
from domain.kernel.refusals import NotFound, NotPermitted
from domain.messaging.channel import Channel, ChannelIsArchived
from domain.messaging.commands.channel import ArchiveChannel, RenameChannel
from domain.messaging.commands.message import EditMessage, PostMessage, RetractMessage
from domain.messaging.message import Message
from interfaces.bootstrap.organisation import OpenOrganisation
from tests.support.organisations import ask, channel, everything, message, order, person, post, settle

pytestmark = pytest.mark.anyio


async def test_what_is_done_is_on_record_with_its_authority(organisation: OpenOrganisation) -> None:
    await settle(organisation, "ann", "bo")
    outcome = await ask(organisation, post("hello"), person("bo"), UUID(int=1))
    [row] = [row for row in await everything(organisation) if row.position == outcome.position]
    assert (row.type, row.actor, row.command_id) == ("messaging.message_posted.v2", person("bo"), UUID(int=1))
    assert row.stream == Message.at(message("hello")).stream
    context = msgspec.json.decode(row.context or b"")
    assert context["authority"]["rule"] == "active person and member of the channel"
    assert context["decided_on"][Channel.at(channel("general")).stream] == 2
    assert b"hello" not in (row.payload or b"")


async def test_positions_have_no_gaps_and_streams_no_holes(organisation: OpenOrganisation) -> None:
    await settle(organisation, "ann", "bo")
    await asyncio.gather(*(ask(organisation, post(f"m{n}"), person("bo")) for n in range(50)))
    rows = await everything(organisation)
    assert [row.position for row in rows] == list(range(1, len(rows) + 1))
    versions: dict[str, int] = {}
    for row in rows:
        assert row.stream_version == versions.get(row.stream, 0) + 1
        versions[row.stream] = row.stream_version


async def test_repeating_a_command_repeats_its_outcome_and_nothing_else(organisation: OpenOrganisation) -> None:
    await settle(organisation, "ann", "bo")
    first = await ask(organisation, post("hello"), person("bo"), UUID(int=1))
    before = len(await everything(organisation))
    assert await ask(organisation, post("hello"), person("bo"), UUID(int=1)) == first
    assert len(await everything(organisation)) == before
    with pytest.raises(CommandIdReused):
        await ask(organisation, post("hello", "something else"), person("bo"), UUID(int=1))


async def test_the_same_command_twice_at_once_happens_once(organisation: OpenOrganisation) -> None:
    await settle(organisation, "ann", "bo")
    before = len(await everything(organisation))
    asked = (ask(organisation, post("hello"), person("bo"), UUID(int=1)) for _ in range(10))
    assert len(set(await asyncio.gather(*asked))) == 1
    assert len([r for r in (await everything(organisation))[before:] if r.type == "messaging.message_posted.v2"]) == 1


async def test_a_refusal_is_on_record_and_repeated(organisation: OpenOrganisation) -> None:
    await settle(organisation, "ann", "bo")
    secret = PostMessage(channel=channel("nowhere"), message=message("x"), text="a secret")
    refused = await ask(organisation, secret, person("bo"), UUID(int=1))
    assert refused.refusal == NotFound(kind="Channel")
    assert await ask(organisation, secret, person("bo"), UUID(int=1)) == refused
    [row] = [row for row in await everything(organisation) if row.type == "access.command_refused.v1"]
    assert row.stream == Refusals.at(person("bo")).stream
    assert b"a secret" not in (row.payload or b"")


async def test_whoever_is_not_active_does_nothing(organisation: OpenOrganisation) -> None:
    await settle(organisation, "ann")
    outcome = await ask(organisation, post("x"), person("stranger"))
    assert outcome.refusal == NotPermitted(authority="active person")


async def test_refusals_above_the_rate_are_counted(organisation: OpenOrganisation) -> None:
    await settle(organisation, "ann")
    outcomes = [await ask(organisation, post(f"x{n}"), person("stranger")) for n in range(EACH + 7)]
    assert all(outcome.refusal is not None for outcome in outcomes)
    await organisation.record_refusals(everything=True)
    rows = [row for row in await everything(organisation) if row.stream == Refusals.at(person("stranger")).stream]
    assert [row.type for row in rows] == ["access.command_refused.v1"] * EACH + ["access.refusals_counted.v1"]
    assert msgspec.json.decode(rows[-1].payload or b"")["counts"] == {"NotPermitted": 7}


async def test_a_decision_on_what_another_process_changed_is_taken_again(
    organisation: OpenOrganisation, elsewhere: OpenOrganisation
) -> None:
    await settle(organisation, "ann", "bo")
    assert (await ask(elsewhere, post("first"), person("bo"))).refusal is None
    assert (await ask(organisation, ArchiveChannel(channel=channel("general")), person("ann"))).refusal is None
    assert Channel.at(channel("general")).stream in elsewhere.platform.states
    assert (await ask(elsewhere, post("second"), person("bo"))).refusal == ChannelIsArchived(channel=channel("general"))


async def test_two_processes_that_write_the_same_stream_lose_nothing(
    organisation: OpenOrganisation, elsewhere: OpenOrganisation
) -> None:
    await settle(organisation, "ann", "bo")
    await ask(organisation, post("hello"), person("bo"))
    names = [f"general {n}" for n in range(40)]
    here, there = names[::2], names[1::2]

    async def rename(where: OpenOrganisation, name: str) -> None:
        outcome = await ask(where, RenameChannel(channel=channel("general"), name=name), person("ann"))
        assert outcome.refusal is None

    await asyncio.gather(*(rename(organisation, n) for n in here), *(rename(elsewhere, n) for n in there))
    stream = Channel.at(channel("general")).stream
    rows = [row for row in await everything(organisation) if row.stream == stream]
    assert [row.stream_version for row in rows] == list(range(1, 43))


async def test_a_command_that_keeps_losing_its_guards_is_decided_under_the_lock(
    organisation: OpenOrganisation, elsewhere: OpenOrganisation
) -> None:
    await settle(organisation, "ann", "bo")
    await ask(organisation, post("hello"), person("bo"))
    append, lost = organisation.log.writer.append, list[int]()

    async def late(request: object) -> object:
        """Lets the other process be faster, every time."""
        lost.append(len(lost))
        name = f"renamed {len(lost)}"
        assert (await ask(elsewhere, RenameChannel(channel=channel("general"), name=name), person("ann"))).refusal is None
        return await append(request)  # type: ignore[arg-type]  # it is what the platform asked for

    organisation.log.writer.append = late  # type: ignore[method-assign,assignment]  # the real writer, only slower
    outcome = await ask(organisation, EditMessage(message=message("hello"), text="hello again"), person("bo"))
    assert (outcome.refusal, len(lost)) == (None, 3)
    organisation.log.writer.append = append  # type: ignore[method-assign]  # back to its own speed
    assert (await everything(organisation))[outcome.position - 1].type == "messaging.message_edited.v1"
    assert (await ask(organisation, RetractMessage(message=message("hello")), person("bo"))).refusal is None


async def test_an_append_that_fails_blocks_nobody(organisation: OpenOrganisation) -> None:
    await settle(organisation, "ann", "bo")
    await ask(organisation, post("hello"), person("bo"))
    append = organisation.log.writer.append

    async def away(_: object) -> object:
        raise LogUnavailable

    organisation.log.writer.append = away  # type: ignore[method-assign,assignment]  # the real writer, without its database
    with pytest.raises(LogUnavailable):
        await ask(organisation, EditMessage(message=message("hello"), text="hello again"), person("bo"))
    organisation.log.writer.append = append  # type: ignore[method-assign]  # with its database
    async with asyncio.timeout(10):
        edited = await ask(organisation, EditMessage(message=message("hello"), text="hello again"), person("bo"))
    assert edited.refusal is None


async def test_states_are_the_same_after_a_restart(organisation: OpenOrganisation, elsewhere: OpenOrganisation) -> None:
    await settle(organisation, "ann", "bo")
    await ask(organisation, post("hello", "你好，上海"), person("bo"))
    stream = Message.at(message("hello")).stream
    await elsewhere.platform.states.load({(Message, stream)})
    assert elsewhere.platform.states.view(Message, stream) == organisation.platform.states.view(Message, stream)


async def test_an_operator_acts_on_the_authority_of_the_command_line(organisation: OpenOrganisation) -> None:
    await settle(organisation, "ann")
    assert (await order(organisation, ArchiveChannel(channel=channel("general")))).refusal is None
    assert b"operator at the command line" in ((await everything(organisation))[-1].context or b"")


async def test_a_state_says_where_its_stream_began(organisation: OpenOrganisation, elsewhere: OpenOrganisation) -> None:
    await settle(organisation, "ann")
    outcome = await ask(organisation, post("first"), person("ann"))
    await ask(organisation, EditMessage(message=message("first"), text="other words"), person("ann"))
    stream = Message.at(message("first")).stream
    await elsewhere.platform.states.load({(Message, stream)})
    learned, loaded = (each.platform.states.view(Message, stream) for each in (organisation, elsewhere))
    assert learned == loaded
    assert learned is not None
    assert (learned.began, learned.version) == (outcome.position, 2)
