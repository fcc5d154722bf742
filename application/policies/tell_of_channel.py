"""Who is added to a channel is told of it."""

from collections.abc import AsyncIterator

from application.policies.declaration import policy
from application.ports.recipients import Recipients
from domain.kernel.events import Recorded
from domain.messaging.events.membership import MemberAdded
from domain.notifications.commands.notification import NotifyPeople


@policy
async def tell_of_channel(added: Recorded[MemberAdded], recipients: Recipients) -> AsyncIterator[NotifyPeople]:
    """Each time anew. Who opens a channel isn't told, and of a direct one the first message tells."""
    fact = added.event
    if fact.by != fact.person and not await recipients.direct(fact.channel, added.position):
        yield NotifyPeople(
            people=(fact.person,), kind="added", thing_kind="channel", thing=fact.channel, occasion=added.id, by=fact.by
        )
