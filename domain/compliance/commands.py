"""What may be wished for the keys of personal values, and for content that must go."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from domain.compliance.events import CaseId, CaseReadingId, ChannelId, ErasureGround, KeyId, PurgeId
from domain.kernel.commands import Command, Prose
from domain.kernel.identifiers import PersonId, derived

PEOPLE, CHANNELS, AUDITORS, TOGETHER = 100, 100, 20, 50
"""Most people and channels that a case concerns, auditors that it has, and reads that are recorded together."""
DIGEST = r"^[0-9a-f]{64}$"


class RestrictKey(Command):
    """Let nothing be read or stored under a key until it is released: a person's values are locked, not gone."""

    key: KeyId = Field(description="Which key.")


class ReleaseKey(Command):
    """Let a restricted key be used again."""

    key: KeyId = Field(description="Which key.")


class DestroyKey(Command):
    """Make what was sealed under a key unreadable for ever. It can't be taken back."""

    key: KeyId = Field(description="Which key.")
    ground: ErasureGround = Field(description="Why: the person requested it, their time is over, or it was unlawful.")


class AuthorisePurge(Command):
    """Let the content of one position of the log be removed; its hashes stay. It can't be taken back."""

    position: int = Field(description="Which position.", ge=1, le=2**63 - 1)

    @property
    def purge(self) -> PurgeId:
        """The one purge that a position can have."""
        return PurgeId(derived("purge", str(self.position)))


class OpenCase(Command):
    """Let auditors read what lies within a scope, as it is and as it was, whether or not they take part in it. What isn't
    named doesn't narrow the scope; people or channels must be."""

    case: CaseId = Field(description="The new case's id, made by the client.")
    purpose: Prose = Field(description="Why, and on what ground.", min_length=1, max_length=2_000)
    people: tuple[PersonId, ...] = Field(default=(), description="Only what was said by these.", max_length=PEOPLE)
    channels: tuple[ChannelId, ...] = Field(default=(), description="Only what was said in these.", max_length=CHANNELS)
    since: datetime | None = Field(default=None, description="Only what was said at this time or later.")
    until: datetime | None = Field(default=None, description="Only what was said before this time.")
    auditors: tuple[PersonId, ...] = Field(
        description="Who may read; each also needs the right to read under cases.", min_length=1, max_length=AUDITORS
    )
    ends_at: datetime = Field(description="Until when they may, at most a year from now.")


class CloseCase(Command):
    """Let nothing more be read under a case."""

    case: CaseId = Field(description="Which case.")


class Reading(BaseModel):
    """One operation that an auditor reads by."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    auditor: PersonId = Field(description="Who reads.")
    at: datetime = Field(description="When.")
    document: str = Field(description="The SHA-256 of the document, in hex.", pattern=DIGEST, max_length=64)
    operation: str | None = Field(default=None, description="The operation's name.", max_length=200)
    variables: str = Field(description="The SHA-256 of the variables as canonical JSON, in hex.", pattern=DIGEST, max_length=64)
    position: int = Field(description="The position that it is answered as of.", ge=0, le=2**63 - 1)
    objects: int = Field(description="How many objects the answer holds.", ge=0)


class RecordCaseReads(Command):
    """Record what auditors read under a case, before they are answered."""

    case: CaseId = Field(description="Which case.")
    case_reading: CaseReadingId = Field(description="The record's id.")
    reads: tuple[Reading, ...] = Field(description="What they read.", min_length=1, max_length=TOGETHER)
