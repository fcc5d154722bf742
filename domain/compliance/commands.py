"""What may be wished for the keys of personal values, and for content that must go."""

from pydantic import Field

from domain.compliance.events import ErasureGround, KeyId, PurgeId
from domain.kernel.commands import Command
from domain.kernel.identifiers import derived


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
