"""What a stranger with a trail id, a text file and one Python file can check, and what he is not made to believe."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from audit.domain.membership import MemberRole
from audit.flow.ledger import Act
from audit.flow.membership import revoke_user
from audit.flow.proving import prove_entry, trail_checkpoint, trail_growth
from audit.flow.trail_view import verify_workspace
from audit.flow.witness import cosign
from audit.trail import verify_alone
from audit.trail.proof import HEADER, ProofRefusedError, parse_proof, verify_proof

if TYPE_CHECKING:
    from tests.unit.flow_ledger.conftest import MakeOffice, Office


def refused(check: object, *arguments: str) -> bool:
    try:
        check(*arguments)  # type: ignore[operator]  # one of the verifier's checks
    except (verify_alone.Refused, ValueError, LookupError, TypeError):
        return True
    return False


@pytest.fixture
def busy(office: Office) -> Office:
    """A trail of two officers and an auditor, the first officer revoked."""
    office.write("one")
    second = office.join("omar", MemberRole.OFFICER)
    auditor = office.join("ada", MemberRole.AUDITOR)
    office.write("two", unlocked=auditor)
    revoke_user(office.workspace, second, "olga")
    office.write("three", "four", unlocked=auditor)
    return office


def test_every_entry_is_proven_from_the_trail_id_alone(busy: Office) -> None:
    size = verify_alone.Note(trail_checkpoint(busy.workspace)).size
    for seq in range(size):
        text = prove_entry(busy.workspace, seq, chain=True)
        said = verify_alone.prove(text, busy.workspace.trail_id)
        assert said.startswith(f"entry {seq} (")
        assert f"is one of {size}, signed by ada" in said
        single = prove_entry(busy.workspace, seq)
        assert text.startswith(single)
        verify_proof(parse_proof(single))


def test_the_author_is_named(busy: Office) -> None:
    assert "(act) written by olga" in verify_alone.prove(
        prove_entry(busy.workspace, 3, chain=True), busy.workspace.trail_id
    )


def test_without_any_link_of_the_chain_the_key_is_not_believed(busy: Office) -> None:
    first, *links = prove_entry(busy.workspace, 3, chain=True).split(HEADER + "\n")[1:]
    trail = busy.workspace.trail_id
    for left_out in range(len(links)):
        kept = [first, *links[:left_out], *links[left_out + 1 :]]
        cut = "".join(f"{HEADER}\n{part}" for part in kept)
        assert refused(verify_alone.prove, cut, trail) or "written by" not in verify_alone.prove(cut, trail)
    assert refused(verify_alone.prove, f"{HEADER}\n{first}", trail)


def test_no_changed_character_of_a_proof_is_accepted(busy: Office) -> None:
    text = prove_entry(busy.workspace, 4, chain=True)
    good = verify_alone.prove(text, busy.workspace.trail_id)
    for place in range(0, len(text), 97):
        changed = text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]
        if not refused(verify_alone.prove, changed, busy.workspace.trail_id):
            assert verify_alone.prove(changed, busy.workspace.trail_id) == good


def test_a_proof_of_another_trail_is_refused(busy: Office, make_office: MakeOffice) -> None:
    other = make_office("other")
    assert refused(verify_alone.prove, prove_entry(other.workspace, 1, chain=True), busy.workspace.trail_id)


def test_a_strangers_epoch_under_a_forged_membership_is_refused(busy: Office, make_office: MakeOffice) -> None:
    """His own trail's records behind the true genesis: every inclusion holds, no right does."""
    thief = make_office("thief")
    thief.write("forged")
    genuine = prove_entry(busy.workspace, 0, chain=True).split(HEADER + "\n")[1]
    forged = prove_entry(thief.workspace, 3, chain=True).split(HEADER + "\n")[1:]
    text = "".join(f"{HEADER}\n{part}" for part in [forged[0], genuine, *forged[2:]])
    assert refused(verify_alone.prove, text, busy.workspace.trail_id)


def test_growth_is_proven_and_a_fork_is_not(office: Office, tmp_path: Path) -> None:
    old = tmp_path / "old.txt"
    old.write_text(trail_checkpoint(office.workspace))
    office.write("one", "two")
    said = verify_alone.grown(old.read_text(), trail_growth(office.workspace, old))
    assert said.startswith(f"from {verify_alone.Note(old.read_text()).size} to ")
    fake = old.read_text().split("\n")
    fake[2] = base64.b64encode(bytes(32)).decode()
    old.write_text("\n".join(fake))
    with pytest.raises(ProofRefusedError):
        trail_growth(office.workspace, old)


def test_a_cosignature_is_checked_by_the_stranger_too(office: Office) -> None:
    second = office.join("omar", MemberRole.OFFICER)
    with office.ledger(second) as ledger:
        ledger.write(Act("by omar", {}))
    note = cosign(office.workspace, office.officer)
    chain = prove_entry(office.workspace, 0, chain=True)
    said = verify_alone.attest(note, chain, office.workspace.trail_id)
    assert "signed by omar" in said
    assert "cosigned by olga at POSIX time" in said


def test_a_trail_in_a_folder_that_cannot_be_written_is_verified_and_left_as_it_is(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.write("one")
    monkeypatch.setattr("audit.store.database.os.access", lambda *_: False)
    before = {path.name: path.read_bytes() for path in office.workspace.root.iterdir() if path.is_file()}
    assert verify_workspace(office.workspace, None)["verdict"] == "intact"
    assert prove_entry(office.workspace, 1)
    assert {path.name: path.read_bytes() for path in office.workspace.root.iterdir() if path.is_file()} == before
