"""Whoever is reminded that a reply is awaited, or alerted of something urgent, is told."""

from collections.abc import Iterator

from application.policies.declaration import policy
from domain.kernel.events import Recorded
from domain.messaging.events.expected_reply import ReplyReminded
from domain.messaging.events.urgent import AlertRaised, AlertRepeated
from domain.notifications.commands.notification import NotifyPeople


@policy
def tell_of_reminder(reminded: Recorded[ReplyReminded]) -> Iterator[NotifyPeople]:
    """Each time anew: it is a reminder."""
    fact = reminded.event
    yield NotifyPeople(people=(fact.person,), kind="reminded", thing_kind="message", thing=fact.message, occasion=reminded.id)


@policy
def tell_of_alert(alerted: Recorded[AlertRaised | AlertRepeated]) -> Iterator[NotifyPeople]:
    """Each time anew, until they acknowledge it."""
    fact = alerted.event
    yield NotifyPeople(people=(fact.person,), kind="urgent", thing_kind="message", thing=fact.message, occasion=alerted.id)
