"""The trail against raw loops of its own primitives in the same run: appends, batches, verification, one proof.

Work that waits for the disk is timed by the clock, in turns with its yardstick; the rest by the processor time of this
process. ``CHARTASSAY_BENCH_ENTRIES`` sets the length of the trail that is proven from (1 million unless said
otherwise); ``CHARTASSAY_BENCH_STORE`` names an empty PostgreSQL database to measure as well.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from audit.domain.membership import MemberRole
from audit.flow.founding import Officer, found_workspace
from audit.flow.ledger import Act, Ledger, open_ledger
from audit.flow.proving import prove_entry
from audit.flow.workspace import Unlocked, Workspace
from audit.store import rows
from audit.store.database import REVISION, expected_schema, open_store, read_schema
from audit.trail.form import parse_record
from audit.trail.mark import STATE_VARIABLE
from audit.trail.verify import Stored, verify_trail
from audit.vault.identity import new_identity
from audit.vault.wrap import subkey

ENTRIES = int(os.environ.get("CHARTASSAY_BENCH_ENTRIES", "1000000"))
BATCH, ROUNDS, ONE_BY_ONE = 1000, 7, 100
VERIFIED = 100_000
OPS = {"note": "x" * 396, "count": 12}
TARGETS = {"trail.append": {"min": 0.50}, "trail.batch": {"min": 0.60}, "trail.verify": {"min": 0.65}}


def figures() -> dict[str, Any]:
    """Return rates per second, milliseconds per proof, and the three ratios."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        os.environ[STATE_VARIABLE] = str(folder / "state")
        workspace, officer = _office(folder / "sqlite", None)
        ledger = stack.enter_context(open_ledger(workspace, officer, need=MemberRole.AUDITOR))
        ledger.write(_act())
        found = _appends(ledger, folder / "raw")
        workspace, officer = _office(folder / "batches", None)
        ledger = stack.enter_context(open_ledger(workspace, officer, need=MemberRole.AUDITOR))
        found |= _batches(ledger, folder)
        _grow(ledger, VERIFIED)
        found |= _verification(workspace) | _decryption(ledger, workspace)
        _grow(ledger, ENTRIES)
        found |= _proofs(workspace)
        found |= _postgresql(folder)
    ratios = {
        "trail.append": found["trail.append_per_s"] / found["trail.raw_append_per_s"],
        "trail.batch": found["trail.batch_per_s"] / found["trail.raw_batch_per_s"],
        "trail.verify": found["trail.verify_per_s"] / found["trail.raw_verify_per_s"],
    }
    return {"figures": found, "ratios": ratios, "targets": TARGETS}


def _office(folder: Path, store: str | None) -> tuple[Workspace, Unlocked]:
    officer = Unlocked(new_identity())
    first = Officer(identity=officer.identity, path=folder.with_suffix(".key"), locked=None)
    return found_workspace(folder, first, "bench", store_url=store, recovery=False).workspace, officer


def _act() -> Act:
    return Act("bench", OPS)


def _grow(ledger: Ledger, size: int) -> None:
    while ledger.walk.size < size:
        ledger.write_all([_act() for _ in range(min(10 * BATCH, size - ledger.walk.size))])


def _timed(clock: Callable[[], float], work: Callable[[], object]) -> float:
    start = clock()
    work()
    return clock() - start


def _in_turns(
    clock: Callable[[], float], one: Callable[[], object], other: Callable[[], object]
) -> tuple[float, float]:
    """Return the median time of each, run in turns so that whatever else the machine does meets both."""
    times = [(_timed(clock, one), _timed(clock, other)) for _ in range(ROUNDS)]
    return statistics.median(a for a, _ in times), statistics.median(b for _, b in times)


def _appends(ledger: Ledger, raw: Path) -> dict[str, float]:
    """Durable, one by one, against write and fdatasync of as many bytes."""
    handle = os.open(raw, os.O_WRONLY | os.O_CREAT)

    def write_raw() -> None:
        for _ in range(ONE_BY_ONE):
            os.write(handle, bytes(600))
            os.fdatasync(handle)

    def write() -> None:
        for _ in range(ONE_BY_ONE):
            ledger.write(_act())

    bare, ours = _in_turns(time.perf_counter, write_raw, write)
    os.close(handle)
    return {"trail.append_per_s": ONE_BY_ONE / ours, "trail.raw_append_per_s": ONE_BY_ONE / bare}


def _batches(ledger: Ledger, folder: Path) -> dict[str, float]:
    """A thousand entries in one commit, against the primitives one cannot do without."""
    database = sqlite3.connect(folder / "raw.db", isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("CREATE TABLE entry (seq INTEGER NOT NULL PRIMARY KEY, kind TEXT NOT NULL, record BLOB NOT NULL)")
    numbers = iter(range(1 << 60))
    bare, ours = _in_turns(
        time.process_time,
        partial(_raw_batch, database, numbers),
        lambda: ledger.write_all([_act() for _ in range(BATCH)]),
    )
    database.close()
    return {"trail.batch_per_s": BATCH / ours, "trail.raw_batch_per_s": BATCH / bare}


def _raw_batch(database: sqlite3.Connection, numbers: Iterator[int]) -> None:
    key, made, head = bytes(32), [], bytes(85)
    encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode
    for _, seq in zip(range(BATCH), numbers, strict=False):
        text = encode({"at": "2026-01-01T00:00:00.000+00:00", "files": [], "kind": "bench", "objects": [], "ops": OPS})
        nonce = os.urandom(12)
        sealed = AESGCM(subkey(key, b"entry", seq.to_bytes(8, "big"))).encrypt(nonce, text.encode().ljust(512), head)
        record = head + nonce + sealed
        leaf = hashlib.sha256(b"\x00" + record).digest()
        hashlib.sha256(b"\x01" + leaf + leaf).digest()
        made.append((seq, "act", record))
    database.execute("BEGIN IMMEDIATE")
    database.executemany("INSERT INTO entry (seq, kind, record) VALUES (?, ?, ?)", made)
    database.execute("COMMIT")


def _verification(workspace: Workspace) -> dict[str, float]:
    """Verify everything without a key, against reading every record and hashing a leaf and a node for each."""
    database = sqlite3.connect(workspace.root / "chartassay.db")

    def read_raw() -> None:
        sha256 = hashlib.sha256
        for _, _, record in database.execute("SELECT seq, kind, record FROM entry ORDER BY seq"):
            leaf = sha256(b"\x00" + record).digest()
            sha256(b"\x01" + leaf + leaf).digest()

    bare, ours = _in_turns(time.process_time, read_raw, partial(_verify, workspace))
    (size,) = database.execute("SELECT COUNT(*) FROM entry").fetchone()
    database.close()
    return {"trail.verify_per_s": size / ours, "trail.raw_verify_per_s": size / bare}


def _verify(workspace: Workspace) -> None:
    with open_store(workspace.store_url, workspace.root) as store, store.reading() as connection:
        stored = Stored(
            entries=partial(rows.read_entries, connection),
            notes=rows.read_notes(connection),
            objects=partial(rows.read_objects, connection),
            case_keys=partial(rows.read_case_keys, connection),
            head=rows.read_head(connection),
            schema=read_schema(connection),
            expected_schema=expected_schema(connection, REVISION),
            nodes=partial(rows.read_all_nodes, connection),
        )
        verdict = verify_trail(stored, workspace.trail_id)
    if verdict.damage is not None:
        raise RuntimeError(verdict.damage)


def _decryption(ledger: Ledger, workspace: Workspace) -> dict[str, float]:
    def work() -> None:
        _verify(workspace)
        for _ in ledger.entries():
            pass

    return {"trail.verify_and_open_per_s": ledger.walk.size / _timed(time.process_time, work)}


def _proofs(workspace: Workspace) -> dict[str, float]:
    with open_store(workspace.store_url, workspace.root) as store, store.reading() as connection:
        size = rows.read_head(connection)
        record = len(rows.read_records(connection, size - 1, 1)[0])
        parse_record(rows.read_records(connection, size - 1, 1)[0])
    times = [
        _timed(time.perf_counter, partial(prove_entry, workspace, size * n // ROUNDS)) * 1000 for n in range(ROUNDS)
    ]
    return {"trail.entries": size, "trail.record_bytes": record, "trail.proof_ms": statistics.median(times)}


def _postgresql(folder: Path) -> dict[str, float]:
    url = os.environ.get("CHARTASSAY_BENCH_STORE")
    if not url:
        return {}
    workspace, officer = _office(folder / "postgresql", url)
    with open_ledger(workspace, officer, need=MemberRole.AUDITOR) as ledger:
        ledger.write(_act())
        single = _timed(time.perf_counter, lambda: [ledger.write(_act()) for _ in range(ONE_BY_ONE)])
        batch = _timed(time.perf_counter, lambda: ledger.write_all([_act() for _ in range(20 * BATCH)]))
        verify = _timed(time.perf_counter, partial(_verify, workspace))
        return {
            "trail.postgresql.append_per_s": ONE_BY_ONE / single,
            "trail.postgresql.batch_per_s": 20 * BATCH / batch,
            "trail.postgresql.verify_per_s": ledger.walk.size / verify,
        }
