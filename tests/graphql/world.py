"""Rows of the gardeners' club: random, with dangling references, and in tables of a real PostgreSQL."""

import random
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from projections.engine.members import Column, Declared
from projections.engine.tokens import tokens

Row = dict[str, Any]
World = dict[str, dict[UUID, Row]]
"""Rows by model and id; a relation `garden` is `garden_id`, and `garden_type` where it is one of several."""

WORDS = [
    "alpha",
    "Beta",
    "gamma ray",
    'quo"te',
    "naïve",
    "Émile",
    "a\\b",
    "line\nbreak",
    "zeta %_",
    "日本",
    "上海图书馆",
    "'; drop",
]
START = datetime(2026, 1, 1, tzinfo=UTC)


class Maker:
    """Makes a world from a seed."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.world: World = {name: {} for name in ("Gardener", "Garden", "Tending", "Planting", "Label")}

    def make(self) -> World:
        rng, word, maybe = self.rng, self.word, self.maybe
        for _ in range(6):
            self.add("Gardener", name=f"{word()} X", email=maybe("a@b.c"), hidden=rng.random() < 0.5)
        for _ in range(7):
            self.add(
                "Garden",
                name=word(),
                motto=maybe(word()),
                walled=rng.random() < 0.6,
                kind=rng.choice(["herb", "rose"]),
                budget=rng.choice([None, Decimal("1.50"), Decimal("12345678901234567890.10"), Decimal(0)]),
                area=rng.choice([None, 1.5, 0.1, 1e20, -0.0, 3.0]),
                opened_at=self.moment(),
                since=date(2026, 1, rng.randint(1, 4)),
            )
        for _ in range(16):
            self.add("Tending", began_at=self.moment(), garden_id=self.some("Garden"), gardener_id=self.some("Gardener"))
        for position in range(1, 61):
            if rng.random() < 0.8:
                beside = maybe(self.some("Planting")) if self.world["Planting"] else None
                self.add(
                    "Planting",
                    position=position,
                    rank=rng.randint(0, 3),
                    text=word(),
                    garden_id=self.some("Garden"),
                    planter_id=maybe(self.some("Gardener")),
                    beside_id=beside,
                )
            else:
                kind = rng.choice(["Planting", "Gardener"]) if self.world["Planting"] else "Gardener"
                self.add("Label", position=position, garden_id=self.some("Garden"), subject_type=kind, subject_id=self.some(kind))
        return self.world

    def add(self, model: str, **values: Any) -> None:
        key = UUID(int=self.rng.getrandbits(128), version=4)
        self.world[model][key] = {"id": key, **values}

    def some(self, model: str) -> UUID:
        """The id of a row, or seldom of none."""
        return self.rng.choice([*self.world[model]]) if self.rng.random() < 0.95 else UUID(int=self.rng.getrandbits(128))

    def word(self) -> str:
        return self.rng.choice(WORDS)

    def maybe(self, value: Any) -> Any:
        return self.rng.choice([None, value])

    def moment(self) -> datetime:
        return START + timedelta(seconds=self.rng.randrange(5), microseconds=self.rng.choice([0, 120_000, 123_456, 7]))


def tables(models: Iterable[Declared], schema: str) -> str:
    """The statements that create the models' tables."""
    statements = []
    for model in models:
        columns = [
            f'"{c.name}" {c.type.sql}{"" if c.nullable else " not null"}' for c in model.members.values() if isinstance(c, Column)
        ]
        columns += [f'"{c.tokens_column}" text[]' for c in model.columns if c.tokens_column]
        for one in model.relations:
            columns.append(f"{one.id_column} uuid{'' if one.optional else ' not null'}")
            columns += [f"{one.type_column} text"] if one.type_column else []
        statements.append(f'create table "{schema}"."{model.table}" ({", ".join(columns)}, primary key (id));')
    return "\n".join(statements)


def inserts(models: Mapping[str, Declared], world: World, schema: str) -> Iterable[tuple[str, list[Any]]]:
    """The statements that put a world into the tables, with their parameters."""
    for name, rows in world.items():
        searched = [c for c in models[name].columns if c.tokens_column]
        for plain in rows.values():
            row = plain | {str(c.tokens_column): tokens(plain[c.name]) for c in searched}
            places = ", ".join(["%s"] * len(row))
            columns = ", ".join(f'"{column}"' for column in row)
            yield f'insert into "{schema}"."{models[name].table}" ({columns}) values ({places})', list(row.values())
