"""Restriction and erasure through the whole platform, on a real log."""

from uuid import UUID

import pytest

from application.envelope import Asked
from application.erasure import Erasure, erase
from application.states import decode
from domain.compliance.commands import AuthorisePurge, DestroyKey, ReleaseKey, RestrictKey
from domain.compliance.events import DataKeyCreated, DataKeyDestroyed, KeyId
from domain.directory.commands.person import RenamePerson
from domain.directory.events.person import PersonJoined
from domain.directory.person import Person
from domain.kernel.events import Event, Purged, Recorded
from domain.kernel.identifiers import PersonId, derived
from domain.kernel.personal import Erased
from domain.kernel.refusals import NotPermitted, Withheld
from domain.messaging.commands.message import EditMessage
from domain.messaging.events.message import MessagePosted
from domain.messaging.message import Message
from interfaces.bootstrap.organisation import OpenOrganisation
from tests.support.organisations import ask, everything, fresh_id, message, person, post, settle

pytestmark = pytest.mark.anyio
ANN, BO = person("ann"), person("bo")
SECRET = Message.at(message("secret")).stream
HUSH = "下周三见 the red lantern 路灯下"


async def told(organisation: OpenOrganisation) -> list[Recorded[Event]]:
    """The whole log, decoded with the keys that are there."""
    return await decode(await everything(organisation), organisation.codec, organisation.keys)


async def said(organisation: OpenOrganisation) -> list[str | Erased]:
    """The texts of all messages, as far as they can be read."""
    return [each.event.text for each in await told(organisation) if isinstance(each.event, MessagePosted)]


async def keys_of(organisation: OpenOrganisation, owner: UUID, retention: str) -> list[KeyId]:
    """The keys of one owner and retention class, as the log says."""
    return [
        KeyId(each.thing)
        for each in await told(organisation)
        if isinstance(each.event, DataKeyCreated) and (each.event.owner, each.event.retention_class) == (owner, retention)
    ]


async def erase_bo(organisation: OpenOrganisation, command_id: UUID | None = None, by: PersonId = ANN) -> Erasure:
    """All of Bo's keys destroyed, if the one who asks may."""
    asked = Asked(by, command_id or fresh_id())
    return await erase(BO, "requested", asked, organisation.platform.handle, organisation.keys)


async def test_what_an_erased_person_said_is_gone_and_what_others_said_is_not(organisation: OpenOrganisation) -> None:
    await settle(organisation, "ann", "bo")
    await ask(organisation, post("secret", HUSH), BO)
    await ask(organisation, post("hello", "hello"), ANN)
    done = await erase_bo(organisation)
    assert (len(done.destroyed), done.kept) == (2, {})
    assert await organisation.keys.of(BO) == []
    assert await said(organisation) == [Erased(), "hello"]
    joined = [each.event for each in await told(organisation) if isinstance(each.event, PersonJoined)]
    assert {event.person: event.name for event in joined} == {ANN: "Ann", BO: Erased()}


async def test_nothing_of_an_erased_person_stays_in_the_memory_of_any_process(
    organisation: OpenOrganisation, elsewhere: OpenOrganisation
) -> None:
    await settle(organisation, "ann", "bo")
    await ask(organisation, post("secret", HUSH), BO)
    keys = await keys_of(organisation, BO, "conversation")
    for process in (organisation, elsewhere):
        assert (await ask(process, EditMessage(message=message("secret"), text=HUSH), BO)).refusal is None
        await process.keys.open(keys)
        assert process.platform.states.view(Message, SECRET) is not None
    await erase_bo(organisation)
    await ask(elsewhere, post("later", "later"), ANN)  # another process hears of it at its next append, at the latest
    for process in (organisation, elsewhere):
        assert process.platform.states.view(Message, SECRET) is None
        assert process.platform.states.view(Person, Person.at(BO).stream) is None
        assert not any(process.keys.at_hand(key) for key in keys)


async def test_an_erased_person_who_writes_again_has_a_new_key(organisation: OpenOrganisation) -> None:
    await settle(organisation, "ann", "bo")
    await ask(organisation, post("before", HUSH), BO)
    await erase_bo(organisation)
    assert (await ask(organisation, post("after", "I am back"), BO)).refusal is None
    created = [each.event for each in await told(organisation) if isinstance(each.event, DataKeyCreated)]
    mine = [event for event in created if (event.owner, event.retention_class) == (BO, "conversation")]
    assert [event.generation for event in mine] == [0, 1]
    assert await said(organisation) == [Erased(), "I am back"]


async def test_a_restricted_key_is_neither_read_nor_written_with_until_it_is_released(organisation: OpenOrganisation) -> None:
    await settle(organisation, "ann", "bo")
    await ask(organisation, post("one", HUSH), BO)
    [key] = await keys_of(organisation, BO, "conversation")
    assert (await ask(organisation, RestrictKey(key=key), ANN)).refusal is None
    assert (await ask(organisation, post("two", "more"), BO)).refusal == Withheld(person=BO)
    assert await said(organisation) == [Erased()]
    assert (await ask(organisation, ReleaseKey(key=key), ANN)).refusal is None
    assert (await ask(organisation, post("three", "more"), BO)).refusal is None
    assert await said(organisation) == [HUSH, "more"]


async def test_a_restriction_binds_other_processes_at_once(organisation: OpenOrganisation, elsewhere: OpenOrganisation) -> None:
    await settle(organisation, "ann", "bo")
    await ask(organisation, post("one", HUSH), BO)
    assert (await ask(elsewhere, post("two", "more"), BO)).refusal is None  # it has the key open now
    [key] = await keys_of(organisation, BO, "conversation")
    await ask(organisation, RestrictKey(key=key), ANN)
    assert (await ask(elsewhere, post("three", "more"), BO)).refusal == Withheld(person=BO)


async def test_a_restriction_that_was_decided_under_the_lock_binds_as_well(
    organisation: OpenOrganisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    await settle(organisation, "ann", "bo")
    await ask(organisation, post("one", HUSH), BO)
    [key] = await keys_of(organisation, BO, "conversation")
    assert organisation.keys.at_hand(key) is not None
    monkeypatch.setattr("application.platform.ATTEMPTS", 0)
    assert (await ask(organisation, RestrictKey(key=key), ANN)).refusal is None
    assert organisation.keys.at_hand(key) is None
    assert (await ask(organisation, post("two", "more"), BO)).refusal == Withheld(person=BO)


async def test_only_a_primary_administrator_may(organisation: OpenOrganisation) -> None:
    await settle(organisation, "ann", "bo")
    [key] = await keys_of(organisation, BO, "general")
    for command in (
        RestrictKey(key=key),
        ReleaseKey(key=key),
        DestroyKey(key=key, ground="requested"),
        AuthorisePurge(position=1),
    ):
        assert isinstance((await ask(organisation, command, BO)).refusal, NotPermitted)
    done = await erase_bo(organisation, by=BO)
    assert done.destroyed == ()
    assert {type(refusal) for refusal in done.kept.values()} == {NotPermitted}
    assert await organisation.keys.of(BO) == list(done.kept)


async def test_an_erasure_that_was_cut_short_goes_on(organisation: OpenOrganisation) -> None:
    await settle(organisation, "ann", "bo")
    await ask(organisation, post("secret", HUSH), BO)
    first, _ = await organisation.keys.of(BO)
    command_id = derived("erasure", UUID(int=7), first)
    await ask(organisation, DestroyKey(key=KeyId(first), ground="requested"), ANN, command_id)  # and then it was killed
    done = await erase_bo(organisation, command_id=UUID(int=7))
    assert (len(done.destroyed), first in done.destroyed) == (1, False)
    assert await organisation.keys.of(BO) == []
    assert (await erase_bo(organisation, command_id=UUID(int=7))).destroyed == ()
    assert len([each for each in await told(organisation) if isinstance(each.event, DataKeyDestroyed)]) == 2


async def test_an_erased_person_can_still_be_decided_on(organisation: OpenOrganisation) -> None:
    await settle(organisation, "ann", "bo")
    await erase_bo(organisation)
    assert (await ask(organisation, RenamePerson(person=BO, name="B."), ANN)).refusal is None
    state = organisation.platform.states.view(Person, Person.at(BO).stream)
    assert isinstance(state, Person)
    assert (state.status, state.name) == ("active", "B.")


async def test_purged_content_leaves_the_position_and_the_version(organisation: OpenOrganisation) -> None:
    await settle(organisation, "ann", "bo")
    posted = await ask(organisation, post("secret", HUSH), BO)
    authorised = await ask(organisation, AuthorisePurge(position=posted.position), ANN)
    async with organisation.keys._connections.connection() as connection:
        await connection.execute("SELECT org_main.purge(%s, %s)", (posted.position, authorised.position))
    found = next(each for each in await told(organisation) if each.position == posted.position)
    assert (found.event, found.version) == (Purged(type=MessagePosted.wire), 1)
    organisation.platform.states.forget([found.stream])
    edit = await ask(organisation, EditMessage(message=message("secret"), text="x"), BO)
    assert edit.refusal is not None  # nothing is known of the message any more, and nothing fails
