"""Bulk exports of Mattermost: what is taken, in what order, what isn't, and that nothing doubles."""

import json
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest

from application.imports.bring import Importer, Report, survey
from application.imports.errors import DamagedArchive, NotAnExport, TooLarge, UnsafeName, WrongEncoding
from application.imports.naming import Names
from application.imports.records.channels import Channel, Joined
from application.imports.records.every import AnyRecord
from application.imports.records.messages import Edited, Pinned, Reacted, Said
from application.imports.records.organisation import Person
from application.imports.records.record import Source
from domain.messaging.events.message import MessagePosted
from infra.imports.limits import Limits
from infra.imports.mattermost.export import MattermostExport
from infra.imports.mattermost.people import key_of
from interfaces.bootstrap.organisation import OpenOrganisation
from tests.imports.test_bring import of, recorded
from tests.support.shared_data import shared_data

VERSION = {"type": "version", "version": 1}
CHANNEL = {"team": "t", "name": "town", "display_name": "Town Square", "type": "O", "header": "now", "purpose": "all"}


def user(name: str, **more: Any) -> dict[str, Any]:
    channels = [{"name": "town", "roles": "channel_admin channel_user"}]
    return {"type": "user", "user": {"username": name, "teams": [{"name": "t", "channels": channels}], **more}}


def post(name: str, text: str, at: int, **more: Any) -> dict[str, Any]:
    return {"type": "post", "post": {"team": "t", "channel": "town", "user": name, "message": text, "create_at": at, **more}}


def direct(members: list[str], name: str, text: str, at: int) -> dict[str, Any]:
    said = {"channel_members": members, "user": name, "message": text, "create_at": at}
    return {"type": "direct_post", "direct_post": said}


def export(folder: Path, *entries: Any) -> MattermostExport:
    path = folder / "export.jsonl"
    path.write_text("\n".join(json.dumps(entry, ensure_ascii=False) for entry in entries) + "\n")
    return MattermostExport(path)


def small(folder: Path, *more: Any) -> MattermostExport:
    people = user("ann", email="ann@example.com", first_name="Ann", last_name="李"), user("bo", roles="system_guest")
    return export(folder, VERSION, {"type": "channel", "channel": CHANNEL}, *people, *more)


def told(history: MattermostExport, kind: type[AnyRecord]) -> list[Any]:
    return [record for record in history.records() if isinstance(record, kind)]


async def bring(organisation: OpenOrganisation, history: MattermostExport) -> Report:
    return await Importer(organisation.bulk, organisation.pseudonyms).bring(history)


def test_posts_are_told_in_the_order_of_their_times_with_their_replies(tmp_path: Path) -> None:
    reply = {"user": "bo", "message": "answer", "create_at": 5_000, "reactions": None}
    history = small(
        tmp_path, post("ann", "later", 3_000), post("ann", "first", 1_000, replies=[reply]), post("bo", "last", 9_000)
    )
    said = told(history, Said)
    assert [(each.text, each.at, each.thread) for each in said] == [
        ("first", 1_000_000, None),
        ("later", 3_000_000, None),
        ("answer", 5_000_000, "1000"),
        ("last", 9_000_000, None),
    ]
    assert [record.at for record in history.records()] == sorted(record.at for record in history.records())


def test_people_channels_and_members(tmp_path: Path) -> None:
    history = small(tmp_path, post("carl", "hi @ann. and @nobody", 1_000))
    ann, bo, carl = told(history, Person)
    assert (ann.name, ann.email, ann.kind, ann.active) == ("Ann 李", "ann@example.com", "employee", True)
    assert (bo.name, bo.kind) == ("bo", "guest")
    assert (carl.name, carl.known, carl.active) == ("carl", False, False)
    assert "ann" not in ann.key
    [channel] = told(history, Channel)
    assert (channel.key, channel.kind, channel.name, channel.private) == ("t/town", "group", "Town Square", False)
    assert all(each.keeps for each in told(history, Joined))
    [said] = told(history, Said)
    assert (said.text, said.mentions) == ("hi \ufffc. and @nobody", (key_of("ann"),))


def test_reactions_edits_pins_and_files(tmp_path: Path) -> None:
    more = {
        "edit_at": 4_000,
        "is_pinned": True,
        "attachments": [{"path": "data/2024/a/图.png"}],
        "reactions": [{"user": "bo", "emoji_name": "tada", "create_at": 2_000}],
    }
    history = small(tmp_path, post("ann", "look", 1_000, **more))
    [said] = told(history, Said)
    assert [file.name for file in said.files] == ["图.png"]
    assert [(each.emoji, each.at) for each in told(history, Reacted)] == [("🎉", 2_000_000)]
    assert [(each.text, each.at) for each in told(history, Edited)] == [(None, 4_000_000)]
    assert [each.message for each in told(history, Pinned)] == [said.key]


def test_direct_channels_are_those_between_the_same_people(tmp_path: Path) -> None:
    talk = (
        direct(["ann", "bo"], "ann", "one", 1_000),
        direct(["bo", "ann"], "bo", "two", 1_000),
        direct(["ann"], "ann", "me", 5),
    )
    history = small(tmp_path, {"type": "direct_channel", "direct_channel": {"members": ["ann", "bo"]}}, *talk)
    keys = {each.text: each.channel for each in told(history, Said)}
    assert keys["one"] == keys["two"] != keys["me"]
    assert len({(each.channel, each.key) for each in told(history, Said)}) == 3
    assert [len(each.members) for each in told(history, Channel) if each.kind == "direct"] == [2, 1]


async def test_brought_twice_nothing_doubles_and_more_is_added(organisation: OpenOrganisation, tmp_path: Path) -> None:
    entries = (
        post("ann", "你好", 1_000),
        post("bo", "hi", 2_000, reactions=[{"user": "ann", "emoji_name": "x", "create_at": 3_000}]),
    )
    first = await bring(organisation, small(tmp_path, *entries))
    assert (first.taken["Said"], first.not_taken) == (2, [])
    assert (await bring(organisation, small(tmp_path, *entries))).events == 0
    assert (await bring(organisation, small(tmp_path, *entries, post("ann", "new", 7_000)))).events == 1
    posted = of(await recorded(organisation), MessagePosted)
    assert [each.text for each in posted] == ["你好", "hi", "new"]


@pytest.mark.parametrize("name", ["export.json", "direct_channel/export.json"])
async def test_real_exports_are_taken_whole(organisation: OpenOrganisation, name: str) -> None:
    fixtures = shared_data("chat-import-fixtures-zulip") / "zerver/tests/fixtures/mattermost_fixtures"
    history = MattermostExport(fixtures / name)
    written = [json.loads(line) for line in (fixtures / name).read_text().splitlines()]
    posts = [each.get("post") or each["direct_post"] for each in written if each["type"] in ("post", "direct_post")]
    number = len(posts) + sum(len(each.get("replies") or ()) for each in posts)
    report = await bring(organisation, history)
    assert (report.taken["Said"], report.not_taken) == (number, [])
    assert len(of(await recorded(organisation), MessagePosted)) == number
    assert (await bring(organisation, MattermostExport(fixtures / name))).events == 0


def test_what_is_wrong_with_a_line_is_said_and_the_rest_is_taken(tmp_path: Path) -> None:
    history = small(tmp_path, {"type": "post", "post": {"user": "ann"}}, {"type": "mystery"}, post("ann", "hi", 1_000))
    report = survey(history)
    assert [each.place.line for each in report.lost] == [5, 6]
    assert report.taken["Said"] == 1


def test_what_is_no_export_is_refused(tmp_path: Path) -> None:
    for text in ("", "[]\n", '{"type":"post"}\n', '{"type":"version","version":2}\n'):
        (tmp_path / "export.jsonl").write_text(text)
        with pytest.raises(NotAnExport):
            MattermostExport(tmp_path)
    (tmp_path / "export.jsonl").write_bytes(b'{"type":"version","version":1}\n{"type":"\xff"}\n')
    with pytest.raises(WrongEncoding, match=r"export\.jsonl:2"):
        MattermostExport(tmp_path)
    (tmp_path / "export.jsonl").write_bytes(b'{"type":"version","version":1}\n' + b"x" * 5_000)
    with pytest.raises(TooLarge, match=r"export\.jsonl:2"):
        MattermostExport(tmp_path, Limits(element=1_000))
    (tmp_path / "export.jsonl").write_bytes(b"PK\x03\x04")
    with pytest.raises(DamagedArchive):
        MattermostExport(tmp_path)
    with pytest.raises(NotAnExport, match="no such file"):
        MattermostExport(tmp_path / "nowhere")


def packed(path: Path, files: dict[str, bytes], method: int = ZIP_DEFLATED) -> Path:
    with ZipFile(path, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def as_lines(*entries: Any) -> bytes:
    return "\n".join(json.dumps(entry, ensure_ascii=False) for entry in entries).encode()


WRITTEN = as_lines(
    VERSION, {"type": "channel", "channel": CHANNEL}, user("ann"), post("ann", "later", 2_000), post("ann", "你好", 1_000)
)


@pytest.mark.parametrize("name", ["import.jsonl", "20240501_export/export.jsonl", "mine.jsonl"])
async def test_an_archive_is_taken_as_it_is(organisation: OpenOrganisation, tmp_path: Path, name: str) -> None:
    top = name.rpartition("/")[0]
    beside = f"{top}/data/a.png" if top else "data/a.png"
    path = packed(tmp_path / "export.zip", {name: WRITTEN, beside: b"png", f"{top}/data/x.jsonl" if top else "data/x.jsonl": b""})
    with closing(MattermostExport(path)) as history:
        assert [each.text for each in told(history, Said)] == ["你好", "later"]
        assert (await bring(organisation, history)).not_taken == []
    assert [each.text for each in of(await recorded(organisation), MessagePosted)] == ["你好", "later"]


def test_a_hostile_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    with pytest.raises(UnsafeName):
        MattermostExport(packed(path, {"../import.jsonl": WRITTEN}))
    with pytest.raises(NotAnExport, match="one file of JSON Lines"):
        MattermostExport(packed(path, {"a.jsonl": WRITTEN, "b.jsonl": WRITTEN}))
    with pytest.raises(NotAnExport, match="one file of JSON Lines"):
        MattermostExport(packed(path, {"data/a.png": b""}))
    bomb = {"import.jsonl": WRITTEN + b" " * 200_000}
    with pytest.raises(TooLarge, match="no chat does that"):
        MattermostExport(packed(path, bomb), Limits(ratio=20, ratio_from=1_000))
    with pytest.raises(TooLarge):
        MattermostExport(packed(path, bomb), Limits(file=100_000))
    content = packed(path, {"import.jsonl": WRITTEN * 50}, ZIP_STORED).read_bytes()
    path.write_bytes(content.replace("你好".encode(), "你坏".encode(), 1))
    with pytest.raises(DamagedArchive, match="CRC"):
        MattermostExport(path)


async def test_nobody_finds_out_user_names_by_trying_them(organisation: OpenOrganisation, tmp_path: Path) -> None:
    await bring(organisation, small(tmp_path, direct(["ann", "bo"], "bo", "psst", 1_000)))
    log = {str(each.thing) for each in await recorded(organisation)} | {str(each.actor) for each in await recorded(organisation)}
    workspace = MattermostExport(tmp_path).source.workspace
    between = "direct/" + sha256("\n".join(sorted(map(key_of, ("ann", "bo")))).encode()).hexdigest()[:32]
    guessed = {Names(Source("mattermost", workspace)).identity(key_of(name)) for name in ("ann", "bo")}
    assert not log & {str(each) for each in (*guessed, Names(Source("mattermost", workspace)).channel(between))}
    telling = Names(Source("mattermost", workspace, telling=True), organisation.pseudonyms)
    assert {str(telling.identity(key_of("ann"))), str(telling.channel(between))} <= log
