"""Growing a tree: the same whatever the steps, and only its right edge is needed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.ledger.errors import TreeInvalid
from infra.ledger.tree import EMPTY_ROOT, Edge, TileAddress, root_of, width_at
from tests.ledger.trees import grown, leaves, mth

MANY = leaves(70_000)
EDGE, TILES = grown(MANY)


@pytest.mark.parametrize("size", [*range(20), 255, 256, 257, 511, 512, 1_000])
def test_the_root_is_the_one_of_the_definition(size: int) -> None:
    assert root_of(MANY[:size]) == mth(MANY[:size])


def test_an_empty_tree_has_the_hash_of_nothing() -> None:
    assert Edge().root() == EMPTY_ROOT


def test_seventy_thousand_leaves_make_the_tiles_of_the_specification() -> None:
    widths = {address: len(hashes) // 32 for address, hashes in TILES.items()}
    assert widths == {
        **{TileAddress(0, number): 256 for number in range(273)},
        TileAddress(0, 273): 112,
        TileAddress(1, 0): 256,
        TileAddress(1, 1): 17,
        TileAddress(2, 0): 1,
    }
    assert all(width_at(address, 70_000) == width for address, width in widths.items())
    assert EDGE.root() == mth(MANY)


def test_a_full_tile_is_followed_by_no_empty_one() -> None:
    edge, tiles = grown(MANY[:256])
    assert {address: len(hashes) // 32 for address, hashes in tiles.items()} == {TileAddress(0, 0): 256, TileAddress(1, 0): 1}
    assert Edge.addresses(256) == [TileAddress(1, 0)]
    assert Edge.at(256, tiles).root() == edge.root() == mth(MANY[:256])


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 700), max_size=8))
def test_any_steps_lead_to_the_same_tree(steps: list[int]) -> None:
    edge, tiles = Edge(), dict[TileAddress, bytes]()
    for step in steps:
        edge, changed = edge.extend(MANY[edge.size : edge.size + step])
        tiles.update({TileAddress(tile.level, tile.number): tile.hashes for tile in changed})
    at_once, all_tiles = grown(MANY[: edge.size])
    assert edge.root() == at_once.root() == mth(MANY[: edge.size])
    assert tiles == all_tiles


@pytest.mark.parametrize("size", [1, 255, 256, 257, 65_535, 65_536, 65_537, 69_999, 70_000])
def test_the_edge_is_found_again_in_the_tiles(size: int) -> None:
    assert Edge.at(size, TILES).root() == mth(MANY[:size])


def test_an_unchanged_level_is_not_written_again() -> None:
    _, changed = Edge.at(70_000, TILES).extend(leaves(1, "next"))
    assert [(tile.level, tile.number, tile.width) for tile in changed] == [(0, 273, 113)]


def test_a_missing_or_narrow_tile_is_named() -> None:
    with pytest.raises(TreeInvalid, match="tile 1/1 is missing"):
        Edge.at(70_000, {address: hashes for address, hashes in TILES.items() if address != (1, 1)})
    with pytest.raises(TreeInvalid, match="tile 0/273 has 32 bytes, 3584 are needed"):
        Edge.at(70_000, {**TILES, TileAddress(0, 273): b"x" * 32})


def test_only_hashes_can_be_leaves() -> None:
    with pytest.raises(TreeInvalid, match="32 bytes"):
        Edge().extend([b"short"])
