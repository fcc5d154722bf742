"""Looking back at who could do and see what: by the rules for what is done, by the declared ways of seeing for what is read."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from graphql import GraphQLError

from application.looking_back import Found, Holder, Link, LookingBack, Target
from application.ports.moments import Moment, Moments, NotYet
from application.ports.reading import Queries
from domain.access.actions import READS
from domain.access.auditing import AUDIT
from domain.access.holding import Proposal
from domain.access.ids import GrantId
from domain.directory.ids import DepartmentId
from domain.kernel.identifiers import PersonId
from domain.kernel.rules import Claim
from interfaces.graphql.compiler.exposed import changes, exposed, held
from interfaces.graphql.compiler.rows import Rows, Tables
from interfaces.graphql.ids import GlobalId, bad_input, global_id, local_key, read_id
from interfaces.graphql.past import AHEAD
from interfaces.graphql.schema.naming import camel
from projections.access.people import PRIMARY, holds
from projections.engine.members import MODELS, Declared
from projections.engine.progress import NotReached, Progress
from projections.engine.ways import either

SEE = "see"
MOST = 300
"""Moments at which an exposure is looked at: so many changes of what decides who sees something."""
SECONDS = 5.0


class Looking(NamedTuple):
    """Fulfils interfaces.graphql.lookups.Lookups for one organisation."""

    tables: Tables
    queries: Queries
    moments: Moments
    progress: Progress
    back: LookingBack

    async def could_have(self, viewer: UUID, asked: Mapping[str, Any]) -> Any:
        """Raises GraphQLError, LogUnavailable, ReadUnavailable, ReadTooLong."""
        await self._may_ask(viewer)
        person, target = _person(asked["person"]), _thing(asked["resource"]) if "resource" in asked else None
        moment = await self._moment(asked["at"])
        if asked["action"] == SEE or asked["action"] in READS:
            return await self._could_see(person, target, moment)

        async def propose(claim: Claim) -> Sequence[Proposal]:
            found = await self._rows(held(self.tables, person, claim, moment))
            return [_proposal(grant, through) for grant, through in found]

        about = Target(target.type, target.key) if target else None
        now = moment.now or datetime.min.replace(tzinfo=UTC)
        also = [Target(thing.type, thing.key) for thing in map(_thing, (asked.get("also") or "").split())]
        found = await self.back.could(person, asked["action"], about, moment.position, now, propose, also)
        if found is None:
            raise bad_input("There is no such action on such a thing.")
        return await self._answer(found, moment)

    async def _answer(self, found: Found, moment: Moment) -> dict[str, Any]:
        links = await self.back.links(found.chain, moment.position)
        told = {"chain": list(found.chain), "links": [_linked(links[each]) for each in found.chain if each in links]}
        return found._asdict() | told | {"command": found.command or None, "unsaid": [camel(name) for name in found.unsaid]}

    async def exposure(self, viewer: UUID, asked: Mapping[str, Any]) -> Any:
        """Raises GraphQLError, LogUnavailable, ReadUnavailable, ReadTooLong."""
        await self._may_ask(viewer)
        thing = _thing(asked["resource"])
        model, since, until = _model(thing), datetime.fromisoformat(asked["from"]), datetime.fromisoformat(asked["until"])
        if until < since:
            raise bad_input("A time ends after it begins.")
        first, last = await self._effective(since), await self._effective(until)
        begins: dict[_Seen, tuple[datetime, int]] = {}
        told: list[_Shown] = []
        for moment in await self._points(model, thing.key, first, last):
            at = moment.now or since
            seen = {_Seen.of(each) for each in await self._rows(exposed(self.tables, model, thing.key, moment).sql)}
            told += [_Shown(gone, *begins.pop(gone), at) for gone in begins.keys() - seen]
            begins |= dict.fromkeys(seen - begins.keys(), (at, moment.position))
        told += [_Shown(each, *began, until) for each, began in begins.items()]
        return await self._told(sorted(told, key=lambda each: (each.since, each.seen.name or "", each.seen.reason)))

    async def _told(self, shown: Sequence["_Shown"]) -> list[dict[str, Any]]:
        """With the chains and their links, as they were where each began."""
        found: list[dict[str, Any]] = []
        by_position: dict[int, dict[Holder, Sequence[Proposal]]] = {}
        for each in shown:
            by_position.setdefault(each.position, {})[each.seen.holder] = each.seen.proposals
        chains = {at: await self.back.chains(held_, at) for at, held_ in by_position.items()}
        links = {at: await self.back.links({s for c in by.values() for s in c}, at) for at, by in chains.items()}
        for each in shown:
            chain = chains[each.position][each.seen.holder]
            known = links[each.position]
            found.append(each.told() | {"chain": list(chain), "links": [_linked(known[s]) for s in chain if s in known]})
        return found

    async def _points(self, model: Declared, key: UUID, first: Moment, last: Moment) -> list[Moment]:
        """The moments at which something may have changed: at the begin, with each change, and when something ended by time."""
        models = exposed(self.tables, model, key, first).models
        positions = await self._rows(changes(self.tables, models, first.position, last.position, MOST))
        if len(positions) > MOST:
            fits = (await self.moments.at(positions[MOST - 1])).now
            until = {} if fits is None else {"until": fits.isoformat()}
            said = f"More than {MOST} things changed in that time. Ask for a shorter one, and on from its end."
            raise GraphQLError(said, extensions={"code": "TOO_MUCH_CHANGED", **until})
        points = [first, *[await self.moments.at(position) for position in positions]]
        points += [await self.moments.effective(end) for end in await self._ends(first, last)]
        start = first.now or datetime.min.replace(tzinfo=UTC)
        return sorted(points, key=lambda point: (point.now or start, point.position))

    async def _ends(self, first: Moment, last: Moment) -> list[datetime]:
        """When grants began and guests or grants ended by time."""
        grant, guest = (f'"{self.tables.schema}"."{MODELS[name].table}"' for name in ("Grant", "Guest"))
        between = f"between '{first.now and first.now.isoformat()}' and '{last.now and last.now.isoformat()}'"
        found = await self._rows(
            f"select coalesce(json_agg(distinct t), '[]')::text from (select since as t from {grant}"  # noqa: S608 (ours)
            f" union all select until + interval '1 microsecond' from {grant}"
            f" union all select until + interval '1 microsecond' from {guest}) e where t {between}"
        )
        return [datetime.fromisoformat(each) for each in found]

    async def _could_see(self, person: PersonId, target: GlobalId | None, moment: Moment) -> Any:
        if target is None:
            raise bad_input("Say what was seen.")
        found = await self._rows(exposed(self.tables, _model(target), target.key, moment, person).sql)
        if not found:
            return await self._answer(Found(False, "", lacking=" or ".join(_model_ways(_model(target)))), moment)
        seen = _Seen.of(found[0])
        chains = await self.back.chains({seen.holder: seen.proposals}, moment.position)
        return await self._answer(Found(True, "", seen.reason, chains[seen.holder]), moment)

    async def _may_ask(self, viewer: UUID) -> None:
        """Raises GraphQLError."""
        c = Rows(self.tables)
        may, parameters = c.numbered(
            f"select ({c.expand(self.tables.gate, '')} and ({c.expand(either([PRIMARY, *holds(AUDIT)]), '')}))::text"
        )
        if await self.queries.value(may, [str(viewer)] * len(parameters)) != "true":
            raise GraphQLError(f"This is for primary administrators and {AUDIT}.", extensions={"code": "NOT_PERMITTED"})

    async def _moment(self, text: str) -> Moment:
        kind, _, value = text.partition("=")
        try:
            if kind == "position":
                found = await self.moments.at(int(value))
            elif kind == "recordedAt":
                found = await self.moments.recorded(datetime.fromisoformat(value))
            else:
                found = await self.moments.effective(datetime.fromisoformat(value))
        except NotYet as reason:
            raise GraphQLError(str(reason), extensions={"code": AHEAD}) from None
        return await self._level(found)

    async def _effective(self, time: datetime) -> Moment:
        return await self._moment(f"time={time.isoformat()}")

    async def _level(self, moment: Moment) -> Moment:
        """The read models have come to the moment. Raises GraphQLError where they don't in time."""
        try:
            await self.progress.wait_for(moment.position, MODELS.values(), SECONDS)
        except NotReached:
            raise GraphQLError("What happened then can't be read yet.", extensions={"code": "NOT_YET"}) from None
        return moment

    async def _rows(self, sql: str) -> list[Any]:
        return list(orjson.loads(await self.queries.value(sql, []) or "[]"))


class _Seen(NamedTuple):
    """That somebody could see something, why, and by which grants, each with the department through which they had it."""

    person: str
    name: str | None
    reason: str
    grants: tuple[tuple[str, str | None], ...]

    @classmethod
    def of(cls, row: Sequence[Any]) -> "_Seen":
        person, name, reason, grants = row
        return cls(person, name, reason, tuple(sorted(((grant, through) for grant, through in grants or ()), key=str)))

    @property
    def holder(self) -> Holder:
        return PersonId(UUID(self.person)), f"{self.reason} {self.grants}"

    @property
    def proposals(self) -> list[Proposal]:
        return [_proposal(*each) for each in self.grants]


class _Shown(NamedTuple):
    """That for a while: from when and from which position on, and until when."""

    seen: _Seen
    since: datetime
    position: int
    until: datetime

    def told(self) -> dict[str, Any]:
        told = {"person": global_id("Person", UUID(self.seen.person)), "name": self.seen.name, "reason": self.seen.reason}
        return told | {"from": self.since.isoformat(), "until": self.until.isoformat()}


def _proposal(grant: str, through: str | None) -> Proposal:
    return Proposal(GrantId(UUID(grant)), DepartmentId(UUID(through)) if through else None)


def _linked(link: Link) -> dict[str, Any]:
    told = link._asdict() | {"position": str(link.position), "by": link.by and global_id("Person", link.by)}
    times = {name: time.isoformat() for name in ("at", "since", "until") if (time := getattr(link, name)) is not None}
    return told | times


def _person(text: str) -> PersonId:
    key = local_key(text, "Person")
    if key is None:
        raise bad_input("`person` must be the id of a Person.")
    return PersonId(key)


def _thing(text: str) -> GlobalId:
    found = read_id(text)
    if found is None or found.type not in MODELS:
        raise bad_input("`resource` must be the id of an object.")
    return found


def _model(thing: GlobalId) -> Declared:
    return MODELS[thing.type]


def _model_ways(model: Declared) -> list[str]:
    if model.visible_through is not None:
        [target] = model.members[model.visible_through].targets  # type: ignore[attr-defined]  # it is a One
        return _model_ways(target)
    return list(model.ways)
