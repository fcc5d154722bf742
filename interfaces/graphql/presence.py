"""Answering the mutations that record nothing: what somebody wants to be shown as, and that they are typing."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from application.ports.presence import Presence
from domain.kernel.refusals import NotFound
from interfaces.graphql.answers import Session
from interfaces.graphql.ids import local_key
from interfaces.graphql.results import Result, refused_with


class PresenceAnswers(NamedTuple):
    """Answers them in one organisation. `company` gives the people of a channel; `seconds` is how long typing is shown."""

    presence: Presence
    company: Callable[[UUID], Awaitable[Collection[UUID]]]
    seconds: float

    async def answer(self, name: str, given: Mapping[str, Any], session: Session) -> Result:
        """The result of one of them."""
        if name == "ShowPresence":
            self.presence.show(session.viewer, given["state"])
            return Result("ShowPresenceDone", {"state": given["state"].upper()})
        channel = local_key(given["channel"], "Channel")
        if channel is None or session.viewer not in await self.company(channel):
            return refused_with(NotFound(kind="Channel"))
        self.presence.type(session.viewer, channel, typing=given["typing"])
        return Result("ShowTypingDone", {"seconds": self.seconds if given["typing"] else 0.0})
