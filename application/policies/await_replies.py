"""Where replies are expected, each one of those asked is awaited by itself."""

from collections.abc import AsyncIterator

from application.policies.declaration import policy
from application.ports.recipients import Recipients
from domain.kernel.events import Recorded
from domain.messaging.commands.expected_reply import AwaitReply
from domain.messaging.events.expected_reply import ReplyExpected
from domain.messaging.ids import MessageId


@policy
async def await_replies(asked: Recorded[ReplyExpected], recipients: Recipients) -> AsyncIterator[AwaitReply]:
    """Those who are named, or all for whom the message was when it was said."""
    message = MessageId(asked.thing)
    people = asked.event.people or await recipients.of_message(message, asked.position)
    for person in people:
        if person != asked.event.by:
            yield AwaitReply(message=message, person=person)
