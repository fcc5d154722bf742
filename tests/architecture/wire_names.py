"""The golden files: one for every wire name that was ever written, with its fields and a stored sample.

`python -m tests.architecture.wire_names` writes the files of new wire names. It never changes one that is there: once an
event has been released, a change is a new version with an upcast, and the old version's file stays.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

import domain.everything  # noqa: F401  registers all events
from application.ports.log import Row
from domain.kernel.events import CATALOGUE, Event
from infra.crypto.data_key import AesDataKey
from infra.serialisation.codec import JsonCodec
from infra.serialisation.plans import plan_of
from infra.serialisation.shapes import shape
from tests.architecture.examples import example

FOLDER = Path(__file__).parent / "golden"
COMMAND = "python -m tests.architecture.wire_names"
VERSION = 7
_ID = "01890a5d-ac96-774b-bcce-b302099a0002"


class Golden(msgspec.Struct, forbid_unknown_fields=True):
    """What a file says: the fields as they are stored, and `stored`, the payload of one event of this type.

    The sample lies at version 7 of `stream`; its keys are those of `key_of`. `reads_as` is what it said when it was written.
    """

    wire: str
    retention: str
    fields: dict[str, dict[str, str]]
    stream: str
    stored: str
    reads_as: dict[str, Any]

    @property
    def personal(self) -> set[str]:
        """The fields that are sealed."""
        return {name for name, told in self.fields.items() if "belongs to" in told}

    def row(self) -> Row:
        """The sample as a row of the log."""
        event_id = UUID(_ID)
        payload = self.stored.encode()
        return Row(1, 1, 0, 0, event_id, self.stream, VERSION, self.wire, None, None, None, None, None, b"{}", payload, bytes(16))


def key_of(owner: UUID) -> AesDataKey:
    """The key of an owner in the samples: it has the owner's id, and its secret is that id twice."""
    return AesDataKey(owner, owner.bytes * 2)


def golden_files() -> dict[str, Golden]:
    """All golden files by wire name."""
    return {path.stem: msgspec.json.decode(path.read_bytes(), type=Golden) for path in sorted(FOLDER.glob("*.json"))}


def differences(event: type[Event], golden: Golden) -> list[str]:
    """How an event type differs from its golden file, in words."""
    now, then = shape(event), golden.fields
    found = [f"{name} is new" for name in now.keys() - then.keys()]
    found += [f"{name} is gone" for name in then.keys() - now.keys()]
    found += [
        f"{name} was {_told(then[name])} and is {_told(now[name])}"
        for name in now.keys() & then.keys()
        if now[name] != then[name]
    ]
    if event.retention != golden.retention:
        found.append(f"its retention class was {golden.retention} and is {event.retention}")
    return sorted(found)


def plain(event: Event) -> dict[str, Any]:
    """An event's fields as JSON values, nothing sealed."""
    told: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(event))
    return told


def sample(event: type[Event]) -> Event:
    """One event of a type, always the same."""
    types = plan_of(event).types
    values = {
        name: msgspec.convert(example(msgspec.inspect.type_info(hint)), hint, str_keys=True) for name, hint in types.items()
    }
    return event(**values)


def make(event: type[Event]) -> Golden:
    """The golden file of an event type as it is now."""
    one = sample(event)
    stream = f"{event.wire.rpartition('.v')[0]}/{_ID}"
    stored = JsonCodec().encode(one, stream, VERSION, key_of).decode()
    return Golden(event.wire, event.retention, shape(event), stream, stored, plain(one))


def _told(field: Mapping[str, str]) -> str:
    return ", ".join(f"{key} {value}" for key, value in field.items())


def main() -> int:
    """Writes what is missing; answers with the number of event types that differ from their files."""
    FOLDER.mkdir(exist_ok=True)
    known, faults = golden_files(), 0
    for wire, event in sorted(CATALOGUE.items()):
        if wire not in known:
            text = msgspec.json.format(msgspec.json.encode(make(event)), indent=2)
            (FOLDER / f"{wire}.json").write_bytes(text + b"\n")
            sys.stdout.write(f"{wire}: written\n")
        elif found := differences(event, known[wire]):
            faults += 1
            sys.stdout.write(f"{wire}: left as it is, though {'; '.join(found)}\n")
    return faults


if __name__ == "__main__":
    sys.exit(main())
