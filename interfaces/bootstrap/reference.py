"""What the reference says of events: it is made from how they are stored."""

import domain.everything  # noqa: F401  so that every context is registered
from infra.serialisation.reference import event_catalogue

__all__ = ["event_catalogue"]
