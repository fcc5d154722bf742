"""Organisations and the schemas that are theirs."""

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST_NAME = 40


class OrganisationNameInvalid(ValueError):
    """Not a name that an organisation can have."""


@dataclass(frozen=True)
class OrganisationSchema:
    """The names that an organisation has in SQL. Made from a checked name only, so they can be put into SQL as they are."""

    name: str

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or len(self.name) > _LONGEST_NAME:
            raise OrganisationNameInvalid(
                f"{self.name!r} can't be an organisation's name: lower-case letters, digits and single hyphens between them, "
                f"a letter first, {_LONGEST_NAME} characters at most."
            )

    @property
    def schema(self) -> str:
        """Its schema. The prefix keeps it apart from the schemas of PostgreSQL and from ours."""
        return f"org_{self.name.replace('-', '_')}"

    @property
    def keys(self) -> str:
        """The schema of its data keys, kept apart so that it can be left out of a copy."""
        return f"{self.schema}_keys"

    @property
    def quoted(self) -> str:
        return f'"{self.schema}"'

    @property
    def quoted_keys(self) -> str:
        return f'"{self.keys}"'

    @property
    def literal(self) -> str:
        return f"'{self.schema}'"


@dataclass(frozen=True)
class Organisation:
    """A row of the registry."""

    name: str
    schema: str
    id: UUID
    created_at: datetime
