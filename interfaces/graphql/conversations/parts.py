"""Parts of answers as parts of what is exported."""

from datetime import datetime
from typing import Any
from uuid import UUID

from application.exports.conversation import Choice, Forwarded, KnownFile, Sign, Somebody
from interfaces.graphql.ids import read_id


def key(text: str) -> UUID:
    """The id of a thing, of now or of a moment."""
    found = read_id(text)
    if found is None:
        raise ValueError(f"{text} is no id")
    return found.key


def moment(text: str) -> datetime:
    """A time."""
    return datetime.fromisoformat(text)


def who(found: Any) -> Somebody | None:
    """A person."""
    if found is None:
        return None
    return Somebody(
        id=key(found["id"]),
        name=found["name"],
        email=found["email"],
        title=found["title"],
        guest=found["kind"] == "GUEST",
        left=found["standing"] == "LEFT",
    )


def sign(found: Any) -> Sign:
    """A reaction."""
    return Sign(who(found["person"]), found["emoji"], moment(found["addedAt"]))


def choice(found: Any) -> Choice:
    """What somebody chose, which is read as bits."""
    bits = int(found["chosen"])
    numbers = tuple(number for number in range(1, 64) if bits >> (number - 1) & 1)
    return Choice(who(found["person"]), moment(found["answeredAt"]), numbers)


def forwarded(found: Any) -> Forwarded:
    """A message from elsewhere."""
    where = key(found["channel"]["id"])
    return Forwarded(key(found["id"]), where, who(found["author"]), moment(found["sentAt"]), found["text"])


def file(found: Any) -> KnownFile:
    """A file."""
    size = found["size"]
    return KnownFile(
        id=UUID(found["file"]),
        name=found["name"],
        title=found["title"],
        media_type=found["mediaType"],
        size=int(size) if size else None,
        width=found["width"],
        height=found["height"],
        duration=found["duration"],
    )
