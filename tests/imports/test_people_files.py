"""Tables in files: the encodings and separators that occur, workbooks, and what is no table."""

import datetime as dt
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from openpyxl import load_workbook

from application.imports.errors import ImportRefused, NotAnExport, NotReadable, TooLarge, WrongEncoding
from infra.imports.people.opening import open_table
from tests.imports.people_tables import workbook, written

CHINESE = "姓名,工号\n沈云帆,1\n魏建国,2\n"
WESTERN = "Name;Staff number\nMüller Jürgen;1\nDésirée Ångström;2\n"


def read(path: Path, sheet: str | None = None) -> list[tuple[int, list[str]]]:
    return [(row, list(cells)) for row, cells in open_table(path, sheet).rows()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"])
def test_chinese_texts(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(CHINESE.encode(encoding))
    assert read(path) == [(1, ["姓名", "工号"]), (2, ["沈云帆", "1"]), (3, ["魏建国", "2"])]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_western_texts(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(WESTERN.encode(encoding))
    assert read(path)[1:] == [(2, ["Müller Jürgen", "1"]), (3, ["Désirée Ångström", "2"])]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_separators_quotes_and_empty_rows(tmp_path: Path, delimiter: str) -> None:
    path = written(tmp_path, f'"a{delimiter} ""b"""{delimiter}1', "", f"c{delimiter}2", header=f"Name{delimiter}工号")
    assert read(path)[1:] == [(2, [f'a{delimiter} "b"', "1"]), (4, ["c", "2"])]


def test_a_workbook(tmp_path: Path) -> None:
    rows: Sequence[Sequence[object]] = [
        ["Name", "工号", "Since", "Leads", "Pay"],
        ["沈云帆", 1, dt.date(2025, 3, 3), True, 1.5],
        [None, None, None, None, None],
        ["Ann", 12345678901234, dt.time(9, 30), False, '=HYPERLINK("x")'],
    ]
    path = workbook(tmp_path, rows)
    assert read(path) == [
        (1, ["Name", "工号", "Since", "Leads", "Pay"]),
        (2, ["沈云帆", "1", "2025-03-03", "yes", "1.5"]),
        (4, ["Ann", "12345678901234", "09:30:00", "no", ""]),
    ]


def test_a_sheet_by_name(tmp_path: Path) -> None:
    path = workbook(tmp_path, [["x"]])
    book = load_workbook(path)
    book.create_sheet("员工").append(["Name"])
    book.save(path)
    assert read(path, "员工") == [(1, ["Name"])]
    with pytest.raises(NotReadable, match="there is no sheet Staff"):
        read(path, "Staff")


def test_what_is_no_table(tmp_path: Path) -> None:
    with pytest.raises(NotAnExport, match="no such file"):
        open_table(tmp_path / "nothing.csv")
    (tmp_path / "noise.csv").write_bytes(b"\x81\x8d\x9d\xff\x00\x8f")
    with pytest.raises(WrongEncoding):
        open_table(tmp_path / "noise.csv")
    with pytest.raises(NotReadable, match="row 3"):
        read(written(tmp_path, "a,1", '"b,2'))
    with pytest.raises(NotReadable, match="row 2"):
        read(written(tmp_path, "x" * 70_000))


def test_what_would_unpack_to_more_than_any_table(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/worksheets/sheet1.xml", b"0" * (64 << 20))
    with pytest.raises(TooLarge, match="unpack to"):
        open_table(path)


def test_what_is_a_zip_file_and_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "other.xlsx"
    with zipfile.ZipFile(path, "w") as other:
        other.writestr("hello.txt", "hello")
    with pytest.raises(ImportRefused):
        read(path)
