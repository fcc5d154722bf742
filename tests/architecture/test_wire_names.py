"""What was written stays readable: wire names and fields are as they were, and every stored sample is still read."""

from typing import Any
from uuid import UUID

import msgspec
import pytest

from domain.kernel.events import CATALOGUE, Event
from domain.kernel.identifiers import PersonId
from domain.kernel.personal import Authored
from domain.kernel.upcasts import UPCASTS
from infra.serialisation.codec import JsonCodec
from infra.serialisation.shapes import shape
from tests.architecture.wire_names import COMMAND, Golden, differences, golden_files, key_of, make, plain

GOLDEN = golden_files()


@pytest.mark.parametrize("wire", sorted(CATALOGUE))
def test_an_event_type_is_as_it_was(wire: str) -> None:
    assert wire in GOLDEN, f"{wire} is new: run `{COMMAND}` and commit the file"
    found = differences(CATALOGUE[wire], GOLDEN[wire])
    assert not found, (
        f"{wire} has changed: {'; '.join(found)}. What is stored under this name can't change any more. Leave its golden file, "
        f"give the event the next version (wire=…), declare `@upcast` from {wire} with its personal fields, and run `{COMMAND}`. "
        "Only if no release ever wrote it: delete the golden file and run the command."
    )


@pytest.mark.parametrize("wire", sorted(GOLDEN))
def test_what_was_ever_written_is_read(wire: str) -> None:
    golden = GOLDEN[wire]
    assert wire in CATALOGUE or wire in UPCASTS, (
        f"{wire} was written once and can no longer be read: declare an upcast, or bring the event back"
    )
    parsed = JsonCodec().parse(golden.row())
    event = JsonCodec().finish(parsed, {key: key_of(key) for key in parsed.keys}).event
    if wire in CATALOGUE:
        assert plain(event) == golden.reads_as


def test_upcasts_name_the_personal_fields_of_the_old_version_and_lead_to_something_that_is_read() -> None:
    for wire, step in UPCASTS.items():
        assert wire in GOLDEN, f"there is an upcast from {wire}, but no sample of it: bring back its golden file"
        assert step.personal == GOLDEN[wire].personal, wire
        assert step.new in CATALOGUE.keys() | UPCASTS.keys(), wire


def test_samples_show_nothing_personal() -> None:
    for golden in GOLDEN.values():
        fields = msgspec.json.decode(golden.stored)
        assert {
            name for name, value in fields.items() if isinstance(value, dict) and value.get("is") == "sealed"
        } == golden.personal


class Greeted(Event, wire="sample.greeted.v1"):
    """Somebody was greeted."""

    author: PersonId
    words: Authored[str]
    times: int = 1


class GreetedOtherwise(Event, wire="sample.greeted.v1", retention="conversation"):
    """The same name with other fields."""

    author: PersonId
    words: str
    room: UUID | None = None


def test_every_kind_of_change_is_found() -> None:
    golden: Golden = make(Greeted)
    assert differences(Greeted, golden) == []
    assert differences(GreetedOtherwise, golden) == [
        "its retention class was general and is conversation",
        "room is new",
        "times is gone",
        "words was holds text, belongs to author and is holds text",
    ]


def test_a_type_whose_additions_would_be_dropped_unseen_is_refused() -> None:
    class Loose(msgspec.Struct):
        a: int

    class Holder(Event, wire="sample.holder.v1"):
        """It holds a value that passes over unknown fields."""

        loose: Loose

    Holder.__annotations__["loose"] = Loose  # a local class can't be found by its name
    with pytest.raises(TypeError, match="Loose stands in an event: declare it with forbid_unknown_fields=True"):
        shape(Holder)


def test_a_golden_file_is_read_strictly() -> None:
    raw: dict[str, Any] = msgspec.to_builtins(make(Greeted))
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(raw | {"more": 1}, Golden)
