"""What people of the sample company ask of each other today: a reply that is read and not given, an alarm that not everybody has
acknowledged, and what they mean to say tomorrow; whom they call together, what they pass on, and what they keep."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from application.imports.naming import Names
from domain.kernel.commands import Command
from domain.kernel.identifiers import PersonId, derived
from domain.messaging.commands.draft import SaveDraft
from domain.messaging.commands.expected_reply import ExpectReply
from domain.messaging.commands.message import ForwardMessage, PostMessage
from domain.messaging.commands.reading import MarkRead
from domain.messaging.commands.saved import SaveMessage
from domain.messaging.commands.scheduled import ScheduleMessage
from domain.messaging.commands.urgent import AcknowledgeMessage, MarkUrgent
from domain.messaging.commands.user_group import AddToUserGroup, CreateUserGroup
from domain.messaging.ids import ChannelId, MessageId, ScheduledMessageId, UserGroupId
from infra.samples.history import SOURCE, person_id


class Deed(NamedTuple):
    """Something that somebody does, or with None the platform, under an id that is always the same."""

    by: PersonId | None
    command: Command
    id: UUID


def asking(now: datetime) -> Iterator[Deed]:
    """All of it, in order; times to come are counted from now."""
    for number, (who, command) in enumerate((*_stocktaking(now), *_furnace(), *_tomorrow(now), *_calling(), *_passing_on())):
        yield Deed(person_id(who), command, derived("demo deed", str(number)))


def _stocktaking(now: datetime) -> Iterator[tuple[str, Command]]:
    """Wei wants to know by tonight who comes. Mei answers, Ben has read it and doesn't, Rosa hasn't read it."""
    room, asked = _room("supply"), _message("stocktaking")
    text = "下周一早上八点盘点，请大家今天回复能否到场。Stock-taking on Monday at 8: please tell me today whether you can come."
    yield "wei", PostMessage(channel=room, message=asked, text=text)
    yield "wei", ExpectReply(message=asked, due=now + timedelta(hours=6), sign="👌")
    for who in ("mei", "ben"):
        yield who, MarkRead(message=asked)
    yield "mei", PostMessage(channel=room, message=_message("stocktaking, mei"), text="我到。", thread=asked)


def _furnace() -> Iterator[tuple[str, Command]]:
    """Guo raises the alarm. Fang takes note of it, the others have not yet."""
    alarm = _message("furnace")
    text = "二号回流炉温度报警，一线立即停线！Reflow oven 2 is over temperature: stop line 1 now."
    yield "guo", PostMessage(channel=_room("production"), message=alarm, text=text)
    yield "guo", MarkUrgent(message=alarm, every_minutes=10, at_most=6)
    yield "fang", MarkRead(message=alarm)
    yield "fang", AcknowledgeMessage(message=alarm)


def _tomorrow(now: datetime) -> Iterator[tuple[str, Command]]:
    """Mei has written what she will say tomorrow, and begun something else."""
    room, later = _room("supply"), ScheduledMessageId(_message("delivery"))
    text = "早上好，宏丰的货今天上午到，请准备收货。"
    yield "mei", ScheduleMessage(channel=room, scheduled_message=later, at=now + timedelta(days=1), text=text)
    yield "mei", SaveDraft(channel=_room("all"), text="各位同事，关于下个月的")


def _calling() -> Iterator[tuple[str, Command]]:
    """Guo and Clara each give a name to those whom they call together, and do."""
    duty, crew = (UserGroupId(derived("sample group", name)) for name in ("duty", "crew"))
    yield "guo", CreateUserGroup(group=duty, name="二线值班")
    for who in ("fang", "daxiong", "jiang"):
        yield "guo", AddToUserGroup(group=duty, person=person_id(who))
    text = "二线值班的同事，请马上到二号炉。"
    yield "guo", PostMessage(channel=_room("production"), message=_message("duty"), text=text, groups=(duty,))
    yield "clara", CreateUserGroup(group=crew, name="Nordhafen crew")
    for who in ("karl", "leo", "mo"):
        yield "clara", AddToUserGroup(group=crew, person=person_id(who))
    text = "Crew, Nordhafen asks whether all 212 sensors are done. Who can confirm?"
    yield "clara", PostMessage(channel=_room("nordhafen"), message=_message("crew"), text=text, groups=(crew,))


def _passing_on() -> Iterator[tuple[str, Command]]:
    """Fang shows the alarm to quality, and Karl the question to the department; Mei and Leo keep what they will need again."""
    text = "转给质量：这一批先隔离。"
    forward = ForwardMessage(channel=_room("quality"), message=_message("isolated"), forwards=_message("furnace"), text=text)
    yield "fang", forward
    text = "For those on the phones: what Nordhafen asked today."
    yield (
        "karl",
        ForwardMessage(channel=_room("service"), message=_message("asked"), forwards=_message("crew"), text=text),
    )
    yield "mei", SaveMessage(message=_message("stocktaking"), note="带上盘点枪")
    yield "leo", SaveMessage(message=_message("crew"), note="Count the serial numbers first")


def _room(key: str) -> ChannelId:
    return Names(SOURCE).channel(key)


def _message(name: str) -> MessageId:
    return MessageId(derived("sample message", name))
