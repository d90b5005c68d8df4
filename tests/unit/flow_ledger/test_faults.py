"""Every system call by which an act reaches the disk fails once, or is the last: the trail is whole each time."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from audit.flow.trail_view import verify_workspace
from audit.vault.identity import recovery_text

if TYPE_CHECKING:
    from tests.unit.flow_ledger.conftest import Office

CHECKOUT = Path(__file__).parents[3]
CALLS = ("pwrite64", "fdatasync", "fsync", "ftruncate", "unlink", "rename")
MOST = int(os.environ.get("CHARTASSAY_TEST_FAULTS", "3"))
"""How many occurrences of each call are tried, first and last among them; 1000 tries every one."""
WRITE = """
import os, sys
from pathlib import Path
from audit.domain.membership import MemberRole
from audit.flow.ledger import Act, open_ledger
from audit.flow.workspace import Unlocked, read_workspace
from audit.vault.identity import recovery_from_text
me = Unlocked(recovery_from_text(sys.stdin.read()))
with open_ledger(read_workspace(Path(sys.argv[1])), me, need=MemberRole.AUDITOR) as ledger:
    act = Act("under fault", {})
    act.seal_case(None, "case", b"x" * 5000)
    print("written", ledger.write(act), flush=True)
"""


def write(office: Office, *strace: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["strace", "-f", "-o", office.folder / "calls", *strace, sys.executable, "-c", WRITE, office.workspace.root],
        input=recovery_text(office.officer.identity),
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT), "PYTHONDONTWRITEBYTECODE": "1"},
    )


@pytest.fixture
def calls(office: Office) -> dict[str, int]:
    """Count the system calls of one act, on a copy."""
    if shutil.which("strace") is None:
        pytest.skip("no strace on this machine; enable: apt install strace")
    shutil.copytree(office.workspace.root, office.folder / "kept")
    shutil.copytree(office.folder / "state", office.folder / "kept-state")
    if write(office, "-e", f"trace={','.join(CALLS)}").returncode:
        pytest.skip("strace may not trace here; enable: allow ptrace")
    text = (office.folder / "calls").read_text()
    return {call: len(re.findall(rf"\b{call}\(", text)) for call in CALLS}


def test_no_failing_or_last_call_leaves_a_broken_trail(office: Office, calls: dict[str, int]) -> None:
    assert calls["pwrite64"] > 1
    assert calls["fdatasync"] > 1
    before, broken = verify_workspace(office.workspace, None)["entries"] - 2, []
    for call, count in calls.items():
        for fault in ("error=EIO", "error=ENOSPC", "signal=KILL"):
            for number in sorted({1 + n * (count - 1) // max(1, MOST - 1) for n in range(MOST)} if count else ()):
                for folder, kept in (("workspace", "kept"), ("state", "kept-state")):
                    shutil.rmtree(office.folder / folder)
                    shutil.copytree(office.folder / kept, office.folder / folder)
                done = write(office, "-e", f"trace={call}", "-e", f"inject={call}:{fault}:when={number}")
                found = verify_workspace(office.workspace, None)
                said = done.stdout.startswith("written")
                whole = found["entries"] in ({before + 2} if said else {before, before + 2})
                if found["verdict"] != "intact" or not whole:
                    broken.append((call, fault, number, found["damage"], found["entries"], said))
    assert broken == []
