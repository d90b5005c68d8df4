"""A trail of version 1, kept as it was written: read here from FORMAT.md alone, and by the program of today."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import struct
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from audit.trail.verify import Stored, verify_trail

KEPT: dict[str, Any] = json.loads(Path(__file__).with_name("trail_v1.json").read_text())
RECORDS = [base64.b64decode(record) for _, _, record in KEPT["entries"]]
NAMES = ["genesis", "epoch.open", "epoch.open", "user.add", "epoch.open", "act"]
CODES = [0, 1, 1, 2, 1, 5]
GENESIS, OPENING, ACT = RECORDS[0], RECORDS[4], RECORDS[5]


def sections(record: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    """Cut a record by the table of FORMAT.md §1: before the body, items, body, signature."""
    clear, items, body, signature = struct.unpack(">4I", record[69:85])
    at = 85 + clear + 49 * items
    assert at + body + signature == len(record)
    return record[:at], record[85 + clear : at], record[at : at + body], record[at + body :]


def opened(seq: int) -> dict[str, Any]:
    """Open one entry with its disclosed subkey (FORMAT.md §4)."""
    before, _, body, _ = sections(RECORDS[seq])
    key = bytes.fromhex(KEPT["disclosed"]["entry_keys"][str(seq)])
    padded = AESGCM(key).decrypt(body[:12], body[12:], before)
    content: dict[str, Any] = json.loads(padded.rstrip(b"\x00")[:-1])
    return content


def root(leaves: list[bytes]) -> bytes:
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + root(leaves[:split]) + root(leaves[split:])).digest()


def test_the_program_of_today_still_finds_it_intact() -> None:
    stored = Stored(
        entries=partial(iter, [(seq, kind, RECORDS[seq]) for seq, kind, _ in KEPT["entries"]]),
        notes={int(size): note for size, note in KEPT["notes"].items()},
        objects=partial(iter, [(bytes.fromhex(name), base64.b64decode(data)) for name, data in KEPT["objects"]]),
        case_keys=partial(iter, [tuple(bytes.fromhex(part) for part in row) for row in KEPT["case_keys"]]),  # type: ignore[misc]  # three parts each
        head=len(RECORDS),
        schema=(),
        expected_schema=(),
    )
    assert verify_trail(stored, KEPT["trail_id"]).damage is None


def test_the_header_says_kind_place_and_trail() -> None:
    assert hashlib.sha256(GENESIS).hexdigest() == KEPT["trail_id"]
    for seq, record in enumerate(RECORDS):
        assert record[:4] == b"CAE1"
        assert (record[4], KEPT["entries"][seq][1]) == (CODES[seq], NAMES[seq])
        assert record[5:37] == (bytes(32) if seq == 0 else bytes.fromhex(KEPT["trail_id"]))
        assert int.from_bytes(record[37:45], "big") == seq
    assert [int.from_bytes(record[45:53], "big") for record in RECORDS] == [0, 0, 2, 2, 4, 4]
    assert OPENING[53:69] == ACT[53:69]


@pytest.mark.parametrize("size", ["2", "4", "6"])
def test_a_checkpoint_signs_the_root_with_the_key_of_its_epoch(size: str) -> None:
    text, _, line = KEPT["notes"][size].rpartition("\n\n")
    origin, count, encoded = text.split("\n")
    assert (origin, count) == (f"chartassay/{KEPT['trail_id'][:16]}", size)
    assert base64.b64decode(encoded) == root(RECORDS[: int(size)])
    opening = RECORDS[int(size) - (1 if size == "2" else 2)]
    key = bytes.fromhex(json.loads(opening[85 : 85 + int.from_bytes(opening[69:73], "big")])["key"])
    dash, name, signed = line.rstrip("\n").split(" ")
    data = base64.b64decode(signed)
    assert (dash, name) == ("—", origin)
    assert data[:4] == hashlib.sha256(name.encode() + b"\n\x01" + key).digest()[:4]
    Ed25519PublicKey.from_public_bytes(key).verify(data[4:], f"{text}\n".encode())


def test_genesis_and_epochs_are_signed_by_the_identity() -> None:
    clear = json.loads(GENESIS[85 : 85 + int.from_bytes(GENESIS[69:73], "big")])
    officer = Ed25519PublicKey.from_public_bytes(bytes.fromhex(clear["officer"]["sign"]))
    for record in (GENESIS, OPENING):
        officer.verify(record[-64:], b"chartassay identity v1\x00" + record[:-64])


def test_a_disclosed_entry_opens_with_its_subkey_alone() -> None:
    content = opened(5)
    assert (content["kind"], content["ops"], content["files"]) == ("example", {"cases": 1}, [])
    assert content["objects"] == [["case", KEPT["disclosed"]["case_id"]], ["summary", None]]
    assert opened(3)["ops"] == {"coder": None, "name": "max", "role": "manager"}


def test_the_entry_vouches_for_every_object_and_case_key() -> None:
    _, items, _, _ = sections(ACT)
    stored = {name: base64.b64decode(data) for name, data in KEPT["objects"]}
    stored |= {case: bytes.fromhex(wrap) for case, _, wrap in KEPT["case_keys"]}
    found = [(items[n : n + 1], items[n + 1 : n + 17].hex(), items[n + 17 : n + 49]) for n in range(0, len(items), 49)]
    assert [kind for kind, _, _ in found] == [b"p", b"o", b"c"]
    for _, name, digest in found:
        assert hashlib.sha256(stored.pop(name)).digest() == digest
    assert stored == {}


def test_a_disclosed_case_opens_with_its_case_key_alone() -> None:
    case_id, case_key = (bytes.fromhex(KEPT["disclosed"][name]) for name in ("case_id", "case_key"))
    (sealed,) = [data for _, text in KEPT["objects"] if (data := base64.b64decode(text))[21:37] == case_id]
    assert sealed[:5] == b"CAO1p"
    key = hmac.digest(case_key, b"object\x00" + sealed[5:21], "sha256")
    assert sealed[37:69] == hmac.digest(key, b"chartassay commit v1", "sha256")
    padded = AESGCM(key).decrypt(sealed[69:81], sealed[81:], bytes.fromhex(KEPT["trail_id"]) + sealed[:69])
    assert len(padded) == 256
    assert padded.rstrip(b"\x00") == b"what was written of one case\x80"
