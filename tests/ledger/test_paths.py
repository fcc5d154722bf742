"""A resource has one address, and an address one resource."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.ledger.bundles import bundle, unbundle
from infra.ledger.errors import EntryInvalid, TreeInvalid
from infra.ledger.paths import ENTRIES, Resource, path_of, resource_of

resources = st.builds(Resource, level=st.integers(ENTRIES, 63), number=st.integers(0, 1 << 62), width=st.integers(1, 256))


@pytest.mark.parametrize(
    ("resource", "path"),
    [
        (Resource(0, 0), "tile/0/000"),
        (Resource(0, 273, 112), "tile/0/273.p/112"),
        (Resource(2, 1_234_067), "tile/2/x001/x234/067"),
        (Resource(ENTRIES, 1_000, 1), "tile/entries/x001/000.p/1"),
    ],
)
def test_paths_are_those_of_the_specification(resource: Resource, path: str) -> None:
    assert path_of(resource) == path
    assert resource_of(path) == resource


@given(resources)
def test_a_path_leads_back_to_its_resource(resource: Resource) -> None:
    assert resource_of(path_of(resource)) == resource


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/0/0",
        "tile/64/000",
        "tile/00/000",
        "tile/0/x000/000",
        "tile/0/001/000",
        "tile/0/x001",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000/",
        "tile/-1/000",
        "tile/0/../000",
        "tile/0/٠٠٠",
        "tile/0/000\n",
    ],
)
def test_no_other_spelling_is_taken(path: str) -> None:
    with pytest.raises(TreeInvalid, match="not the path of a tile"):
        resource_of(path)


@given(st.lists(st.binary(max_size=300), max_size=256))
def test_a_bundle_gives_its_entries_back(entries: list[bytes]) -> None:
    assert unbundle(bundle(entries)) == entries


def test_a_bundle_is_as_specified() -> None:
    assert bundle([b"abc", b""]) == b"\x00\x03abc\x00\x00"


@pytest.mark.parametrize("raw", [b"\x00", b"\x00\x02a", b"\x00\x01a\x00"])
def test_a_bundle_that_ends_inside_an_entry_is_refused(raw: bytes) -> None:
    with pytest.raises(EntryInvalid, match="ends inside its entry"):
        unbundle(raw)


def test_what_a_bundle_cannot_hold_is_refused() -> None:
    with pytest.raises(EntryInvalid, match="65,535"):
        bundle([bytes(65_536)])
    with pytest.raises(EntryInvalid, match="256"):
        unbundle(bundle([b""] * 257))
