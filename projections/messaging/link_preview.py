"""Pages that messages link to."""

from __future__ import annotations

from collections.abc import Iterable

from domain.kernel.events import Recorded
from domain.kernel.identifiers import derived
from domain.kernel.personal import readable
from domain.messaging.events.message import MessagePosted, MessageRetracted
from projections.engine.feeds import feeds
from projections.engine.fields import To, column, many, one
from projections.engine.model import Model
from projections.messaging.message import Message

SOURCE = ("links",)


class LinkPreview(Model, visible="message"):
    """What is known of a page that a message links to, as its author found it."""

    number: int = column("Its place among the message's links, from 1.", order=True)
    url: str = column("Its address.", personal=SOURCE, filter=("contains",))
    title: str | None = column("Its title.", personal=SOURCE)
    description: str | None = column("What it says of itself.", personal=SOURCE)
    site: str | None = column("What the site is called.", personal=SOURCE)
    image: str | None = column("The address of a picture of it.", personal=SOURCE)
    message: To[Message] = one("The message.", inverse=many("links", "The pages that it links to.", order="number"))


@feeds()
def posted(said: Recorded[MessagePosted]) -> Iterable[LinkPreview]:
    for number, page in enumerate(readable(said.event.links) or (), start=1):
        yield LinkPreview(
            id=derived("messaging.link", said.thing, str(number)),
            number=number,
            url=page.url,
            title=page.title,
            description=page.description,
            site=page.site,
            image=page.image,
            message=said.thing,
        )


@feeds(where={"message": "thing"})
def retracted(row: LinkPreview, said: Recorded[MessageRetracted]) -> None:
    return None
