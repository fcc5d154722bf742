"""Where a message is urgent, everybody who is to acknowledge it is alerted at once."""

from collections.abc import AsyncIterator

from application.policies.declaration import policy
from application.ports.recipients import Recipients
from domain.kernel.events import Recorded
from domain.messaging.commands.urgent import RaiseAlert
from domain.messaging.events.urgent import MessageMarkedUrgent
from domain.messaging.ids import MessageId


@policy
async def raise_alerts(marked: Recorded[MessageMarkedUrgent], recipients: Recipients) -> AsyncIterator[RaiseAlert]:
    """Those who are named, or all for whom the message was when it was said."""
    message = MessageId(marked.thing)
    people = marked.event.people or await recipients.of_message(message, marked.position)
    for person in people:
        if person != marked.event.by:
            yield RaiseAlert(message=message, person=person)
