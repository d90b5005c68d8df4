import hashlib

from hypothesis import given, settings
from hypothesis import strategies as st

from audit.trail.tree import Frontier, leaf_hash, node_hash


def slow_root(leaves: list[bytes]) -> bytes:
    """The recursive definition of RFC 6962 §2.1, as it stands there."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(slow_root(leaves[:split]), slow_root(leaves[split:]))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(max_size=12), max_size=150), st.integers(min_value=0, max_value=150))
def test_the_growing_tree_equals_the_definition_at_every_size(leaves: list[bytes], copied_at: int) -> None:
    tree, copy = Frontier(), None
    for place, leaf in enumerate(leaves):
        if place == copied_at:
            copy = tree.copy()
        tree.extend([leaf])
    at_once = Frontier()
    at_once.extend(leaves)
    assert (at_once.size, at_once.root()) == (tree.size, tree.root())
    assert tree.size == len(leaves)
    assert tree.root() == slow_root(leaves)
    if copy is not None:
        assert copy.root() == slow_root(leaves[:copied_at])
