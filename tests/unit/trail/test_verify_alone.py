"""The verifier that stands alone: against published vectors, against the product's own verifier, against bad input."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.trail import verify_alone
from audit.trail.note import Checkpoint, write_note
from audit.trail.proof import consistency_path, inclusion_path, tree_root
from audit.trail.tree import leaf_hash

FILE = Path(verify_alone.__file__)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
# RFC 8032 §7.1, tests 1 to 3: public key, message, signature.
RFC_8032 = (
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
)


def checkpoint(leaves: list[bytes]) -> verify_alone.Note:
    text = Checkpoint(origin="chartassay/x", size=len(leaves), root=tree_root(leaves)).text()
    return verify_alone.Note(write_note(text, "chartassay/x", KEY.public_key().public_bytes_raw(), KEY.sign))


def test_it_is_short_and_needs_nothing_but_the_standard_library() -> None:
    text = FILE.read_text()
    assert text.count("\n") < 400
    for node in ast.walk(ast.parse(text)):
        names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names


def test_it_runs_where_no_package_is_installed() -> None:
    ran = subprocess.run([sys.executable, "-I", "-S", str(FILE)], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (2, "")
    assert "proof FILE ID" in ran.stdout


@pytest.mark.parametrize(("public", "message", "signature"), RFC_8032)
def test_the_published_signatures_hold_and_no_changed_one_does(public: str, message: str, signature: str) -> None:
    key, text, good = bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature)
    assert verify_alone.signed(key, text, good)
    assert not verify_alone.signed(key, text + b"x", good)
    for place in (0, 31, 32, 63):
        bad = good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :]
        assert not holds(key, text, bad)
    beyond = good[:32] + (int.from_bytes(good[32:], "little") + verify_alone.ORDER).to_bytes(32, "little")
    assert not holds(key, text, beyond)


def holds(key: bytes, message: bytes, signature: bytes) -> bool:
    try:
        return verify_alone.signed(key, message, signature)
    except verify_alone.Refused:
        return False


def refuses(*arguments: object) -> bool:
    check, *rest = arguments
    try:
        check(*rest)  # type: ignore[operator]  # one of the two checks below
    except (verify_alone.Refused, ValueError):
        return True
    return False


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 17])
def test_every_leaf_of_every_size_is_proven_and_no_spoiled_path_holds(size: int) -> None:
    leaves = [leaf_hash(bytes([n])) for n in range(size)]
    note = checkpoint(leaves)
    for index, leaf in enumerate(leaves):
        path = inclusion_path(leaves, index)
        verify_alone.check_inclusion(leaf, index, note, path)
        for wrong in [path[:-1] or [bytes(32)], [*path, bytes(32)], [bytes(32), *path]]:
            assert refuses(verify_alone.check_inclusion, leaf, index, note, wrong)
        for other in {index - 1, index + 1, size} - {index, -1}:
            assert refuses(verify_alone.check_inclusion, leaf, other, note, path)


@pytest.mark.parametrize("second", range(1, 18))
def test_every_growth_is_proven_and_no_spoiled_one_holds(second: int) -> None:
    leaves = [leaf_hash(bytes([n])) for n in range(second)]
    for first in range(1, second + 1):
        path = consistency_path(leaves, first)
        old, new = checkpoint(leaves[:first]), checkpoint(leaves)
        verify_alone.check_growth(old, new, path)
        assert refuses(verify_alone.check_growth, old, new, [*path, bytes(32)])
        if path:
            assert refuses(verify_alone.check_growth, old, new, path[:-1])
            assert refuses(verify_alone.check_growth, old, new, [bytes(32), *path[1:]])
        forked = checkpoint([*leaves[: first - 1], bytes(32)])
        assert refuses(verify_alone.check_growth, forked, new, path)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300) | st.builds(lambda text: "c2sp.org/tlog-proof@v1\nextra " + text, st.text(max_size=300)))
def test_no_text_crashes_it_or_makes_it_accept(text: str) -> None:
    for check in (
        lambda: verify_alone.prove(text, "0" * 64),
        lambda: verify_alone.attest(text, text, "0" * 64),
        lambda: verify_alone.grown(text, text),
    ):
        assert refuses(check)


@pytest.mark.parametrize("method", ["stratified", "simple", "systematic", "pps", "cluster"])
def test_it_draws_as_the_product_draws_and_refuses_another_sample(method: str, tmp_path: Path) -> None:
    import json
    from decimal import Decimal

    from audit.domain.sample import FrameUnit
    from audit.sampling.draw import draw
    from audit.sampling.frame import frame_csv

    units = [FrameUnit(f"U{n:02}", "abcd"[n % 4], Decimal(n * n + 1) / 4) for n in range(40)]
    product = {"stratified": "per_coder"}.get(method, method)
    drawn = draw(product, units, "seed", 3 if method in ("stratified", "cluster") else 12)
    (tmp_path / "frame.csv").write_bytes(frame_csv(units))
    names = [{"unit": unit.unit} for unit in drawn.units]
    (tmp_path / "drawn.json").write_text(json.dumps(names))
    given = [str(tmp_path / "frame.csv"), "seed", str(tmp_path / "drawn.json"), method]
    assert verify_alone.main(["draw", *given]) == 0
    assert verify_alone.main(["draw", given[0], "other seed", *given[2:]]) == 1
    names[0] = {"unit": next(unit.unit for unit in units if {"unit": unit.unit} not in names)}
    (tmp_path / "drawn.json").write_text(json.dumps(names))
    assert verify_alone.main(["draw", *given]) == 1
    assert verify_alone.main(["draw", *given[:3], "no such method"]) == 1
