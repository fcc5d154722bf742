"""A destroyed or restricted key ends the readability of everything that it sealed; a released one restores it."""

from collections.abc import Iterable
from uuid import UUID

from domain.compliance.events import DataKeyDestroyed, DataKeyReleased, DataKeyRestricted
from domain.kernel.events import Recorded
from projections.engine.erasure import erases, restores


@erases
def withdrawn(said: Recorded[DataKeyDestroyed | DataKeyRestricted]) -> Iterable[UUID]:
    return (said.thing,)


restores(DataKeyReleased)
