"""Names and titles of a length that one can read: what is longer is cut, and told."""

from typing import Any

from msgspec.structs import replace

from application.imports.records.channels import Channel, Described, Renamed
from application.imports.records.every import AnyRecord
from application.imports.records.messages import File, Reacted, Said
from application.imports.records.organisation import Department, Person, Post
from application.imports.records.record import NotTaken

NAME = 300
TEXT = 4_000
LENGTHS: dict[type[Any], dict[str, int]] = {
    Person: {"name": NAME, "email": NAME, "title": NAME, "number": NAME},
    Department: {"name": NAME},
    Post: {"name": NAME},
    Channel: {"name": NAME},
    Renamed: {"name": NAME},
    Described: {"text": TEXT},
    File: {"name": NAME, "title": NAME, "media_type": NAME},
    Reacted: {"emoji": NAME},
}
"""How many characters a field may have; what was said has a limit of its own."""


def fitted(record: AnyRecord) -> tuple[AnyRecord, NotTaken | None]:
    """The record with whatever is too long cut off, and the note of it."""
    if isinstance(record, Said):
        files = tuple(_cut(file) for file in record.files)
        fit: AnyRecord = record if files == record.files else replace(record, files=files)
    else:
        fit = _cut(record)
    if fit is record:
        return record, None
    reason = "a name that was too long was cut"
    return fit, NotTaken(reason=reason, lost=False, at=record.at, place=record.place)


def _cut(thing: Any) -> Any:
    lengths = LENGTHS.get(type(thing))
    if not lengths:
        return thing
    long = {field: value[:most] for field, most in lengths.items() if (value := getattr(thing, field)) and len(value) > most}
    return replace(thing, **long) if long else thing
