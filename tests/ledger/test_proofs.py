"""Proofs against the definition, against vectors of others, and against every small damage."""

import json
from base64 import b64decode
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.ledger.errors import LedgerError, ProofInvalid
from infra.ledger.proofs import (
    consistency_ranges,
    inclusion_ranges,
    root_over,
    roots_of,
    tiles_needed,
    verify_consistency,
    verify_inclusion,
)
from tests.ledger.trees import grown, leaves, mth, path, proof
from tests.support.shared_data import shared_data

MANY = leaves(70_000)
_, TILES = grown(MANY)
LARGE = [255, 256, 257, 65_536, 65_537, 70_000]


def inclusion(index: int, size: int) -> list[bytes]:
    ranges = inclusion_ranges(index, size)
    return roots_of(ranges, {address: TILES[address] for address in tiles_needed(ranges)})


def consistency(old: int, new: int) -> list[bytes]:
    ranges = consistency_ranges(old, new)
    return roots_of(ranges, {address: TILES[address] for address in tiles_needed(ranges)})


@pytest.mark.parametrize("size", range(1, 35))
def test_small_trees_agree_with_the_definition(size: int) -> None:
    for index in range(size):
        assert inclusion(index, size) == path(index, MANY[:size])
    for old in range(1, size + 1):
        assert consistency(old, size) == proof(old, MANY[:size])


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_large_trees_agree_with_the_definition(data: st.DataObject) -> None:
    size = data.draw(st.sampled_from(LARGE) | st.integers(1, 70_000))
    index = data.draw(st.integers(0, size - 1))
    root = root_over((0, size), TILES)
    assert root == mth(MANY[:size])
    assert inclusion(index, size) == path(index, MANY[:size])
    verify_inclusion(index, size, MANY[index], inclusion(index, size), root)
    assert consistency(index + 1, size) == proof(index + 1, MANY[:size])
    verify_consistency(index + 1, size, mth(MANY[: index + 1]), root, consistency(index + 1, size))


@pytest.mark.parametrize("size", range(1, 18))
def test_no_other_leaf_place_size_or_root_is_proved(size: int) -> None:
    root = mth(MANY[:size])
    for index in range(size):
        hashes = inclusion(index, size)
        for other in set(range(-1, 20)) - {index}:
            with pytest.raises(ProofInvalid):
                verify_inclusion(other, size, MANY[index], hashes, root)
        for wrong in (hashes[1:] if hashes else [root], [*hashes, root], [root, *hashes]):
            with pytest.raises(ProofInvalid):
                verify_inclusion(index, size, MANY[index], wrong, root)
        for at in range(len(hashes)):
            with pytest.raises(ProofInvalid):
                verify_inclusion(index, size, MANY[index], [*hashes[:at], MANY[99], *hashes[at + 1 :]], root)
        for leaf, claimed in ((MANY[99], root), (MANY[index], MANY[99])):
            with pytest.raises(ProofInvalid):
                verify_inclusion(index, size, leaf, hashes, claimed)


@pytest.mark.parametrize("size", range(1, 18))
def test_no_other_history_is_consistent(size: int) -> None:
    root = mth(MANY[:size])
    for old in range(1, size + 1):
        before, hashes = mth(MANY[:old]), consistency(old, size)
        for at in range(len(hashes)):
            with pytest.raises(ProofInvalid):
                verify_consistency(old, size, before, root, [*hashes[:at], MANY[99], *hashes[at + 1 :]])
        for wrong in ([*hashes, root], [before, *hashes], hashes[1:] if hashes else [before]):
            with pytest.raises(ProofInvalid):
                verify_consistency(old, size, before, root, wrong)
        for pair in ((MANY[99], root), (before, MANY[99])):
            with pytest.raises(ProofInvalid):
                verify_consistency(old, size, *pair, hashes)


def test_what_is_no_hash_proves_nothing() -> None:
    with pytest.raises(ProofInvalid, match="32 bytes"):
        verify_inclusion(0, 1, b"", [], b"")
    with pytest.raises(ProofInvalid, match="32 bytes"):
        verify_consistency(1, 1, b"", b"", [])


def test_an_empty_tree_proves_nothing() -> None:
    with pytest.raises(ProofInvalid, match="no proof leads from a tree of 0"):
        verify_consistency(0, 5, mth([]), mth(MANY[:5]), [])
    with pytest.raises(ProofInvalid, match="no proof leads from a tree of 0"):
        consistency_ranges(0, 5)
    with pytest.raises(ProofInvalid, match="no leaf 0"):
        inclusion_ranges(0, 0)


def vectors(kind: str) -> list[Path]:
    found = sorted((shared_data("merkle") / "testdata" / kind).rglob("*.json"))
    assert found
    return found


def decoded(text: str) -> bytes:
    return b64decode(text)


def test_vectors_of_others_inclusion() -> None:
    for file in vectors("inclusion"):
        case = json.loads(file.read_text())
        hashes = [decoded(value) for value in case["proof"] or ()]
        arguments = (case["leafIdx"], case["treeSize"], decoded(case["leafHash"]), hashes, decoded(case["root"]))
        assert holds(verify_inclusion, *arguments) is not case["wantErr"], file


def test_vectors_of_others_consistency() -> None:
    for file in vectors("consistency"):
        case = json.loads(file.read_text())
        hashes = [decoded(value) for value in case["proof"] or ()]
        arguments = (case["size1"], case["size2"], decoded(case["root1"]), decoded(case["root2"]), hashes)
        assert holds(verify_consistency, *arguments) is not case["wantErr"], file


def holds(check: object, *arguments: object) -> bool:
    assert callable(check)
    try:
        check(*arguments)
    except LedgerError:
        return False
    return True
