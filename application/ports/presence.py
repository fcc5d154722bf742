"""Who is here and who is typing, as all processes know it together. Nothing of it is stored, anywhere."""

from collections.abc import Callable, Collection
from typing import Literal, Protocol
from uuid import UUID

State = Literal["online", "away"]

Watcher = Callable[[UUID], None]
"""Told the id of a person whose state has changed, or of a channel in which others are typing now."""


class Presence(Protocol):
    """One organisation's. Nothing here waits: what others say comes in by and by, and may be lost."""

    def arrive(self, person: UUID, connection: UUID) -> None:
        """Somebody has a live connection, until they leave."""
        ...

    def leave(self, person: UUID, connection: UUID) -> None:
        """That connection has ended; the person is here a little longer, in case they come again."""
        ...

    def show(self, person: UUID, state: State) -> None:
        """What somebody who is here wants to be shown as, until they are gone."""
        ...

    def state(self, person: UUID) -> State | None:
        """What somebody is shown as; None for who isn't here."""
        ...

    def type(self, person: UUID, channel: UUID, *, typing: bool) -> None:
        """Somebody is typing in a channel: for some seconds, unless they say it again or end it."""
        ...

    def typing(self, channel: UUID) -> Collection[UUID]:
        """Who is typing in a channel."""
        ...

    def close(self) -> None:
        """Ends what it does by itself."""
        ...

    def watch(self, watcher: Watcher) -> Callable[[], None]:
        """Has changes told, and answers how to end that."""
        ...
