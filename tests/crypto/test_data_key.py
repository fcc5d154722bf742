"""Boxes open with their own key, in their own place, unchanged; nothing else does."""

from base64 import b64decode
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.ports.keys import BoxDamaged
from infra.crypto.data_key import AesDataKey, new_secret

KEY = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
OTHER = UUID("01890a5d-ac96-774b-bcce-b302099a8058")


@given(st.binary(max_size=500), st.binary(max_size=100))
def test_a_box_opens_to_what_was_sealed(value: bytes, about: bytes) -> None:
    key = AesDataKey(KEY, new_secret())
    assert key.open(key.seal(value, about), about) == value


@given(st.binary(max_size=60), st.data())
def test_a_box_with_one_flipped_bit_does_not_open(value: bytes, data: st.DataObject) -> None:
    key = AesDataKey(KEY, new_secret())
    raw = bytearray(key.seal(value, b"here"))
    bit = data.draw(st.integers(0, 8 * len(raw) - 1))
    raw[bit // 8] ^= 1 << bit % 8
    with pytest.raises(BoxDamaged):
        key.open(bytes(raw), b"here")


@given(st.binary(max_size=60))
def test_what_is_no_box_does_not_open(box: bytes) -> None:
    with pytest.raises(BoxDamaged):
        AesDataKey(KEY, new_secret()).open(box, b"")


def test_a_box_does_not_open_in_another_place_or_with_another_key() -> None:
    secret = new_secret()
    key = AesDataKey(KEY, secret)
    box = key.seal(b"hello", b"here")
    for stranger, about in ((key, b"there"), (AesDataKey(KEY, new_secret()), b"here"), (AesDataKey(OTHER, secret), b"here")):
        with pytest.raises(BoxDamaged):
            stranger.open(box, about)


def test_the_same_value_is_sealed_to_another_box_each_time() -> None:
    key = AesDataKey(KEY, new_secret())
    assert len({key.seal(b"hello", b"here") for _ in range(100)}) == 100


def test_a_commitment_belongs_to_one_secret_and_one_id() -> None:
    secret = bytes(range(32))
    assert AesDataKey(KEY, secret).commitment == AesDataKey(KEY, secret).commitment
    others = (AesDataKey(OTHER, secret), AesDataKey(KEY, bytes(32)))
    assert AesDataKey(KEY, secret).commitment not in {other.commitment for other in others}


def test_stored_boxes_and_commitments_stay_readable() -> None:
    # A golden vector: a change of any constant would make everything that is stored unreadable.
    key = AesDataKey(KEY, bytes(range(32)))
    assert key.commitment == "880ebebe0bf5602e6ece778a68944fc06947380a8bb461b210c268c961c8f765"
    assert key.open(b64decode("1yuKJ8ESlMsNtZU8NiOUksiHVJVQgQUnoc0SZPvdoeScVg=="), b"here") == "你好".encode()


def test_a_secret_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes, not 16"):
        AesDataKey(KEY, bytes(16))
