"""Ways out of the platform by which somebody is told something: e-mail, and webhooks."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from domain.notifications.events.preferences import Language


class Link(NamedTuple):
    """Where to go on, and what that is called."""

    says: str
    url: str


class Letter(NamedTuple):
    """An e-mail, in words: how it is set is the sender's affair. `to` is one address.

    `id` is the same for every attempt at the same letter, so that a receiver that gets it twice can tell. Letters with the same
    `topic` belong together; `settings` is where the recipient chooses to get no more of them.
    """

    id: UUID
    to: str
    language: Language
    subject: str
    paragraphs: tuple[str, ...]
    links: tuple[Link, ...] = ()
    topic: str | None = None
    settings: Link | None = None


class NotNow(Exception):
    """It couldn't be handed over this time; another attempt may succeed. Says why, without content and without an address."""


class NotEver(Exception):
    """It will not be accepted however often it is tried. Says why, without content and without an address."""


class Mailer(Protocol):
    """Sends e-mail."""

    async def send(self, letter: Letter) -> None:
        """Returns when a mail server has taken the letter on. Raises NotNow, NotEver.

        Whoever is ended between the server's word and the record of it sends again, under the same id.
        """
        ...

    async def reachable(self) -> str | None:
        """Why no letter could be sent now; None where the mail server answers and lets us in."""
        ...


class Hook(NamedTuple):
    """Where a webhook's receiver listens, and the secret that both sides know (24 to 64 bytes)."""

    url: str
    secret: bytes


class Call(NamedTuple):
    """What a webhook is told, as a CloudEvent 1.0: `type` is what happened, `subject` what to, `data` is JSON without content.

    `id` is the same for every attempt.
    """

    id: UUID
    type: str
    subject: str
    time: datetime
    data: Mapping[str, Any]


class Caller(Protocol):
    """Calls webhooks."""

    async def call(self, hook: Hook, call: Call) -> None:
        """Returns when the receiver has answered with success. Raises NotNow, NotEver."""
        ...
