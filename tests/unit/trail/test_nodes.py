from hypothesis import given, settings
from hypothesis import strategies as st

from audit.trail.nodes import Nodes
from audit.trail.proof import consistency_of, consistency_path, inclusion_of, inclusion_path
from audit.trail.tree import Frontier, leaf_hash

RECORDS = [b"%d" % n for n in range(1500)]
LEAVES = [leaf_hash(record) for record in RECORDS]
TREE = Frontier()
TREE.extend(RECORDS)
KEPT = {(level, number): root for level, number, root in TREE.nodes}


def read(level: int, first: int, count: int) -> list[bytes]:
    """Give hashes as the database would, and never more than one group."""
    assert count <= 256
    if level == 0:
        return LEAVES[first : first + count]
    return [KEPT[level, n] for n in range(first, first + count) if (level, n) in KEPT]


@settings(max_examples=80, deadline=None)
@given(st.integers(1, len(RECORDS)), st.data())
def test_proofs_from_stored_nodes_equal_proofs_from_all_leaves(size: int, data: st.DataObject) -> None:
    index, first = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    assert inclusion_of(Nodes(read).root, index, size) == inclusion_path(LEAVES[:size], index)
    assert consistency_of(Nodes(read).root, first, size) == consistency_path(LEAVES[:size], first)
