"""Read models for the compiler's tests: a club of gardeners, with one of everything that can be declared.

They are kept out of the program's own registry; `planted()` puts them there for as long as a test needs them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from projections.engine.fields import Formula, Maybe, OneOf, To, column, computed, formula, found, listed, many, one
from projections.engine.members import MODELS, Declared
from projections.engine.model import Model
from projections.engine.reading import LISTS
from projections.engine.registry import finish
from projections.engine.values import Long
from projections.engine.ways import Among

_OTHERS, _THEIR_LISTS = dict(MODELS), dict(LISTS)
MODELS.clear()
LISTS.clear()

SHARED = Among(
    "id",
    "a.gardener_id",
    "{tending} a join {tending} b on a.garden_id = b.garden_id where b.gardener_id = {viewer}",
)
TENDED = Among("id", "m.garden_id", "{tending} m where m.gardener_id = {viewer}", indexed=True)


class Gardener(
    Model,
    visible={"in the open": ("not {this}.hidden", "{this}.id = {viewer}"), "shares a garden": SHARED},
    queries=[
        found("gardener", "A gardener by id."),
        found("self", "Yourself.", where="{this}.id = {viewer}"),
        listed("gardeners", "All gardeners.", order="name"),
    ],
):
    """Somebody who gardens."""

    name: str = column("What they are called.", order=True, filter=("eq", "contains"))
    email: str | None = column("Where they get mail.", personal=True, filter=("eq",))
    hidden: bool = column("Seen only by those who share a garden.", filter=("eq",))

    @computed("name")
    def initials(self) -> str:
        """The first letters of the name."""
        if "Beta" in self.name:
            raise ValueError("nobody should read this text")
        return "".join(part[0] for part in self.name.split())

    @computed("name", "email")
    def address(self) -> str | None:
        """Name and mail."""
        return self.email and f"{self.name} <{self.email}>"


class Garden(
    Model,
    visible={"without a wall": "not {this}.walled", "tends it": TENDED},
    queries=[
        found("garden", "A garden by id."),
        listed("gardens", "All gardens.", order="name"),
        listed("rose_gardens", "Those with roses.", order="-opened_at", where="{this}.kind = 'rose'"),
    ],
):
    """A place where things grow."""

    name: str = column("What it is called.", order=True, filter=("eq", "contains", "any"))
    motto: str | None = column("What stands over the gate.", personal=True, order=True, filter=("contains",))
    walled: bool = column("Open to its gardeners only.", filter=("eq",))
    kind: Literal["herb", "rose"] = column(
        "What grows there.", filter=("eq", "any"), choices={"herb": "Herbs.", "rose": "Roses."}
    )
    budget: Decimal | None = column("What may be spent.", filter=("gte",))
    area: float | None = column("In square metres.")
    opened_at: datetime = column("When it was opened.", order=True, filter=("gte", "lt"))
    since: date = column("The day it is celebrated on.", order=True, filter=("eq",))
    size: Formula[int] = formula("select count(*)::int from {tending} m where m.garden_id = {this}.id", "How many tend it.")


class Tending(Model, visible="garden", indexes=("gardener_id, garden_id",)):
    """A gardener's place in a garden."""

    began_at: datetime = column("When it began.", order=True, born=True)
    garden: To[Garden] = one("Where.", inverse=many("tendings", "Who tends it.", order="began_at"))
    gardener: To[Gardener] = one("Who, if you may see them.", inverse=many("tendings", "Where they work.", order="began_at"))


class Planting(Model, visible="garden", queries=[listed("plantings", "All plantings.", order="-position")]):
    """Something put into the earth."""

    position: Long = column("Its place in the log.", order=True, born=True, filter=("lt", "gte"))
    rank: int = column("Its place in the bed.", order=True, filter=("eq",))
    text: str = column("What is written on it.", personal=True, order=True, filter=("eq", "contains", "search"))
    garden: To[Garden] = one("Where it grows.", inverse=many("plantings", "What grows here.", order="-position"))
    planter: Maybe[Gardener] = one("Who planted it.", inverse=many("plantings", "What they planted.", order="text"))
    beside: Maybe["Planting"] = one("What it was planted beside.", inverse=many("neighbours", "What is beside it.", order="rank"))


class Label(Model, visible="garden"):
    """A sign in a garden."""

    position: Long = column("Its place in the log.", order=True, born=True)
    garden: To[Garden] = one("Where it stands.", inverse=many("labels", "The signs here.", order="position"))
    subject: OneOf[Planting | Gardener] = one(
        "What it is about, if you may see it.",
        inverse=many("signs", "Signs about it.", order="-position"),
    )


finish()
GARDEN: dict[str, Declared] = dict(MODELS)
MODELS.clear()
MODELS.update(_OTHERS)
LISTS.update(_THEIR_LISTS)


@contextmanager
def planted() -> Iterator[dict[str, Declared]]:
    """Makes these the only read models that there are."""
    others = dict(MODELS)
    MODELS.clear()
    MODELS.update(GARDEN)
    try:
        yield GARDEN
    finally:
        MODELS.clear()
        MODELS.update(others)
