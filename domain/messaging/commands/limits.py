"""What commands of messaging may carry at most."""

from typing import Annotated, TypeVar

from pydantic import AfterValidator

from domain.directory.ids import DepartmentId
from domain.kernel.commands import Prose
from domain.kernel.identifiers import PersonId
from domain.messaging.ids import UserGroupId

T = TypeVar("T")

NAME, TOPIC, DESCRIPTION, TEXT, TEXT_BYTES, EMOJI = 80, 250, 4_000, 10_000, 30_000, 64
"""Longest texts, in characters; TEXT_BYTES in bytes of UTF-8, so that a message always fits into one row of the log."""
MENTIONS, AUDIENCES, ATTACHMENTS, LINKS, DIRECT = 50, 10, 10, 5, 20
"""Most people mentioned, departments and groups mentioned, files and links beside a message, and people in a direct channel."""

SLOWEST = 6 * 60 * 60
"""Longest wait between two messages of one person, in seconds: less than a day."""


def _short_enough(text: str) -> str:
    if len(text.encode()) > TEXT_BYTES:
        raise ValueError(f"the text takes more than {TEXT_BYTES} bytes in UTF-8")
    return text


def _each_once(mentioned: tuple[T, ...]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(mentioned))


def _two_or_more(people: tuple[PersonId, ...]) -> tuple[PersonId, ...]:
    different = tuple(sorted(set(people)))
    if len(different) < 2:
        raise ValueError("a direct channel is between two or more different people")
    return different


Words = Annotated[Prose, AfterValidator(_short_enough)]
Departments = Annotated[tuple[DepartmentId, ...], AfterValidator(_each_once)]
UserGroups = Annotated[tuple[UserGroupId, ...], AfterValidator(_each_once)]
People = Annotated[tuple[PersonId, ...], AfterValidator(_each_once)]
Group = Annotated[tuple[PersonId, ...], AfterValidator(_two_or_more)]
