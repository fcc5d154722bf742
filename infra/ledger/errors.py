"""What can be wrong with bytes that claim to be part of a sealed history."""


class LedgerError(ValueError):
    """Base of every refusal of this package; the message names what is wrong."""


class EntryInvalid(LedgerError):
    """The bytes are not one entry, or the fields don't fit into one."""


class TreeInvalid(LedgerError):
    """A size, a tile or a path doesn't belong to a tree."""


class ProofInvalid(LedgerError):
    """A proof doesn't lead from what it starts with to the root it claims."""


class NoteInvalid(LedgerError):
    """A signed note is malformed, or not signed by a known key."""


class CheckpointInvalid(LedgerError):
    """The text of a note is not a checkpoint."""
