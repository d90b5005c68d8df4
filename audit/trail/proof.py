"""Inclusion and consistency proofs (RFC 9162 §2.1.3, §2.1.4) and the self-contained text file of C2SP tlog-proof.

The verifying halves take index, sizes and roots from the verifier's own side; only the hashes come from the prover.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from audit.errors import CheckFailedError
from audit.trail.note import Checkpoint, parse_checkpoint
from audit.trail.tree import EMPTY_ROOT, leaf_hash, node_hash

HEADER = "c2sp.org/tlog-proof@v1"
_HASH_BYTES = 32
_MOST_HASHES = 64
RootOf = Callable[[int, int], bytes]
"""(start, end) → the root over those leaves."""


class ProofRefusedError(CheckFailedError):
    """A proof that does not prove what it is given for, or text that is no proof."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryProof:
    """One entry's place in the log: the record itself, its index, the path, and the signed checkpoint it leads to."""

    record: bytes
    index: int
    path: tuple[bytes, ...]
    note: str

    def text(self) -> str:
        """Return the tlog-proof file; the record travels in its ``extra`` line."""
        hashes = "".join(f"{_encode(item)}\n" for item in self.path)
        return f"{HEADER}\nextra {_encode(self.record)}\nindex {self.index}\n{hashes}\n{self.note}"


def tree_root(leaves: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes, by the recursive definition."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    split = _split(len(leaves))
    return node_hash(tree_root(leaves[:split]), tree_root(leaves[split:]))


def inclusion_path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the hashes that lead from leaf ``index`` to the root, lowest first."""
    return inclusion_of(lambda start, end: tree_root(leaves[start:end]), index, len(leaves))


def consistency_path(leaves: Sequence[bytes], size: int) -> list[bytes]:
    """Return the hashes that prove the tree of the first ``size`` leaves to be a beginning of this one."""
    return consistency_of(lambda start, end: tree_root(leaves[start:end]), size, len(leaves))


def inclusion_of(root: RootOf, index: int, size: int) -> list[bytes]:
    """Return the path of leaf ``index`` in the tree of ``size`` leaves, whose parts ``root`` gives."""
    path, start, end = [], 0, size
    while end - start > 1:
        split = start + _split(end - start)
        if index < split:
            path.append(root(split, end))
            end = split
        else:
            path.append(root(start, split))
            start = split
    return path[::-1]


def consistency_of(root: RootOf, first: int, second: int) -> list[bytes]:
    """Return what proves the tree of ``first`` leaves to be a beginning of that of ``second``; parts from ``root``."""
    if not 0 < first < second:
        return []
    path, start, end = [], 0, second
    while end != first:
        split = start + _split(end - start)
        if first <= split:
            path.append(root(split, end))
            end = split
        else:
            path.append(root(start, split))
            start = split
    return [*([root(start, end)] if start else []), *path[::-1]]


def _split(size: int) -> int:
    """Return the largest power of two smaller than ``size``."""
    return 1 << (size - 1).bit_length() - 1


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """Check that ``leaf`` is number ``index`` of the ``size`` leaves under ``root``. Raises ProofRefusedError."""
    if not 0 <= index < size:
        raise ProofRefusedError("the proof is for an entry outside the log")
    found = leaf
    for sibling, stands_left in _climb(index, size - 1, path):
        found = node_hash(sibling, found) if stands_left else node_hash(found, sibling)
    if found != root:
        raise ProofRefusedError("the proof does not lead to the root of the checkpoint")


def verify_consistency(first: int, second: int, path: Sequence[bytes], old: bytes, new: bytes) -> None:
    """Check that the tree ``old`` of ``first`` leaves is a beginning of ``new`` of ``second``.

    Raises ProofRefusedError, also for a first size of 0, which would prove nothing.
    """
    if not 0 < first <= second:
        raise ProofRefusedError("the sizes of the two checkpoints prove nothing")
    if first == second:
        if path or old != new:
            raise ProofRefusedError("two checkpoints of one size differ")
        return
    hashes = [old, *path] if first & (first - 1) == 0 else list(path)
    if not hashes:
        raise ProofRefusedError("the proof is too short")
    unmoved = (first & -first).bit_length() - 1  # levels at which the older tree's last subtree is complete
    older = newer = hashes[0]
    for sibling, stands_left in _climb((first - 1) >> unmoved, (second - 1) >> unmoved, hashes[1:]):
        if stands_left:
            older = node_hash(sibling, older)
        newer = node_hash(sibling, newer) if stands_left else node_hash(newer, sibling)
    if older != old or newer != new:
        raise ProofRefusedError("the log did not grow from the older checkpoint")


def _climb(node: int, last: int, path: Sequence[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Yield each sibling on the way up with whether it stands left. Raises ProofRefusedError at a wrong length."""
    for sibling in path:
        if last == 0:
            raise ProofRefusedError("the proof is too long")
        stands_left = bool(node & 1) or node == last
        while stands_left and node and not node & 1:  # the right edge: levels without a sibling
            node, last = node >> 1, last >> 1
        node, last = node >> 1, last >> 1
        yield sibling, stands_left
    if last:
        raise ProofRefusedError("the proof is too short")


def parse_proof(text: str) -> EntryProof:
    """Read a tlog-proof file with its record. Raises ProofRefusedError; the proof itself is not checked yet."""
    head, blank, note = text.partition("\n\n")
    lines = head.split("\n")
    if not blank or len(lines) < 3 or lines[0] != HEADER:  # noqa: PLR2004 - header, extra, index
        raise ProofRefusedError("not a tlog-proof with its record")
    index = lines[2].removeprefix("index ")
    if not lines[1].startswith("extra ") or not lines[2].startswith("index ") or not _plain(index):
        raise ProofRefusedError("not a tlog-proof with its record")
    path = tuple(_decode(line) for line in lines[3:])
    if len(path) > _MOST_HASHES or any(len(item) != _HASH_BYTES for item in path):
        raise ProofRefusedError("the proof holds something that is no hash")
    return EntryProof(record=_decode(lines[1].removeprefix("extra ")), index=int(index), path=path, note=note)


def verify_proof(proof: EntryProof) -> Checkpoint:
    """Check that the record stands at its index under the checkpoint of the proof, and return the checkpoint.

    Whose signature the checkpoint must carry is the caller's to decide. Raises ProofRefusedError, MalformedNoteError.
    """
    checkpoint = parse_checkpoint(proof.note)
    verify_inclusion(leaf_hash(proof.record), proof.index, checkpoint.size, proof.path, checkpoint.root)
    return checkpoint


def _plain(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 20 and (text == "0" or text[0] != "0")  # noqa: PLR2004 - 64 bits


def _encode(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _decode(text: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ProofRefusedError("the proof holds text that is not base64") from error
    if _encode(data) != text:
        raise ProofRefusedError("the proof holds base64 with spare bits")
    return data
