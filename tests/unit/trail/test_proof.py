from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.trail.note import Checkpoint, MalformedNoteError
from audit.trail.proof import (
    EntryProof,
    ProofRefusedError,
    consistency_path,
    inclusion_path,
    parse_proof,
    tree_root,
    verify_consistency,
    verify_inclusion,
    verify_proof,
)
from audit.trail.tree import Frontier, leaf_hash

LEAVES = [leaf_hash(bytes([n])) for n in range(25)]


def refuses(check: Callable[[], object]) -> bool:
    try:
        check()
    except ProofRefusedError:
        return True
    return False


def spoiled(path: Sequence[bytes]) -> Iterator[list[bytes]]:
    """Yield the path with one bit flipped in each hash, cut short, and with something behind it or before it."""
    for place in range(len(path)):
        flipped = bytes([path[place][0] ^ 1]) + path[place][1:]
        yield [*path[:place], flipped, *path[place + 1 :]]
        yield [*path[:place], *path[place + 1 :]]
    yield [*path, bytes(32)]
    yield [bytes(32), *path]


@pytest.mark.parametrize("size", range(1, 26))
def test_every_leaf_of_every_size_is_proven_and_no_spoiled_proof_holds(size: int) -> None:
    leaves = LEAVES[:size]
    root = tree_root(leaves)
    for index, leaf in enumerate(leaves):
        path = inclusion_path(leaves, index)
        verify_inclusion(leaf, index, size, path, root)
        for wrong in spoiled(path):
            assert refuses(lambda wrong=wrong: verify_inclusion(leaf, index, size, wrong, root))  # noqa: B023 - called at once
        assert refuses(lambda: verify_inclusion(leaf, index, size, path, bytes(32)))  # noqa: B023 - called at once
        assert refuses(lambda: verify_inclusion(bytes(32), index, size, path, root))  # noqa: B023 - called at once
        for other in {index - 1, index + 1, size, -1} - {index}:
            assert refuses(lambda other=other: verify_inclusion(leaf, other, size, path, root))  # noqa: B023 - called at once


@pytest.mark.parametrize("second", range(1, 26))
def test_growth_is_proven_from_every_earlier_size_and_no_spoiled_proof_holds(second: int) -> None:
    leaves = LEAVES[:second]
    new = tree_root(leaves)
    for first in range(1, second + 1):
        old = tree_root(leaves[:first])
        path = consistency_path(leaves, first)
        verify_consistency(first, second, path, old, new)
        for wrong in spoiled(path):
            assert refuses(lambda wrong=wrong: verify_consistency(first, second, wrong, old, new))  # noqa: B023 - called at once
        assert refuses(lambda: verify_consistency(first, second, path, bytes(32), new))  # noqa: B023 - called at once
        assert refuses(lambda: verify_consistency(first, second, path, old, bytes(32)))  # noqa: B023 - called at once


def test_growth_from_nothing_or_backwards_is_refused_as_meaningless() -> None:
    root = tree_root(LEAVES)
    for first, second in ((0, 25), (25, 24), (0, 0)):
        assert refuses(lambda first=first, second=second: verify_consistency(first, second, [], root, root))


def test_the_two_ways_to_a_root_agree() -> None:
    tree = Frontier()
    for size in range(1, len(LEAVES) + 1):
        tree.extend([bytes([size - 1])])
        assert tree.root() == tree_root(LEAVES[:size])


def proof_of(index: int, size: int = 9) -> EntryProof:
    records = [bytes([n]) for n in range(size)]
    leaves = [leaf_hash(record) for record in records]
    text = Checkpoint(origin="chartassay/x", size=size, root=tree_root(leaves)).text()
    return EntryProof(
        record=records[index],
        index=index,
        path=tuple(inclusion_path(leaves, index)),
        note=f"{text}\n— chartassay/x AAAAAAAAAAAA\n",
    )


def test_a_proof_file_is_read_back_and_holds() -> None:
    for index in range(9):
        read = parse_proof(proof_of(index).text())
        assert read == proof_of(index)
        assert verify_proof(read).size == 9


def test_no_flipped_bit_of_the_proven_part_goes_unseen() -> None:
    good = proof_of(4).text().encode()
    signed = good.index(b"\xe2\x80\x94")
    seen = 0
    for place in range(signed):
        data = good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :]
        try:
            checkpoint = verify_proof(parse_proof(data.decode()))
        except (UnicodeDecodeError, ProofRefusedError, MalformedNoteError):
            seen += 1
        else:
            assert checkpoint.origin != "chartassay/x", place  # the origin is for the signature to protect
    assert seen > signed - len("chartassay/x") - 1


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300), st.integers(min_value=0, max_value=2000), st.characters())
def test_any_text_is_read_or_refused_in_one_way(text: str, place: int, other: str) -> None:
    good = proof_of(4).text()
    place %= len(good)
    for candidate in (text, good[:place] + other + good[place + 1 :]):
        with contextlib.suppress(ProofRefusedError, MalformedNoteError):
            verify_proof(parse_proof(candidate))
