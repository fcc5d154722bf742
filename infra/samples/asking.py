"""What people of the sample company ask of each other today: a reply that is read and not given, an alarm that not everybody has
acknowledged, and what they mean to say tomorrow."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from application.imports.naming import Names
from domain.kernel.commands import Command
from domain.kernel.identifiers import PersonId, derived
from domain.messaging.commands.draft import SaveDraft
from domain.messaging.commands.expected_reply import ExpectReply
from domain.messaging.commands.message import PostMessage
from domain.messaging.commands.reading import MarkRead
from domain.messaging.commands.scheduled import ScheduleMessage
from domain.messaging.commands.urgent import AcknowledgeMessage, MarkUrgent
from domain.messaging.ids import ChannelId, MessageId, ScheduledMessageId
from infra.samples.history import SOURCE, person_id


class Deed(NamedTuple):
    """Something that somebody does, or with None the platform, under an id that is always the same."""

    by: PersonId | None
    command: Command
    id: UUID


def asking(now: datetime) -> Iterator[Deed]:
    """All of it, in order; times to come are counted from now."""
    for number, (who, command) in enumerate((*_stocktaking(now), *_furnace(), *_tomorrow(now))):
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


def _room(key: str) -> ChannelId:
    return Names(SOURCE).channel(key)


def _message(name: str) -> MessageId:
    return MessageId(derived("sample message", name))
