"""What an archive may be before anything of it is believed."""

import os
import stat
import struct
import zipfile
from pathlib import Path

import pytest

from application.imports.errors import DamagedArchive, ImportRefused, NotAnExport, TooLarge, UnsafeName
from infra.imports.archive import open_archive
from infra.imports.limits import Limits
from tests.imports.slack_exports import contents, export, folder, zipped


def test_a_folder_a_zip_and_one_with_a_folder_around_everything_hold_the_same(tmp_path: Path) -> None:
    files = export({"general/2024-03-04.json": []})
    around = {f"My export/{name}": data for name, data in contents(files).items()} | {"__MACOSX/._x": b"", ".DS_Store": b""}
    archives = [
        open_archive(folder(tmp_path / "plain", files)),
        open_archive(zipped(tmp_path / "plain.zip", files)),
        open_archive(zipped(tmp_path / "around.zip", around)),
    ]
    listed = [archive.entries() for archive in archives]
    assert listed[0] == listed[1] == listed[2]
    assert [entry.name for entry in listed[0]] == ["channels.json", "general/2024-03-04.json", "users.json"]
    for archive in archives:
        with archive.open("users.json") as stream:
            assert stream.read() == contents(files)["users.json"]
        archive.close()


@pytest.mark.parametrize(
    "name", ["../users.json", "/etc/users.json", "general/../../x.json", "C:/users.json", "a//b.json", "./users.json"]
)
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnsafeName, match="leads out of the archive"):
        open_archive(zipped(tmp_path / "export.zip", {**export(), name: []}))


@pytest.mark.parametrize("name", ["general\\2024-03-04.json", "..\\..\\users.json"])
def test_a_name_with_a_backslash_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnsafeName, match="characters that no name has"):
        open_archive(zipped(tmp_path / "export.zip", {**export(), name: []}))


def test_a_name_that_stands_there_twice_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "export.zip", export())
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("users.json", b"[]")
    with pytest.raises(UnsafeName, match="stands there twice") as refused:
        open_archive(path)
    assert refused.value.file == "users.json"


def test_links_are_refused_in_both_forms(tmp_path: Path) -> None:
    path = zipped(tmp_path / "export.zip", export())
    link = zipfile.ZipInfo("general/2024-03-04.json")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(UnsafeName, match="a link"):
        open_archive(path)
    plain = folder(tmp_path / "plain", export())
    (plain / "general").mkdir()
    (plain / "general" / "2024-03-04.json").symlink_to("/etc/passwd")
    with pytest.raises(UnsafeName, match="a link") as refused:
        open_archive(plain)
    assert refused.value.file == "general/2024-03-04.json"


def test_a_pipe_in_a_folder_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    plain = folder(tmp_path / "plain", export())
    os.mkfifo(plain / "groups.json")
    with pytest.raises(UnsafeName, match="neither a file nor a folder"):
        open_archive(plain)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = zipped(tmp_path / "export.zip", export({"general/2024-03-04.json": b"[" + b" " * (40 << 20) + b"]"}))
    assert path.stat().st_size < 100_000
    with pytest.raises(TooLarge, match="no chat does that") as refused:
        open_archive(path)
    assert refused.value.file == "general/2024-03-04.json"


def test_files_that_share_their_packed_bytes_are_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "export.zip", export({"general/2024-03-04.json": [], "general/2024-03-05.json": []}))
    data = bytearray(path.read_bytes())
    first = data.find(b"PK\x01\x02")
    second = data.find(b"PK\x01\x02", first + 4)
    data[second + 42 : second + 46] = struct.pack("<I", 0)  # where the second file's header is said to begin
    path.write_bytes(data)
    with pytest.raises(DamagedArchive, match="lies over"):
        open_archive(path)


@pytest.mark.parametrize(
    ("limits", "reason"),
    [(Limits(files=2), "files, more than 2"), (Limits(total=100), "more than 100"), (Limits(file=150), "more than 150")],
)
def test_limits_of_number_and_size_are_named(tmp_path: Path, limits: Limits, reason: str) -> None:
    files = export({"general/2024-03-04.json": []})
    with pytest.raises(TooLarge, match=reason):
        open_archive(zipped(tmp_path / "export.zip", files), limits)
    with pytest.raises(TooLarge, match=reason):
        open_archive(folder(tmp_path / "plain", files), limits)


@pytest.mark.parametrize("data", [b"", b"PK", b"not a zip", b"PK\x05\x06" + b"\0" * 10])
def test_what_is_no_zip_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "export.zip").write_bytes(data)
    with pytest.raises(DamagedArchive, match="isn't a zip file"):
        open_archive(tmp_path / "export.zip")


def test_an_encrypted_file_and_an_unknown_packing_are_refused(tmp_path: Path) -> None:
    for offset, value, reason in ((8, 1, "encrypted"), (10, 99, "packed in a way")):
        path = zipped(tmp_path / "export.zip", export())
        data = bytearray(path.read_bytes())
        directory = data.find(b"PK\x01\x02")
        data[directory + offset : directory + offset + 2] = struct.pack("<H", value)
        path.write_bytes(data)
        with pytest.raises(DamagedArchive, match=reason):
            open_archive(path)


def test_what_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotAnExport, match="no such file or folder"):
        open_archive(tmp_path / "nowhere")


def test_cut_anywhere_a_zip_is_either_refused_or_read(tmp_path: Path) -> None:
    whole = zipped(tmp_path / "whole.zip", export({"general/2024-03-04.json": []})).read_bytes()
    for length in range(0, len(whole), 7):
        (tmp_path / "cut.zip").write_bytes(whole[:length])
        with pytest.raises(ImportRefused):
            open_archive(tmp_path / "cut.zip")
