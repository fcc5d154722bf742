"""The follower that shows every event to the policies and issues their commands."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from application.envelope import Asked
from application.platform import Platform
from application.policies.declaration import POLICIES, Policy
from application.ports.checkpoints import Checkpoints
from application.ports.codec import Codec, DamagedEvent
from application.ports.keys import Keys, KeyUnusable
from application.ports.log import AppendRejected, ClockJumped, CommandIdReused, LogReader, LogUnavailable, Row
from application.ports.telemetry import Telemetry
from application.states import decode
from domain.kernel.events import CATALOGUE, Authority, Context, Event, Recorded
from domain.kernel.identifiers import derived, service
from domain.kernel.upcasts import UPCASTS

FOLLOWER = "policies"
ACTOR = service("policies")
PAGE = 500
AT_ONCE = 32
"""How many streams' events are acted on at the same time, so that their commands share commits."""
POLL = 5.0
PAUSE = 1.0


class PolicyRunner:
    """Follows the log from its checkpoint, one process at a time; recovers by itself when the database was away."""

    def __init__(
        self,
        platform: Platform,
        reader: LogReader,
        codec: Codec,
        keys: Keys,
        checkpoints: Checkpoints,
        telemetry: Telemetry,
        ports: Mapping[type, Any],
    ) -> None:
        self._platform, self._reader, self._codec, self._keys = platform, reader, codec, keys
        self._checkpoints, self._telemetry = checkpoints, telemetry
        self._policies = {event: tuple(_for(event)) for event in CATALOGUE.values()}
        self._wires = _wires({event for event, policies in self._policies.items() if policies})
        self._reads = {p.name: {n: ports[port] for n, port in p.reads.items()} for p in POLICIES.values()}

    async def run(self) -> None:
        """Runs until cancelled. What it can't do now it tries again: the database, or an operator, may have put it right."""
        while True:
            try:
                async with self._checkpoints.hold(FOLLOWER):
                    await self._follow()
            except (LogUnavailable, ClockJumped, KeyUnusable, DamagedEvent) as error:
                self._telemetry.warning("policies.paused", reason=f"{type(error).__name__}: {error}")
                await asyncio.sleep(PAUSE)

    async def _follow(self) -> None:
        position = await self._checkpoints.load(FOLLOWER)
        while True:
            position = await self.advance(position)
            await self._reader.wait(position, POLL)

    async def advance(self, position: int) -> int:
        """Shows everything after a position to the policies; answers how far that went."""
        while rows := await self._reader.news(position, PAGE):
            await self._act_on(await decode(self._of_interest(rows), self._codec, self._keys))
            position = rows[-1].position
            await self._checkpoints.save(FOLLOWER, position)
            if len(rows) < PAGE and not await self._reader.wait(position, 0):
                break  # nothing more is known of
        return position

    def _of_interest(self, rows: Sequence[Row]) -> list[Row]:
        return [row for row in rows if row.type in self._wires]

    async def _act_on(self, page: Iterable[Recorded[Event]]) -> None:
        """The events of one stream in order, those of different streams at the same time. Raises the first fault at the end."""
        streams: dict[str, list[Recorded[Event]]] = {}
        for said in page:
            if said.context.imported is None:
                streams.setdefault(said.stream, []).append(said)
        turn = asyncio.Semaphore(AT_ONCE)

        async def follow(stream: list[Recorded[Event]]) -> None:
            async with turn:
                for said in stream:
                    for policy in self._policies[type(said.event)]:
                        await self._act(policy, said)

        for fault in await asyncio.gather(*map(follow, streams.values()), return_exceptions=True):
            if fault is not None:
                raise fault

    async def _act(self, policy: Policy, said: Recorded[Event]) -> None:
        for number, command in enumerate(await policy.wishes(said, self._reads[policy.name])):
            asked = Asked(
                actor=ACTOR,
                command_id=derived("policy", policy.name, said.id, str(number)),
                context=Context(client=f"policy {policy.name}"),
                correlation_id=said.correlation_id,
                causation_id=said.id,
            )
            try:
                outcome = await self._platform.handle(command, asked, Authority(f"policy {policy.name}"))
            except CommandIdReused:
                continue  # an earlier release wanted something else for this event: the first outcome stands
            except AppendRejected as error:
                self._telemetry.warning("policies.rejected", policy=policy.name, position=said.position, reason=str(error))
                continue
            if outcome.refusal is not None:
                reason = type(outcome.refusal).__name__
                self._telemetry.warning("policies.refused", policy=policy.name, position=said.position, reason=reason)


def _for(event: type[Event]) -> list[Policy]:
    return [policy for policy in POLICIES.values() if event in policy.events]


def _wires(events: set[type[Event]]) -> frozenset[str]:
    """The wire names, older versions included, under which these events may be stored."""
    wires = {event.wire for event in events}
    while older := {step.old for step in UPCASTS.values() if step.new in wires} - wires:
        wires |= older
    return frozenset(wires)
