"""Following who is here and who is typing: for those who take part in the same channel, for as long as they do."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from application.ports.presence import Presence
from interfaces.graphql.answers import Session
from interfaces.graphql.compiler.selection import Selection, Use
from interfaces.graphql.ids import global_id, local_key
from interfaces.graphql.standing import Standing
from interfaces.live.company import Company
from interfaces.live.endings import Interrupted, left
from interfaces.live.typed import typed

COALESCED = 0.25
"""Seconds in which changes are gathered into one answer."""


class Present:
    """Follows presence and typing in one organisation."""

    def __init__(self, presence: Presence, company: Company, now: Callable[[], datetime], standing: Standing) -> None:
        self.presence, self.company, self.now, self.standing = presence, company, now, standing
        self.watches: set[_Watch] = set()
        self.ended = False

    def end(self) -> None:
        """Ends every subscription."""
        self.ended = True
        self.wake()

    def wake(self) -> None:
        """Has every subscription look again whether its viewer still takes part."""
        for watch in self.watches:
            watch.news.set()

    async def follow(self, selection: Selection, use: Use, session: Session) -> AsyncGenerator[bytes, None]:
        """The encoded answers. Raises Interrupted, Expelled, and whatever Company.of does."""
        channel = local_key(use.args["channel"], "Channel")
        if channel is None or session.viewer not in await self.company.of(channel):
            yield typed(selection, use, "NotFound", {"kind": "Channel"})
            return
        watch = (_Typing if use.field.extensions["watched"] == "typing" else _States)(self.presence, channel, session.viewer)
        self.watches.add(watch)
        ended = self.presence.watch(watch.told)
        try:
            with self.standing.watching(session.viewer, watch.news.set):
                while session.viewer in (members := await self.company.of(channel)):
                    if (news := watch.look(members)) is not None:
                        yield typed(selection, use, *news)
                    await self._wait(watch, session)
                    self.standing.heed(session.viewer)
                    await asyncio.sleep(COALESCED)
        finally:
            ended()
            self.watches.discard(watch)

    async def _wait(self, watch: "_Watch", session: Session) -> None:
        """Until there is something to look at. Raises Interrupted."""
        while not self.ended:
            try:
                async with asyncio.timeout(left(session.expires, self.now())):
                    await watch.news.wait()
            except TimeoutError:
                continue
            watch.news.clear()
            if not self.ended:
                return
        raise Interrupted


class _Watch:
    """What one subscription has shown, and whether there may be more."""

    def __init__(self, presence: Presence, channel: UUID, viewer: UUID) -> None:
        self.presence, self.channel, self.viewer = presence, channel, viewer
        self.news = asyncio.Event()
        self.members: frozenset[UUID] = frozenset()

    def told(self, thing: UUID) -> None:
        """A person's state, or who is typing in a channel, has changed."""
        if self.concerns(thing):
            self.news.set()

    def concerns(self, thing: UUID) -> bool:
        raise NotImplementedError

    def look(self, members: frozenset[UUID]) -> tuple[str, dict[str, Any]] | None:
        """What has changed since the last look, as a type and its values."""
        raise NotImplementedError


class _States(_Watch):
    """Who is here."""

    shown: dict[UUID, str] | None = None

    def concerns(self, thing: UUID) -> bool:
        return thing in self.members

    def look(self, members: frozenset[UUID]) -> tuple[str, dict[str, Any]] | None:
        self.members, before = members, self.shown or {}
        states = {person: state.upper() for person in members if (state := self.presence.state(person))}
        changed = {person: state for person, state in states.items() if before.get(person) != state}
        changed |= {person: "OFFLINE" for person in before.keys() - states.keys() if person in members}
        if self.shown is not None and not changed:
            return None
        self.shown = states
        people = [{"personId": global_id("Person", person), "state": state} for person, state in sorted(changed.items())]
        return "PresenceShown", {"people": people}


class _Typing(_Watch):
    """Who else is typing."""

    shown: frozenset[UUID] | None = None

    def concerns(self, thing: UUID) -> bool:
        return thing == self.channel

    def look(self, members: frozenset[UUID]) -> tuple[str, dict[str, Any]] | None:
        typing = frozenset(self.presence.typing(self.channel)) & members - {self.viewer}
        if typing == self.shown or (self.shown is None and not typing):
            return None
        self.shown = typing
        return "TypingShown", {"personIds": [global_id("Person", person) for person in sorted(typing)]}
