"""No value that was given to the ledger to seal can be found in any byte that it leaves on the disk."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from audit.domain.membership import MemberRole
from audit.flow.ledger import Act
from audit.flow.membership import add_user
from audit.vault.identity import new_identity

if TYPE_CHECKING:
    from tests.unit.flow_ledger.conftest import Office

MARKS = {"patient": b"ZQPATIENTZQ", "ops": "ZQCODERZQ", "kind": "zqkind", "name": "zqname", "coder": "ZQLINKZQ"}


def left_on_disk(*folders: Path) -> bytes:
    return b"".join(path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file())


def test_a_raw_search_of_database_log_and_state_finds_no_given_value(office: Office, tmp_path: Path) -> None:
    public = tmp_path / "ada.pub"
    public.write_text(new_identity().public.text())
    add_user(office.workspace, office.officer, "ada", role=MemberRole.AUDITOR, public=public, coder=MARKS["coder"])
    with office.ledger() as ledger:
        act = Act(MARKS["kind"], {"coder": MARKS["ops"], MARKS["ops"]: 1})
        act.seal_case(None, MARKS["name"], MARKS["patient"] * 9)
        act.seal_ops(MARKS["name"], MARKS["ops"].encode() * 9)
        ledger.write(act)
        (entry,) = ledger.entries(MARKS["kind"])
        ledger.read(entry.objects, purpose=MARKS["ops"])
        while_open = left_on_disk(office.workspace.root, tmp_path / "state")
        assert any(path.name.endswith("-wal") for path in office.workspace.root.iterdir())
    after = left_on_disk(office.workspace.root, tmp_path / "state")
    for mark in MARKS.values():
        text = mark if isinstance(mark, bytes) else mark.encode()
        for form in (text, text.lower(), text.hex().encode(), text.decode().encode("utf-16-le")):
            assert form not in while_open
            assert form not in after
    assert b"ada" in after  # a member's name stands in clear, so the search itself works


def test_entries_of_different_size_look_alike(office: Office) -> None:
    with office.ledger() as ledger:
        for text in ("a", "a much longer account of what was done " * 2):
            ledger.write(Act("x", {"text": text}))
    with office.raw() as database:
        sizes = [row[0] for row in database.execute("SELECT length(record) FROM entry WHERE kind = 'act'")]
    assert len(set(sizes)) == 1
