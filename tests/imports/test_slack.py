"""Slack exports as neutral records."""

from pathlib import Path
from typing import Any, TypeVar
from zipfile import ZipFile

import pytest

from application.imports.errors import ImportRefused, NotAnExport, NotReadable, TooLarge, WrongEncoding
from application.imports.records.channels import Archived, Channel, Described, Joined, Left, Renamed
from application.imports.records.every import AnyRecord
from application.imports.records.messages import MENTION, Edited, File, Pinned, Reacted, Retracted, Said
from application.imports.records.organisation import Person
from application.imports.records.record import NotTaken, Place
from infra.imports.limits import Limits
from infra.imports.slack.export import SlackExport
from tests.imports.slack_exports import ANN, BEN, CAI, DAY, channel, export, folder, micros, said, stamp, user, zipped

R = TypeVar("R")
GENERAL = f"general/{DAY}.json"


def told(path: Path, files: dict[str, Any]) -> list[AnyRecord]:
    """The records of an export, which are the same from a folder and from a zip file."""
    history = SlackExport(folder(path / "plain", files))
    records = list(history.records())
    packed = SlackExport(zipped(path / "export.zip", files))
    assert list(packed.records()) == records
    packed.close()
    return records


def only(records: list[AnyRecord], kind: type[R]) -> list[R]:
    return [record for record in records if isinstance(record, kind)]


def reasons(records: list[AnyRecord]) -> list[tuple[str, str]]:
    return [(str(problem.place), problem.reason) for problem in only(records, NotTaken)]


def test_people_channels_and_members_come_before_what_is_said(tmp_path: Path) -> None:
    records = told(tmp_path, export({GENERAL: [said(60, ANN, "Good morning")]}))
    assert [type(record) for record in records] == [Person, Person, Person, Channel, Joined, Joined, Joined, Said]
    assert only(records, Person)[2].name == "蔡文"
    opened = only(records, Channel)[0]
    assert (opened.kind, opened.name, opened.private, opened.by, opened.at) == ("group", "general", False, ANN, micros(-3600, 0))
    assert [(j.person, j.keeps) for j in only(records, Joined)] == [(ANN, True), (BEN, False), (CAI, False)]
    assert only(records, Said) == [
        Said(channel="C0GEN", key=stamp(60), author=ANN, text="Good morning", at=micros(60), place=Place(GENERAL, 2, 1))
    ]
    assert reasons(records) == []


def test_threads_broadcasts_and_a_lost_beginning(tmp_path: Path) -> None:
    day = [
        said(1, ANN, "Who is in?", thread_ts=stamp(1), reply_count=2),
        said(2, BEN, "me", thread_ts=stamp(1)),
        said(3, CAI, "我也是", thread_ts=stamp(1), subtype="thread_broadcast"),
        said(4, CAI, "an answer to nothing", thread_ts=stamp(-9999)),
    ]
    records = told(tmp_path, export({GENERAL: day}))
    assert [(s.text, s.thread, s.also_in_channel) for s in only(records, Said)] == [
        ("Who is in?", None, False),
        ("me", stamp(1), False),
        ("我也是", stamp(1), True),
        ("an answer to nothing", None, False),
    ]
    assert [(p.key, p.lost) for p in only(records, NotTaken)] == [(stamp(4), False)]


def test_reactions_pins_files_and_edit_marks(tmp_path: Path) -> None:
    picture = {"id": "F1", "name": "plan.png", "title": "The plan", "mimetype": "image/png", "size": 12, "user": BEN}
    day = [
        said(
            1,
            ANN,
            "Look <@U0BEN>",
            reactions=[{"name": "+1", "users": [BEN, CAI, BEN], "count": 3}, {"name": "ours", "users": [BEN], "count": 1}],
            edited={"user": ANN, "ts": stamp(90, 0)},
            files=[picture, None, {"id": "F2", "mode": "tombstone"}],
        ),
        said(60, BEN, "and this"),
    ]
    pins = [{"id": stamp(1), "type": "C", "user": CAI, "created": 1_709_539_230}, {"id": "F1", "type": "F"}]
    lost = [{"id": stamp(5000), "type": "C", "user": CAI, "created": 1_709_539_230}]
    records = told(tmp_path, export({GENERAL: day}, channels=[channel("C0GEN", "general", ANN, BEN, CAI, pins=pins + lost)]))
    said_, _ = only(records, Said)
    assert (said_.text, said_.mentions) == (f"Look {MENTION}", (BEN,))
    assert said_.files == (File(key="F1", name="plan.png", owner=BEN, media_type="image/png", size=12, title="The plan"),)
    assert [(r.person, r.emoji, r.message) for r in only(records, Reacted)] == [
        (BEN, "👍", stamp(1)),
        (CAI, "👍", stamp(1)),
        (BEN, ":ours:", stamp(1)),
    ]
    assert [(p.by, p.at) for p in only(records, Pinned)] == [(CAI, micros(30, 0))]
    assert [(e.by, e.at, e.text) for e in only(records, Edited)] == [(ANN, micros(90, 0), None)]
    times = [record.at for record in records if isinstance(record, Said | Pinned | Edited)]
    assert times == sorted(times)
    assert [reason for _, reason in reasons(records)] == [
        "a pinned file (F1)",
        "a file of it had been deleted",
        "1 reactions 👍 by people who aren't listed",
        "a pinned message that isn't here",
    ]


def test_earlier_words_come_back_where_the_export_has_them(tmp_path: Path) -> None:
    now = said(1, ANN, "Friday at ten", edited={"user": ANN, "ts": stamp(5, 0)})
    changes = [
        {"type": "message", "subtype": "message_changed", "ts": stamp(5), "message": said(1, ANN, "Friday"),
         "previous_message": said(1, ANN, "Thursday")},
        {"type": "message", "subtype": "message_changed", "ts": stamp(6), "message": now, "original": said(1, ANN, "Friday")},
        {"type": "message", "subtype": "message_deleted", "ts": stamp(7), "deleted_ts": stamp(3), "user": BEN,
         "previous_message": said(3, BEN, "oops")},
    ]  # fmt: skip
    records = told(tmp_path, export({GENERAL: [now, *changes]}))
    assert [(s.text, s.at) for s in only(records, Said)] == [("Thursday", micros(1)), ("oops", micros(3))]
    assert [(e.text, e.at, e.by) for e in only(records, Edited)] == [
        ("Friday", micros(5), ANN),
        ("Friday at ten", micros(6), ANN),
    ]
    assert [(r.message, r.by, r.at) for r in only(records, Retracted)] == [(stamp(3), BEN, micros(7))]


def test_a_deleted_beginning_of_a_thread_keeps_its_answers_together(tmp_path: Path) -> None:
    gone = said(1, "USLACKBOT", "This message was deleted.", subtype="tombstone", thread_ts=stamp(1), reply_count=1)
    records = told(tmp_path, export({GENERAL: [gone, said(2, BEN, "still here", thread_ts=stamp(1))]}))
    assert [(s.text, s.thread) for s in only(records, Said)] == [("", None), ("still here", stamp(1))]
    assert [r.message for r in only(records, Retracted)] == [stamp(1)]


def test_notices_become_what_they_tell(tmp_path: Path) -> None:
    day = [
        said(1, BEN, "<@U0BEN> has joined", subtype="channel_join", inviter=ANN),
        said(2, ANN, "set", subtype="channel_topic", topic="Plans &amp; dates"),
        said(3, ANN, "set", subtype="channel_purpose", purpose="where we plan"),
        said(4, ANN, "renamed", subtype="channel_name", old_name="plan", name="general"),
        said(5, BEN, "left", subtype="channel_leave"),
        said(6, ANN, "pinned", subtype="pinned_item"),
        said(7, ANN, "bot", subtype="bot_add", reactions=[{"name": "+1", "users": [BEN], "count": 1}]),
        said(8, ANN, "archived", subtype="channel_archive"),
        said(9, ANN, "again", subtype="channel_unarchive"),
        said(10, ANN, "/me waves", subtype="me_message"),
        said(11, ANN, "something new", subtype="a_subtype_of_the_future"),
    ]
    listed = channel("C0GEN", "general", ANN, topic={"value": "now", "creator": ANN, "last_set": 0})
    records = told(tmp_path, export({GENERAL: day}, channels=[listed]))
    assert only(records, Channel)[0].name == "plan"
    assert [(j.person, j.by) for j in only(records, Joined)] == [(ANN, None), (BEN, ANN)]
    assert [(d.what, d.text) for d in only(records, Described)] == [("topic", "Plans & dates"), ("purpose", "where we plan")]
    assert [r.name for r in only(records, Renamed)] == ["general"]
    assert [(left.person, left.by) for left in only(records, Left)] == [(BEN, BEN)]
    assert [a.again for a in only(records, Archived)] == [False, True]
    assert [s.text for s in only(records, Said)] == ["/me waves", "something new"]
    assert [reason for _, reason in reasons(records)] == [
        "a notice of the system (pinned_item)",
        "a notice of the system (bot_add)",
        "1 reactions to a notice (bot_add)",
    ]


def test_members_are_at_the_end_as_the_list_says(tmp_path: Path) -> None:
    day = [said(1, BEN, "", subtype="channel_join"), said(2, ANN, "bye")]
    records = told(tmp_path, export({GENERAL: day}, channels=[channel("C0GEN", "general", ANN)]))
    assert [(left.person, left.by, left.at) for left in only(records, Left)] == [(BEN, None, micros(2))]
    archived = told(tmp_path / "b", export({GENERAL: day}, channels=[channel("C0GEN", "general", is_archived=True)]))
    assert [a.at for a in only(archived, Archived)] == [micros(2)]
    assert only(archived, Left) == []


def test_bots_and_strangers_get_people_of_their_own(tmp_path: Path) -> None:
    users = [user(ANN, "Ann Smith"), user("U0BOT", "Deploys", is_bot=True, profile={"bot_id": "B1", "real_name": "Deploys"}),
             user("U0OLD", "Otto Old", deleted=True)]  # fmt: skip
    day = [
        {"type": "message", "subtype": "bot_message", "bot_id": "B1", "text": "deployed", "ts": stamp(1)},
        {"type": "message", "subtype": "bot_message", "bot_id": "B2", "username": "jira", "ts": stamp(2), "text": "",
         "attachments": [{"title": "ABC-1", "text": "is done", "fallback": "x"}]},
        said(3, "U0XYZ", "hello", user_profile={"real_name": "Xenia Y"}),
        said(4, ANN, "ask <@U0GONE|gone>"),
        {"type": "message", "text": "nobody", "ts": stamp(5)},
    ]  # fmt: skip
    records = told(tmp_path, export({GENERAL: day}, users=users, channels=[channel("C0GEN", "general", ANN)]))
    people = {person.key: person for person in only(records, Person)}
    assert (people["U0BOT"].kind, people["U0OLD"].active) == ("bot", False)
    assert (people["bot:B2"].kind, people["bot:B2"].name, people["bot:B2"].known) == ("bot", "jira", True)
    assert (people["U0XYZ"].name, people["U0XYZ"].known) == ("Xenia Y", False)
    assert (people["U0GONE"].name, people["U0GONE"].known, people["U0GONE"].active) == ("gone", False, False)
    assert [(s.author, s.text) for s in only(records, Said)][:3] == [
        ("U0BOT", "deployed"),
        ("bot:B2", "ABC-1\nis done"),
        ("U0XYZ", "hello"),
    ]
    assert reasons(records) == [(f"{GENERAL}:39", "nobody is named as its author")]
    introduced = [r.key for r in records if isinstance(r, Person)]
    assert len(introduced) == len(set(introduced))


def test_private_direct_and_conversations_of_several(tmp_path: Path) -> None:
    files = export(
        {f"secret/{DAY}.json": [said(1, ANN, "psst")], f"D0AB/{DAY}.json": [said(2, BEN, "hi")],
         f"mpdm-ann--ben--cai-1/{DAY}.json": [said(3, CAI, "三个人")]},
        groups=[channel("G0SEC", "secret", ANN, BEN)],
        dms=[{"id": "D0AB", "created": 1, "members": [ANN, BEN]}],
        mpims=[channel("G0MP", "mpdm-ann--ben--cai-1", ANN, BEN, CAI)],
    )  # fmt: skip
    records = told(tmp_path, files)
    channels = {opened.key: opened for opened in only(records, Channel)}
    assert (channels["G0SEC"].kind, channels["G0SEC"].private) == ("group", True)
    assert (channels["D0AB"].kind, channels["D0AB"].members, channels["D0AB"].name) == ("direct", (ANN, BEN), "")
    assert channels["G0MP"].members == (ANN, BEN, CAI)
    assert [(s.channel, s.text) for s in only(records, Said)] == [("G0SEC", "psst"), ("D0AB", "hi"), ("G0MP", "三个人")]


def test_what_older_exports_wrap_into_sentences_is_unwrapped(tmp_path: Path) -> None:
    file = {"id": "F1", "name": "a.csv", "user": BEN}
    day = [
        said(1, BEN, "<@U0BEN|ben> uploaded a file: <https://x.test/a|a.csv> and commented: the figures\nof May",
             subtype="file_share", file=file),
        said(2, BEN, "<@U0BEN|ben> shared a file: <https://x.test/a|a.csv>", subtype="file_share", file=file),
        {"type": "message", "subtype": "file_comment", "ts": stamp(3), "file": file, "comment": {"user": CAI, "comment": "谢谢"},
         "text": "<@U0CAI|cai> commented on <@U0BEN>’s file <https://x.test/a|a.csv>: 谢谢"},
    ]  # fmt: skip
    records = told(tmp_path, export({GENERAL: day}))
    assert [(s.author, s.text, len(s.files)) for s in only(records, Said)] == [
        (BEN, "the figures\nof May", 1),
        (BEN, "", 1),
        (CAI, "谢谢", 0),
    ]


def test_what_cannot_be_taken_is_listed_by_file_and_line(tmp_path: Path) -> None:
    files = export(
        {
            GENERAL: '[\n{"type":"message","user":"U0ANN","text":"ok","ts":"1709539201.000100"},\n'
            '{"type":"message","user":"U0ANN","text":7,"ts":"1709539202.000100"},\n'
            '{"type":"message","user":"U0ANN","text":"when?"},\n'
            '{"type":"message","user":"U0ANN","text":"again","ts":"1709539201.000100"},\n'
            '{"type":"message","user":"U0ANN","text":"broken,"ts":"1709539205.000100"}]',
            "general/2024-03-05.json": "[".encode("utf-16"),
            f"unknown/{DAY}.json": [],
            "general/canvas.json": [],
            "integration_logs.json": [],
        },
        users=[user(ANN, "Ann"), user(ANN, "Ann Again"), {"name": "without id"}],
    )
    records = told(tmp_path, files)
    assert [s.text for s in only(records, Said)] == ["ok"]
    listed = dict(reasons(records))
    assert listed["users.json:12"] == "U0ANN is listed twice: the first one counts"
    assert "missing required field `id`" in listed["users.json:22"]
    assert "Expected `str | null`, got `int`" in listed[f"{GENERAL}:3"]
    assert listed[f"{GENERAL}:4"].startswith("no time")
    assert listed[f"{GENERAL}:5"] == "the same time stamp as element 1"
    assert "not JSON" in listed[f"{GENERAL}:6"]
    assert listed["general/2024-03-05.json"] == "it is UTF-16, not UTF-8"
    assert listed[f"unknown/{DAY}.json"] == "no channel of the name unknown is listed"
    assert {"general/canvas.json", "integration_logs.json"} <= listed.keys()


def test_text_that_nothing_can_hold_is_altered_and_told(tmp_path: Path) -> None:
    records = told(
        tmp_path, export({GENERAL: '[{"type":"message","user":"U0ANN","text":"a\\u0000b\\ud800","ts":"1709539201.1"}]'})
    )
    assert [s.text for s in only(records, Said)] == ["a\ufffdb\ufffd"]
    assert [(p.reason, p.lost) for p in only(records, NotTaken)] == [
        ("characters that no text can hold were replaced by U+FFFD", False)
    ]


def test_without_its_lists_it_is_no_export(tmp_path: Path) -> None:
    with pytest.raises(NotAnExport, match=r"users\.json is missing"):
        SlackExport(folder(tmp_path / "a", {"channels.json": []}))
    with pytest.raises(NotAnExport, match=r"channels\.json is missing"):
        SlackExport(folder(tmp_path / "b", {"users.json": []}))
    with pytest.raises(NotReadable, match=r"users\.json:1"):
        SlackExport(folder(tmp_path / "c", export(users="{}")))
    with pytest.raises(WrongEncoding, match=r"channels\.json"):
        SlackExport(folder(tmp_path / "d", export() | {"channels.json": '[{"id": "é"}]'.encode("latin-1")}))
    with pytest.raises(TooLarge, match=r"users\.json"):
        SlackExport(folder(tmp_path / "e", export()), Limits(directory=10))


@pytest.mark.parametrize("name", [f"general/{DAY}.json", "users.json"])
def test_bytes_that_were_damaged_are_found_and_named(tmp_path: Path, name: str) -> None:
    path = zipped(tmp_path / "export.zip", export({f"general/{DAY}.json": [said(n, ANN, f"hi {n}") for n in range(200)]}))
    with ZipFile(path) as archive:
        info = archive.getinfo(name)
    data = bytearray(path.read_bytes())
    begin = info.header_offset + 30 + len(name)
    for at in range(begin + info.compress_size // 2, begin + info.compress_size):
        data[at] ^= 0x55
    path.write_bytes(data)
    if name == "users.json":
        with pytest.raises(ImportRefused, match=r"users\.json"):
            SlackExport(path)
    else:
        [problem] = only(list(SlackExport(path).records()), NotTaken)
        assert problem.broken
        assert problem.place.file.startswith(name)
