"""A read model's class is its table, its GraphQL type and its row: a frozen struct whose fields say what they are."""

import inspect
import sys
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, dataclass_transform
from uuid import UUID

import msgspec

from projections.engine import reading
from projections.engine.fields import NOTHING as NO_DEFAULT
from projections.engine.fields import ColumnSpec, FormulaSpec, FoundSpec, ManySpec, OneSpec, SearchedSpec, column, formula, one
from projections.engine.members import Declared
from projections.engine.sets import Derivation
from projections.engine.ways import Ways, several


class ModelMeta(msgspec.StructMeta):
    """Reads the class body as a declaration, leaves the row's own fields to msgspec, and enters the model in MODELS."""

    def __new__(
        mcs,
        name: str,
        bases: tuple[type, ...],
        body: dict[str, Any],
        *,
        visible: str | Ways = "",
        unless: str | None = None,
        case: str | None = None,
        version: int = 1,
        queries: Sequence[FoundSpec | ManySpec | SearchedSpec] = (),
        indexes: Sequence[str] = (),
        live: str | Sequence[str] = (),
        history: bool = True,
        view: str | None = None,
        derived: Derivation | None = None,
        **options: Any,
    ) -> Any:
        annotations = dict(body.get("__annotations__", {}))
        specs = {field: body[field] for field in annotations if field in body}
        stored = {field: hint for field, hint in annotations.items() if not isinstance(specs.get(field), FormulaSpec)}
        rest = {field: value for field, value in body.items() if field not in annotations}
        defaults = {
            field: spec.default
            for field, spec in specs.items()
            if isinstance(spec, ColumnSpec | OneSpec) and spec.default is not NO_DEFAULT
        }
        bare = rest | defaults | {"__annotations__": stored}
        cls: Any = super().__new__(mcs, name, bases, bare, **(options | {"frozen": True, "kw_only": True, "gc": False}))
        if not any(isinstance(base, ModelMeta) for base in bases):
            return cls
        cls.declared = Declared(
            row=cls,
            name=name,
            context=reading.context(cls.__module__),
            version=version,
            doc=reading.documented(name, inspect.getdoc(cls) if "__doc__" in body else None),
            members=reading.members(name, sys.modules[cls.__module__], annotations, specs, rest),
            roots=reading.roots(name, queries),
            visible=reading.visibility(visible),
            ways={reason: several(way) for reason, way in visible.items()} if isinstance(visible, Mapping) else {},
            unless=unless,
            case=case,
            view=view,
            derived=derived,
            history=history and view is None,
            indexes=tuple(indexes),
            live=(live,) if isinstance(live, str) else tuple(live),
        )
        reading.enter(cls.declared)
        return cls


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(column, one, formula))
class Model(msgspec.Struct, frozen=True, metaclass=ModelMeta):
    """A read model.

    `class Message(Model, visible="channel", version=2)`: `visible` is SQL saying who may see a row (`true`: everybody of the
    organisation), the name of the relation through which that is inherited, or several ways of seeing it, each by the reason that
    is given for it: `{"public channel": SQL, …}`; a way that is `Among` others also says where to look for all that somebody
    sees. `unless`: SQL that hides a row from who would see it by what it inherits. `case`: SQL that says which rows auditors read
    under a case, by its {scope_people}, {scope_channels}, {scope_since} and {scope_until}, or `visible` for those that they see
    anyhow; without it, those that belong to such a row by what is inherited, or none. Raise `version` with every change of
    columns or feeds: the new table fills beside the old. `queries`: fields of the query's root (`found`, `listed`, `searched`).
    `indexes`: further ones, as columns ("person_id, channel_id"), of a part where a condition follows ("id where closed").
    `history=False`: only the present is kept. `view`: SQL in place of a table, with a column for the id and each declared one;
    such a model has no feeds. `derived`: a set, `per(…)`: rows with a history that follow from other models' rows, by one
    statement for each batch; it has no feeds either. `live`: its changes can be followed by subscriptions: of the rows of one
    container, by the name of the relation that leads to it; of one's own (`viewer`), by the relation `person` or `author`; of all
    one's own containers, by the name of the list that a person has of them (`viewer.channels`); or of all that one may see
    (`all`). Raises TypeError, in words, on import.
    """

    declared: ClassVar[Declared]
    id: UUID

    def __init_subclass__(
        cls,
        *,
        visible: str | Ways = "",
        unless: str | None = None,
        case: str | None = None,
        version: int = 1,
        queries: Sequence[FoundSpec | ManySpec | SearchedSpec] = (),
        indexes: Sequence[str] = (),
        live: str | Sequence[str] = (),
        history: bool = True,
        view: str | None = None,
        derived: Derivation | None = None,
    ) -> None: ...
