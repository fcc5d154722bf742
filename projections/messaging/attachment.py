"""Files beside messages."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from domain.kernel.events import Recorded
from domain.kernel.identifiers import derived
from domain.kernel.personal import readable
from domain.messaging.events.message import MessagePosted, MessageRetracted
from projections.directory.person import Person
from projections.engine.feeds import feeds
from projections.engine.fields import To, column, many, one
from projections.engine.model import Model
from projections.engine.values import Long
from projections.messaging.message import Message

SOURCE = ("attachments",)


class Attachment(Model, version=2, visible="message"):
    """A file beside a message: what is known of it. Its bytes are elsewhere."""

    number: int = column("Its place among the message's files, from 1.", order=True)
    file: UUID = column("Which file it is; the same one may stand beside several messages.", filter=("eq",))
    name: str = column("The file's name.", personal=SOURCE, filter=("contains",))
    title: str | None = column("What its owner called it.", personal=SOURCE)
    media_type: str | None = column("What kind of file it is (RFC 6838).", filter=("eq",))
    size: Long | None = column("Its size in bytes.")
    width: int | None = column("How wide it is, in pixels.", default=None)
    height: int | None = column("How high it is, in pixels.", default=None)
    duration: int | None = column("How long it plays, in milliseconds.", default=None)
    message: To[Message] = one("The message.", inverse=many("attachments", "The files beside it.", order="number"))
    owner: To[Person] = one("Whose file it is.")


@feeds()
def posted(said: Recorded[MessagePosted]) -> Iterable[Attachment]:
    for number, file in enumerate(readable(said.event.attachments) or (), start=1):
        yield Attachment(
            id=derived("attachment", said.thing, str(number)),
            number=number,
            file=file.file,
            name=file.name,
            title=file.title,
            media_type=file.media_type,
            size=None if file.size is None else Long(file.size),
            width=file.width,
            height=file.height,
            duration=file.duration,
            message=said.thing,
            owner=file.owner,
        )


@feeds(where={"message": "thing"})
def retracted(row: Attachment, said: Recorded[MessageRetracted]) -> None:
    return None
