"""All read models of the program: their files are found and imported, then checked together."""

import importlib
import pkgutil
from collections.abc import Mapping

import projections
from projections.engine import sets
from projections.engine.members import MODELS, PLACEHOLDER, SEEN, Column, Declared, Formula, Many, One, Searched
from projections.engine.once import ASKED_ONCE, ONCE
from projections.engine.reading import LISTS
from projections.engine.ways import Among, all_of

LONGEST_TABLE = 63 - len("_rebuild_history_pkey")
"""PostgreSQL cuts names after 63 bytes, and the engine adds to a table's name."""
SCOPE = frozenset({"scope_people", "scope_channels", "scope_since", "scope_until"})
"""What the scope of a case is called where a model says what of it auditors read."""
ALWAYS_KNOWN = frozenset({"this", "viewer", "now"})


def models() -> Mapping[str, Declared]:
    """Every read model by its GraphQL name. The first call imports all files under projections/, and checks what they declare.

    Raises TypeError, in words, where declarations don't fit together.
    """
    for module in pkgutil.walk_packages(projections.__path__, "projections."):
        importlib.import_module(module.name)
    finish()
    return MODELS


def finish() -> None:
    """Gives each model the lists that others' relations declared for it, and checks names across models."""
    for target, lists in LISTS.items():
        if target not in MODELS:
            raise TypeError(f"{lists[0].target_name}.{lists[0].by} leads to {target}, which is no read model")
        for each in lists:
            known = MODELS[target].members.setdefault(each.name, each)
            if known is not each:
                raise TypeError(f"{target}.{each.name} is declared twice; {each.target_name}.{each.by} is one of them")
    LISTS.clear()
    placeholders = {model.placeholder for model in MODELS.values()}
    names = ALWAYS_KNOWN | placeholders | {f"{SEEN}{name}" for name in placeholders} | {f"{ASKED_ONCE}{name}" for name in ONCE}
    for model in MODELS.values():
        check(model, names)


def check(model: Declared, names: frozenset[str]) -> None:
    """Raises TypeError where the model names something that isn't there."""
    if len(model.table) > LONGEST_TABLE:
        raise TypeError(f"{model.name}: its table would be called {model.table}, which has more than {LONGEST_TABLE} letters")
    for member in (*model.members.values(), *model.roots.values()):
        where = f"{model.name}.{member.name}"
        match member:
            case One():
                for target in member.target_names:
                    if target not in MODELS:
                        raise TypeError(f"{where} leads to {target}, which is no read model")
            case Many():
                order = member.target.members.get(member.order)
                if not (isinstance(order, Column) and order.order):
                    raise TypeError(f"{where} is ordered by `{member.order}`, which is no column with order=True")
                _placeholders(where, member.where, names)
            case Formula():
                _placeholders(where, member.sql, names)
            case Searched():
                text = model.members.get(member.text)
                if not (isinstance(text, Column) and text.tokens_column):
                    raise TypeError(f"{where} searches in `{member.text}`, which is no column with the filter `search`")
                for sql in member.kinds.values():
                    _placeholders(where, sql, names)
            case _:
                pass
    if not model.visible_through:
        if model.visible.isidentifier() and model.visible not in ("true", "false"):
            raise TypeError(f"{model.name} is visible through `{model.visible}`, which is none of its relations")
        _placeholders(f"{model.name}'s visible", model.visible, names)
        _among(model, names - {"this"})
    elif len(model.members[model.visible].target_names) > 1:  # type: ignore[attr-defined]  # visible_through says it is a One
        raise TypeError(f"{model.name} can't inherit visibility through `{model.visible}`: it leads to several models")
    _placeholders(f"{model.name}'s unless", model.unless, names)
    _placeholders(f"{model.name}'s view", model.view, names)
    _placeholders(f"{model.name}'s case", model.case, names | SCOPE)
    sets.check(model)


def _among(model: Declared, names: frozenset[str]) -> None:
    columns = {"id", *(column.name for column in model.columns), *(relation.id_column for relation in model.relations)}
    for way in all_of(model.ways):
        if isinstance(way, Among):
            if way.column not in columns:
                raise TypeError(f"{model.name} is visible among `{way.column}`, which is none of its columns")
            _placeholders(f"{model.name}, visible among `{way.column}`,", way.keys, names)


def _placeholders(where: str, sql: str | None, names: frozenset[str]) -> None:
    for name in PLACEHOLDER.findall(sql or ""):
        if name not in names:
            may_be = f"{{this}}, {{viewer}}, a read model's table or {{{SEEN}…}} of one"
            raise TypeError(f"{where} names {{{name}}}: it must be {may_be}")
        if name.startswith(ASKED_ONCE):
            _placeholders(f"{where}, in `{name}`,", ONCE[name.removeprefix(ASKED_ONCE)], names - {"this"})
