"""What is recorded of a refusal: everything about it but what was written."""

from datetime import timedelta
from uuid import UUID

from domain.access.events.refusals import CommandRefused, RefusalsCounted
from domain.access.refusals import EACH, TARGETS, WINDOW, Refusals, counted, refused, targets
from domain.kernel.refusals import NotFound, NotPermitted, Refusal
from domain.kernel.states import NOTHING
from domain.messaging.commands.channel import OpenDirectChannel
from domain.messaging.commands.message import PostMessage
from domain.messaging.ids import ChannelId, MessageId
from tests.directory.words import ANN, BO, CHEN
from tests.story import NOON, an_id, person

SAY = PostMessage(channel=ChannelId(an_id("general")), message=MessageId(an_id("hello")), text="a secret", mentions=(BO, CHEN))


def test_a_refusal_is_recorded_without_its_content() -> None:
    refusals = Refusals.at(ANN)
    [happened] = refused(refusals, SAY, NotPermitted(authority="member"), "member", b"\xab" * 32, NOON)
    assert happened.stream == f"access.refusals/{ANN}"
    assert happened.event == CommandRefused(
        command="PostMessage",
        refusal="NotPermitted",
        targets={"channel": SAY.channel, "message": SAY.message, "mentions.0": BO, "mentions.1": CHEN},
        rule="member",
        missing="member",
        digest="ab" * 32,
        at=NOON,
    )
    assert "secret" not in repr(happened)


def test_what_was_refused_otherwise_lacked_no_authority() -> None:
    [happened] = refused(Refusals.at(ANN), SAY, NotFound(kind="Channel"), "existence", bytes(32), NOON)
    assert isinstance(happened.event, CommandRefused)
    assert (happened.event.missing, happened.event.rule) == (None, "existence")


def test_only_so_many_ids_are_named() -> None:
    many = OpenDirectChannel(people=tuple(person(str(n)) for n in range(20)))
    assert len(targets(many)) == TARGETS
    assert [*targets(many)][:2] == ["people.0", "people.1"]


def _refuse(refusals: Refusals, after: timedelta, refusal: Refusal | None = None) -> Refusals:
    for happened in refused(refusals, SAY, refusal or NotFound(kind="Channel"), None, bytes(32), NOON + after):
        assert isinstance(happened.event, CommandRefused)
        refusals = refusals.after(happened.event)
    return refusals


def test_above_a_rate_they_are_only_counted() -> None:
    refusals = Refusals.at(ANN)
    for n in range(EACH + 10):
        refusals = _refuse(refusals, timedelta(milliseconds=n))
    assert refusals.version == EACH
    assert _refuse(refusals, WINDOW - timedelta(microseconds=1)).version == EACH
    [happened] = counted(refusals, NOON, NOON + WINDOW, {"NotFound": 10})
    assert happened.event == RefusalsCounted(since=NOON, until=NOON + WINDOW, counts={"NotFound": 10})
    assert isinstance(happened.event, RefusalsCounted)
    refusals = _refuse(refusals.after(happened.event), WINDOW)
    assert (refusals.version, refusals.written, refusals.since) == (EACH + 2, 1, NOON + WINDOW)
    assert counted(refusals, NOON, NOON, {}) == NOTHING


def test_each_actor_has_a_rate_of_their_own() -> None:
    assert Refusals.at(ANN).stream != Refusals.at(BO).stream
    assert UUID(Refusals.at(ANN).stream.rpartition("/")[2]) == ANN
