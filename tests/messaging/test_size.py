"""What the log says beside an event has room for the largest decisions."""

from itertools import pairwise

import msgspec

from application.ports.log import CONTEXT_LIMIT, PAYLOAD_LIMIT
from domain.directory.department import Department
from domain.directory.events.department import DepartmentMoved
from domain.kernel.commands import Command
from domain.kernel.events import Context
from domain.kernel.identifiers import PersonId
from domain.kernel.loads import DEPTH
from domain.kernel.refusals import Refusal
from domain.messaging.commands.channel import OpenDirectChannel, RenameChannel
from domain.messaging.commands.limits import ATTACHMENTS, DIRECT, MENTIONS, TEXT
from domain.messaging.commands.message import AttachedFile, PostMessage
from domain.messaging.ids import FileId
from tests.directory.words import ANN, BO, SALES, administrator, department, opened
from tests.messaging.words import GENERAL, HELLO, OF_SALES, REPLY, TALK, said
from tests.story import Story, an_id, given, joined, person

ROOM = 1_000
"""Bytes that are left for the client, the session and the address."""
SEALED = 4 / 3
"""A personal text is stored in base64."""
MANY = [person(f"person {n}") for n in range(MENTIONS)]


def context_of(story: Story, wish: Command, by: PersonId) -> int:
    decision = story.decide(wish, by)
    assert not isinstance(decision.answer, Refusal), decision.answer
    return len(msgspec.json.encode(Context(authority=decision.authority, decided_on=decision.guards)))


def largest_post() -> PostMessage:
    files = tuple(
        AttachedFile(file=FileId(an_id(str(n))), name="文" * 200, title="题" * 200, media_type="x" * 127, size=2**53)
        for n in range(ATTACHMENTS)
    )
    return PostMessage(
        channel=GENERAL, message=REPLY, text="中" * TEXT, thread=HELLO, quotes=HELLO, mentions=tuple(MANY), attachments=files
    )


def test_a_message_with_as_much_as_one_may_say() -> None:
    story = given(TALK, joined(*MANY), said("hi", by=ANN))
    wish = largest_post()
    assert context_of(story, wish, BO) < CONTEXT_LIMIT - ROOM
    story.when(wish, by=BO)
    assert len(msgspec.json.encode(story.happened()[0])) * SEALED < PAYLOAD_LIMIT


def test_many_people_in_a_direct_channel() -> None:
    story = given(joined(*MANY))
    assert context_of(story, OpenDirectChannel(people=tuple(MANY[:DIRECT])), MANY[0]) < CONTEXT_LIMIT - ROOM


def test_a_chain_of_departments_as_long_as_it_is_followed() -> None:
    levels = [SALES, *(department(f"level {n}") for n in range(DEPTH + 2))]
    moved = (Department.at(one).records(DepartmentMoved(parent=above)) for one, above in pairwise(levels))
    story = given(TALK, administrator(BO, SALES), *map(opened, levels[1:]), *moved)
    wish = RenameChannel(channel=OF_SALES, name="销" * 80)
    assert DEPTH * 100 < context_of(story, wish, BO) < CONTEXT_LIMIT - ROOM
