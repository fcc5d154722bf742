"""What tests say about channels, their members and messages."""

from domain.kernel.identifiers import PersonId
from domain.kernel.states import Events
from domain.messaging.channel import Channel
from domain.messaging.events.channel import ChannelArchived, ChannelOpened, ChannelOwnersChanged, Visibility
from domain.messaging.events.membership import MemberAdded, MemberJoined
from domain.messaging.events.message import MessagePosted, MessageRetracted
from domain.messaging.ids import ChannelId, MessageId
from domain.messaging.membership import Membership
from domain.messaging.message import Message
from tests.directory.words import ANN, BO, COMPANY, SALES
from tests.story import an_id, together

GENERAL, SECRET, OF_SALES = (ChannelId(an_id(name)) for name in ("general", "secret", "of sales"))
HELLO, REPLY = MessageId(an_id("hello")), MessageId(an_id("reply"))


def channel(which: ChannelId, *members: PersonId, visibility: Visibility = "public") -> Events:
    """A group channel; the first of its members is its owner."""
    opened = Channel.at(which).records(ChannelOpened(channel=which, kind="group", visibility=visibility, name="General"))
    owners = Channel.at(which).records(ChannelOwnersChanged(channel=which, owners=members[:1]))
    return opened + owners + together(member(who, which, owner=n == 0) for n, who in enumerate(members))


def member(who: PersonId, of: ChannelId = GENERAL, owner: bool = False) -> Events:
    added = MemberAdded(channel=of, person=who, role="owner" if owner else "member")
    return Membership.at(of, who).records(added if owner else MemberJoined(channel=of, person=who))


def department_channel(visibility: Visibility = "private") -> Events:
    opened = ChannelOpened(channel=OF_SALES, kind="department", visibility=visibility, name="Sales", department=SALES)
    return Channel.at(OF_SALES).records(opened)


def archived(which: ChannelId = GENERAL) -> Events:
    return Channel.at(which).records(ChannelArchived(channel=which))


def posted(text: str, by: PersonId, channel: ChannelId = GENERAL) -> MessagePosted:
    return MessagePosted(channel=channel, author=by, text=text)


def said(text: str, by: PersonId, channel: ChannelId = GENERAL, message: MessageId = HELLO) -> Events:
    return Message.at(message).records(posted(text, by, channel))


def taken_back(message: MessageId = HELLO) -> Events:
    return Message.at(message).records(MessageRetracted())


TALK = together([COMPANY, channel(GENERAL, ANN, BO), channel(SECRET, ANN, BO, visibility="private"), department_channel()])
"""A public and a private channel that ANN owns and BO takes part in, and the sales department's own."""
