"""Who is added to a channel, or asked to take part in one, is told of it."""

from collections.abc import AsyncIterator, Iterator

from application.policies.declaration import policy
from application.ports.recipients import Recipients
from domain.kernel.events import Recorded
from domain.messaging.events.membership import MemberAdded, MemberInvited
from domain.notifications.commands.notification import NotifyPeople


@policy
async def tell_of_channel(added: Recorded[MemberAdded], recipients: Recipients) -> AsyncIterator[NotifyPeople]:
    """Each time anew. Who opens a channel isn't told, and of a direct one the first message tells."""
    fact = added.event
    if fact.by != fact.person and not await recipients.direct(fact.channel, added.position):
        yield NotifyPeople(
            people=(fact.person,), kind="added", thing_kind="channel", thing=fact.channel, occasion=added.id, by=fact.by
        )


@policy
def tell_of_invitation(invited: Recorded[MemberInvited]) -> Iterator[NotifyPeople]:
    """Each time anew."""
    fact = invited.event
    yield NotifyPeople(
        people=(fact.person,), kind="invited", thing_kind="invitation", thing=invited.thing, occasion=invited.id, by=fact.by
    )
