"""How the domain's names are written in the schema, and the enums that several types share."""

from collections.abc import Mapping
from typing import Any

from graphql import GraphQLEnumType, GraphQLEnumValue


def camel(name: str) -> str:
    """reply_to as replyTo."""
    head, *rest = name.split("_")
    return head + "".join(part.title() for part in rest)


def pascal(name: str) -> str:
    """reply_to as ReplyTo."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def id_name(field: str, of: str, *, several: bool) -> str:
    """The field of an id that stands alone: message as messageId, departments as departmentIds, people of Person as personIds.

    Under the thing's own name stands the thing, in a result beside it, and GraphQL wants one type for one name in a selection.
    """
    if not several:
        return f"{camel(field)}Id"
    return f"{camel(field).removesuffix('s') if field.endswith('s') else of[0].lower() + of[1:]}Ids"


class Enums:
    """Makes each enum once: the same choices under the same name are the same type, wherever they occur."""

    def __init__(self) -> None:
        self.known: dict[str, GraphQLEnumType] = {}

    def of(self, name: str, choices: tuple[str, ...], described: Mapping[str, str], doc: str) -> GraphQLEnumType:
        """The enum of a text's choices; its values are written in capitals. Raises TypeError where one name means two things."""
        found = self.known.get(name)
        if found is None:
            values = {choice.upper(): GraphQLEnumValue(choice, described.get(choice) or _words(choice)) for choice in choices}
            found = self.known[name] = GraphQLEnumType(name, values, description=doc)
        if _choices(found) != set(choices):
            raise TypeError(f"two enums are named {name}: {sorted(_choices(found))} and {sorted(choices)}")
        return found

    def like(self, choices: tuple[str, ...]) -> GraphQLEnumType | None:
        """A known enum with exactly these choices: what a command says is then what a read model shows."""
        found = (enum for _, enum in sorted(self.known.items()) if _choices(enum) == set(choices))
        return next(found, None)


def _words(choice: str) -> str:
    return f"{choice.replace('_', ' ').capitalize()}."


def _choices(enum: GraphQLEnumType) -> set[Any]:
    return {value.value for value in enum.values.values()}
