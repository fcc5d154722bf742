"""What a command is: a wish in the imperative. Who wishes it, and its id, are said beside it."""

import re
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints


class Command(BaseModel):
    """The docstring and the descriptions of the fields are the manual: they become the GraphQL input."""

    model_config = ConfigDict(frozen=True, extra="forbid")


# The general categories Cc and Cs of Unicode, which never gain members, and with them the line and paragraph separators.
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")


def _without_controls(text: str) -> str:
    if CONTROLS.search(text):
        raise ValueError("control characters are not allowed, except line breaks and tabs")
    return text


def _on_one_line(text: str) -> str:
    if BREAKS.search(text):
        raise ValueError("line breaks and control characters are not allowed")
    return text


def _in_utc(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise ValueError("a time needs its offset from UTC, as in 2026-03-02T12:00:00+08:00")
    return moment.astimezone(UTC)


Prose = Annotated[str, AfterValidator(_without_controls)]
"""Text of any number of lines, kept exactly as it was written."""
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(_on_one_line)]
"""A name or title: one line, not blank."""
Moment = Annotated[datetime, AfterValidator(_in_utc)]
"""A time that says its offset from UTC; kept in UTC, to the microsecond."""
