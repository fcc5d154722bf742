"""Any event of a type, with any values that its fields may hold."""

from datetime import UTC
from typing import Any

import msgspec
from hypothesis import strategies as st
from msgspec.inspect import Type

from domain.kernel.events import Event
from infra.serialisation.plans import plan_of

_SIMPLE: dict[type[Type], st.SearchStrategy[Any]] = {
    msgspec.inspect.NoneType: st.none(),
    msgspec.inspect.BoolType: st.booleans(),
    msgspec.inspect.IntType: st.integers(-(2**63), 2**64 - 1),
    msgspec.inspect.StrType: st.text(max_size=40),
    msgspec.inspect.BytesType: st.binary(max_size=40),
    msgspec.inspect.DateTimeType: st.datetimes(timezones=st.just(UTC)),
    msgspec.inspect.DateType: st.dates(),
    msgspec.inspect.UUIDType: st.uuids(),
    msgspec.inspect.DecimalType: st.decimals(allow_nan=False, allow_infinity=False, places=4),
}


def events(event: type[Event]) -> st.SearchStrategy[Event]:
    """Events of this type; nothing in them is erased."""
    return st.builds(event, **{name: values(msgspec.inspect.type_info(hint)) for name, hint in plan_of(event).types.items()})


def values(kind: Type) -> st.SearchStrategy[Any]:
    """Values of a type."""
    match kind:
        case msgspec.inspect.Metadata(type=inner):
            return values(inner)
        case msgspec.inspect.LiteralType(values=allowed):
            return st.sampled_from(sorted(allowed, key=str))
        case msgspec.inspect.EnumType(cls=cls):
            return st.sampled_from(list(cls))
        case msgspec.inspect.UnionType(types=types):
            return st.one_of(*(values(each) for each in types))
        case msgspec.inspect.TupleType(item_types=items):
            return st.tuples(*(values(each) for each in items))
        case msgspec.inspect.VarTupleType(item_type=item):
            return st.lists(values(item), max_size=3).map(tuple)
        case msgspec.inspect.FrozenSetType(item_type=item) | msgspec.inspect.SetType(item_type=item):
            return st.frozensets(values(item), max_size=3)
        case msgspec.inspect.CollectionType(item_type=item):
            return st.lists(values(item), max_size=3)
        case msgspec.inspect.DictType(key_type=key, value_type=value):
            return st.dictionaries(values(key), values(value), max_size=3)
        case msgspec.inspect.StructType(cls=cls, fields=fields):
            return st.builds(cls, **{field.name: values(field.type) for field in fields})
        case _:
            return _SIMPLE[type(kind)]
