"""Who may do what in the sample company today: roles of its own, grants that end, an auditor's case, and guests from outside."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from application.imports.naming import Names
from domain.access.commands.grant import GrantPermission
from domain.access.commands.invitation import RedeemInvitation
from domain.access.commands.role import DefineRole
from domain.access.ids import GrantId, RoleId
from domain.compliance.commands import OpenCase
from domain.compliance.events import CaseId
from domain.compliance.events import ChannelId as CaseChannelId
from domain.directory.ids import DepartmentId
from domain.kernel.commands import Command
from domain.kernel.identifiers import PersonId, derived
from domain.messaging.commands.guests import InviteGuest
from domain.messaging.commands.membership import AddMember
from domain.messaging.commands.message import PostMessage
from domain.messaging.ids import ChannelId, MessageId
from infra.samples.asking import Deed
from infra.samples.history import SOURCE, person_id

Act = tuple[PersonId | None, Command]
QUARTER = timedelta(days=90)
SHEN, TOBIAS = person_id("shen"), person_id("tobias")


class Visitor(NamedTuple):
    """Somebody from outside: what they see, whom they know here, and whether they may only look."""

    key: str
    name: str
    room: str
    host: str
    reason: str
    view_only: bool

    @property
    def person(self) -> PersonId:
        """Who they are, in every installation."""
        return PersonId(derived("sample guest", self.key))

    @property
    def channel(self) -> ChannelId:
        """What they were invited to."""
        return Names(SOURCE).channel(self.room)

    @property
    def digest(self) -> str:
        """Of their code, which is good once and is used at once: that anybody can compute it lets nobody in."""
        return sha256(f"sample code of {self.key}".encode()).hexdigest()


SUPPLIER = Visitor("hezhiyuan", "何志远", "delivery", "wei", "宏丰看交货计划 Hongfeng follows its deliveries", view_only=True)
CUSTOMER = Visitor("jette", "Jette Hansen", "nordhafen", "mo", "Nordhafen follows the firmware update", view_only=False)


def permitting(now: datetime) -> Iterator[Deed]:
    """All of it; times to come are counted from now. What nobody of the organisation does has no actor."""
    for number, (who, command) in enumerate((*_service_desk(now), *_auditor(now), *_visitors(now))):
        yield Deed(who, command, derived("demo permission", str(number)))


def _service_desk(now: datetime) -> Iterator[Act]:
    """For two weeks Ling does what else Tobias does alone."""
    desk = RoleId(derived("sample role", "service desk"))
    actions = ("directory.membership.manage", "messaging.channel.manage", "messaging.channel.read")
    yield SHEN, DefineRole(role=desk, name="服务台 Service desk", actions=actions)
    yield (
        TOBIAS,
        GrantPermission(
            grant=GrantId(derived("sample grant", "ling")),
            person=person_id("ling"),
            role=desk,
            within=_department("all"),
            until=now + timedelta(days=14),
            reason="Tobias 休假两周，由凌波代班 Stands in while Tobias is on leave",
        ),
    )


def _auditor(now: datetime) -> Iterator[Act]:
    """Did Tom tell a customer what was to stay in the budget's channel? Dora may look, there and at his words only."""
    auditing = RoleId(derived("sample role", "compliance"))
    yield SHEN, DefineRole(role=auditing, name="合规审计 Compliance audit", actions=("access.audit", "case.read"))
    yield (
        SHEN,
        GrantPermission(
            grant=GrantId(derived("sample grant", "dora")),
            person=person_id("dora"),
            role=auditing,
            until=now + QUARTER,
            reason="2025 年度合规检查 Compliance review of 2025",
        ),
    )
    yield (
        SHEN,
        OpenCase(
            case=CaseId(derived("sample case", "budget")),
            purpose="预算信息是否外传 Whether plans for a second line were told to a customer, by decision of the works council",
            people=(person_id("tom"),),
            channels=(CaseChannelId(Names(SOURCE).channel("budget")),),
            since=datetime(2025, 3, 1, tzinfo=UTC),
            until=datetime(2025, 4, 1, tzinfo=UTC),
            auditors=(person_id("dora"),),
            ends_at=now + QUARTER,
        ),
    )


def _visitors(now: datetime) -> Iterator[Act]:
    """A supplier reads along, and a customer says something."""
    for guest in (SUPPLIER, CUSTOMER):
        yield (
            person_id(guest.host),
            InviteGuest(
                channel=guest.channel,
                digest=guest.digest,
                until=now + QUARTER,
                guests_until=now + QUARTER,
                view_only=guest.view_only,
                reason=guest.reason,
            ),
        )
        yield None, RedeemInvitation(digest=guest.digest, person=guest.person, name=guest.name)
    yield None, AddMember(channel=CUSTOMER.channel, person=CUSTOMER.person)
    asked = MessageId(derived("sample message", "nordhafen", "asked"))
    text = "Hello, this is Jette from Nordhafen. Does 2.3.2 keep our calibration, or must we set it again?"
    yield CUSTOMER.person, PostMessage(channel=CUSTOMER.channel, message=asked, text=text)
    answer = MessageId(derived("sample message", "nordhafen", "answered"))
    text = "Welcome, Jette! It keeps everything, nothing to set."
    yield person_id("karl"), PostMessage(channel=CUSTOMER.channel, message=answer, text=text, thread=asked)


def _department(key: str) -> DepartmentId:
    return Names(SOURCE).department(key)
