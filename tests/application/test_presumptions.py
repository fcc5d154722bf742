"""What has an id of this moment isn't looked for first, and nothing rests on that guess."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from application.ports.log import Row
from application.presumptions import just_made
from domain.directory.person import Person
from domain.kernel.decisions import decider_of
from domain.kernel.gathering import Missing
from domain.kernel.refusals import IdTaken
from domain.messaging.commands import PostMessage
from domain.messaging.events import MessageId
from domain.messaging.message import Message
from infra.system import random_id
from interfaces.bootstrap.organisation import OpenOrganisation
from tests.support.organisations import ask, channel, message, person, post, settle


def said(fresh: UUID, text: str = "hello", thread: UUID | None = None) -> PostMessage:
    """A message under an id of this moment."""
    return PostMessage(
        channel=channel("general"), message=MessageId(fresh), text=text, thread=None if thread is None else MessageId(thread)
    )


@pytest.fixture
async def readings(organisation: OpenOrganisation, monkeypatch: pytest.MonkeyPatch) -> list[Collection[str]]:
    """What is read while somebody who has talked before says something."""
    await settle(organisation, "ann", "bo")
    await ask(organisation, post("first"), person("bo"))
    read, seen = organisation.log.reader.streams, list[Collection[str]]()

    async def counted(names: Collection[str]) -> dict[str, list[Row]]:
        seen.append(names)
        return await read(names)

    monkeypatch.setattr(organisation.log.reader, "streams", counted)
    return seen


async def test_a_new_message_needs_no_reading(organisation: OpenOrganisation, readings: list[Collection[str]]) -> None:
    assert (await ask(organisation, said(random_id()), person("bo"))).refusal is None
    assert readings == []
    assert (await ask(organisation, post("with an id that tells no time"), person("bo"))).refusal is None
    assert len(readings) == 1


async def test_what_another_process_made_is_found_all_the_same(
    organisation: OpenOrganisation, elsewhere: OpenOrganisation
) -> None:
    await settle(organisation, "ann", "bo")
    fresh, answer = random_id(), random_id()
    assert (await ask(elsewhere, said(fresh, "mine"), person("ann"))).refusal is None
    assert (await ask(organisation, said(fresh, "no, mine"), person("bo"))).refusal == IdTaken(id=MessageId(fresh))
    assert (await ask(organisation, said(answer, thread=fresh), person("bo"))).refusal is None


def test_only_what_may_be_absent_and_was_made_just_now_is_presumed() -> None:
    decider, now = decider_of(PostMessage), datetime.now(UTC)
    fresh: Missing = {(Message, Message.at(MessageId(random_id())).stream)}
    assert just_made(fresh, decider, now)
    assert not just_made(fresh, decider, now + timedelta(minutes=2))
    assert not just_made({(Message, Message.at(MessageId(uuid4())).stream)}, decider, now)
    assert not just_made(fresh | {(Message, Message.at(message("derived")).stream)}, decider, now)
    assert not just_made({(Person, Person.at(person("ann")).stream)}, decider, now)
