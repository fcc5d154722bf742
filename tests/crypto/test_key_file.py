"""The key file, wrapping and pseudonyms."""

from pathlib import Path
from uuid import UUID

import pytest

from application.ports.keys import KeyUnusable
from infra.crypto.key_file import KeyFileUnusable, KeyRing, read, read_or_create, write
from infra.crypto.pseudonyms import HmacPseudonyms
from infra.crypto.wrapping import Wrapping

ACME = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
ZENITH = UUID("01890a5d-ac96-774b-bcce-b302099a8058")
KEY = UUID("01890a5d-ac96-774b-bcce-b302099a8059")
SECRET = bytes(range(32))


def test_a_key_file_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "new" / "keys.toml"
    ring = read_or_create(path)
    assert read_or_create(path) == ring == read(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["keys.toml"]


def test_two_key_files_have_nothing_in_common(tmp_path: Path) -> None:
    one, two = read_or_create(tmp_path / "one"), read_or_create(tmp_path / "two")
    assert one.epochs[1] != two.epochs[1]
    assert one.pseudonyms != two.pseudonyms


def test_an_epoch_is_added_and_an_old_one_removed(tmp_path: Path) -> None:
    path = tmp_path / "keys.toml"
    first = read_or_create(path)
    write(path, first.advanced())
    second = read(path)
    assert (second.current, sorted(second.epochs), second.epochs[1]) == (2, [1, 2], first.epochs[1])
    assert sorted(second.without(1).epochs) == [2]
    with pytest.raises(ValueError, match="current"):
        second.without(2)


def test_a_key_ring_shows_no_key() -> None:
    assert repr(KeyRing(1, {1: SECRET}, SECRET)) == "KeyRing(current=1, epochs=[1])"


def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "keys.toml"
    read_or_create(path)
    path.chmod(0o640)
    with pytest.raises(KeyFileUnusable, match="chmod 600"):
        read(path)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "current = ",
        "current = 1",
        "current = 1\npseudonyms = 'AAAA'\n[epochs]\n1 = 'AAAA'",
        f"current = 2\npseudonyms = '{'A' * 43}='\n[epochs]\n1 = '{'A' * 43}='",
        f"current = 1\npseudonyms = '{'A' * 43}='\nmore = 1\n[epochs]\n1 = '{'A' * 43}='",
        f"current = 1\npseudonyms = '{'A' * 43}='\n[epochs]\none = '{'A' * 43}='",
    ],
)
def test_a_malformed_key_file_is_refused_by_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "keys.toml"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(KeyFileUnusable, match=r"keys\.toml isn't a key file"):
        read(path)


def test_an_absent_key_file_says_where_it_should_be(tmp_path: Path) -> None:
    with pytest.raises(KeyFileUnusable, match=r"There is no key file .*keys\.toml"):
        read(tmp_path / "keys.toml")


def test_a_wrapped_key_opens_again_in_every_epoch_that_the_file_holds() -> None:
    ring = KeyRing.new()
    epoch, wrapped = Wrapping(ring, ACME).wrap(KEY, SECRET)
    later = Wrapping(ring.advanced(), ACME)
    assert later.unwrap(KEY, epoch, wrapped) == SECRET
    assert later.wrap(KEY, SECRET)[0] == 2


def test_a_retired_epoch_opens_nothing_and_says_so() -> None:
    ring = KeyRing.new()
    epoch, wrapped = Wrapping(ring, ACME).wrap(KEY, SECRET)
    with pytest.raises(KeyUnusable, match=r"epoch 1, and the key file has only \[2\]"):
        Wrapping(ring.advanced().without(1), ACME).unwrap(KEY, epoch, wrapped)


def test_a_wrapped_key_does_not_open_with_another_file_organisation_id_or_epoch_or_when_changed() -> None:
    ring = KeyRing.new().advanced()
    here = Wrapping(ring, ACME)
    epoch, wrapped = here.wrap(KEY, SECRET)
    changed = wrapped[:-1] + bytes([wrapped[-1] ^ 1])
    attempts = (
        (Wrapping(KeyRing.new().advanced(), ACME), KEY, epoch, wrapped),
        (Wrapping(ring, ZENITH), KEY, epoch, wrapped),
        (here, ZENITH, epoch, wrapped),
        (here, KEY, 1, wrapped),
        (here, KEY, epoch, changed),
        (here, KEY, epoch, b""),
    )
    for wrapping, key, number, text in attempts:
        with pytest.raises(KeyUnusable, match="can't be unwrapped"):
            wrapping.unwrap(key, number, text)


def test_pseudonyms_are_stable_and_tell_organisations_kinds_and_key_files_apart() -> None:
    ring = KeyRing(1, {1: SECRET}, SECRET)
    told = HmacPseudonyms(ring, ACME)("person", "ann@example.org")
    assert told == HmacPseudonyms(ring.advanced(), ACME)("person", "ann@example.org")
    assert told == UUID("2655d1e0-6522-516b-9888-f64ad616538d")  # golden: identifiers in the log depend on it
    others = {
        HmacPseudonyms(ring, ZENITH)("person", "ann@example.org"),
        HmacPseudonyms(ring, ACME)("guest", "ann@example.org"),
        HmacPseudonyms(ring, ACME)("person", "bob@example.org"),
        HmacPseudonyms(KeyRing.new(), ACME)("person", "ann@example.org"),
    }
    assert len(others | {told}) == 5
