"""From a class body to a declaration: annotations are resolved, and what doesn't fit together is said in words."""

import builtins
import re
from collections.abc import Iterable, Mapping
from types import ModuleType, NoneType, UnionType
from typing import Any, ForwardRef, Union, get_args, get_origin
from uuid import UUID

from projections.engine import fields
from projections.engine.fields import ColumnSpec, FormulaSpec, FoundSpec, ManySpec, OneSpec, SearchedSpec
from projections.engine.members import MODELS, Column, Declared, Formula, Found, Function, Many, Member, One, Searched
from projections.engine.values import value_type
from projections.engine.ways import Ways, either

ID = Column(name="id", doc="Its identifier.", type=value_type(UUID), nullable=False)  # type: ignore[arg-type]  # uuid is one
LISTS: dict[str, list[Many]] = {}
"""Lists that relations gave to their targets, by the target's name: a target may be declared after what points to it."""


class Later:
    """A model that is named before it is imported: `Maybe[Department]` where Department stands in a file not read yet."""

    def __init__(self, name: str) -> None:
        self.names: tuple[str, ...] = (name,)

    def __or__(self, other: Any) -> "Later":
        both = Later("")
        both.names = (*self.names, *target_names(other))
        return both

    __ror__ = __or__


class Scope(dict[str, Any]):
    """The names of a module, and a `Later` for each that it doesn't have."""

    def __missing__(self, name: str) -> Any:
        return getattr(builtins, name) if hasattr(builtins, name) else Later(name)


def annotation(hint: Any, module: ModuleType) -> Any:
    """An annotation, evaluated where it was postponed."""
    return eval(hint, {}, Scope(vars(module))) if isinstance(hint, str) else hint  # noqa: S307 (our own source's annotation)


def context(module: str) -> str:
    """The context of a model: the package that its file stands in."""
    return module.split(".")[-2] if module.count(".") else module


def visibility(visible: str | Ways) -> str:
    """What says who may see a row: any one of several ways."""
    return visible if isinstance(visible, str) else " or ".join(f"({either(way)})" for way in visible.values())


def documented(name: str, doc: str | None) -> str:
    if not doc:
        raise TypeError(f"{name} needs a docstring: it is the type's description in the schema")
    return doc


def members(
    name: str, module: ModuleType, annotations: Mapping[str, Any], specs: Mapping[str, Any], rest: Mapping[str, Any]
) -> dict[str, Member]:
    """The members of a model, in the order of its class."""
    hints = {field: annotation(hint, module) for field, hint in annotations.items()}
    found: dict[str, Member] = {"id": ID}
    for field, hint in hints.items():
        spec = specs.get(field)
        if not isinstance(spec, ColumnSpec | OneSpec | FormulaSpec):
            raise TypeError(f'{name}.{field} needs a description: {field}: … = column("What it is.")')
        if not re.fullmatch(r"[a-z][a-z0-9_]*", field) or field.startswith("valid_"):
            raise TypeError(f"{name}.{field}: names are snake_case, and valid_from and valid_to are the engine's")
        found[field] = _member(name, field, hint, spec)
    for field, value in rest.items():
        if hasattr(value, "needs"):
            found[field] = _function(name, field, value, annotation(value.__annotations__.get("return"), module), found)
    return found


def roots(name: str, queries: Iterable[FoundSpec | ManySpec | SearchedSpec]) -> dict[str, Found | Many | Searched]:
    """Its fields at the query's root."""
    return {spec.name: _root(name, spec) for spec in queries}


def _root(name: str, spec: FoundSpec | ManySpec | SearchedSpec) -> Found | Many | Searched:
    match spec:
        case FoundSpec():
            return Found(name=spec.name, doc=spec.doc, target_name=name, where=spec.where)
        case SearchedSpec():
            return Searched(
                name=spec.name, doc=spec.doc, target_name=name, text=spec.text, time=spec.time, by=spec.by, kinds=spec.kinds
            )
        case _:
            return _many(spec, name, None)


def enter(model: Declared) -> None:
    """Checks what can be checked now, and makes the model known."""
    if model.name in MODELS:
        raise TypeError(f"there are two read models {model.name}: {MODELS[model.name].row.__module__} and {model.row.__module__}")
    if not model.visible:
        raise TypeError(f'{model.name} must say who may see a row: class {model.name}(Model, visible="…")')
    if model.unless and model.visible_through is None:
        raise TypeError(f"{model.name}: `unless` narrows visibility that is inherited; `visible` says itself who sees a row")
    MODELS[model.name] = model


def _member(name: str, field: str, hint: Any, spec: ColumnSpec | OneSpec | FormulaSpec) -> Member:
    where = f"{name}.{field}"
    match spec:
        case OneSpec():
            return _one(name, field, hint, spec)
        case FormulaSpec():
            if get_origin(hint) is not fields.Formula:
                raise TypeError(f"{where}: a formula is annotated Formula[…]")
            plain, nullable = _optional(get_args(hint)[0])
            return Formula(name=field, doc=spec.doc, type=_type(where, plain), nullable=nullable, sql=spec.sql)
        case ColumnSpec():
            plain, nullable = _optional(hint)
            personal = (field,) if spec.personal is True else spec.personal or ()
            if spec.order and nullable and plain is not str:
                raise TypeError(f"{where} can't be an order: rows without a value would have no place in it")
            if spec.born and nullable:
                raise TypeError(f"{where} can't be `born`: a row has that value from the beginning")
            if spec.choices and set(spec.choices) != set(_type(where, plain).choices):
                raise TypeError(f"{where}: `choices` must describe each value of its Literal, and nothing else")
            return Column(
                name=field,
                doc=spec.doc,
                type=_type(where, plain),
                nullable=nullable,
                order=spec.order,
                born=spec.born,
                filter=spec.filter,
                personal=personal,
                choices=spec.choices,
            )


def _one(name: str, field: str, hint: Any, spec: OneSpec) -> One:
    kind = get_origin(hint)
    targets = target_names(get_args(hint)[0]) if kind in (fields.To, fields.Maybe, fields.OneOf) else ()
    if not targets or (len(targets) > 1) != (kind is fields.OneOf):
        raise TypeError(f"{name}.{field}: a relation is annotated To[Model], Maybe[Model] or OneOf[Model | Other]")
    for inverse in spec.inverse:
        for target in targets:
            LISTS.setdefault(target, []).append(_many(inverse, name, field))
    return One(
        name=field,
        doc=spec.doc,
        owner=name,
        target_names=targets,
        optional=kind is fields.Maybe,
        index=spec.index or bool(spec.inverse),
    )


def _many(spec: ManySpec, target: str, by: str | None) -> Many:
    return Many(
        name=spec.name,
        doc=spec.doc,
        target_name=target,
        by=by,
        order=spec.order.lstrip("-"),
        descending=spec.order.startswith("-"),
        where=spec.where,
    )


def _function(name: str, field: str, method: Any, result: Any, known: Mapping[str, Member]) -> Function:
    for need in method.needs:
        if not isinstance(known.get(need), Column):
            raise TypeError(f"{name}.{field} is computed from `{need}`, which is no column of {name}")
    if result is None or not method.__doc__:
        raise TypeError(f"{name}.{field} needs a return type and a docstring: they are its type and description in the schema")
    plain, nullable = _optional(result)
    kind = _type(f"{name}.{field}", plain)
    return Function(name=field, doc=method.__doc__.strip(), type=kind, nullable=nullable, needs=method.needs, call=method)


def _type(where: str, hint: Any) -> Any:
    found = value_type(hint)
    if found is None:
        raise TypeError(f"{where}: {hint!r} is no type of a column; relations are declared with one(…)")
    return found


def _optional(hint: Any) -> tuple[Any, bool]:
    args = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    plain = [arg for arg in args if arg is not NoneType]
    return (plain[0] if len(plain) == 1 else hint), len(plain) < len(args)


def target_names(hint: Any) -> tuple[str, ...]:
    """The names of the models that a relation's annotation leads to."""
    if isinstance(hint, Later):
        return hint.names
    if isinstance(hint, ForwardRef):
        return tuple(part.strip() for part in hint.__forward_arg__.split("|"))
    if get_origin(hint) in (Union, UnionType):
        return tuple(name for part in get_args(hint) for name in target_names(part))
    return (hint.__name__,) if hasattr(hint, "declared") else ()
