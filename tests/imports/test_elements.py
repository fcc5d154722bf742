"""Elements of a JSON array, one by one."""

import io
import json
import tracemalloc
from collections.abc import Iterator
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.imports.errors import NotReadable, TooLarge, WrongEncoding
from infra.imports import elements as module
from infra.imports.elements import Element, elements
from infra.imports.limits import Limits

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=8,
)


def read(data: bytes, **limits: int) -> list[Any]:
    return [element.value for element in elements(io.BytesIO(data), "x.json", Limits(**limits))]


@given(st.lists(VALUES, max_size=12), st.sampled_from([None, 1]), st.booleans(), st.integers(1, 40))
def test_every_element_comes_out_whatever_the_pieces_in_which_the_file_is_read(
    values: list[Any], indent: int | None, ascii_only: bool, chunk: int
) -> None:
    data = json.dumps(values, indent=indent, ensure_ascii=ascii_only).encode()
    before, module.CHUNK = module.CHUNK, chunk
    try:
        assert read(data) == values
    finally:
        module.CHUNK = before


def test_what_no_text_can_hold_is_replaced_and_told() -> None:
    data = b'[{"a\\u0000": ["x\\ud800y", "\0"]}, {"b": "\\ud83d\\ude00 \\\\ud800"}]'
    first, second = elements(io.BytesIO(data), "x.json")
    assert (first.value, first.altered) == ({"a\ufffd": ["x\ufffdy", "\ufffd"]}, True)
    assert (second.value, second.altered) == ({"b": "😀 \\ud800"}, False)


def test_lines_and_numbers_say_where_an_element_stands() -> None:
    found = list(elements(io.BytesIO(b'\xef\xbb\xbf[\n{"a": "x"},\n\n  {"a":\n 2}, 3]\n'), "x.json"))
    assert [(e.line, e.number, e.value) for e in found] == [(2, 1, {"a": "x"}), (4, 2, {"a": 2}), (5, 3, 3)]


@pytest.mark.parametrize(
    ("data", "where", "reason"),
    [
        (b"", "x.json:1", "not a JSON array"),
        (b'{"a": 1}', "x.json:1", "not a JSON array"),
        (b'[\n{"a": 1},\n{"a": tru}]', "x.json:3", "not JSON"),
        (b'[\n{"a": 1}\n{"a": 2}]', "x.json:3", "a comma is missing"),
        (b'[\n{"a": 1},\n{"a": "cut', "x.json:3", "not JSON"),
        (b'[\n{"a": 1},\n', "x.json:3", "not JSON"),
        (b'[{"a": 1}', "x.json:1", "ends in the middle"),
        (b"[1] 2", "x.json:1", "something follows"),
        (b"[" * 100_000, "x.json:1", "nested too deeply"),
        (b"[" + b"9" * 5_000 + b"]", "x.json:1", "not JSON"),
    ],
)
def test_what_is_not_json_is_refused_with_its_line(data: bytes, where: str, reason: str) -> None:
    with pytest.raises(NotReadable, match=reason) as refused:
        read(data)
    assert refused.value.file == where


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ('[{"a": "é"}]'.encode("utf-16"), "UTF-16"),
        ('[{"a": "é"}]'.encode("utf-16-be"), "not a JSON array|UTF-16|not UTF-8"),
        ('[{"a": "é"}]'.encode("utf-32"), "UTF-32"),
        ('[\n{"a": "é"}]'.encode("latin-1"), "byte 0xe9"),
        ('[{"a": "上海"}]'.encode("gb18030"), "not UTF-8"),
    ],
)
def test_another_encoding_is_refused_by_name(data: bytes, reason: str) -> None:
    with pytest.raises((WrongEncoding, NotReadable), match=reason):
        read(data)


def test_a_wrong_byte_is_named_with_its_line() -> None:
    with pytest.raises(WrongEncoding) as refused:
        read(b'[\n{"a": 1},\n{"a": "\xff"}]')
    assert refused.value.file == "x.json:3"


class Endless(io.RawIOBase):
    """A file of one line that would fill any memory."""

    def __init__(self, begin: bytes, piece: bytes, size: int) -> None:
        self.begin, self.piece, self.left, self.taken = begin, piece, size, 0

    def read(self, size: int = -1) -> bytes:
        whole = self.begin + self.piece * (size // len(self.piece) + 2)
        data = whole[: min(size, self.left)]
        rest = len(whole) - len(data)
        self.begin = self.piece[-(rest % len(self.piece)) :] if rest % len(self.piece) else b""
        self.left, self.taken = self.left - len(data), self.taken + len(data)
        return data


def endless(found: Iterator[Element]) -> Iterator[int]:
    """The numbers of elements, until the file breaks off."""
    with pytest.raises(NotReadable, match="not JSON"):
        yield from (element.number for element in found)


def test_two_hundred_megabytes_in_one_string_are_refused_after_a_few() -> None:
    stream = Endless(b'[{"text": "', b"A", 200 << 20)
    with pytest.raises(TooLarge, match="more than 2,097,152"):
        list(elements(cast(Any, stream), "x.json"))
    assert stream.taken < 10 << 20


def test_two_hundred_megabytes_of_elements_in_one_line_are_read_in_little_memory() -> None:
    stream = Endless(b"[", b'{"text": "' + b"B" * 100_000 + b'"},', 200 << 20)
    tracemalloc.start()
    count = 0
    for count in endless(elements(cast(Any, stream), "x.json")):
        assert count
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == (200 << 20) // 100_013
    assert peak < 12 << 20
