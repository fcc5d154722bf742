"""The scalars of the schema: how each is written in JSON and read from it."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from graphql import GraphQLError, GraphQLScalarType

MIN_BIGINT, MAX_BIGINT = -(2**63), 2**63 - 1


def wire_time(moment: datetime) -> str:
    """A moment as PostgreSQL writes it in JSON at TimeZone=UTC: microseconds, no trailing zeros in the fraction."""
    text = moment.astimezone(UTC).isoformat()
    return text[:-6].rstrip("0") + text[-6:] if "." in text else text


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str):
        raise GraphQLError(f"{what} is given as a string.")
    return value


def _moment(value: Any) -> datetime:
    text = _text(value, "A DateTime")
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise GraphQLError("A DateTime says its offset, as in 2026-05-04T09:30:00Z.")
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise GraphQLError("A DateTime is written as in RFC 3339: 2026-05-04T09:30:00Z.") from None


def _date(value: Any) -> date:
    try:
        return date.fromisoformat(_text(value, "A Date"))
    except ValueError:
        raise GraphQLError("A Date is written as in ISO 8601: 2026-05-04.") from None


def _big(value: Any, what: str = "A Long") -> int:
    if isinstance(value, bool) or not isinstance(value, int | str) or (isinstance(value, str) and not _digits(value)):
        raise GraphQLError(f"{what} is a whole number, as a string of digits.")
    number = int(value)
    if not MIN_BIGINT <= number <= MAX_BIGINT:
        raise GraphQLError(f"{what} has at most 64 bits.")
    return number


def _digits(text: str) -> bool:
    # Bounded before int() reads it: a string of a million digits is not work worth doing.
    return len(text) <= 20 and text.removeprefix("-").isascii() and text.removeprefix("-").isdigit()


def _position(value: Any) -> int:
    number = _big(value, "A Position")
    if number < 0:
        raise GraphQLError("A Position is not negative.")
    return number


def _uuid(value: Any) -> UUID:
    text = _text(value, "A UUID")
    try:
        return UUID(text) if len(text) == 36 else _no_uuid()
    except ValueError:
        return _no_uuid()


def _no_uuid() -> UUID:
    raise GraphQLError("A UUID is written as in RFC 9562: 0198c0de-0000-7000-8000-000000000000.")


def _decimal(value: Any) -> Decimal:
    try:
        number = Decimal(_text(value, "A Decimal")) if len(str(value)) <= 100 else None
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite():
        raise GraphQLError("A Decimal is a string such as 12.50, of at most 100 characters.")
    return number


def _scalar(name: str, description: str, write: Callable[[Any], Any], read: Callable[[Any], Any], url: str | None = None) -> Any:
    return GraphQLScalarType(
        name, description=description, coerce_output_value=write, coerce_input_value=read, specified_by_url=url
    )


POSITION = _scalar("Position", "A place in the log of events: a whole number, as a string. It orders everything.", str, _position)
LONG = _scalar("Long", "A whole number of up to 64 bits, as a string.", str, _big)
DECIMAL = _scalar("Decimal", "An exact decimal number, as a string.", lambda value: format(value, "f"), _decimal)
DATE_TIME = _scalar(
    "DateTime",
    "A moment, in UTC, to the microsecond (RFC 3339).",
    wire_time,
    _moment,
    "https://www.rfc-editor.org/rfc/rfc3339",
)
DATE = _scalar("Date", "A day of the calendar (ISO 8601).", date.isoformat, _date)
UNIQUE_ID = _scalar(
    "UUID", "An identifier that you make yourself (RFC 9562).", str, _uuid, "https://www.rfc-editor.org/rfc/rfc9562"
)
