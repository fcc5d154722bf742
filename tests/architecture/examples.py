"""A value of every type that an event may hold, always the same: what the golden samples are made of."""

from typing import Any

import msgspec
from msgspec.inspect import Type


def example(kind: Type) -> Any:
    """A value of a type, always the same: in JSON's terms."""
    match kind:
        case msgspec.inspect.Metadata(type=inner):
            return example(inner)
        case msgspec.inspect.LiteralType(values=values):
            return min(values, key=str)
        case msgspec.inspect.UnionType(types=types):
            return example(next(each for each in types if not isinstance(each, msgspec.inspect.NoneType)))
        case msgspec.inspect.TupleType(item_types=items):
            return [example(each) for each in items]
        case msgspec.inspect.CollectionType(item_type=item):
            return [example(item)]
        case msgspec.inspect.DictType(key_type=key, value_type=value):
            return {example(key): example(value)}
        case msgspec.inspect.StructType(fields=fields, tag=tag, tag_field=tag_field):
            first = {tag_field: tag} if tag_field else {}
            return first | {field.encode_name: example(field.type) for field in fields}
        case _:
            return _EXAMPLES[type(kind)]


_EXAMPLES: dict[type[Type], Any] = {
    msgspec.inspect.NoneType: None,
    msgspec.inspect.AnyType: {"any": ["thing", 1, None]},
    msgspec.inspect.BoolType: True,
    msgspec.inspect.IntType: 42,
    msgspec.inspect.StrType: "见到你很高兴 – nice to see you \U0001f44b",
    msgspec.inspect.BytesType: "AAEC",
    msgspec.inspect.DateTimeType: "2026-03-04T05:06:07.890123Z",
    msgspec.inspect.DateType: "2026-03-04",
    msgspec.inspect.TimeType: "05:06:07",
    msgspec.inspect.TimeDeltaType: "P1DT2H",
    msgspec.inspect.UUIDType: "01890a5d-ac96-774b-bcce-b302099a0001",
    msgspec.inspect.DecimalType: "12.50",
}
