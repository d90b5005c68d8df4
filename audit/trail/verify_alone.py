# ruff: noqa: PLR2004, T201 - a page of byte offsets to be read beside FORMAT.md, and a program that prints
"""Check what ChartAssay hands out, without ChartAssay: one file, the Python standard library, no network.

    python3 verify_alone.py proof FILE ID                    one entry stands in the trail of that id
    python3 verify_alone.py checkpoint FILE PROOF ID         who signed and cosigned a checkpoint
    python3 verify_alone.py growth OLD FILE                  the log only grew between two checkpoints
    python3 verify_alone.py draw FRAME SEED DRAWN METHOD     frame and seed give exactly this sample

ID is the trail id (64 hex digits), which you must have from somewhere else than the file: a report, a contract, a
letter. FILE (and PROOF) is what ``chartassay trail prove SEQ --chain`` prints: the proof of the entry and, behind it,
the proofs of the records that make its signing key trustworthy. They show who was given the right to write; that it was
not taken away later is shown by the whole trail only (``chartassay trail verify``). The FILE of ``growth`` is printed
by ``trail checkpoint --since OLD``. METHOD: stratified (also per_coder), simple, systematic, pps, cluster.

Exit codes: 0 it holds · 1 it does not · 2 wrong usage. Formats: audit/trail/FORMAT.md; RFC 6962, RFC 8032, RFC 9162;
C2SP signed-note, tlog-checkpoint, tlog-cosignature, tlog-proof, tlog-witness.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import struct
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

PROOF_HEADER = "c2sp.org/tlog-proof@v1\n"
RECORD = struct.Struct(">4sB32sQQ16sIIII")
GENESIS, EPOCH_OPEN, USER_ADD = 0, 1, 2
KINDS = ("genesis", "epoch.open", "user.add", "user.revoke", "keys.grant", "act", "case.shred", "recovery.seen")


class Refused(Exception):  # noqa: N818 - the word that the output uses
    """What was given does not prove what it is given for."""


# -- Ed25519 (RFC 8032 §5.1) ------------------------------------------------------------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
Point = tuple[int, int, int, int]


def _add(one: Point, two: Point) -> Point:
    a, b = (one[1] - one[0]) * (two[1] - two[0]) % P, (one[1] + one[0]) * (two[1] + two[0]) % P
    c, d = 2 * one[3] * two[3] * D % P, 2 * one[2] * two[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(factor: int, point: Point) -> Point:
    result: Point = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            result = _add(result, point)
        point, factor = _add(point, point), factor >> 1
    return result


def _point(data: bytes) -> Point:
    number = int.from_bytes(data, "little")
    y, sign = number & (2**255 - 1), number >> 255
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        raise Refused("a key or signature is no point of the curve")
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Return whether ``signature`` over ``message`` is by the Ed25519 key ``public`` (32 bytes). Raises Refused."""
    s = int.from_bytes(signature[32:], "little")
    if len(public) != 32 or len(signature) != 64 or s >= ORDER:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    one, two = _times(s, BASE), _add(_point(signature[:32]), _times(challenge, _point(public)))
    return (one[0] * two[2] - two[0] * one[2]) % P == 0 and (one[1] * two[2] - two[1] * one[2]) % P == 0


def _unbase64(text: str) -> bytes:
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise Refused("base64 with spare bits")
    return data


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or len(text) > 19 or (text[0] == "0" != text):
        raise Refused("something that should be a number is not")
    return int(text)


def _hashes(lines: list[str]) -> list[bytes]:
    found = [_unbase64(line) for line in lines]
    if len(found) > 64 or any(len(each) != 32 for each in found):
        raise Refused("a path holds something that is no hash")
    return found


class Note:
    """A signed checkpoint: ``origin``, ``size``, ``root``, and signature lines as (name, key id, bytes)."""

    def __init__(self, note: str) -> None:
        self.text, blank, lines = note.rpartition("\n\n")
        self.text += "\n"
        body = self.text.split("\n")
        if not blank or not lines.endswith("\n") or len(body) < 4 or not body[0]:
            raise Refused("not a checkpoint")
        self.origin, self.size, self.root = body[0], _number(body[1]), _unbase64(body[2])
        self.lines = [_signature_line(line) for line in lines[:-1].split("\n")]
        if len(self.root) != 32:
            raise Refused("not a checkpoint")

    def signed_by(self, public: bytes) -> bool:
        """Return whether the log's own key ``public`` signed it; a known key that fails refuses the note."""
        found = [sig for name, key_id, sig in self.lines if name == self.origin and key_id == _key_id(name, 1, public)]
        if any(not signed(public, self.text.encode(), signature) for signature in found):
            raise Refused("a signature of the checkpoint does not hold")
        return bool(found)

    def cosigned_by(self, name: str, public: bytes) -> int | None:
        """Return the time a member's cosignature claims, None without one. Raises Refused where it does not hold."""
        for found, key_id, data in self.lines:
            if found == name and key_id == _key_id(name, 4, public):
                at = int.from_bytes(data[:8], "big")
                if not signed(public, f"cosignature/v1\ntime {at}\n{self.text}".encode(), data[8:]):
                    raise Refused("a cosignature does not hold")
                return at
        return None


def _signature_line(line: str) -> tuple[str, bytes, bytes]:
    name, space, encoded = line.removeprefix("— ").rpartition(" ")
    data = _unbase64(encoded)
    if not line.startswith("— ") or not space or not name or len(data) < 5:
        raise Refused("a signature line is malformed")
    return name, data[:4], data[4:]


def _key_id(name: str, kind: int, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


# -- the tree (RFC 9162 §2.1.3, §2.1.4) -------------------------------------------------------------------------------


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _climb(fn: int, sn: int, path: list[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Yield each hash of the path with whether it stands left. Raises Refused where the path has another length."""
    for p in path:
        if sn == 0:
            raise Refused("the path is too long")
        left = bool(fn & 1) or fn == sn
        while left and fn and not fn & 1:
            fn, sn = fn >> 1, sn >> 1
        fn, sn = fn >> 1, sn >> 1
        yield p, left
    if sn:
        raise Refused("the path is too short")


def check_inclusion(leaf: bytes, index: int, note: Note, path: list[bytes]) -> None:
    """Check that leaf hash ``leaf`` is number ``index`` under ``note``. Raises Refused."""
    if index >= note.size:
        raise Refused("the entry lies beyond the checkpoint")
    for p, left in _climb(index, note.size - 1, path):
        leaf = _node(p, leaf) if left else _node(leaf, p)
    if leaf != note.root:
        raise Refused("the path does not lead to the checkpoint")


def check_growth(old: Note, new: Note, path: list[bytes]) -> None:
    """Check that ``new`` is ``old`` with entries added at its end. Raises Refused."""
    if old.origin != new.origin or not 0 < old.size <= new.size:
        raise Refused("the two checkpoints cannot be compared")
    if old.size == new.size:
        if path or old.root != new.root:
            raise Refused("two checkpoints of one size differ: the log shows two histories")
        return
    unmoved = (old.size & -old.size).bit_length() - 1
    fr, *path = [old.root, *path] if old.size == 1 << unmoved else path
    sr = fr
    for c, left in _climb((old.size - 1) >> unmoved, (new.size - 1) >> unmoved, path):
        fr, sr = (_node(c, fr), _node(c, sr)) if left else (fr, _node(sr, c))
    if fr != old.root or sr != new.root:
        raise Refused("the log did not grow from the older checkpoint")


class Proof:
    """One tlog-proof, checked against its own checkpoint ``note``, and the record in it (FORMAT.md §1)."""

    def __init__(self, text: str) -> None:
        head, _, note = text.partition("\n\n")
        lines = head.split("\n")
        if len(lines) < 3 or not lines[1].startswith("extra ") or not lines[2].startswith("index "):
            raise Refused("not a proof that carries its record")
        self.note, data = Note(note), _unbase64(lines[1].removeprefix("extra "))
        index, self.digest = _number(lines[2].removeprefix("index ")), hashlib.sha256(data).hexdigest()
        check_inclusion(hashlib.sha256(b"\x00" + data).digest(), index, self.note, _hashes(lines[3:]))
        magic, self.kind, trail, self.seq, _, self.epoch, *lengths = RECORD.unpack_from(data)
        clear, items, body, signature = lengths
        if magic != b"CAE1" or self.kind > 7 or RECORD.size + clear + 49 * items + body + signature != len(data):
            raise Refused("not a record")
        if self.seq != index:
            raise Refused("the record was written for another place")
        self.trail = self.digest if self.kind == GENESIS else trail.hex()
        self.unsigned, self.signature = data[: len(data) - signature], data[len(data) - signature :]
        self.clear = json.loads(data[RECORD.size : RECORD.size + clear] or b"{}")


class Chain:
    """Who was given the right to write, as far as proofs in order of their entries show. ``members``: by member id."""

    def __init__(self, trail: str, proofs: list[Proof]) -> None:
        self.trail, self.origin = trail, f"chartassay/{trail[:16]}"
        self.members: dict[str, tuple[str, str, bytes]] = {}
        self.epochs: dict[bytes, tuple[bytes, str]] = {}
        for proof in sorted(proofs, key=lambda proof: proof.seq):
            if proof.note.origin != self.origin or proof.trail != trail:
                raise Refused("a proof is of another trail")
            self._take(proof)

    def _take(self, proof: Proof) -> None:
        if proof.kind == GENESIS:
            for name, keys in (("?", proof.clear["officer"]), ("recovery", proof.clear["recovery"] or {})):
                self._member({"role": "officer", "name": name, **keys})
        elif proof.kind == EPOCH_OPEN:
            _, _, public = self._known(proof.clear["actor"])
            if not signed(public, b"chartassay identity v1\x00" + proof.unsigned, proof.signature):
                raise Refused("an epoch is not signed by the member it names")
            self.epochs[proof.epoch] = (bytes.fromhex(proof.clear["key"]), proof.clear["actor"])
        elif proof.kind == USER_ADD:
            key, actor = self.epochs.get(proof.epoch, (b"", ""))
            if self._known(actor)[1] != "officer" or not proof.note.signed_by(key):
                raise Refused("a member is not added by an officer")
            self._member(proof.clear)

    def _member(self, clear: dict[str, str]) -> None:
        hpke, sign = (bytes.fromhex(clear.get(key, "")) for key in ("hpke", "sign"))
        member = hashlib.sha256(hpke + sign).digest()[:16].hex()
        name = "".join(character if character.isprintable() else "?" for character in str(clear["name"])[:64])
        self.members[member] = (name, str(clear["role"]), sign)

    def _known(self, member: str) -> tuple[str, str, bytes]:
        if member not in self.members:
            raise Refused("the chain does not show who gave the right to write")
        return self.members[member]

    def signer(self, note: Note) -> str:
        """Return the name of the member whose epoch signed ``note``. Raises Refused."""
        for key, actor in self.epochs.values():
            if note.origin == self.origin and note.signed_by(key):
                return self.members[actor][0]
        raise Refused("the checkpoint is not signed by a key that the chain makes trustworthy")


def read_proofs(text: str) -> list[Proof]:
    """Return the proofs of a file, the entry's own first. Raises Refused."""
    before, *parts = ("\n" + text).split("\n" + PROOF_HEADER)
    if before.strip() or not parts:
        raise Refused("not a proof")
    return [Proof(PROOF_HEADER + part + ("" if part.endswith("\n") else "\n")) for part in parts]


def prove(text: str, trail: str) -> str:
    """Check a proof with its chain and say what it proves. Raises Refused."""
    first, *links = read_proofs(text)
    chain = Chain(trail, links)
    signer = chain.signer(first.note)
    if first.trail != trail:
        raise Refused("the entry is of another trail")
    _, author = chain.epochs.get(first.epoch, (b"", ""))
    written = f" written by {chain.members[author][0]}" if author else ""
    return f"entry {first.seq} ({KINDS[first.kind]}){written} is one of {first.note.size}, signed by {signer}"


def attest(note_text: str, chain_text: str, trail: str) -> str:
    """Check who signed and cosigned a checkpoint. Raises Refused."""
    note, chain = Note(note_text), Chain(trail, read_proofs(chain_text)[1:])
    lines = [f"{note.size} entries, signed by {chain.signer(note)}"]
    for member, (name, _, public) in chain.members.items():
        at = note.cosigned_by(f"{chain.origin}/{member}", public)
        if at is not None:
            lines.append(f"cosigned by {name} at POSIX time {at}")
    return "\n".join(lines)


def grown(old_text: str, text: str) -> str:
    """Check a growth file (``trail checkpoint --since``) against an older checkpoint. Raises Refused."""
    old = Note(old_text)
    head, _, note_text = text.partition("\n\n")
    lines, new = head.split("\n"), Note(note_text)
    if lines[0] != f"old {old.size}":
        raise Refused("the file is for another older checkpoint")
    check_growth(old, new, _hashes(lines[1:]))
    return f"from {old.size} to {new.size} entries nothing was changed or removed (signatures: see checkpoint)"


# -- draws (keys, steps and money as INTERFACE says; whole numbers throughout) -----------------------------------------


def _key(seed: str, unit: str) -> tuple[str, bytes]:
    return hashlib.sha256(f"{seed}\n{unit}".encode()).hexdigest(), unit.encode()


def _start(seed: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed}\nstart".encode()).digest(), "big")


def _by_money(rows: list[list[str]], seed: str, size: int) -> set[str]:
    finest = 10 ** max(max(0, -int(Decimal(row[2]).as_tuple().exponent)) for row in rows)
    money = {row[0]: int(Decimal(row[2]) * finest) for row in rows}
    sure: set[str] = set()
    while size > len(sure):
        left, steps = sum(money[unit] for unit in money.keys() - sure), size - len(sure)
        reached = {unit for unit in money.keys() - sure if money[unit] * steps >= left}
        if not reached:
            break
        sure |= reached
    taken: set[str] = set()
    passed, steps, total = 0, size - len(sure), sum(money[unit] for unit in money.keys() - sure)
    for unit in sorted(money.keys() - sure, key=lambda unit: _key(seed, unit)):
        passed += money[unit]
        if len(taken) < steps and (_start(seed) + (len(taken) << 256)) * total < passed * steps << 256:
            taken.add(unit)
    return sure | taken


def expected_draw(rows: list[list[str]], seed: str, units: set[str], method: str) -> set[str]:
    """Return the units that frame rows (unit, stratum, amount) and seed give, as many as ``units`` has."""
    strata: dict[str, list[str]] = defaultdict(list)
    for unit, stratum, _ in rows:
        strata[stratum].append(unit)
    if method == "systematic":
        size = len(units)
        return {rows[(_start(seed) + (step << 256)) * len(rows) // (size << 256)][0] for step in range(size)}
    if method == "pps":
        return _by_money(rows, seed, len(units))
    if method == "cluster":
        hit = sum(bool(units.intersection(members)) for members in strata.values())
        return {unit for name in sorted(strata, key=lambda name: _key(seed, name))[:hit] for unit in strata[name]}
    pools = {"stratified": list(strata.values()), "simple": [[row[0] for row in rows]]}[method]
    return {u for pool in pools for u in sorted(pool, key=lambda u: _key(seed, u))[: len(units.intersection(pool))]}


def redraw(frame: str, seed: str, drawn: str, method: str) -> str:
    """Check a draw and name the frame's digest. ``drawn``: JSON objects with ``unit``. Raises Refused."""
    header, *rows = csv.reader(io.StringIO(frame, newline=""), strict=True)
    if header != ["unit", "stratum", "amount"] or any(len(row) != 3 for row in rows):
        raise Refused("not a frame")
    units = {str(each["unit"]) for each in json.loads(drawn)}
    if not units or expected_draw(rows, seed, units, method) != units:
        raise Refused("frame and seed do not give this sample")
    return f"{len(units)} of {len(rows)} units are right; frame digest {hashlib.sha256(frame.encode()).hexdigest()}"


CHECKS: dict[str, tuple[Callable[..., str], tuple[bool, ...]]] = {  # for each argument whether it names a file
    "proof": (prove, (True, False)),
    "checkpoint": (attest, (True, True, False)),
    "growth": (grown, (True, True)),
    "draw": (redraw, (True, False, True, False)),
}


def main(arguments: list[str]) -> int:
    """Run one check and print one verdict."""
    check, files = CHECKS.get(arguments[0] if arguments else "", (prove, ()))
    if not files or len(arguments) - 1 != len(files):
        print(__doc__)
        return 2
    try:
        print(check(*(Path(t).read_bytes().decode() if f else t for t, f in zip(arguments[1:], files, strict=True))))
    except Exception as error:  # noqa: BLE001 - whatever an attacker put into a file, the verdict is no
        print("REFUSED:", error if isinstance(error, Refused) else f"not of the right form ({type(error).__name__})")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
