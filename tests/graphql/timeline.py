"""The gardeners' club through time: rows that came, changed, moved and went, and what somebody may read of it as of then."""

import base64
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from math import ceil
from typing import Any, NamedTuple
from uuid import UUID

from graphql import GraphQLResolveInfo, GraphQLSchema

from application.ports.moments import Moment, NotYet
from interfaces.graphql.compiler.objects import At
from projections.engine.members import MODELS
from projections.engine.tokens import tokens
from tests.graphql.oracle import VISIBLE, Oracle, Thing
from tests.graphql.world import START, WORDS, Maker, Row, World

HEAD = 60
STEP = timedelta(milliseconds=100)
READS_HISTORY = "exists (select from {gardener} v where v.id = {viewer} and not v.hidden)"


class Version(NamedTuple):
    """A row as it was from one position on, until another or still."""

    model: str
    row: Row
    since: int
    until: int | None


class Timeline:
    """A world at every position from 0 to HEAD, from a seed."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.born = [(self._birth(row), name, row) for name, rows in Maker(seed).make().items() for row in rows.values()]
        self.worlds: list[World] = [{name: {} for name in ("Gardener", "Garden", "Tending", "Planting", "Label")}]
        for position in range(1, HEAD + 1):
            world = {name: dict(rows) for name, rows in self.worlds[-1].items()}
            for birth, name, row in self.born:
                if birth == position:
                    world[name][row["id"]] = row
            for _ in range(self.rng.randint(0, 4)):
                self._change(world)
            self.worlds.append(world)

    @property
    def now(self) -> World:
        return self.worlds[-1]

    def versions(self) -> Iterator[Version]:
        """Every row that there ever was."""
        held: dict[tuple[str, UUID], tuple[Row, int]] = {}
        for position, world in enumerate(self.worlds):
            rows = {(name, key): row for name, each in world.items() for key, row in each.items()}
            for known, (row, since) in list(held.items()):
                if rows.get(known) is not row:
                    yield Version(known[0], row, since, position)
                    del held[known]
            held |= {known: (row, position) for known, row in rows.items() if known not in held}
        yield from (Version(name, row, since, None) for (name, _), (row, since) in held.items())

    def _birth(self, row: Row) -> int:
        if "position" in row:
            return int(row["position"])
        if "began_at" in row:
            began: datetime = row["began_at"]
            return max(1, ceil((began - START) / STEP))
        return self.rng.choice([1, 1, 1, self.rng.randint(1, 30)])

    def _change(self, world: World) -> None:
        rng = self.rng
        name = rng.choice(["Gardener", "Garden", "Garden", "Tending", "Planting", "Planting", "Label"])
        if not world[name] or not world["Garden"]:
            return
        row = dict(rng.choice([*world[name].values()]))
        if name == "Gardener":
            row |= rng.choice([{"email": rng.choice([None, "new@b.c", "a@b.c"])}, {"hidden": not row["hidden"]}])
        elif name == "Garden":
            row |= rng.choice([{"motto": rng.choice([None, *WORDS])}, {"walled": not row["walled"]}, {"kind": "rose"}])
        elif rng.random() < 0.3:
            del world[name][row["id"]]
            return
        elif name == "Planting" and rng.random() < 0.5:
            row["text"] = rng.choice(WORDS)
        else:
            row["garden_id"] = rng.choice([*world["Garden"]])
        world[name][row["id"]] = row


class Clock:
    """Fulfils application.ports.moments.Moments: a position each tenth of a second."""

    async def at(self, position: int) -> Moment:
        if position > HEAD:
            raise NotYet(f"There are {HEAD}.")
        return Moment(position, START + position * STEP if position else None)

    async def effective(self, time: datetime) -> Moment:
        return await self.at(position_of(time))

    recorded = effective


def position_of(time: datetime) -> int:
    return min(HEAD, max(0, (time - START) // STEP))


class Historian(Oracle):
    """Answers as the rule says it: the past as somebody may read it now."""

    def __init__(self, schema: GraphQLSchema, timeline: Timeline, viewer: UUID) -> None:
        super().__init__(schema, timeline.now, viewer)
        self.timeline = timeline

    def resolve(self, source: Any, info: GraphQLResolveInfo[Any], **args: Any) -> Any:
        if isinstance(source, Then):
            return Oracle.resolve(source, None, info, **args)
        if not isinstance(source, dict) and isinstance(info.parent_type.fields[info.field_name].extensions["member"], At):
            [(kind, value)] = args["asOf"].items()
            return Then(self, value if kind == "position" else position_of(value))
        return super().resolve(source, info, **args)

    def by_id(self, text: str, wanted: str | None = None) -> Thing | None:
        present, position = past_id(text)
        if position is None:
            return super().by_id(text, wanted)
        return Then(self, position).by_id(present, wanted) if position <= HEAD else None


class Then(Oracle):
    """The world as of a position, without what was since changed or is gone, unless its viewer may read that."""

    def __init__(self, present: Historian, position: int) -> None:
        self.present, self.position = present, position
        whole = present.timeline.worlds[position]
        you = present.world["Gardener"].get(present.viewer)
        reads = you is not None and not you["hidden"]
        super().__init__(present.schema, whole if reads else self.still_so(whole), present.viewer)
        self.whole = Oracle(present.schema, whole, present.viewer)

    def still_so(self, whole: World) -> World:
        left: World = {}
        for name, rows in whole.items():
            left[name] = {}
            for key, then in rows.items():
                now = self.present.world[name].get(key)
                if now is None or then.get("text") != now.get("text"):
                    continue
                said: Row = {each: then[each] if then[each] == now[each] else None for each in ("motto", "email") if each in then}
                left[name][key] = {**then, **said}
        return left

    def id_of(self, name: str, row: Row) -> str:
        return base64.b64encode(f"{name}:{row['id']}@{self.position}".encode()).decode()

    def by_id(self, text: str, wanted: str | None = None) -> Thing | None:
        present, position = past_id(text)
        return super().by_id(present, wanted) if position in (None, self.position) else None

    def may_see(self, name: str, row: Row) -> bool:
        now = self.present.world[name].get(row["id"])
        if name in ("Gardener", "Garden"):
            return VISIBLE[name](self.whole, row) and VISIBLE[name](self.present, now or row)
        return self.seen("Garden", row["garden_id"]) is not None and (now is None or VISIBLE[name](self.present, now))


def past_id(text: str) -> tuple[str, int | None]:
    """An id of the past as the id of the present, and its position."""
    try:
        present, at, digits = base64.b64decode(text, validate=True).decode().partition("@")
    except ValueError:
        return text, None
    if not at or not digits.isdigit():
        return text, None
    return base64.b64encode(present.encode()).decode(), int(digits)


def tables_of(timeline: Timeline) -> Iterator[tuple[str, dict[str, Any]]]:
    """Of each row its table, without the schema, and its values."""
    for name, row, since, until in timeline.versions():
        table = MODELS[name].table + ("" if until is None else "_history")
        found = {str(column.tokens_column): tokens(row[column.name]) for column in MODELS[name].columns if column.tokens_column}
        yield table, {**row, **found, "valid_from": since, **({} if until is None else {"valid_to": until})}
