"""A destroyed or restricted key ends the readability of everything that it sealed."""

from collections.abc import Iterable
from uuid import UUID

from domain.compliance.events import DataKeyDestroyed
from domain.kernel.events import Recorded
from projections.engine.erasure import erases


@erases
def destroyed(said: Recorded[DataKeyDestroyed]) -> Iterable[UUID]:
    return (said.thing,)
