"""A read model's declaration as the compiler, the store and the follower read it."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from projections.engine.fields import Operator
from projections.engine.values import ValueType
from projections.engine.ways import Way

if TYPE_CHECKING:
    from projections.engine.model import Model
    from projections.engine.sets import Derivation

LIVE_ALL, LIVE_OWN, LIVE_OURS = "all", "viewer", "viewer."
"""How changes can be followed, beside the names of relations."""

MODELS: dict[str, "Declared"] = {}
"""Every read model by its GraphQL name."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Member:
    """Something that a row shows under a name, in the domain's words (snake_case)."""

    name: str
    doc: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Column(Member):
    """A stored value. Beside a personal one stands `key_column`, the id of the data key that its value was sealed with;
    beside a searched one `tokens_column`. When that key is destroyed the value becomes null; where it can't, the row goes."""

    type: ValueType
    nullable: bool
    order: bool = False
    born: bool = False
    filter: tuple[Operator, ...] = ()
    personal: tuple[str, ...] = ()
    choices: Mapping[str, str] = field(default_factory=dict)

    @property
    def key_column(self) -> str | None:
        """uuid: the key of the last value that came from an event; it stays when that value is taken back or blanked."""
        return f"{self.name}_key" if self.personal else None

    def order_sql(self, row: str) -> str:
        """The expression that lists order by, never null: a text that isn't there comes first. Its index has the same."""
        value = f'{row}."{self.name}"' if row else f'"{self.name}"'
        return f"coalesce({value}, '')" if self.nullable else value

    @property
    def tokens_column(self) -> str | None:
        """text[], under a GIN index."""
        return f"{self.name}_tokens" if "search" in self.filter else None


@dataclass(frozen=True, kw_only=True, eq=False)
class One(Member):
    """A relation to one row. `optional`: the row may have none (its columns are nullable)."""

    owner: str
    target_names: tuple[str, ...]
    optional: bool
    index: bool

    @property
    def targets(self) -> tuple["Declared", ...]:
        """The models that it may lead to; several for a union."""
        return tuple(MODELS[name] for name in self.target_names)

    @property
    def union(self) -> bool:
        return len(self.target_names) > 1

    @property
    def id_column(self) -> str:
        return f"{self.name}_id"

    @property
    def type_column(self) -> str | None:
        """text: the target model's name; only where there are several."""
        return f"{self.name}_type" if self.union else None

    @property
    def inherited(self) -> bool:
        """Who sees the row sees the target too: visibility comes through this relation, so it needn't be checked again."""
        return MODELS[self.owner].visible_through == self.name

    @property
    def nullable(self) -> bool:
        """Whether GraphQL may answer null: only where visibility comes through it is there a target that the viewer sees."""
        return self.optional or not self.inherited


@dataclass(frozen=True, kw_only=True, eq=False)
class Many(Member):
    """A list of rows: those that point to this row through `by`; all of them at the root, where `by` is None.

    `order` is the column of the default order, `descending` its direction; `where` narrows the list (SQL over {this}).
    """

    target_name: str
    by: str | None
    order: str
    descending: bool
    where: str | None

    @property
    def target(self) -> "Declared":
        """The model of the rows in the list."""
        return MODELS[self.target_name]


@dataclass(frozen=True, kw_only=True, eq=False)
class Formula(Member):
    """A value that SQL computes when it is read; `sql` is a text with {this}, {viewer} and {table}s."""

    type: ValueType
    nullable: bool
    sql: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Function(Member):
    """A value computed in Python by `call(row)` from the columns `needs`; its row need have these attributes only."""

    type: ValueType
    nullable: bool
    needs: tuple[str, ...]
    call: Callable[[Any], Any]


@dataclass(frozen=True, kw_only=True, eq=False)
class Found(Member):
    """A field of the query's root: one row by its id, or where the SQL `where` holds."""

    target_name: str
    where: str | None

    @property
    def target(self) -> "Declared":
        """The model of the row."""
        return MODELS[self.target_name]


@dataclass(frozen=True, kw_only=True, eq=False)
class Searched(Member):
    """A field of the query's root: rows by what their `text` says, ordered by `time` or by how well it fits.

    `by` are relations that narrow it; `kinds` are kinds of rows, each with the SQL that says whether {this} is one.
    """

    target_name: str
    text: str
    time: str
    by: tuple[str, ...]
    kinds: Mapping[str, str]

    @property
    def target(self) -> "Declared":
        """The model of the rows."""
        return MODELS[self.target_name]


@dataclass(kw_only=True, eq=False)
class Declared:
    """A read model.

    `table` is the table's name, with the version, without the schema; it is the table of the current rows. `visible` is SQL that
    says who may see a row, or the name of the relation that says it; `ways` are its parts by their reasons; `unless` hides some
    rows nevertheless. `view`: SQL in place of a table. `derived`: how a set's rows follow from those of others. `indexes`:
    columns. `live`: how its changes can be followed.
    """

    row: type["Model"]
    name: str
    context: str
    version: int
    doc: str
    members: dict[str, Member]
    roots: dict[str, Found | Many | Searched]
    visible: str
    ways: Mapping[str, Sequence[Way]]
    unless: str | None
    case: str | None = None
    view: str | None
    derived: "Derivation | None" = None
    history: bool
    indexes: tuple[str, ...]
    live: tuple[str, ...] = ()

    @property
    def placeholder(self) -> str:
        """What SQL texts call its table: {channel_membership} for ChannelMembership."""
        return snake(self.name)

    @property
    def table(self) -> str:
        return f"{self.context}_{self.placeholder}_v{self.version}"

    @property
    def columns(self) -> Iterator[Column]:
        """Its stored values except the id, in the order of the class."""
        return (member for member in self.members.values() if isinstance(member, Column) and member.name != "id")

    @property
    def relations(self) -> Iterator[One]:
        return (member for member in self.members.values() if isinstance(member, One))

    @property
    def orders(self) -> tuple[Column, ...]:
        """The columns that its lists may be ordered by; each order ends with the id."""
        return tuple(column for column in self.columns if column.order)

    @cached_property
    def personal(self) -> tuple[Column, ...]:
        """The columns that hold personal values."""
        return tuple(column for column in self.columns if column.personal)

    @property
    def born(self) -> tuple[Column, ...]:
        """The columns that give `asOf` its bounds: a position, or a time that is the event's `effective_at`."""
        return tuple(column for column in self.columns if column.born)

    @property
    def visible_through(self) -> str | None:
        """The relation through which visibility is inherited, if it is."""
        return self.visible if isinstance(self.members.get(self.visible), One) else None


def snake(name: str) -> str:
    """ChannelMembership as channel_membership."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


SEEN = "seen_"
"""{seen_message} in an SQL text are the rows of {message} that the viewer may see."""
PLACEHOLDER = re.compile(r"\{([a-z_][a-z0-9_]*)\}")


def expand(text: str, value: Callable[[str], str]) -> str:
    """A declared SQL text with its placeholders ({this}, {viewer}, tables) replaced by what `value` gives for each."""
    return PLACEHOLDER.sub(lambda found: value(found[1]), text)
