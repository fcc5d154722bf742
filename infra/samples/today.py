"""What people of the sample company write to each other today: what is brought from elsewhere tells nobody, and this does."""

from typing import NamedTuple

from domain.kernel.identifiers import PersonId, derived
from domain.messaging.commands.channel import OpenDirectChannel
from domain.messaging.commands.message import PostMessage
from domain.messaging.ids import MessageId
from infra.samples.history import person_id


class Note(NamedTuple):
    """Something that one says to another, among themselves."""

    author: str
    to: str
    text: str

    @property
    def people(self) -> tuple[PersonId, ...]:
        return person_id(self.author), person_id(self.to)

    @property
    def opening(self) -> OpenDirectChannel:
        """The place where they talk."""
        return OpenDirectChannel(people=self.people)

    @property
    def said(self) -> PostMessage:
        """What is said there."""
        named = person_id(self.to) if f"<@{self.to}>" in self.text else None
        return PostMessage(
            channel=self.opening.channel,
            message=MessageId(derived("sample note", self.author, self.to, self.text)),
            text=self.text.replace(f"<@{self.to}>", f"<@{person_id(self.to)}>"),
            mentions=() if named is None else (named,),
        )


TODAY = (
    Note("mei", "shen", "沈总,供应商确认了周五到货,合同我下午发给您。"),
    Note("shen", "mei", "好的,辛苦了!<@mei> 记得抄送财务。"),
    Note("mei", "leo", "<@leo> 新板子可以按原计划下单。Go ahead with the new boards."),
    Note("mei", "leo", "到货后我告诉你。I'll tell you when they arrive."),
)
