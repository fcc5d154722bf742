"""Opening channels: between people, for whoever joins, for a department."""

import pytest
from pydantic import ValidationError

from domain.directory.department import DepartmentIsClosed
from domain.directory.events.person import PersonJoined
from domain.directory.person import Person, UnknownPeople
from domain.kernel.refusals import IdTaken, NotFound, NotPermitted
from domain.messaging.channel import Channel
from domain.messaging.commands.channel import OpenChannel, OpenDepartmentChannel, OpenDirectChannel, direct_channel
from domain.messaging.events.channel import ChannelOpened, ChannelOwnersChanged
from domain.messaging.events.membership import MemberAdded, MemberJoined
from domain.messaging.ids import ChannelId
from tests.directory.words import ANN, BO, CHEN, COMPANY, DI, EAST, ROOT, SALES, administrator, belongs, closed, department
from tests.messaging.words import GENERAL, TALK
from tests.story import an_id, given, person

NEW = ChannelId(an_id("new"))
OPEN = OpenChannel(channel=NEW, name="  大厅 ", topic="Everything")
OF_EAST = OpenDepartmentChannel(channel=NEW, department=EAST, name="East")


def test_between_people_there_is_one_channel() -> None:
    direct = direct_channel([ANN, BO])
    story = given(COMPANY).when(OpenDirectChannel(people=(BO, ANN)), by=ANN)
    first, second = sorted([ANN, BO])
    assert story.happened()[0] == ChannelOpened(channel=direct, kind="direct", visibility="private", by=ANN)
    assert story.happened()[1:] == [
        MemberJoined(channel=direct, person=who) if who == ANN else MemberAdded(channel=direct, person=who, by=ANN)
        for who in (first, second)
    ]
    story.when(OpenDirectChannel(people=(ANN, BO)), by=BO).then_nothing()
    assert direct_channel([BO, ANN, ANN]) == direct != direct_channel([ANN, BO, CHEN])


def test_only_one_of_them_opens_it_and_all_must_be_there() -> None:
    story = given(COMPANY)
    story.when(OpenDirectChannel(people=(ANN, BO)), by=ROOT).refused(NotPermitted(authority="one of the people"))
    strangers = person("x"), person("y")
    refusal = UnknownPeople(people=tuple(sorted(strangers)))
    story.when(OpenDirectChannel(people=(ANN, *strangers)), by=ANN).refused(refusal)


@pytest.mark.parametrize("people", [(ANN,), (ANN, ANN), tuple(person(str(n)) for n in range(21))])
def test_a_direct_channel_is_between_two_to_twenty(people: tuple[object, ...]) -> None:
    with pytest.raises(ValidationError):
        OpenDirectChannel.model_validate({"people": people})


def test_whoever_opens_a_channel_keeps_it() -> None:
    story = given(COMPANY).when(OPEN, by=ANN)
    opened = ChannelOpened(channel=NEW, kind="group", visibility="public", name="大厅", topic="Everything", by=ANN)
    owners = ChannelOwnersChanged(channel=NEW, owners=(ANN,), by=ANN)
    story.then(opened, owners, MemberAdded(channel=NEW, person=ANN, by=ANN, role="owner"))


def test_an_id_is_one_channel() -> None:
    story = given(TALK).when(OPEN, by=ANN)
    story.when(OPEN, by=BO).refused(IdTaken(id=NEW))
    story.when(OPEN.model_copy(update={"name": "x"}), by=ANN).refused(IdTaken(id=NEW))
    story.when(OF_EAST, by=ROOT).refused(IdTaken(id=NEW))
    taken = OpenChannel(channel=GENERAL, name="Mine", visibility="private")
    story.when(taken, by=CHEN).refused(IdTaken(id=GENERAL))


def test_a_guest_opens_none() -> None:
    guest = person("guest")
    arrived = Person.at(guest).records(PersonJoined(person=guest, name="G", kind="guest"))
    given(COMPANY, arrived).when(OPEN, by=guest).refused(NotPermitted(authority="employee"))


def test_leaders_and_administrators_open_a_departments_channel() -> None:
    opened = ChannelOpened(channel=NEW, kind="department", visibility="private", name="East", department=EAST, by=DI)
    given(COMPANY, belongs(DI, EAST, leads=True)).when(OF_EAST, by=DI).then(opened)
    story = given(COMPANY, administrator(DI, SALES)).when(OF_EAST, by=DI).then(opened)
    assert story.state(Channel.at(NEW)).department == EAST
    refusal = NotPermitted(
        authority="leader of the department or primary administrator or administrator of the department"
        " or grant of messaging.channel.open"
    )
    given(COMPANY, belongs(DI, EAST)).when(OF_EAST, by=DI).refused(refusal)
    given(COMPANY, administrator(DI, EAST)).when(OF_EAST.model_copy(update={"department": SALES}), by=DI).refused(refusal)


def test_a_departments_channel_needs_one_that_is_there_and_open() -> None:
    given(COMPANY, closed(EAST)).when(OF_EAST, by=ROOT).refused(DepartmentIsClosed(department=EAST))
    nowhere = OF_EAST.model_copy(update={"department": department("none")})
    given(COMPANY).when(nowhere, by=ROOT).refused(NotFound(kind="Department"))
