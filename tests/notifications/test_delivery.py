"""What people choose about being told, and the record of what goes out."""

from datetime import timedelta

from domain.kernel.events import Authority
from domain.kernel.refusals import NotPermitted
from domain.notifications.commands.delivery import (
    AbandonDelivery,
    BeginDelivery,
    ConfirmDelivery,
    Plan,
    PlanDeliveries,
    PostponeDelivery,
)
from domain.notifications.commands.preferences import (
    ChangeDeliveryRules,
    ChoosePace,
    ChooseQuietHours,
    ChooseWebhook,
    DropQuietHours,
    DropWebhook,
)
from domain.notifications.delivery import Delivery
from domain.notifications.events.delivery import (
    DeliveriesPlanned,
    DeliveryBegun,
    DeliveryFailed,
    DeliveryGivenUp,
    DeliveryMade,
    Planned,
)
from domain.notifications.events.preferences import (
    DeliveryRulesChanged,
    PaceChosen,
    QuietHoursChosen,
    QuietHoursDropped,
    WebhookChosen,
    WebhookDropped,
)
from domain.notifications.ids import NotificationId
from tests.directory.words import ANN, BO, CHEN, COMPANY, ROOT
from tests.story import NOON, OPERATOR, an_id, given

RUNNER = Authority("delivery of notifications")
FIRST, SECOND = NotificationId(an_id("first")), NotificationId(an_id("second"))
LATER = NOON + timedelta(minutes=5)
BEGIN = BeginDelivery(person=BO, way="mail", notifications=(FIRST, SECOND))
BEGUN = DeliveryBegun(person=BO, way="mail", notifications=(FIRST, SECOND))
UNDER_WAY = Delivery.at(BEGIN.delivery).records(BEGUN)
HOOK = ChooseWebhook(url="https://hooks.example/bo", secret="whsec_" + "QUJD" * 8)


def test_people_choose_for_themselves() -> None:
    (
        given(COMPANY)
        .when(ChoosePace(kind="mention", way="mail", pace="at_once"), by=BO)
        .then(PaceChosen(person=BO, kind="mention", way="mail", pace="at_once"))
        .when(ChoosePace(kind="reply", way="mail", pace="never"), by=BO)
        .then_nothing()
        .when(ChooseQuietHours(starts="22:00", ends="08:00"), by=BO)
        .then(QuietHoursChosen(person=BO, starts="22:00", ends="08:00"))
        .when(DropQuietHours(), by=BO)
        .then(QuietHoursDropped(person=BO))
        .when(HOOK, by=BO)
        .then(WebhookChosen(person=BO, url=HOOK.url, secret=HOOK.secret))
        .when(DropWebhook(), by=BO)
        .then(WebhookDropped(person=BO))
    )


def test_what_holds_for_everybody_is_an_administrators_choice() -> None:
    rules = ChangeDeliveryRules(content_in_mail=True, language="zh", time_zone="Asia/Shanghai")
    changed = DeliveryRulesChanged(
        content_in_mail=True, bundle_minutes=15, day_begins="09:00", language="zh", time_zone="Asia/Shanghai"
    )
    given(COMPANY).when(rules, by=ROOT).then(changed).when(rules, by=BO).refused(NotPermitted(authority="primary administrator"))


def test_each_is_planned_once_in_each_way() -> None:
    def plan(*who: Plan) -> PlanDeliveries:
        return PlanDeliveries(notification=FIRST, plans=who)

    by_mail, called = Plan(person=BO, way="mail", at=LATER), Plan(person=BO, way="webhook", at=NOON)
    (
        given(COMPANY)
        .when(plan(by_mail), by=OPERATOR, authority=RUNNER)
        .then(DeliveriesPlanned(notification=FIRST, plans=(Planned(person=BO, way="mail", at=LATER),)))
        .when(plan(by_mail.model_copy(update={"at": NOON}), called), by=OPERATOR, authority=RUNNER)
        .then(DeliveriesPlanned(notification=FIRST, plans=(Planned(person=BO, way="webhook", at=NOON),)))
    )


def test_attempts_until_it_is_made() -> None:
    which = BEGIN.delivery
    (
        given(COMPANY)
        .when(BEGIN, by=OPERATOR, authority=RUNNER)
        .then(BEGUN)
        .when(PostponeDelivery(delivery=which, attempt=1, obstacle="unreachable", again_at=LATER), by=OPERATOR, authority=RUNNER)
        .then(DeliveryFailed(attempt=1, obstacle="unreachable", again_at=LATER))
        .when(ConfirmDelivery(delivery=which, attempt=2), by=OPERATOR, authority=RUNNER)
        .then(DeliveryMade(attempt=2))
        .when(AbandonDelivery(delivery=which, attempt=3, obstacle="refused"), by=OPERATOR, authority=RUNNER)
        .then_nothing()
        .when(PostponeDelivery(delivery=which, attempt=3, obstacle="unreachable", again_at=LATER), by=OPERATOR, authority=RUNNER)
        .then_nothing()
    )


def test_what_was_taken_on_was_taken_on() -> None:
    (
        given(COMPANY, UNDER_WAY)
        .when(AbandonDelivery(delivery=BEGIN.delivery, attempt=1, obstacle="refused"), by=OPERATOR, authority=RUNNER)
        .then(DeliveryGivenUp(attempt=1, obstacle="refused"))
        .when(ConfirmDelivery(delivery=BEGIN.delivery, attempt=1), by=OPERATOR, authority=RUNNER)
        .then(DeliveryMade(attempt=1))
    )


def test_of_the_same_notifications_there_is_one_delivery() -> None:
    assert BEGIN.model_copy(update={"notifications": (SECOND, FIRST)}).delivery == BEGIN.delivery
    assert BEGIN.model_copy(update={"person": CHEN}).delivery != BEGIN.delivery
    assert BEGIN.model_copy(update={"way": "webhook"}).delivery != BEGIN.delivery


def test_nobody_else_does_any_of_it() -> None:
    for wish in (BEGIN, ConfirmDelivery(delivery=BEGIN.delivery, attempt=1)):
        given(COMPANY, UNDER_WAY).when(wish, by=ANN).refused(NotPermitted(authority="part of the platform"))
