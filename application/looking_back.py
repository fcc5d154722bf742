"""Whether somebody could have done something: the rules of now, asked of the states of then."""

from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import cache
from inspect import getattr_static
from typing import Any, NamedTuple, get_args
from uuid import UUID

from application.envelope import moment
from application.ports.codec import Codec
from application.ports.keys import Keys
from application.ports.log import LogReader, Row
from application.states import ReadStreams, Snapshot, decode
from domain.access.events.grant import PermissionGranted
from domain.access.holding import Grant, Proposal
from domain.access.role import Role
from domain.access.standing import STANDING
from domain.directory.department import Department
from domain.directory.ids import DepartmentId
from domain.directory.membership import DepartmentMembership
from domain.directory.post import Holding
from domain.kernel.commands import Command
from domain.kernel.decisions import DECIDERS, Decider, Decision
from domain.kernel.identifiers import PersonId
from domain.kernel.personal import readable
from domain.kernel.rules import PLATFORM, Claim
from domain.kernel.states import NOTHING, Events

Propose = Callable[[Claim], Awaitable[Sequence[Proposal]]]
"""Gives the grants that somebody had then."""
Holder = tuple[PersonId, str]
"""Somebody, and why they could."""


class Found(NamedTuple):
    """Whether it could be done then; if so, by which rule, resting on which streams, over which scope; else what was lacking."""

    could: bool
    command: str
    rule: str | None = None
    chain: tuple[str, ...] = ()
    scope: str | None = None
    lacking: str | None = None
    unsaid: tuple[str, ...] = ()
    """Fields of the command that were asked for and not said, where they could not."""


class Link(NamedTuple):
    """One of the streams that something rested on, as it was then: what had last happened in it, where, when and by whom; of a
    grant also why, from and until when it was given."""

    stream: str
    version: int
    event: str
    position: int
    at: datetime
    by: UUID | None
    reason: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class Target(NamedTuple):
    """What it would have been done on: the type's name, and which one."""

    type: str
    id: UUID


class LookingBack(NamedTuple):
    """Asks the rules of one organisation about its past."""

    reader: LogReader
    codec: Codec
    keys: Keys

    async def could(
        self,
        person: PersonId,
        action: str,
        target: Target | None,
        position: int,
        now: datetime,
        propose: Propose,
        also: Sequence[Target] = (),
    ) -> Found | None:
        """For an action, or a command by its name; of several commands the first that could be done. None: there is none such.

        `also` is what else the command names, each for the first field of its type that isn't said yet.
        """
        found: Found | None = None
        for command in _commands(action):
            known = _known(command, target, also)
            if known is None:
                continue
            wish = _Wish(command, known)
            answer = await self._ask(command, wish, person, position, now, propose)
            if answer.could:
                return answer
            found = found or answer
        return found

    async def chains(self, held: Mapping[Holder, Sequence[Proposal]], position: int) -> dict[Holder, tuple[str, ...]]:
        """The streams that make grants hold for somebody: grants, roles, posts, memberships and departments up to where it was
        given."""
        snapshot = Snapshot(self._upto(position), self.codec, self.keys)
        named = {each.grant for found in held.values() for each in found if each.grant}
        await snapshot.load({(Grant, Grant.at(grant).stream) for grant in named})
        above = await self._above({each.through for found in held.values() for each in found if each.through}, snapshot)

        def streams(person: PersonId, proposal: Proposal) -> Iterator[str]:
            if proposal.grant is None:
                return
            grant = snapshot.states[Grant.at(proposal.grant).stream]
            assert isinstance(grant, Grant)  # noqa: S101  it was loaded as one
            yield grant.stream
            if grant.role is not None:
                yield Role.at(grant.role).stream
            if grant.post is not None:
                yield Holding.at(grant.post, person).stream
            if proposal.through is not None:
                yield DepartmentMembership.at(proposal.through, person).stream
                for department in above[proposal.through]:
                    yield Department.at(department).stream
                    if department == grant.department:
                        break

        return {who: tuple(dict.fromkeys(s for each in found for s in streams(who[0], each))) for who, found in held.items()}

    async def links(self, streams: Collection[str], position: int) -> dict[str, Link]:
        """What is known of each of these streams as of a position, by its name; nothing of one that was not there."""
        rows = await self._upto(position)(streams)
        given = {
            recorded.stream: recorded.event
            for recorded in await decode((row for found in rows.values() for row in found), self.codec, self.keys)
            if isinstance(recorded.event, PermissionGranted)
        }
        found: dict[str, Link] = {}
        for stream in streams:
            if not rows.get(stream):
                continue
            last, grant = rows[stream][-1], given.get(stream)
            by, at = last.on_behalf_of or last.actor, moment(last.effective_at)
            link = Link(stream, len(rows[stream]), last.type, last.position, at, by)
            if grant is not None:
                link = link._replace(by=grant.author, reason=readable(grant.reason), since=grant.since, until=grant.until)
            found[stream] = link
        return found

    async def _above(self, departments: Collection[DepartmentId], snapshot: Snapshot) -> dict[DepartmentId, list[DepartmentId]]:
        """Each of these departments and those above it, nearest first."""
        chains = {each: [each] for each in departments}
        rising = {*departments}
        while rising:
            await snapshot.load({(Department, Department.at(chains[each][-1]).stream) for each in rising})
            for each in [*rising]:
                at = snapshot.states[Department.at(chains[each][-1]).stream]
                parent = at.parent if isinstance(at, Department) else None
                if parent is None or parent in chains[each]:
                    rising.discard(each)
                else:
                    chains[each].append(parent)
        return chains

    def _upto(self, position: int) -> ReadStreams:
        async def read(streams: Collection[str]) -> dict[str, list[Row]]:
            rows = await self.reader.streams(streams)
            return {stream: [row for row in found if row.position <= position] for stream, found in rows.items()}

        return read

    async def _ask(
        self, command: type[Command], wish: Any, person: PersonId, position: int, now: datetime, propose: Propose
    ) -> Found:
        snapshot, proposals = Snapshot(self._upto(position), self.codec, self.keys), None
        while True:
            answer = _asking(command).weigh(wish, person, now, snapshot.view, proposals=proposals)
            if isinstance(answer, Decision):
                break
            if isinstance(answer, Claim):
                proposals = await propose(answer)
            else:
                await snapshot.load(answer)
        if answer.authority is None:
            return Found(False, command.__name__, lacking=answer.lacking, unsaid=tuple(sorted(wish.unsaid)))
        allowed = answer.authority
        return Found(True, command.__name__, allowed.rule, allowed.streams, allowed.scope)


class _Wish:
    """A command of which only some ids are known. `unsaid` are the fields that were asked for besides."""

    def __init__(self, command: type[Command], known: dict[str, UUID]) -> None:
        self._command, self._known = command, known
        self.unsaid: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        if name in self._known:
            return self._known[name]
        member = getattr_static(self._command, name, None)
        if isinstance(member, property) and member.fget is not None:
            with suppress(TypeError, ValueError, AttributeError):  # what it follows from isn't known
                return member.fget(self)
            return None
        if name in self._command.model_fields:
            self.unsaid.add(name)
        return None


def _nothing() -> Events:
    return NOTHING


@cache
def _asking(command: type[Command]) -> Decider:
    """The rule of a command, without its decision."""
    return Decider(command, _nothing, STANDING & DECIDERS[command].rule)


def _commands(action: str) -> Iterator[type[Command]]:
    for command, decider in DECIDERS.items():
        granted = decider.granted
        if decider.rule is not PLATFORM and (command.__name__ == action or (granted and granted.action == action)):
            yield command


def _known(command: type[Command], target: Target | None, also: Sequence[Target]) -> dict[str, UUID] | None:
    """The ids of a command by field; None where it has no field for one of them."""
    known: dict[str, UUID] = {}
    if target is not None:
        field = _field(command, target)
        if field is None:
            return None
        known[field] = target.id
    for each in also:
        free = next((name for name in _fields(command, each) if name not in known), None)
        if free is None:
            return None
        known[free] = each.id
    return known


def _fields(command: type[Command], target: Target) -> list[str]:
    """The fields of a command that may name a thing of this type."""
    wanted = {f"{target.type}Id", "ResourceId"}
    kinds = {name: (info.annotation, *get_args(info.annotation)) for name, info in command.model_fields.items()}
    return [name for name, found in kinds.items() if wanted & {getattr(kind, "__name__", "") for kind in found}]


def _field(command: type[Command], target: Target) -> str | None:
    """The field that says what a command is done on: the one that its rule asks for, else the first of the target's type."""
    names = _fields(command, target)
    granted = DECIDERS[command].granted
    asked = [path.removeprefix("command.") for path in granted.paths] if granted else []
    return next((name for name in asked if name in names), next(iter(names), None))
