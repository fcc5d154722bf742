"""Histories from elsewhere in a real log."""

import asyncio
import os
import random
import signal
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from application.imports.bring import IMPORTER, Importer, Report, survey
from application.imports.naming import Names
from application.imports.records.record import Source
from application.states import decode
from domain.directory.commands.person import AddPerson
from domain.directory.events.person import PersonJoined
from domain.kernel.events import Event, Recorded
from domain.kernel.identifiers import PersonId
from domain.messaging.commands.channel import RenameChannel
from domain.messaging.events.channel import ChannelOpened, ChannelRenamed, ChannelTopicChanged
from domain.messaging.events.membership import MemberAdded, MemberJoined, MemberLeft
from domain.messaging.events.message import MessageEdited, MessageEditNoted, MessagePinned, MessagePosted, MessageRetracted
from domain.messaging.events.reaction import ReactionAdded
from infra.crypto.key_file import write
from infra.imports.slack.export import SlackExport
from interfaces.bootstrap.organisation import OpenOrganisation
from tests.imports.slack_exports import ANN, BEN, CAI, DAY, channel, export, folder, said, stamp, user
from tests.support.organisations import RING, everything, opened, order
from tests.support.postgres import Database, fresh_database
from tests.support.shared_data import shared_data

GENERAL = f"general/{DAY}.json"
ZULIP = "zerver/tests/fixtures/slack_fixtures/test_slack_importer.zip"


async def bring(organisation: OpenOrganisation, path: Path, piece: int = 3_000) -> Report:
    history = SlackExport(path)
    try:
        return await Importer(organisation.bulk, organisation.pseudonyms, piece).bring(history)
    finally:
        history.close()


async def recorded(organisation: OpenOrganisation) -> list[Recorded[Event]]:
    return await decode(await everything(organisation), organisation.codec, organisation.keys)


def of(events: list[Recorded[Event]], *kinds: type[Event]) -> list[Any]:
    return [each.event for each in events if isinstance(each.event, kinds)]


def talk() -> dict[str, Any]:
    """A day in which everything happens, to and fro."""
    changed = {"type": "message", "subtype": "message_changed", "ts": stamp(9), "message": said(2, BEN, "Friday"),
               "previous_message": said(2, BEN, "Thursday")}  # fmt: skip
    again = changed | {"ts": stamp(10), "message": said(2, BEN, "Thursday"), "previous_message": said(2, BEN, "Friday")}
    day = [
        said(1, ANN, "Who is <@U0BEN>?", thread_ts=stamp(1), reply_count=1,
             reactions=[{"name": "+1", "users": [BEN, CAI], "count": 2}], edited={"user": ANN, "ts": stamp(4)}),
        said(2, BEN, "Thursday", thread_ts=stamp(1)),
        changed,
        again,
        said(11, CAI, "", subtype="channel_leave"),
        said(12, CAI, "", subtype="channel_join"),
        said(13, CAI, "", subtype="channel_leave"),
        said(14, ANN, "", subtype="channel_name", old_name="first", name="second"),
        said(15, ANN, "", subtype="channel_name", old_name="second", name="first"),
        said(16, ANN, "", subtype="channel_name", old_name="first", name="general"),
        said(17, ANN, "oh no", thread_ts=stamp(17), subtype="tombstone"),
    ]  # fmt: skip
    pins = [{"id": stamp(1), "type": "C", "user": BEN, "created": 1_709_539_230}]
    return export({GENERAL: day}, channels=[channel("C0GEN", "general", ANN, BEN, pins=pins)])


async def test_a_history_comes_with_its_authors_times_and_marks(organisation: OpenOrganisation, tmp_path: Path) -> None:
    report = await bring(organisation, folder(tmp_path, talk()))
    events = await recorded(organisation)
    names = Names(Source("slack", "T0TEAM"))
    ann, ben = (organisation.pseudonyms("person", f"{name}@example.test") for name in ("ann", "ben"))
    first, reply, gone = of(events, MessagePosted)
    assert (first.author, first.text, first.mentions) == (ann, f"Who is <@{ben}>?", (ben,))
    assert (reply.text, reply.thread) == ("Thursday", names.message("C0GEN", stamp(1)))
    assert [edit.text for edit in of(events, MessageEdited)] == ["Friday", "Thursday"]
    assert [note.by for note in of(events, MessageEditNoted)] == [ann]
    assert [pin.by for pin in of(events, MessagePinned)] == [ben]
    assert [sign.emoji for sign in of(events, ReactionAdded)] == ["👍", "👍"]
    assert (len(of(events, MessageRetracted)), gone.text) == (1, "")
    assert [named.name for named in of(events, ChannelOpened, ChannelRenamed)] == ["first", "second", "first", "general"]
    assert report.events == sum(not each.event.wire.startswith("compliance.") for each in events)
    for each in events:
        assert each.actor == IMPORTER
        assert each.context.imported == "slack"
    [posted] = [each for each in events if each.event is first]
    assert (posted.on_behalf_of, int(posted.effective_at.timestamp() * 1_000_000)) == (ann, 1_709_539_201_000_100)


async def test_the_times_of_positions_never_go_ahead_of_what_was_imported(organisation: OpenOrganisation, tmp_path: Path) -> None:
    await bring(organisation, folder(tmp_path, talk()), piece=4)
    times = [row.effective_at for row in await everything(organisation)]
    assert times == sorted(times)
    assert times[-1] < 1_709_700_000_000_000


async def test_told_twice_nothing_doubles_whatever_the_pieces(organisation: OpenOrganisation, tmp_path: Path) -> None:
    path = folder(tmp_path, talk())
    await bring(organisation, path, piece=5)
    head = await organisation.log.reader.head()
    for piece in (1, 3, 7, 3_000):
        report = await bring(organisation, path, piece)
        assert (report.events, await organisation.log.reader.head()) == (0, head)


async def test_one_that_has_grown_adds_only_what_is_new(organisation: OpenOrganisation, tmp_path: Path) -> None:
    files = talk()
    await bring(organisation, folder(tmp_path / "a", files))
    before = await organisation.log.reader.head()
    files[GENERAL][0]["reactions"].append({"name": "tada", "users": [ANN], "count": 1})
    files["general/2024-03-05.json"] = [
        said(90_000, CAI, "", subtype="channel_join"),
        said(90_001, CAI, "me too", thread_ts=stamp(1)),
    ]
    files["channels.json"][0]["members"].append(CAI)
    files["users.json"].append(user("U0NEW", "Nia New"))
    files["users.json"][0]["profile"]["email"] = "ann.other@example.test"
    await bring(organisation, folder(tmp_path / "b", files))
    events = await recorded(organisation)
    new = [each.event for each in events if each.position > before and not each.event.wire.startswith("compliance.")]
    assert Counter(type(event).__name__ for event in new) == {
        "PersonIdentified": 1,
        "PersonJoined": 1,
        "ReactionAdded": 1,
        "MemberJoined": 1,
        "MessagePosted": 1,
    }
    ann = organisation.pseudonyms("person", "ann@example.test")
    assert [sign.person for sign in of(events, ReactionAdded)][-1] == ann


async def test_people_who_are_here_already_are_met_and_kept(organisation: OpenOrganisation, tmp_path: Path) -> None:
    ben = PersonId(organisation.pseudonyms("person", "ben@example.test"))
    await order(organisation, AddPerson(person=ben, name="Benjamin Ode"))
    users = [user(ANN, "Ann Smith"), user(BEN, "Ben Ode", deleted=True), user(CAI, "蔡文", deleted=True)]
    await bring(organisation, folder(tmp_path, export({GENERAL: [said(1, BEN, "hi")]}, users=users)))
    events = await recorded(organisation)
    assert [joined.name for joined in of(events, PersonJoined)] == ["Benjamin Ode", "Ann Smith", "蔡文"]
    assert of(events, MessagePosted)[0].author == ben
    left = [each for each in events if each.event.wire == "directory.person_left.v1"]
    assert [each.stream for each in left] == [f"directory.person/{organisation.pseudonyms('person', '蔡文@example.test')}"]


async def test_what_happened_here_since_is_not_overtaken(organisation: OpenOrganisation, tmp_path: Path) -> None:
    files = talk()
    await bring(organisation, folder(tmp_path / "a", files))
    names = Names(Source("slack", "T0TEAM"))
    renamed = await order(organisation, RenameChannel(channel=names.channel("C0GEN"), name="ours"))
    assert renamed.refusal is None
    head = await organisation.log.reader.head()
    assert (await bring(organisation, folder(tmp_path / "b", files))).events == 0
    assert await organisation.log.reader.head() == head


async def test_what_changed_nothing_at_first_changes_nothing_later(organisation: OpenOrganisation, tmp_path: Path) -> None:
    topics = ["May", "May", "June"]
    day = [said(n, ANN, "", subtype="channel_topic", topic=topic) for n, topic in enumerate(topics, 1)]
    path = folder(tmp_path, export({GENERAL: day}))
    await bring(organisation, path, piece=2)
    assert (await bring(organisation, path)).events == 0
    changed = of(await recorded(organisation), ChannelTopicChanged)
    assert [event.topic for event in changed] == ["May", "June"]


async def test_topic_and_purpose_become_what_a_channel_is_about(organisation: OpenOrganisation, tmp_path: Path) -> None:
    day = [
        said(1, ANN, "", subtype="channel_purpose", purpose="to plan"),
        said(2, ANN, "", subtype="channel_topic", topic="May"),
        said(3, ANN, "", subtype="channel_purpose", purpose="to plan ahead"),
        said(4, ANN, "", subtype="channel_topic", topic=""),
    ]
    await bring(organisation, folder(tmp_path, export({GENERAL: day})))
    assert [changed.topic for changed in of(await recorded(organisation), ChannelTopicChanged)] == [
        "to plan",
        "May",
        "to plan ahead",
    ]


async def test_what_is_too_long_is_listed_and_the_rest_taken(organisation: OpenOrganisation, tmp_path: Path) -> None:
    reactions = [{"name": "+1", "users": [BEN], "count": 1}]
    day = [
        said(1, ANN, "长" * 14_000),
        said(2, ANN, "长" * 15_000, reactions=reactions, edited={"user": ANN, "ts": stamp(3)}),
        said(4, ANN, "<@U0BEN> " * 900),
        said(5, ANN, '"' * 21_000),
        said(6, ANN, "short", files=[{"id": "F1", "name": "n" * 5_000, "mimetype": "m" * 70_000}]),
    ]
    report = await bring(organisation, folder(tmp_path, export({GENERAL: day}, channels=[channel("C0GEN", "g" * 99_999)])))
    # The folder of a channel with another name isn't found: every day of it is listed.
    assert [each.reason for each in report.lost] == ["no channel of the name general is listed"]
    report = await bring(organisation, folder(tmp_path / "b", export({GENERAL: day})))
    assert [(each.key, each.lost) for each in report.not_taken] == [
        (stamp(2), True),
        (stamp(2), True),
        (stamp(2), True),
        (stamp(4), True),
        (None, False),
    ]
    posted = of(await recorded(organisation), MessagePosted)
    assert [len(each.text) for each in posted] == [14_000, 21_000, 5]
    assert len(posted[2].attachments[0].name) == 300


async def test_a_survey_writes_nothing_and_tells_the_same(organisation: OpenOrganisation, tmp_path: Path) -> None:
    path = folder(tmp_path, talk())
    surveyed = survey(SlackExport(path))
    assert await organisation.log.reader.head() == 0
    report = await bring(organisation, path)
    assert (surveyed.taken, surveyed.not_taken) == (report.taken, report.not_taken)


IMPORT = """
import asyncio, sys
from pathlib import Path
from application.imports.bring import Importer
from infra.crypto.key_file import read
from infra.imports.slack.export import SlackExport
from infra.postgres.connections import Connections
from interfaces.bootstrap.organisation import OpenOrganisation
from tests.support.postgres import ORGANISATION, ORGANISATION_ID

async def main(dsn, key_file, path):
    async with Connections(dsn) as connections:
        ring = read(Path(key_file))
        async with OpenOrganisation(dsn, connections, ring, ORGANISATION, ORGANISATION_ID) as organisation:
            told = lambda report: print(report.pieces, flush=True)
            await Importer(organisation.bulk, organisation.pseudonyms, 7).bring(SlackExport(Path(path)), told)

asyncio.run(main(*sys.argv[1:]))
"""


def _shape(events: list[Recorded[Event]]) -> set[tuple[object, ...]]:
    """What a log says, whatever the order and the pieces in which it was told."""
    told = [each for each in events if not each.event.wire.startswith("compliance.")]
    return {(each.stream, each.version, each.id, each.event.wire, each.effective_at) for each in told}


@pytest.mark.timeout(300)
async def test_killed_anywhere_and_told_again_it_ends_the_same(
    database: Database, tmp_path: Path, postgres_server: str, database_template: str
) -> None:
    path = folder(tmp_path / "export", talk())
    write(tmp_path / "keys", RING)
    chance = random.Random(7)
    with fresh_database(postgres_server, database_template) as undisturbed:
        async with opened(undisturbed) as organisation:
            await bring(organisation, path)
            expected = _shape(await recorded(organisation))
    for _ in range(4):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", IMPORT, database.application, str(tmp_path / "keys"), str(path), stdout=asyncio.subprocess.PIPE
        )
        assert process.stdout is not None
        for _ in range(chance.randint(1, 3)):
            await process.stdout.readline()
        os.kill(process.pid, signal.SIGKILL)
        await process.wait()
    async with opened(database) as organisation:
        assert len(await everything(organisation)) > 0
        await bring(organisation, path)
        assert _shape(await recorded(organisation)) == expected


async def _in_and_out(organisation: OpenOrganisation, path: Path) -> list[Recorded[Event]]:
    report = await bring(organisation, path)
    events = await recorded(organisation)
    assert len(of(events, MessagePosted)) == report.taken["Said"]
    assert len(of(events, ReactionAdded)) == report.taken["Reacted"]
    assert len(of(events, MessagePinned)) == report.taken["Pinned"]
    assert len(of(events, MessageEditNoted, MessageEdited)) == report.taken["Edited"]
    assert sum(len(posted.attachments) for posted in of(events, MessagePosted)) == report.taken["File"]
    head = await organisation.log.reader.head()
    assert (await bring(organisation, path)).events == 0
    assert await organisation.log.reader.head() == head
    return events


async def test_the_houston_export_in_and_out(organisation: OpenOrganisation) -> None:
    events = await _in_and_out(organisation, shared_data("chat-slack-houston"))
    assert len(of(events, PersonJoined)) == 71
    assert len(of(events, ChannelOpened)) == 16
    assert len(of(events, MessagePosted)) == 964 + 61 + 6
    assert len(of(events, ReactionAdded)) == 198
    assert len(of(events, MessageEditNoted)) == 37
    assert len(of(events, MessagePinned)) == 1
    assert len(of(events, MemberJoined, MemberAdded, MemberLeft)) >= 320


async def test_the_zulip_fixture_in_and_out(organisation: OpenOrganisation) -> None:
    events = await _in_and_out(organisation, shared_data("chat-import-fixtures-zulip") / ZULIP)
    replies = [posted for posted in of(events, MessagePosted) if posted.thread]
    assert [(reply.text, reply.also_in_channel) for reply in replies] == [
        ("thread 1?", False),
        ("msg sent to general as well", True),
    ]
