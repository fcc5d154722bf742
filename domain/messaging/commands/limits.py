"""What commands of messaging may carry at most."""

from typing import Annotated

from pydantic import AfterValidator

from domain.kernel.commands import Prose
from domain.kernel.identifiers import PersonId

NAME, TOPIC, DESCRIPTION, TEXT, TEXT_BYTES, EMOJI = 80, 250, 4_000, 10_000, 30_000, 64
"""Longest texts, in characters; TEXT_BYTES in bytes of UTF-8, so that a message always fits into one row of the log."""
MENTIONS, ATTACHMENTS, DIRECT = 50, 10, 20
"""Most people mentioned, files beside a message, and people in a direct channel."""


def _short_enough(text: str) -> str:
    if len(text.encode()) > TEXT_BYTES:
        raise ValueError(f"the text takes more than {TEXT_BYTES} bytes in UTF-8")
    return text


def _each_once(people: tuple[PersonId, ...]) -> tuple[PersonId, ...]:
    return tuple(dict.fromkeys(people))


def _two_or_more(people: tuple[PersonId, ...]) -> tuple[PersonId, ...]:
    different = tuple(sorted(set(people)))
    if len(different) < 2:
        raise ValueError("a direct channel is between two or more different people")
    return different


Words = Annotated[Prose, AfterValidator(_short_enough)]
People = Annotated[tuple[PersonId, ...], AfterValidator(_each_once)]
Group = Annotated[tuple[PersonId, ...], AfterValidator(_two_or_more)]
