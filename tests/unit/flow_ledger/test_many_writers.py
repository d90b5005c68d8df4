"""Several commands at once, and commands that are killed."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from audit.flow.ledger import Act, UnfinishedFileError
from audit.flow.trail_view import verify_workspace
from audit.vault.identity import recovery_text

if TYPE_CHECKING:
    from tests.unit.flow_ledger.conftest import Office

CHECKOUT = Path(__file__).parents[3]
OPEN = """
import os, sys, signal
from pathlib import Path
from audit.domain.membership import MemberRole
from audit.flow.ledger import Act, open_ledger
from audit.flow.workspace import Unlocked, read_workspace
from audit.vault.identity import recovery_from_text
workspace = read_workspace(Path(sys.argv[1]))
me = Unlocked(recovery_from_text(sys.stdin.read()))
"""


def start(office: Office, body: str, *arguments: str) -> subprocess.Popen[str]:
    """Run ``body`` in a process of its own, as the officer; the key travels over a pipe."""
    process = subprocess.Popen(
        [sys.executable, "-c", OPEN + body, str(office.workspace.root), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=CHECKOUT,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
    )
    assert process.stdin is not None
    process.stdin.write(recovery_text(office.officer.identity))
    process.stdin.close()
    process.stdin = None
    return process


def test_four_commands_at_once_lose_nothing_and_fork_nothing(office: Office) -> None:
    body = """
with open_ledger(workspace, me, need=MemberRole.AUDITOR) as ledger:
    for n in range(25):
        act = Act("append", {"writer": sys.argv[2], "n": n})
        act.seal_case(None, "case", b"x")
        ledger.write(act)
"""
    writers = [start(office, body, str(number)) for number in range(4)]
    failed = [errors for writer in writers if (errors := writer.communicate(timeout=120)[1])]
    assert failed == []
    with office.ledger() as ledger:
        seen = [(entry.ops["writer"], entry.ops["n"]) for entry in ledger.entries("append")]
    assert sorted(seen) == sorted((str(writer), n) for writer in range(4) for n in range(25))
    assert verify_workspace(office.workspace, None)["verdict"] == "intact"


def test_a_killed_writer_loses_no_acknowledged_entry(office: Office) -> None:
    body = """
with open_ledger(workspace, me, need=MemberRole.AUDITOR) as ledger:
    while True:
        print(ledger.write(Act("append", {})), flush=True)
"""
    for wanted in (3, 8):
        writer = start(office, body)
        assert writer.stdout is not None
        acknowledged = [int(writer.stdout.readline()) for _ in range(wanted)]
        writer.kill()
        acknowledged += [int(line) for line in writer.communicate()[0].split()]
        found = verify_workspace(office.workspace, None)
        assert found["verdict"] == "intact"
        assert found["entries"] > max(acknowledged)


KILLED = """
from audit.flow import ledger as module
real = module.{where}
def killed(*arguments, **options):
    {before}
    os.kill(os.getpid(), signal.SIGKILL)
module.{where} = killed
folder = Path(sys.argv[2])
temporary = folder / "report.part"
temporary.write_text("report")
with open_ledger(workspace, me, need=MemberRole.AUDITOR) as ledger:
    act = Act("report", {{}})
    act.file(temporary, folder / "report.html", purpose="manager", phi=False)
    ledger.write(act)
"""


def kill_in(office: Office, folder: Path, where: str, before: str = "pass") -> None:
    process = start(office, KILLED.format(where=where, before=before), str(folder))
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL


def test_a_file_not_renamed_after_its_entry_is_reported_then_finished(office: Office, tmp_path: Path) -> None:
    kill_in(office, tmp_path, "finish")
    found = verify_workspace(office.workspace, None)
    assert (found["verdict"], found["entries"]) == ("intact", 4)
    assert found["unfinished"] == [{"entry": 3, "file": str(tmp_path / "report.html")}]
    assert not (tmp_path / "report.html").exists()
    with office.ledger() as ledger:
        (entry,) = ledger.entries("report")
        assert entry.ops["files"][0]["purpose"] == "manager"
    assert (tmp_path / "report.html").read_text() == "report"
    assert verify_workspace(office.workspace, None)["unfinished"] == []


def test_a_file_whose_content_is_gone_stays_unfinished(office: Office, tmp_path: Path) -> None:
    kill_in(office, tmp_path, "finish")
    (tmp_path / "report.part").write_text("something else")
    with office.ledger():
        pass
    assert not (tmp_path / "report.html").exists()
    assert len(verify_workspace(office.workspace, None)["unfinished"]) == 1


@pytest.mark.parametrize("where", ["note_pending", "sign_root"])
def test_killed_before_the_commit_there_is_no_entry_and_no_file(office: Office, tmp_path: Path, where: str) -> None:
    kill_in(office, tmp_path, where, "real(*arguments, **options)")
    found = verify_workspace(office.workspace, None)
    assert (found["verdict"], found["entries"], found["unfinished"]) == ("intact", 2, [])
    assert not (tmp_path / "report.html").exists()


def test_a_file_that_cannot_get_its_name_is_said_and_stays_open(office: Office, tmp_path: Path) -> None:
    (tmp_path / "x.part").write_bytes(b"report")
    (tmp_path / "x.html").mkdir()
    with office.ledger() as ledger:
        act = Act("report", {})
        act.file(tmp_path / "x.part", tmp_path / "x.html", purpose="manager", phi=False)
        with pytest.raises(UnfinishedFileError):
            ledger.write(act)
    assert len(verify_workspace(office.workspace, None)["unfinished"]) == 1
    (tmp_path / "x.html").rmdir()
    with office.ledger():
        pass
    assert (tmp_path / "x.html").read_bytes() == b"report"
    assert verify_workspace(office.workspace, None)["unfinished"] == []


def test_a_name_that_is_no_text_is_no_obstacle(office: Office, tmp_path: Path) -> None:
    final = tmp_path / os.fsdecode(b"report-\xff.html")
    (tmp_path / "x.part").write_bytes(b"report")
    with office.ledger() as ledger:
        act = Act("report", {})
        act.file(tmp_path / "x.part", final, purpose="manager", phi=False)
        ledger.write(act)
        (entry,) = ledger.entries("report")
    assert final.read_bytes() == b"report"
    assert entry.ops["files"][0]["path"].endswith("report-\\udcff.html")


def test_a_file_gets_its_name_and_its_digest_into_the_trail(office: Office, tmp_path: Path) -> None:
    (tmp_path / "x.part").write_bytes(b"report")
    with office.ledger() as ledger:
        act = Act("report", {"for": "manager"})
        act.file(tmp_path / "x.part", tmp_path / "x.html", purpose="manager", phi=False)
        ledger.write(act)
        (entry,) = ledger.entries("report")
    (left,) = entry.ops["files"]
    assert (tmp_path / "x.html").read_bytes() == b"report"
    assert not (tmp_path / "x.part").exists()
    assert left["sha256"] == hashlib.sha256(b"report").hexdigest()
    assert verify_workspace(office.workspace, None)["unfinished"] == []
