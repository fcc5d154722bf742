"""How far each inbox was read as a whole."""

from __future__ import annotations

from domain.kernel.events import Recorded
from domain.notifications.events.inbox import InboxRead
from projections.engine.feeds import feeds
from projections.engine.fields import column
from projections.engine.model import Model
from projections.engine.values import Long


class InboxReading(Model, visible="{this}.id = {viewer}"):
    """How far you have read your inbox as a whole; its id is yours."""

    upto: Long = column("The position up to which you have taken note of everything.")


@feeds(by="person")
def read(row: InboxReading | None, said: Recorded[InboxRead]) -> InboxReading:
    """What comes later isn't read in advance, and nothing becomes unread by this."""
    upto = min(said.event.upto, said.position)
    return InboxReading(id=said.event.person, upto=Long(max(upto, row.upto if row else 0)))
