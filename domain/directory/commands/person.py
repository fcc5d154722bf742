"""What may be wished for people."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from domain.directory.commands.limits import ADDRESS, EMAIL, LANGUAGE, NAME, NUMBER, PHONE, TAG, TIME_ZONE
from domain.directory.events.person import PersonKind
from domain.kernel.commands import Command, Line
from domain.kernel.identifiers import PersonId


class AddPerson(Command):
    """Take somebody into the organisation."""

    person: PersonId = Field(description="The new person's id, made by the client.")
    name: Line = Field(description="What they are called, as they write it.", max_length=NAME)
    email: Line | None = Field(default=None, description="Where they get mail.", max_length=EMAIL, pattern=ADDRESS)
    title: Line | None = Field(default=None, description="What they are here: their position.", max_length=NAME)
    phone: Line | None = Field(default=None, description="Their telephone number at work.", max_length=PHONE)
    number: Line | None = Field(default=None, description="Their employee number.", max_length=NUMBER)
    location: Line | None = Field(default=None, description="Where they work.", max_length=NAME)
    language: Line | None = Field(
        default=None, description="What they read best, as RFC 5646 writes it: `zh-Hans`.", max_length=TAG, pattern=LANGUAGE
    )
    time_zone: Line | None = Field(
        default=None, description="By whose clock they work: `Asia/Shanghai`.", max_length=TAG, pattern=TIME_ZONE
    )
    kind: PersonKind = Field(
        default="employee", description="Employee, contractor, guest, another system, or a program that speaks."
    )


class RenamePerson(Command):
    """Call somebody by another name."""

    person: PersonId = Field(description="Who.")
    name: Line = Field(description="What they are called from now on.", max_length=NAME)


class ChangeProfile(Command):
    """Say anew what is known of somebody beside their name; what is left out is no longer known."""

    person: PersonId = Field(description="Who.")
    email: Line | None = Field(default=None, description="Where they get mail.", max_length=EMAIL, pattern=ADDRESS)
    title: Line | None = Field(default=None, description="What they are here: their position.", max_length=NAME)
    phone: Line | None = Field(default=None, description="Their telephone number at work.", max_length=PHONE)
    number: Line | None = Field(default=None, description="Their employee number.", max_length=NUMBER)
    location: Line | None = Field(default=None, description="Where they work.", max_length=NAME)
    language: Line | None = Field(
        default=None, description="What they read best, as RFC 5646 writes it: `zh-Hans`.", max_length=TAG, pattern=LANGUAGE
    )
    time_zone: Line | None = Field(
        default=None, description="By whose clock they work: `Asia/Shanghai`.", max_length=TAG, pattern=TIME_ZONE
    )


class ChangeKind(Command):
    """Let somebody who works here be employed from now on, or work under contract."""

    person: PersonId = Field(description="Who.")
    kind: Literal["employee", "contractor"] = Field(description="What they are from now on.")


class SuspendPerson(Command):
    """Let somebody do nothing until they are reinstated."""

    person: PersonId = Field(description="Who.")


class ReinstatePerson(Command):
    """Let somebody act again who was suspended or had left."""

    person: PersonId = Field(description="Who.")


class RemovePerson(Command):
    """Record that somebody left the organisation: they can do nothing here any more."""

    person: PersonId = Field(description="Who.")


class OffboardPerson(Command):
    """Let somebody leave: they can do nothing here any more, and another takes over what is theirs."""

    person: PersonId = Field(description="Who leaves.")
    successor: PersonId | None = Field(default=None, description="Who takes over; left out, nobody.")
    undo_until: datetime | None = Field(default=None, description="Until when it can be undone; left out, it can't.")


class UndoOffboarding(Command):
    """Let everything be as it was before somebody was offboarded, while there is time for it."""

    person: PersonId = Field(description="Who stays.")
