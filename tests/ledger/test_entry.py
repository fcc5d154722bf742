"""The bytes of a row, pinned: whoever changes them has changed what every sealed checkpoint means."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.ledger.entry import LONGEST, Entry, content_hash, decode, encode, leaf_hash
from infra.ledger.errors import EntryInvalid

ANN = "018f3c1e-7b2a-7c3d-8e4f-000000000001"
COMMAND = "018f3c1e-7b2a-7c3d-8e4f-000000000002"
EVENT = "018f3c1e-7b2a-7c3d-8e4f-000000000003"
SALT = bytes(range(16))

SAID = Entry(
    format=1,
    position=42,
    recorded_at=1_717_171_717_000_001,
    effective_at=-1,
    event_id=EVENT,
    stream=f"messaging.message/{EVENT}",
    stream_version=1,
    type="messaging.message_posted.v1",
    actor=ANN,
    on_behalf_of="018f3c1e-7b2a-7c3d-8e4f-000000000004",
    command_id=COMMAND,
    correlation_id="018f3c1e-7b2a-7c3d-8e4f-000000000005",
    causation_id="018f3c1e-7b2a-7c3d-8e4f-000000000006",
    context_hash=content_hash(SALT, b'{"client":"web"}'),
    payload_hash=content_hash(SALT, '{"text":"你好"}'.encode()),
)
ANSWERED = SAID._replace(
    stream="a/b", type="t.v1", actor=None, on_behalf_of=None, command_id=None, correlation_id=None, causation_id=None
)

ids = st.uuids().map(str)
integers = st.integers(min_value=-(1 << 63), max_value=(1 << 63) - 1)
hashes = st.binary(min_size=32, max_size=32)
text = st.text(max_size=50)
entries = st.builds(
    Entry,
    format=integers,
    position=integers,
    recorded_at=integers,
    effective_at=integers,
    event_id=ids,
    stream=text,
    stream_version=integers,
    type=text,
    actor=st.none() | ids,
    on_behalf_of=st.none() | ids,
    command_id=st.none() | ids,
    correlation_id=st.none() | ids,
    causation_id=st.none() | ids,
    context_hash=hashes,
    payload_hash=hashes,
)


def test_all_fields_have_exactly_these_bytes() -> None:
    assert encode(SAID) == bytes.fromhex(GOLDEN_FULL)
    assert leaf_hash(encode(SAID)).hex() == GOLDEN_FULL_LEAF


def test_absent_fields_have_exactly_these_bytes() -> None:
    assert encode(ANSWERED) == bytes.fromhex(GOLDEN_ABSENT)
    assert leaf_hash(encode(ANSWERED)).hex() == GOLDEN_ABSENT_LEAF


def test_content_is_hashed_after_its_salt() -> None:
    assert content_hash(SALT, b"x") == sha256(SALT + b"x").digest()


@given(entries)
def test_every_entry_can_be_read_back(entry: Entry) -> None:
    assert decode(encode(entry)) == entry


@given(entries, entries)
def test_two_entries_never_share_their_bytes(one: Entry, other: Entry) -> None:
    assert (encode(one) == encode(other)) == (one == other)


@given(entries, st.data())
def test_decoding_takes_nothing_that_encoding_would_not_give(entry: Entry, data: st.DataObject) -> None:
    encoded = bytearray(encode(entry))
    at = data.draw(st.integers(0, len(encoded) - 1))
    encoded[at] ^= data.draw(st.integers(1, 255))
    try:
        read = decode(bytes(encoded))
    except EntryInvalid:
        return
    assert read != entry
    assert encode(read) == encoded


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"stream": "s" * LONGEST}, "at most 65535"),
        ({"event_id": "short"}, "36 characters"),
        ({"actor": ""}, "36 characters"),
        ({"payload_hash": b""}, "32 bytes"),
        ({"context_hash": bytes(31)}, "32 bytes"),
    ],
)
def test_what_does_not_fit_is_refused(change: dict[str, object], words: str) -> None:
    with pytest.raises(EntryInvalid, match=words):
        encode(Entry(**{**SAID._asdict(), **change}))


@pytest.mark.parametrize(
    ("encoded", "words"),
    [
        (b"or2", "starts with or1"),
        (b"or1", "format: the entry ends"),
        (encode(SAID)[:-1], "payload_hash: the entry ends"),
        (encode(SAID) + b"\0", "follow the last field"),
        (encode(SAID).replace(b"\0\0\0\x08" + (42).to_bytes(8), b"\0\0\0\x01*"), "position: 8 bytes"),
        (encode(SAID).replace(b"\0\0\0\x08" + (42).to_bytes(8), b"\xff" * 4), "position: may not be absent"),
        (encode(SAID).replace(ANN.encode(), ANN.upper().encode()), "actor: an id"),
    ],
)
def test_what_is_no_entry_is_refused_by_name(encoded: bytes, words: str) -> None:
    with pytest.raises(EntryInvalid, match=words):
        decode(encoded)


GOLDEN_FULL = (
    "6f723100000008000000000000000100000008000000000000002a00000008000619c23235cb4100000008ffffffffffffffff00000024"
    "30313866336331652d376232612d376333642d386534662d303030303030303030303033000000366d6573736167696e672e6d65737361"
    "67652f30313866336331652d376232612d376333642d386534662d3030303030303030303030330000000800000000000000010000001b"
    "6d6573736167696e672e6d6573736167655f706f737465642e76310000002430313866336331652d376232612d376333642d386534662d"
    "3030303030303030303030310000002430313866336331652d376232612d376333642d386534662d303030303030303030303034000000"
    "2430313866336331652d376232612d376333642d386534662d3030303030303030303030320000002430313866336331652d376232612d"
    "376333642d386534662d3030303030303030303030350000002430313866336331652d376232612d376333642d386534662d3030303030"
    "3030303030303600000020b0584e427649136b5ec605d987b68c911f6b95544510219785059290715a834900000020dba167e065abd708"
    "d9fe350a96c44d7e3b2b38766c8d9428ad818967f6427201"
)
GOLDEN_FULL_LEAF = "5c5775789d0267883dd408489fd54a89e62eec3ca9d0d1eadadedc80743a25ac"
GOLDEN_ABSENT = (
    "6f723100000008000000000000000100000008000000000000002a00000008000619c23235cb4100000008ffffffffffffffff00000024"
    "30313866336331652d376232612d376333642d386534662d30303030303030303030303300000003612f62000000080000000000000001"
    "00000004742e7631ffffffffffffffffffffffffffffffffffffffff00000020b0584e427649136b5ec605d987b68c911f6b9554451021"
    "9785059290715a834900000020dba167e065abd708d9fe350a96c44d7e3b2b38766c8d9428ad818967f6427201"
)
GOLDEN_ABSENT_LEAF = "adfd332929a0f79dfffc6636b3db7d752e3ad2bce2710587c5f3498474ef3e77"
