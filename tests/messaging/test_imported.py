"""What another system says: taken once, in the order in which it was so, and refused nothing."""

from collections.abc import Callable
from typing import Any

import pytest

from domain.directory import imported as people
from domain.directory.department import Department
from domain.directory.events.department import DepartmentOpened
from domain.directory.events.membership import DepartmentJoined, DepartmentLeft, LeaderAppointed
from domain.directory.events.person import PersonJoined, PersonLeft, PrimaryDepartmentChanged
from domain.directory.membership import DepartmentMembership
from domain.directory.person import Person
from domain.kernel.events import Event
from domain.kernel.states import NOTHING, Events, State
from domain.messaging import imported
from domain.messaging.channel import Channel
from domain.messaging.events.channel import (
    ChannelArchived,
    ChannelOpened,
    ChannelRenamed,
    ChannelReopened,
    ChannelTopicChanged,
    ChannelVisibilityChanged,
)
from domain.messaging.events.membership import MemberAdded, MemberJoined, MemberLeft, MemberRemoved, MemberRoleChanged
from domain.messaging.events.message import (
    Attachment,
    MessageEdited,
    MessageEditNoted,
    MessagePinned,
    MessagePosted,
    MessageRetracted,
    MessageUnpinned,
)
from domain.messaging.events.reaction import ReactionAdded, ReactionRemoved
from domain.messaging.ids import FileId
from domain.messaging.membership import Membership
from domain.messaging.message import Message
from domain.messaging.reaction import Reaction
from tests.directory.words import ANN, BO, CHEN, EAST, SALES
from tests.messaging.words import GENERAL, HELLO, REPLY, said
from tests.story import an_id, given

Say = Callable[[Any], Events]


def tell(state: State[Any], *says: Say) -> list[Event]:
    """The events of saying these things of a stream in turn; each said twice, which changes nothing."""
    happened: list[Event] = []
    for say in says:
        events = say(state)
        for stream, event in events:
            assert stream == state.stream
            state = state.after(event)
            happened.append(event)
        assert say(state) == NOTHING
    return happened


def test_a_message_with_all_that_an_export_holds() -> None:
    plan = Attachment(file=FileId(an_id("plan")), name="plan.png", owner=BO, media_type="image/png", size=9, title="Plan")
    text = f"see {imported.mention(CHEN)}"
    happened = tell(
        Message.at(REPLY),
        lambda m: imported.posted(
            m, channel=GENERAL, author=ANN, text=text, thread=HELLO, quotes=HELLO, mentions=(CHEN,), attachments=(plan,)
        ),
        lambda m: imported.edit_noted(m, by=ANN),
        lambda m: imported.pinned(m, by=BO),
        lambda m: imported.unpinned(m, by=BO),
        lambda m: imported.edited(m, author=ANN, text="in other words"),
        lambda m: imported.pinned(m),
        lambda m: imported.retracted(m, by=ANN),
    )
    assert happened == [
        MessagePosted(
            channel=GENERAL,
            author=ANN,
            text=f"see <@{CHEN}>",
            thread=HELLO,
            quotes=HELLO,
            mentions=(CHEN,),
            attachments=(plan,),
        ),
        MessageEditNoted(by=ANN),
        MessagePinned(by=BO),
        MessageUnpinned(by=BO),
        MessageEdited(author=ANN, text="in other words"),
        MessagePinned(),
        MessageRetracted(by=ANN),
    ]


@pytest.mark.parametrize(
    "say",
    [
        lambda m: imported.edited(m, author=ANN, text="x"),
        imported.edit_noted,
        imported.pinned,
        imported.unpinned,
        imported.retracted,
    ],
)
def test_nothing_is_said_of_a_message_that_was_never_posted(say: Say) -> None:
    assert say(Message.at(HELLO)) == NOTHING


def test_what_was_said_here_is_not_said_again() -> None:
    message = given(said("hi", by=BO)).state(Message.at(HELLO))
    assert imported.posted(message, channel=GENERAL, author=ANN, text="ho") == NOTHING


def test_a_channel() -> None:
    happened = tell(
        Channel.at(GENERAL),
        lambda c: imported.channel_opened(c, kind="group", visibility="public", name="general", by=ANN),
        lambda c: imported.channel_renamed(c, name="总群", by=BO),
        lambda c: imported.topic_changed(c, topic="All", by=BO),
        lambda c: imported.visibility_changed(c, visibility="private"),
        lambda c: imported.channel_archived(c, by=ANN),
        lambda c: imported.channel_reopened(c),
    )
    assert happened == [
        ChannelOpened(channel=GENERAL, kind="group", visibility="public", name="general", by=ANN),
        ChannelRenamed(channel=GENERAL, name="总群", by=BO),
        ChannelTopicChanged(channel=GENERAL, topic="All", by=BO),
        ChannelVisibilityChanged(channel=GENERAL, visibility="private"),
        ChannelArchived(channel=GENERAL, by=ANN),
        ChannelReopened(channel=GENERAL),
    ]


def test_members_come_and_go() -> None:
    happened = tell(
        Membership.at(GENERAL, BO),
        lambda m: imported.member_came(m, channel=GENERAL, person=BO, by=BO),
        lambda m: imported.member_went(m, channel=GENERAL, person=BO, by=BO),
        lambda m: imported.member_came(m, channel=GENERAL, person=BO, by=ANN),
        lambda m: imported.member_came(m, channel=GENERAL, person=BO, by=ANN, role="owner"),
        lambda m: imported.member_went(m, channel=GENERAL, person=BO),
    )
    assert happened == [
        MemberJoined(channel=GENERAL, person=BO),
        MemberLeft(channel=GENERAL, person=BO),
        MemberAdded(channel=GENERAL, person=BO, by=ANN),
        MemberRoleChanged(channel=GENERAL, person=BO, role="owner", by=ANN),
        MemberRemoved(channel=GENERAL, person=BO),
    ]


def test_reactions() -> None:
    happened = tell(
        Reaction.at(HELLO, BO),
        lambda r: imported.reaction_added(r, message=HELLO, person=BO, emoji="thumbsup"),
        lambda r: imported.reaction_added(r, message=HELLO, person=BO, emoji="wave"),
        lambda r: imported.reaction_removed(r, message=HELLO, person=BO, emoji="wave"),
    )
    assert happened == [
        ReactionAdded(message=HELLO, person=BO, emoji="thumbsup"),
        ReactionAdded(message=HELLO, person=BO, emoji="wave"),
        ReactionRemoved(message=HELLO, person=BO, emoji="wave"),
    ]


def test_people_and_departments() -> None:
    assert tell(
        Person.at(ANN),
        lambda p: people.person_joined(p, name="安", email="ann@example.com", title="主管"),
        lambda p: people.primary_department(p, department=EAST),
        people.person_left,
    ) == [
        PersonJoined(person=ANN, name="安", email="ann@example.com", title="主管"),
        PrimaryDepartmentChanged(person=ANN, department=EAST),
        PersonLeft(person=ANN),
    ]
    assert people.person_left(Person.at(BO)) == NOTHING
    opened = tell(Department.at(EAST), lambda d: people.department_opened(d, name="East", parent=SALES))
    assert opened == [DepartmentOpened(name="East", parent=SALES)]
    assert tell(
        DepartmentMembership.at(EAST, ANN),
        lambda m: people.department_joined(m, department=EAST, person=ANN),
        lambda m: people.department_joined(m, department=EAST, person=ANN, leads=True),
        lambda m: people.department_left(m, department=EAST, person=ANN),
    ) == [
        DepartmentJoined(department=EAST, person=ANN),
        LeaderAppointed(department=EAST, person=ANN),
        DepartmentLeft(department=EAST, person=ANN),
    ]
