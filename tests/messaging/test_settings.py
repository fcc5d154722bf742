"""What is settled for a channel: who may do what, and what newcomers see."""

from domain.messaging.channel import ChannelIsArchived, OwnersOnly
from domain.messaging.commands.channel import ChangeChannelSettings, ChangeHistoryVisibility, DescribeChannel
from domain.messaging.commands.message import PinMessage, PostMessage, UnpinMessage
from domain.messaging.events.channel import ChannelDescribed, ChannelHistoryChanged, ChannelSettingsChanged
from domain.messaging.events.message import MessagePinned, MessagePosted
from domain.messaging.ids import MessageId
from tests.directory.words import ANN, BO, DI, SALES, belongs
from tests.messaging.test_keeping import KEEPER
from tests.messaging.words import GENERAL, HELLO, OF_SALES, REPLY, TALK, archived, posted, said
from tests.story import an_id, given

ANNOUNCE = ChangeChannelSettings(channel=GENERAL, posting="owners")
SAY = PostMessage(channel=GENERAL, message=HELLO, text="hi")
ANSWER = PostMessage(channel=GENERAL, message=REPLY, text="yes", thread=HELLO)


def settled(posting: str = "members", pinning: str = "members") -> ChannelSettingsChanged:
    return ChannelSettingsChanged(
        channel=GENERAL,
        posting=posting,  # type: ignore[arg-type]  # one of its words
        inviting="members",
        pinning=pinning,  # type: ignore[arg-type]  # one of its words
        calling="members",
        by=ANN,
    )


def test_in_a_channel_for_announcements_owners_speak() -> None:
    story = given(TALK).when(ANNOUNCE, by=ANN).then(settled(posting="owners"))
    story.when(SAY, by=BO).refused(OwnersOnly(channel=GENERAL))
    story.when(SAY, by=ANN).then(posted("hi", by=ANN))
    story.when(ANSWER, by=BO).refused(OwnersOnly(channel=GENERAL))
    story.when(ChangeChannelSettings(channel=GENERAL, posting="replies"), by=ANN).when(ANSWER, by=BO)
    story.then(MessagePosted(channel=GENERAL, author=BO, text="yes", thread=HELLO))
    story.when(SAY.model_copy(update={"message": MessageId(an_id("more"))}), by=BO).refused(OwnersOnly(channel=GENERAL))


def test_in_a_departments_channel_its_leaders_speak() -> None:
    story = given(TALK, belongs(DI, SALES, leads=True), belongs(BO, SALES))
    story.when(ChangeChannelSettings(channel=OF_SALES, posting="owners"), by=DI)
    say = SAY.model_copy(update={"channel": OF_SALES})
    story.when(say, by=BO).refused(OwnersOnly(channel=OF_SALES))
    story.when(say, by=DI).then(posted("hi", by=DI, channel=OF_SALES))


def test_pins_can_be_kept_to_owners() -> None:
    story = given(TALK, said("hi", by=ANN)).when(ChangeChannelSettings(channel=GENERAL, pinning="owners"), by=ANN)
    story.then(settled(pinning="owners")).when(PinMessage(message=HELLO), by=BO).refused(OwnersOnly(channel=GENERAL))
    story.when(PinMessage(message=HELLO), by=ANN).then(MessagePinned(by=ANN))
    story.when(UnpinMessage(message=HELLO), by=BO).refused(OwnersOnly(channel=GENERAL))


def test_only_its_keepers_settle_it_and_not_when_it_is_archived() -> None:
    wishes = (
        ANNOUNCE,
        DescribeChannel(channel=GENERAL, description="x"),
        ChangeHistoryVisibility(channel=GENERAL, history="joined"),
    )
    for wish in wishes:
        given(TALK).when(wish, by=BO).refused(KEEPER)
        given(TALK, archived()).when(wish, by=ANN).refused(ChannelIsArchived(channel=GENERAL))
    given(TALK).when(ChangeChannelSettings(channel=GENERAL), by=ANN).then_nothing()


def test_it_is_described() -> None:
    story = given(TALK).when(DescribeChannel(channel=GENERAL, description="一\n二"), by=ANN)
    story.then(ChannelDescribed(channel=GENERAL, description="一\n二", by=ANN))
    story.when(DescribeChannel(channel=GENERAL), by=ANN).then(ChannelDescribed(channel=GENERAL, by=ANN))


def test_a_message_keeps_what_was_settled_for_newcomers_when_it_was_said() -> None:
    story = given(TALK, said("before", by=ANN)).when(ChangeHistoryVisibility(channel=GENERAL, history="joined"), by=ANN)
    story.then(ChannelHistoryChanged(channel=GENERAL, history="joined", by=ANN))
    story.when(ANSWER, by=BO).then(MessagePosted(channel=GENERAL, author=BO, text="yes", thread=HELLO, history="joined"))
    story.when(ChangeHistoryVisibility(channel=GENERAL, history="all"), by=ANN).when(ANSWER, by=BO).then_nothing()
