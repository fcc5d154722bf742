"""What an event type's JSON holds, in words that don't depend on names in the code: the golden files and the catalogue."""

import msgspec
from msgspec.inspect import Type, type_info

from domain.kernel.events import Event, marks
from domain.kernel.personal import Contained
from infra.serialisation.plans import plan_of

_WORDS: dict[type[Type], str] = {
    msgspec.inspect.AnyType: "anything",
    msgspec.inspect.NoneType: "nothing",
    msgspec.inspect.BoolType: "true or false",
    msgspec.inspect.IntType: "integer",
    msgspec.inspect.StrType: "text",
    msgspec.inspect.BytesType: "bytes in base64",
    msgspec.inspect.DateTimeType: "time",
    msgspec.inspect.DateType: "date",
    msgspec.inspect.TimeType: "time of day",
    msgspec.inspect.TimeDeltaType: "duration",
    msgspec.inspect.UUIDType: "id",
    msgspec.inspect.DecimalType: "decimal in text",
}


def shape(event: type[Event]) -> dict[str, dict[str, str]]:
    """Every field as it is stored: what it holds, and whose it is if it is sealed (`person`, or `container: order`)."""
    personal = marks(event)
    told: dict[str, dict[str, str]] = {}
    for name, hint in plan_of(event).types.items():
        told[name] = {"holds": holds(type_info(hint))}
        if mark := personal.get(name):
            told[name]["belongs to"] = f"container: {mark.of}" if isinstance(mark, Contained) else mark.of
    return told


def holds(kind: Type) -> str:
    """A type in words. Raises TypeError for one that an event can't have."""
    match kind:
        case msgspec.inspect.Metadata(type=inner):
            return holds(inner)
        case msgspec.inspect.LiteralType(values=values):
            return " | ".join(sorted(msgspec.json.encode(value).decode() for value in values))
        case msgspec.inspect.EnumType(cls=cls):
            return " | ".join(sorted(msgspec.json.encode(member).decode() for member in cls))
        case msgspec.inspect.UnionType(types=types):
            # `nothing` last; the order in which the types were written makes no difference to what is stored.
            return " | ".join(sorted((holds(each) for each in types), key=lambda told: (told == "nothing", told)))
        case msgspec.inspect.TupleType(item_types=items):
            return f"[{', '.join(holds(each) for each in items)}]"
        case msgspec.inspect.CollectionType(item_type=item):
            return f"list of ({holds(item)})"
        case msgspec.inspect.DictType(key_type=key, value_type=value):
            return f"map from ({holds(key)}) to ({holds(value)})"
        case msgspec.inspect.StructType(cls=cls, fields=fields, tag=tag, tag_field=tag_field):
            if not cls.__struct_config__.forbid_unknown_fields:
                raise TypeError(f"{cls.__name__} stands in an event: declare it with forbid_unknown_fields=True")
            first = [f"{tag_field}: {msgspec.json.encode(tag).decode()}"] if tag_field else []
            inside = [f"{field.encode_name}{'' if field.required else '?'}: {holds(field.type)}" for field in fields]
            return f"{{{', '.join(first + inside)}}}"
        case _ if word := _WORDS.get(type(kind)):
            return word
        case _:
            raise TypeError(f"an event can't hold a {type(kind).__name__.removesuffix('Type')}")
