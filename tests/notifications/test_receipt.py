"""Being told, and taking note of it."""

from domain.kernel.events import Authority
from domain.kernel.refusals import NotFound, NotPermitted
from domain.notifications.commands.inbox import ReadInbox
from domain.notifications.commands.notification import TOGETHER, NotifyPeople
from domain.notifications.commands.receipt import DismissNotification, MarkNotificationUnread, ReadNotification
from domain.notifications.events.inbox import InboxRead
from domain.notifications.events.notification import PeopleNotified
from domain.notifications.events.receipt import NotificationDismissed, NotificationMarkedUnread, NotificationRead
from domain.notifications.ids import NotificationId
from domain.notifications.notification import Notification
from tests.directory.words import ANN, BO, CHEN, COMPANY
from tests.messaging.words import HELLO
from tests.story import OPERATOR, an_id, given, person

POLICY = Authority("policy of a test")
TELL_BO = NotifyPeople(people=(BO,), kind="mention", thing_kind="message", thing=HELLO, by=ANN)
TOLD = PeopleNotified(people=(BO,), kind="mention", thing_kind="message", thing=HELLO, by=ANN)
NOTIFICATION = TELL_BO.notification
BO_WAS_TOLD = Notification.at(NOTIFICATION).records(TOLD)


def test_people_are_told_once_of_a_thing_for_a_reason() -> None:
    both = TELL_BO.model_copy(update={"people": (BO, CHEN, CHEN)})
    (
        given(COMPANY)
        .when(TELL_BO, by=OPERATOR, authority=POLICY)
        .then(TOLD)
        .when(both, by=OPERATOR, authority=POLICY)
        .then(PeopleNotified(people=(CHEN,), kind="mention", thing_kind="message", thing=HELLO, by=ANN))
    )


def test_another_reason_and_another_occasion_are_told_again() -> None:
    ids = {
        wish.notification
        for wish in (
            TELL_BO,
            TELL_BO.model_copy(update={"kind": "reply"}),
            TELL_BO.model_copy(update={"occasion": an_id("first")}),
            TELL_BO.model_copy(update={"occasion": an_id("second")}),
        )
    }
    assert len(ids) == 4


def test_as_many_as_one_command_tells_fit_into_a_row() -> None:
    crowd = tuple(person(str(n)) for n in range(TOGETHER))
    wish = TELL_BO.model_copy(update={"people": crowd})
    (told,) = given(COMPANY).when(wish, by=OPERATOR, authority=POLICY).happened()
    assert isinstance(told, PeopleNotified)
    assert told.people == crowd


def test_nobody_tells_people_by_themselves() -> None:
    given(COMPANY).when(TELL_BO, by=ANN).refused(NotPermitted(authority="part of the platform"))


def test_who_was_told_takes_note_of_it_or_not() -> None:
    (
        given(COMPANY, BO_WAS_TOLD)
        .when(ReadNotification(notification=NOTIFICATION), by=BO)
        .then(NotificationRead(notification=NOTIFICATION, person=BO))
        .allowed_by("active person and recipient of the notification")
        .when(MarkNotificationUnread(notification=NOTIFICATION), by=BO)
        .then(NotificationMarkedUnread(notification=NOTIFICATION, person=BO))
        .when(DismissNotification(notification=NOTIFICATION), by=BO)
        .then(NotificationDismissed(notification=NOTIFICATION, person=BO))
        .when(ReadNotification(notification=NOTIFICATION), by=BO)
        .then(NotificationRead(notification=NOTIFICATION, person=BO))
    )


def test_others_are_answered_as_if_there_were_none() -> None:
    story = given(COMPANY, BO_WAS_TOLD)
    for wish in (ReadNotification, MarkNotificationUnread, DismissNotification):
        for which in (NOTIFICATION, NotificationId(an_id("no notification"))):
            story.when(wish(notification=which), by=ANN).refused(NotFound(kind="Notification"))


def test_an_inbox_is_read_as_a_whole() -> None:
    given(COMPANY).when(ReadInbox(upto=7), by=BO).then(InboxRead(person=BO, upto=7)).when(ReadInbox(upto=8), by=BO).then(
        InboxRead(person=BO, upto=8)
    ).when(ReadInbox(upto=7), by=ANN).then(InboxRead(person=ANN, upto=7))
