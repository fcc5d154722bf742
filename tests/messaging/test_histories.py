"""Whatever is wished in whatever order: asking twice changes nothing, and no state fails on what was decided."""

from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from domain.directory.commands.membership import JoinDepartment, LeaveDepartment
from domain.directory.commands.person import ReinstatePerson, SuspendPerson
from domain.kernel.commands import Command
from domain.kernel.identifiers import PersonId
from domain.messaging.commands.channel import (
    ArchiveChannel,
    ChangeTopic,
    ChangeVisibility,
    OpenChannel,
    OpenDepartmentChannel,
    OpenDirectChannel,
    RenameChannel,
    ReopenChannel,
    direct_channel,
)
from domain.messaging.commands.membership import AddMember, ChangeRole, JoinChannel, LeaveChannel, RemoveMember
from domain.messaging.commands.message import EditMessage, PinMessage, PostMessage, RetractMessage, UnpinMessage
from domain.messaging.commands.reaction import AddReaction, RemoveReaction
from domain.messaging.events.message import MessagePosted
from domain.messaging.ids import MessageId
from domain.messaging.message import Message
from domain.messaging.reaction import Reaction
from tests.directory.words import ANN, BO, CHEN, ROOT, SALES, belongs
from tests.messaging.words import GENERAL, OF_SALES, SECRET, TALK
from tests.story import an_id, given

NEW = direct_channel([ANN, BO])
FEW = [MessageId(an_id(f"message {n}")) for n in range(3)]
channels, messages = st.sampled_from([GENERAL, SECRET, OF_SALES, NEW]), st.sampled_from(FEW)
people, texts = st.sampled_from([ANN, BO, CHEN, ROOT]), st.sampled_from(["hi", "你好", " ", "ok"])
some_people = st.lists(people, max_size=2).map(tuple)
wishes: st.SearchStrategy[Command] = st.one_of(
    st.builds(
        PostMessage,
        channel=channels,
        message=messages,
        text=texts,
        thread=st.none() | messages,
        quotes=st.none() | messages,
        mentions=some_people,
        also_in_channel=st.booleans(),
    ),
    st.builds(EditMessage, message=messages, text=texts, mentions=some_people),
    st.builds(RetractMessage, message=messages),
    st.builds(PinMessage, message=messages),
    st.builds(UnpinMessage, message=messages),
    st.builds(AddReaction, message=messages, emoji=st.sampled_from(["👍", "ok"])),
    st.builds(RemoveReaction, message=messages, emoji=st.sampled_from(["👍", "ok"])),
    st.just(OpenDirectChannel(people=(ANN, BO))),
    st.builds(OpenChannel, channel=channels, name=texts.filter(str.strip), visibility=st.sampled_from(["public", "private"])),
    st.builds(OpenDepartmentChannel, channel=channels, department=st.just(SALES), name=texts.filter(str.strip)),
    st.builds(RenameChannel, channel=channels, name=texts.filter(str.strip)),
    st.builds(ChangeTopic, channel=channels, topic=st.none() | texts.filter(str.strip)),
    st.builds(ChangeVisibility, channel=channels, visibility=st.sampled_from(["public", "private"])),
    st.builds(ArchiveChannel, channel=channels),
    st.builds(ReopenChannel, channel=channels),
    st.builds(JoinChannel, channel=channels),
    st.builds(LeaveChannel, channel=channels),
    st.builds(AddMember, channel=channels, person=people),
    st.builds(RemoveMember, channel=channels, person=people),
    st.builds(ChangeRole, channel=channels, person=people, role=st.sampled_from(["member", "owner"])),
    st.builds(JoinDepartment, department=st.just(SALES), person=people, primary=st.booleans()),
    st.builds(LeaveDepartment, department=st.just(SALES), person=people),
    st.builds(SuspendPerson, person=people),
    st.builds(ReinstatePerson, person=people),
)


@settings(max_examples=150, deadline=None)
@for_all(st.lists(st.tuples(wishes, people), max_size=40))
def test_asking_twice_changes_nothing_and_threads_are_one_deep(asked: list[tuple[Command, PersonId]]) -> None:
    story = given(TALK, belongs(CHEN, SALES, leads=True))
    for wish, who in asked:
        story.when(wish, by=who)  # asks twice, and checks; every event is folded, and read back as it was stored
    for message in FEW:
        state = story.state(Message.at(message))
        if state.thread is not None:
            root = story.state(Message.at(state.thread))
            assert (root.channel, root.thread) == (state.channel, None)
        assert not (state.retracted and state.pinned)
    posts = [happened for happened in story.history if isinstance(happened.event, MessagePosted)]
    assert len({happened.stream for happened in posts}) == len(posts)


@settings(max_examples=60, deadline=None)
@for_all(st.lists(st.tuples(wishes, people), max_size=30))
def test_states_are_what_their_events_say(asked: list[tuple[Command, PersonId]]) -> None:
    story = given(TALK)
    for wish, who in asked:
        story.when(wish, by=who)
    for message in FEW:
        for who in (ANN, BO):
            reaction, signs = Reaction.at(message, who), set[str]()
            for happened in story.history:
                if happened.stream == reaction.stream:
                    event = happened.event
                    (signs.add if type(event).__name__ == "ReactionAdded" else signs.remove)(event.emoji)  # type: ignore[attr-defined]  # a reaction's
            assert story.state(reaction).emoji == signs
