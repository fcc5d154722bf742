"""What happens to the keys of personal values, and to content that must go."""

from typing import Literal, NewType
from uuid import UUID

from domain.kernel.events import Event, catalogue

KeyId = NewType("KeyId", UUID)
PurgeId = NewType("PurgeId", UUID)
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


KeyEvent = DataKeyCreated | DataKeyRestricted | DataKeyReleased | DataKeyDestroyed

catalogue(DataKeyCreated, DataKeyRestricted, DataKeyReleased, DataKeyDestroyed, PurgeAuthorised)
