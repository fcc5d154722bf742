"""Why nothing is signed. Each needs an operator, and none goes away by itself."""

from application.ports.ledger import SealingRefused


class SealRefused(SealingRefused):
    """Base: a signature would confirm a history that isn't the one sealed before."""


class LogShrunk(SealRefused):
    """A checkpoint was published of more than the log has: it was rolled back, or an old copy was restored."""


class LogForked(SealRefused):
    """A checkpoint was published of the same log with other content."""


class LedgerDamaged(SealRefused):
    """Tiles, state and checkpoints in the database don't agree with each other or with the log."""


class LogHasGap(SealRefused):
    """A position is missing, or its content without a purge."""


class KeyUnknown(SealRefused):
    """The last checkpoint was signed by a key, or for an origin, that isn't ours: this key file is another log's."""
