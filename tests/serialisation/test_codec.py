"""What is stored is read again, exactly; in another place, changed or unknown it is refused by name."""

from collections.abc import Iterator
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.ports.codec import CannotBeStored, DamagedEvent, TooLarge, UnknownEvent
from domain.kernel.events import Authority, Context, Event, Purged
from domain.kernel.identifiers import PersonId
from domain.kernel.personal import Authored, Erased, Sealed
from infra.serialisation.codec import JsonCodec
from infra.serialisation.places import field, place, seal
from infra.serialisation.plans import plan_of
from tests.serialisation.samples import ANN, BOB, KEYS, NOTE, ORDER, STREAM, DoorOpened, NoteWritten, key_of, row, sampled

CODEC = JsonCodec()
WIRE = NoteWritten.wire


@pytest.fixture(autouse=True)
def _sampled() -> Iterator[None]:
    with sampled():
        yield


def stored(event: Event = NOTE, stream: str = STREAM, version: int = 3) -> bytes:
    return CODEC.encode(event, stream, version, key_of)


def test_an_event_is_read_as_it_was_written_with_what_the_log_says_about_it() -> None:
    context = Context(authority=Authority("author", (STREAM,)), decided_on={STREAM: 2}, client="web", address="192.0.2.1")
    raw = CODEC.encode_context(context, STREAM, 3, WIRE, KEYS[ANN])
    parsed = CODEC.parse(row(stored(), WIRE, context=raw))
    assert set(parsed.keys) == {ANN, BOB, ORDER}
    found = CODEC.finish(parsed, KEYS)
    assert found.event == NOTE
    assert found.context == context
    assert (found.recorded_at.microsecond, found.effective_at.microsecond, found.position, found.version) == (
        123456,
        123455,
        17,
        3,
    )
    assert found.keys == {"text": ANN, "phone": BOB, "colours": ANN, "line": ANN, "terms": ORDER}


def test_personal_values_cannot_be_read_in_what_is_stored_absent_ones_neither() -> None:
    raw = msgspec.json.decode(stored(NoteWritten(author=ANN, text="上海 secret", person=BOB)))
    assert {name for name, value in raw.items() if isinstance(value, dict) and value.get("is") == "sealed"} == {
        "text",
        "phone",
        "colours",
        "line",
        "terms",
    }
    assert len({len(raw[name]["box"]) for name in ("phone", "colours", "line", "terms")}) == 1


def test_an_event_without_personal_values_needs_no_key() -> None:
    def none(owner: UUID) -> object:
        raise AssertionError(owner)

    event = DoorOpened(door=4)
    assert CODEC.owners(event) == ()
    assert CODEC.encode(event, STREAM, 1, none) == b'{"door":4,"by":null}'  # type: ignore[arg-type]  # is never called
    assert CODEC.finish(CODEC.parse(row(b'{"door":4,"by":null}', DoorOpened.wire)), {}).event == event


def test_owners_are_named_once_each() -> None:
    assert CODEC.owners(NOTE) == (ANN, BOB, ORDER)


def test_a_value_without_its_key_is_erased_and_the_others_are_not() -> None:
    found = CODEC.finish(CODEC.parse(row(stored(), WIRE)), {BOB: KEYS[BOB], ORDER: KEYS[ORDER]}).event
    assert isinstance(found, NoteWritten)
    assert (found.text, found.colours, found.phone, found.terms) == (Erased(), Erased(), "555 0100", "net 30")


def test_what_was_erased_is_not_recorded_again() -> None:
    with pytest.raises(CannotBeStored, match="text was erased"):
        stored(NoteWritten(author=ANN, text=Erased(), person=BOB))


@pytest.mark.parametrize(("stream", "version"), [("sample.note/other", 3), (STREAM, 4), (STREAM, 2)])
def test_a_box_of_another_stream_or_version_is_refused(stream: str, version: int) -> None:
    parsed = CODEC.parse(row(stored(), WIRE, stream=stream, version=version))
    with pytest.raises(DamagedEvent, match="position 17"):
        CODEC.finish(parsed, KEYS)


def test_a_box_of_another_field_or_wire_name_is_refused() -> None:
    raw = msgspec.json.decode(stored())
    swapped = msgspec.json.encode(raw | {"text": raw["line"], "line": raw["text"]})
    with pytest.raises(DamagedEvent, match="moved from another place"):
        CODEC.finish(CODEC.parse(row(swapped, WIRE)), KEYS)
    older = msgspec.json.encode({"author": raw["author"], "words": raw["text"], "phone": raw["phone"]})
    with pytest.raises(DamagedEvent, match="moved from another place"):
        CODEC.finish(CODEC.parse(row(older, "sample.note_written.v1")), KEYS)


PLACES = st.tuples(st.text("a\n1", max_size=5), st.integers(1, 22), st.sampled_from("ab"), st.sampled_from("ab"))


@given(PLACES, PLACES)
def test_places_do_not_read_alike(one: tuple[str, int, str, str], other: tuple[str, int, str, str]) -> None:
    read = [place(stream, version) + field(wire, name) for stream, version, wire, name in (one, other)]
    assert (read[0] == read[1]) == (one == other)


def test_a_place_is_written_as_it_is_documented() -> None:
    assert place(STREAM, 12) + field(WIRE, "text") == f"onrecord box v1\n{STREAM}\n12\n{WIRE}\ntext".encode()


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: raw | {"extra": 1},
        lambda raw: {name: value for name, value in raw.items() if name != "tags"},
        lambda raw: raw | {"text": "plain"},
        lambda raw: raw | {"text": None},
        lambda raw: raw | {"author": 5},
        lambda raw: raw | {"text": raw["text"] | {"box": "AAAA"}},
        lambda raw: [raw],
    ],
)
def test_a_row_that_is_not_exactly_of_its_type_is_damaged(change: object) -> None:
    assert callable(change)
    raw = msgspec.json.encode(change(msgspec.json.decode(stored())))
    with pytest.raises(DamagedEvent, match=r"position 17, sample\.note_written\.v2, version 3 of sample\.note/"):
        CODEC.finish(CODEC.parse(row(raw, WIRE)), KEYS)


@pytest.mark.parametrize("cut", [0, 1, 40])
def test_a_cut_payload_is_damaged(cut: int) -> None:
    with pytest.raises(DamagedEvent):
        CODEC.parse(row(stored()[:cut], WIRE))


def test_an_error_about_a_sealed_value_does_not_tell_the_value() -> None:
    raw = msgspec.json.decode(stored())
    box = seal(KEYS[BOB], b'["hush"]', place(STREAM, 3) + field(WIRE, "phone"))
    parsed = CODEC.parse(row(msgspec.json.encode(raw | {"phone": Sealed(BOB, box)}), WIRE))
    with pytest.raises(DamagedEvent, match="sealed in phone isn't of its type") as raised:
        CODEC.finish(parsed, KEYS)
    assert "hush" not in str(raised.value)


def test_an_unknown_type_is_of_a_newer_release() -> None:
    with pytest.raises(UnknownEvent, match=r"position 17 holds sample\.note_written\.v9"):
        CODEC.parse(row(b"{}", "sample.note_written.v9"))


def test_purged_content_leaves_the_wire_name() -> None:
    found = CODEC.finish(CODEC.parse(row(None, WIRE, context=None)), KEYS)
    assert (found.event, found.context, found.keys) == (Purged(type=WIRE), Context(), {})


def test_text_that_is_not_unicode_is_refused_with_its_field() -> None:
    with pytest.raises(CannotBeStored, match=r"sample\.note_written\.v2: text isn't Unicode"):
        stored(NoteWritten(author=ANN, text="\ud800", person=BOB))
    with pytest.raises(CannotBeStored, match="context"):
        CODEC.encode_context(Context(client="\ud800"), STREAM, 1, WIRE)


def test_limits_are_those_of_the_log() -> None:
    with pytest.raises(TooLarge, match="log takes 65536"):
        stored(NoteWritten(author=ANN, text="x" * 50_000, person=BOB))
    with pytest.raises(TooLarge, match="log takes 8192"):
        CODEC.encode_context(Context(client="x" * 8_200), STREAM, 1, WIRE)


def test_an_address_needs_the_actors_key_and_is_sealed_for_its_row() -> None:
    context = Context(address="192.0.2.1")
    with pytest.raises(CannotBeStored, match="actor's key"):
        CODEC.encode_context(context, STREAM, 3, WIRE)
    raw = CODEC.encode_context(context, STREAM, 3, WIRE, KEYS[ANN])
    assert b"192" not in raw
    assert CODEC.finish(CODEC.parse(row(stored(), WIRE, context=raw)), {}).context == Context(address=Erased())
    moved = CODEC.parse(row(stored(version=4), WIRE, context=raw, version=4))
    with pytest.raises(DamagedEvent):
        CODEC.finish(moved, KEYS)


def test_what_a_newer_release_adds_to_the_context_is_passed_over() -> None:
    raw = b'{"client":"web","weather":{"is":"fine"}}'
    assert CODEC.finish(CODEC.parse(row(stored(), WIRE, context=raw)), KEYS).context == Context(client="web")


def older() -> bytes:
    """A note as version 1 stored it."""

    def sealed(owner: PersonId, name: str, value: str) -> Sealed:
        about = place(STREAM, 3) + field("sample.note_written.v1", name)
        return Sealed(owner, seal(KEYS[owner], msgspec.json.encode(value), about))

    return msgspec.json.encode(
        {"author": str(ANN), "words": sealed(ANN, "words", "good day"), "phone": sealed(ANN, "phone", "555"), "tags": ["a"]}
    )


def test_an_older_version_is_decrypted_first_and_then_brought_to_the_newest() -> None:
    parsed = CODEC.parse(row(older(), "sample.note_written.v1"))
    assert set(parsed.keys) == {ANN}
    found = CODEC.finish(parsed, KEYS)
    assert found.event == NoteWritten(author=ANN, text="good day", person=ANN, phone="555", tags=frozenset({"a"}))
    assert found.keys["text"] == ANN


def test_an_older_version_without_its_key_is_erased() -> None:
    found = CODEC.finish(CODEC.parse(row(older(), "sample.note_written.v1")), {}).event
    assert isinstance(found, NoteWritten)
    assert (found.text, found.phone, found.tags) == (Erased(), Erased(), frozenset({"a"}))


def test_an_older_version_that_its_upcast_does_not_fit_is_damaged() -> None:
    for raw in (b"{}", b'{"words":"plain","phone":null}', older()[:-1] + b',"stray":1}', older()[:-1] + b',"tags":5}'):
        with pytest.raises(DamagedEvent):
            CODEC.finish(CODEC.parse(row(raw, "sample.note_written.v1")), KEYS)


class Weighed(Event, wire="sample.weighed.v1"):
    """It has no exact text."""

    kilos: list[float]


class Renamed(Event, wire="sample.renamed.v1", rename="camel"):
    """It is stored under other names."""

    the_door: int


def test_a_type_that_cannot_be_stored_exactly_is_refused_in_words() -> None:
    with pytest.raises(TypeError, match=r"Weighed\.kilos: an event holds no float"):
        plan_of(Weighed)
    with pytest.raises(TypeError, match="rename"):
        plan_of(Renamed)


def test_a_mark_that_is_not_outermost_is_refused() -> None:
    from domain.kernel.events import catalogue

    class Hidden(Event, wire="sample.hidden.v1"):
        """The mark would not be found."""

        author: PersonId
        texts: list[Authored[str]]

    with pytest.raises(TypeError, match=r"Hidden\.texts: the mark of a personal value must be outermost"):
        catalogue(Hidden)
