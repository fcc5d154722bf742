"""One subscription for all channels of somebody, wherever they come in or leave."""

import asyncio

from domain.access.commands.administration import AppointAdministrator
from domain.directory.commands.department import OpenDepartment
from domain.directory.commands.membership import JoinDepartment, LeaveDepartment
from domain.directory.ids import DepartmentId
from domain.kernel.identifiers import derived
from interfaces.graphql.ids import global_id
from tests.live.clients import Conversation, talking
from tests.live.test_channel_list import told
from tests.live.test_following import channel, say
from tests.support.serving import Served

ALL = """subscription ($after: Position) { messagesOfMyChannels(after: $after) {
    __typename ... on MessageChange { position event message { text channel { id } } } ... on NotFound { kind } } }"""


async def heard(line: Conversation, key: str = "1") -> tuple[str, str]:
    change = await told(line, key)
    return change["message"]["channel"]["id"], change["message"]["text"]


async def test_what_is_said_in_each_channel_of_ones_own_is_told(served: Served) -> None:
    ann, bo, cy = [await served.person(name) for name in ("Ann", "Bo", "Cy")]
    first, second, theirs = await channel(ann, bo), await channel(ann, bo), await channel(ann, cy)
    public = await channel(ann, visibility="PUBLIC")
    async with talking(bo) as line:
        await line.follow("1", ALL, {"after": await served.head()})
        for where, text in ((first, "one"), (theirs, "not for Bo"), (public, "nor here"), (second, "two")):
            await say(ann, where, text)
        assert [await heard(line) for _ in range(2)] == [(first, "one"), (second, "two")]


async def test_it_goes_on_where_one_comes_in_and_ends_where_one_leaves(served: Served) -> None:
    ann, bo = await served.person("Ann"), await served.person("Bo")
    first, public = await channel(ann), await channel(ann, visibility="PUBLIC")
    async with talking(bo) as line:
        await line.follow("1", ALL)
        await served.attached(1)
        await say(ann, first, "before Bo came")
        await ann.done("addMember", channel=first, person=bo.id)
        await say(ann, first, "welcome")
        await bo.done("joinChannel", channel=public)
        _, position = await say(ann, public, "here too")
        assert [await heard(line) for _ in range(2)] == [(first, "welcome"), (public, "here too")]
        await bo.done("leaveChannel", channel=public)
        await say(ann, public, "gone again, though Bo may look in")
        await ann.done("removeMember", channel=first, person=bo.id)
        await say(ann, first, "and gone here")
        third = await channel(ann, bo)
        await say(ann, third, "elsewhere")
        assert await heard(line) == (third, "elsewhere")
        await line.say(type="complete", id="1")
        await line.follow("2", ALL, {"after": position})
        assert await heard(line, "2") == (third, "elsewhere"), "whoever resumes is told of the channels that are theirs now"


async def test_a_departments_channel_is_ones_own_while_one_belongs_there(served: Served) -> None:
    ann, bo = await served.person("Ann"), await served.person("Bo")
    sales = DepartmentId(derived("department", "sales"))
    await served.do(OpenDepartment(department=sales, name="Sales"))
    await served.do(JoinDepartment(department=sales, person=ann.person))
    await served.do(AppointAdministrator(person=ann.person))
    async with talking(bo) as line, talking(ann) as other:
        await line.follow("1", ALL)
        await other.follow("1", ALL)
        await served.attached(2)
        done = await ann.done("openDepartmentChannel", "channel { id }", name="Sales", department=global_id("Department", sales))
        where = done["channel"]["id"]
        await say(ann, where, "among us")
        await served.do(JoinDepartment(department=sales, person=bo.person))
        await say(ann, where, "with Bo")
        assert await heard(line) == (where, "with Bo"), "told while Bo is there: afterwards it isn't Bo's to see"
        await served.do(LeaveDepartment(department=sales, person=bo.person))
        await say(ann, where, "without Bo")
        # Told before Bo is back, for what was said where somebody wasn't may well be seen by them later.
        assert [await heard(other) for _ in range(3)][-1] == (where, "without Bo")
        await served.do(JoinDepartment(department=sales, person=bo.person))
        await say(ann, where, "with Bo again")
        assert await heard(line) == (where, "with Bo again")


async def test_what_cannot_be_read_may_concern_everybody(served: Served) -> None:
    ann, bo = await served.person("Ann"), await served.person("Bo")
    await channel(ann, bo)
    roaming = served.service.following.hub.roaming["messages_of_my_channels"]  # type: ignore[union-attr]  # it can be followed
    rows = await served.organisation.log.reader.read(0, 100)
    assert roaming.moved(rows[:0]) == frozenset()
    *_, added = [row for row in rows if row.type.startswith("messaging.member_added")]
    assert roaming.moved([added]) == {bo.person}
    assert roaming.moved([added, added._replace(payload=b"{")]) is None
    assert roaming.moved([added, added._replace(payload=None)]) is None


async def test_nothing_is_lost_or_doubled_while_people_come_and_connections_go(served: Served) -> None:
    ann, bo = await served.person("Ann"), await served.person("Bo")
    channels = [await channel(ann) for _ in range(6)]
    said: list[tuple[str, str]] = []
    got: list[tuple[str, str]] = []
    start = await served.head()

    async def talk() -> None:
        for number, where in enumerate(channels):
            await ann.done("addMember", channel=where, person=bo.id)
            for turn in range(8):
                place = channels[(turn + number) % (number + 1)]
                await say(ann, place, f"{number}.{turn}")
                said.append((place, f"{number}.{turn}"))

    async def listen() -> None:
        after = start
        while len(got) < 48:
            async with talking(bo) as line:
                await line.follow("1", ALL, {"after": after})
                for _ in range(7):
                    if len(got) == 48:
                        break
                    change = await told(line, "1")
                    after = change["position"]
                    got.append((change["message"]["channel"]["id"], change["message"]["text"]))

    await asyncio.gather(talk(), listen())
    assert got == said
