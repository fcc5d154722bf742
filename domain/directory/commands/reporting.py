"""What may be wished for reporting lines."""

from pydantic import Field

from domain.kernel.commands import Command
from domain.kernel.identifiers import PersonId


class ChangeManager(Command):
    """Let somebody report to another person, or to nobody."""

    person: PersonId = Field(description="Who reports.")
    manager: PersonId | None = Field(default=None, description="Their manager from now on; left out, nobody.")


class DrawDottedLine(Command):
    """Let somebody report to another person as well, beside their manager."""

    person: PersonId = Field(description="Who reports.")
    to: PersonId = Field(description="To whom as well.")


class EraseDottedLine(Command):
    """Let somebody no longer report to another person beside their manager."""

    person: PersonId = Field(description="Who reported.")
    to: PersonId = Field(description="To whom no longer.")
