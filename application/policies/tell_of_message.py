"""Who is told of a message: those mentioned, those few that it was said to, those who take part in its thread."""

from collections.abc import AsyncIterator, Iterable, Iterator

from application.policies.declaration import policy
from application.ports.directory import Departments
from application.ports.recipients import Recipients
from domain.kernel.events import Recorded
from domain.kernel.identifiers import PersonId
from domain.messaging.events.message import MessageEdited, MessagePosted
from domain.notifications.commands.notification import TOGETHER, NotifyPeople
from domain.notifications.events.notification import NotificationKind


@policy
async def tell_of_message(
    said: Recorded[MessagePosted], recipients: Recipients, departments: Departments
) -> AsyncIterator[NotifyPeople]:
    """Everybody once, for the reason that concerns them most; nobody of what they said themselves. Who muted the channel is told
    where they are mentioned. A call to those who are there tells nobody: they see it."""
    fact, at = said.event, said.position
    mentioned = [*fact.mentions]
    for department in fact.departments:
        mentioned += await departments.members(department, at)
    for group in fact.groups:
        mentioned += await recipients.of_group(group, at)
    if fact.calls == "all":
        mentioned += await recipients.everybody(fact.channel, at)
    direct = await recipients.direct(fact.channel, at)
    thread = [] if fact.thread is None else await recipients.of_thread(fact.thread, at)
    muted = await recipients.muted(fact.channel, at) if direct or thread else ()
    reasons: tuple[tuple[NotificationKind, Iterable[PersonId]], ...] = (
        ("mention", mentioned),
        ("direct", [person for person in direct if person not in muted]),
        ("reply", [person for person in thread if person not in muted]),
    )
    told = {fact.author}
    for kind, people in reasons:
        for command in _tell(said, kind, (person for person in people if person not in told)):
            yield command
        told.update(people)


@policy
def tell_of_mention(said: Recorded[MessageEdited]) -> Iterator[NotifyPeople]:
    """Those whom it mentions in its new words. Who was told that they are mentioned isn't told again."""
    yield from _tell(said, "mention", (person for person in said.event.mentions if person != said.event.author))


def _tell(
    said: Recorded[MessagePosted] | Recorded[MessageEdited], kind: NotificationKind, people: Iterable[PersonId]
) -> Iterator[NotifyPeople]:
    listed = tuple(dict.fromkeys(people))
    for start in range(0, len(listed), TOGETHER):
        some, author = listed[start : start + TOGETHER], said.event.author
        yield NotifyPeople(people=some, kind=kind, thing_kind="message", thing=said.thing, by=author)
