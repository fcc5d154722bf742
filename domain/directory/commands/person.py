"""What may be wished for people."""

from pydantic import Field

from domain.directory.commands.limits import ADDRESS, EMAIL, NAME
from domain.directory.events import PersonKind
from domain.kernel.commands import Command, Line
from domain.kernel.identifiers import PersonId


class AddPerson(Command):
    """Take somebody into the organisation."""

    person: PersonId = Field(description="The new person's id, made by the client.")
    name: Line = Field(description="What they are called, as they write it.", max_length=NAME)
    email: Line | None = Field(default=None, description="Where they get mail.", max_length=EMAIL, pattern=ADDRESS)
    title: Line | None = Field(default=None, description="What they are here: their position.", max_length=NAME)
    kind: PersonKind = Field(default="employee", description="Employee, guest, or a program that speaks.")


class RenamePerson(Command):
    """Call somebody by another name."""

    person: PersonId = Field(description="Who.")
    name: Line = Field(description="What they are called from now on.", max_length=NAME)


class ChangeProfile(Command):
    """Say somebody's address and title anew; what is left out is no longer known."""

    person: PersonId = Field(description="Who.")
    email: Line | None = Field(default=None, description="Where they get mail.", max_length=EMAIL, pattern=ADDRESS)
    title: Line | None = Field(default=None, description="What they are here: their position.", max_length=NAME)


class SuspendPerson(Command):
    """Let somebody do nothing until they are reinstated."""

    person: PersonId = Field(description="Who.")


class ReinstatePerson(Command):
    """Let somebody act again who was suspended or had left."""

    person: PersonId = Field(description="Who.")


class RemovePerson(Command):
    """Record that somebody left the organisation: they can do nothing here any more."""

    person: PersonId = Field(description="Who.")
