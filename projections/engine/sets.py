"""The set form: rows that follow from many rows of other models, made by one SQL statement for all keys that a batch touched."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from projections.engine.members import MODELS, PLACEHOLDER, Column, Declared, One

if TYPE_CHECKING:
    from projections.engine.model import Model

M = TypeVar("M", bound="Model")

KEY = "key"
_CHANGING = re.compile(
    r"\b(now|random|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday|gen_random_uuid|nextval"
    r"|current_(?:date|time|timestamp|user|setting)|localtime(?:stamp)?)\b",
    re.IGNORECASE,
)
"""What gives another value when it is asked again: then a rebuild would differ from what stood live."""


class CannotBeKept(TypeError):
    """A set is declared for which the engine couldn't keep what it keeps for all read models: the text says what, and why."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Derivation:
    """How a set follows from other models. `key`: the member that says what a row belongs to, by its name.

    `sources`: of each source the SQL of the keys that one of its rows touches. `sql` gives the rows of {key}, with all columns
    but the key's; a source's name in braces stands for those of its rows that touch this key, as of a position.
    """

    key: str
    sql: str
    sources: Mapping[Declared, Sequence[str]]

    def column(self, model: Declared) -> str:
        """The column of the key in the set's own table."""
        member = model.members[self.key]
        return member.id_column if isinstance(member, One) else member.name


def per(key: str, sql: str, *, of: Mapping[type[M], str | Sequence[str]]) -> Derivation:
    """Declares a set: `derived=per("root", "select …", of={Message: "{this}.thread_id"})`.

    `key` is a relation to one row, or a column of ids. `of` says of each source which keys a row touches, by its own columns:
    {this} is the row; null touches nothing. `sql` selects the id and every column but the key's. In it {key} is a key, and
    {message} the messages that touch that key: so a row can't be read whose changes would go unnoticed.
    """
    sources = {source.declared: (touched,) if isinstance(touched, str) else tuple(touched) for source, touched in of.items()}
    return Derivation(key=key, sql=sql, sources=sources)


def check(model: Declared) -> None:
    """Raises CannotBeKept, in words."""
    if model.derived is None:
        return
    _check_own(model, model.derived)
    for source, touched in model.derived.sources.items():
        _check_source(model.name, source)
        for sql in touched:
            _check_touched(model.name, source, sql)
    _check_sql(model.name, model.derived)


def _check_own(model: Declared, derived: Derivation) -> None:
    if model.view is not None or not model.history or model.live:
        raise CannotBeKept(f"{model.name}: a set is no view, keeps its history, and is followed by following what it is made of")
    match model.members.get(derived.key):
        case One(union=False, optional=False):
            pass
        case Column(name=name, nullable=False, type=kind) if name != "id" and kind.sql == "uuid":
            pass
        case _:
            raise CannotBeKept(f"{model.name}: its key `{derived.key}` must be a relation To[…] one model, or a column of ids")
    for column in model.columns:
        if column.personal or column.born or column.tokens_column:
            raise CannotBeKept(f"{model.name}.{column.name}: a set can't have values that are personal, searched in, or `born`")


def _check_source(name: str, source: Declared) -> None:
    if source.derived is not None:
        raise CannotBeKept(f"{name}: {source.name} is a set itself; name what that is made of")
    if source.view is not None:
        raise CannotBeKept(f"{name}: {source.name} is a view and has no changes; name what that is made of")
    if not source.history:
        raise CannotBeKept(f"{name}: {source.name} keeps no history, so nobody can say what follows from it as of before")
    if lost := [column.name for column in source.personal if not column.nullable]:
        raise CannotBeKept(f"{name}: rows of {source.name} go, from the past too, when their `{lost[0]}` is erased")


def _check_touched(name: str, source: Declared, sql: str) -> None:
    where = f"{name}: what a {source.name} touches"
    own = {"id", *(column.name for column in source.columns if not column.personal)}
    own |= {relation.id_column for relation in source.relations}
    named = re.findall(r"\{this\}\.\"?([a-z_0-9]+)", sql)
    if set(PLACEHOLDER.findall(sql)) != {"this"} or re.search(r"\bselect\b", sql, re.IGNORECASE):
        raise CannotBeKept(f"{where} must follow from its own columns, as in {{this}}.{min(own - {'id'}, default='id')}")
    if missing := set(named) - own:
        raise CannotBeKept(f"{where} is said by `{min(missing)}`, which is no column of it, or a personal one")
    _refuse_changing(where, sql)


def _check_sql(name: str, derived: Derivation) -> None:
    named = set(PLACEHOLDER.findall(derived.sql))
    sources = {source.placeholder for source in derived.sources}
    if unknown := named - sources - {KEY}:
        raise CannotBeKept(f"{name} reads {{{min(unknown)}}}, which is none of its sources: its changes would go unnoticed")
    if unread := sources - named:
        raise CannotBeKept(f"{name} doesn't read its source {{{min(unread)}}}")
    _refuse_changing(name, derived.sql)


def _refuse_changing(where: str, sql: str) -> None:
    if found := _CHANGING.search(sql):
        raise CannotBeKept(f"{where} names `{found[0]}`: what follows from rows must be the same whenever it is asked")


def check_followed(models: Collection[Declared]) -> None:
    """Raises CannotBeKept where a set's source isn't followed together with it."""
    for model in models:
        for source in model.derived.sources if model.derived else ():
            if source not in models:
                raise CannotBeKept(f"{model.name}: {source.name} isn't followed here, so its changes would go unnoticed")


def derived_from(source: Declared) -> list[Declared]:
    """The sets that are made of a model's rows."""
    return [model for model in MODELS.values() if model.derived is not None and source in model.derived.sources]


def together(models: Collection[Declared]) -> list[Declared]:
    """These models, the sets that are made of them, and what those sets are made of: what is rebuilt at once, or not at all."""
    found = dict.fromkeys(models)
    for model in MODELS.values():
        if model.derived is not None and (model in found or found.keys() & model.derived.sources.keys()):
            found |= dict.fromkeys((model, *model.derived.sources))
    return list(found) if len(found) == len(set(models)) else together(found)
