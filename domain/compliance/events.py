"""What happens to the keys of personal values, and to content that must go."""

from datetime import datetime
from typing import Annotated, Literal, NewType, TypeVar
from uuid import UUID

import msgspec

from domain.kernel.events import Event, catalogue
from domain.kernel.identifiers import PersonId
from domain.kernel.personal import Contained, Erased

KeyId = NewType("KeyId", UUID)
PurgeId = NewType("PurgeId", UUID)
CaseId = NewType("CaseId", UUID)
CaseReadingId = NewType("CaseReadingId", UUID)
ChannelId = NewType("ChannelId", UUID)
"""A channel, as a case names it: compliance knows nothing else of channels."""
T = TypeVar("T")
OfCase = Annotated[T | Erased, Contained("case")]
ErasureGround = Literal["requested", "retention_ended", "unlawful"]
"""Why a person's values go: they asked for it, the time for which they are kept is over, or they should not be here."""


class DataKeyCreated(Event, wire="compliance.data_key_created.v1", retention="evidence"):
    """A key was made for the values of one person or container, of one retention class, in one month (`2026-11`).

    `commitment` is computed from the key and tells nothing about it. A stored key is opened only if it has this
    commitment, so every value sealed under this id was sealed under this one key, and no other can be shown for it.
    `generation` counts the keys that followed destroyed ones; `epoch` is that of the key that wrapped it at first.
    """

    owner: UUID
    retention_class: str
    month: str
    generation: int
    commitment: str
    epoch: int


class DataKeyRestricted(Event, wire="compliance.data_key_restricted.v1", retention="evidence"):
    """Until it is released, nothing is opened with this key and nothing is stored under it (GDPR article 18)."""


class DataKeyReleased(Event, wire="compliance.data_key_released.v1", retention="evidence"):
    """The key may be used again."""


class DataKeyDestroyed(Event, wire="compliance.data_key_destroyed.v1", retention="evidence"):
    """What was sealed under this key can't be read any more, by anybody, for ever (GDPR article 17).

    The database deletes the key as this event is written, and never otherwise.
    """

    ground: ErasureGround


class PurgeAuthorised(Event, wire="compliance.purge_authorised.v1", retention="evidence"):
    """The content of one position of the log may be removed; its hashes stay, and so every proof stays valid.

    The database removes it only where this event says so.
    """

    position: int


class Scope(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a case opens: what was said by these people, in these channels, from a time until before another. What isn't
    named doesn't narrow it."""

    people: tuple[PersonId, ...] = ()
    channels: tuple[ChannelId, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


class CaseOpened(Event, wire="compliance.case_opened.v1", retention="evidence"):
    """Auditors may read what lies within a scope, for a purpose, until it ends; whoever it concerns isn't told."""

    case: CaseId
    by: PersonId
    purpose: OfCase[str]
    scope: Scope
    auditors: tuple[PersonId, ...]
    ends_at: datetime


class CaseClosed(Event, wire="compliance.case_closed.v1", retention="evidence"):
    """Nothing more is read under this case."""

    case: CaseId
    by: PersonId


class ReadUnderCase(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One operation that an auditor read by: the SHA-256 of its document and of its variables as canonical JSON, in hex; the
    position that it was answered as of; and how many objects the answer held."""

    auditor: PersonId
    at: datetime
    document: str
    operation: str | None = None
    variables: str
    position: int
    objects: int


class CaseRead(Event, wire="compliance.case_read.v1", retention="evidence"):
    """Auditors read under a case. It is on record before they are answered; what is read at the same time stands together."""

    case: CaseId
    reads: tuple[ReadUnderCase, ...]


KeyEvent = DataKeyCreated | DataKeyRestricted | DataKeyReleased | DataKeyDestroyed

CaseEvent = CaseOpened | CaseClosed

catalogue(DataKeyCreated, DataKeyRestricted, DataKeyReleased, DataKeyDestroyed, PurgeAuthorised, CaseOpened, CaseClosed, CaseRead)
