"""The commands as a person meets them: what they print, how they refuse, which exit code."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from audit.cli import main
from audit.trail.proof import parse_proof, verify_proof

PASSPHRASE = "correct horse battery"  # noqa: S105 - an example
Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHARTASSAY_PASSPHRASE", PASSPHRASE)
    monkeypatch.delenv("CHARTASSAY_IDENTITY", raising=False)
    monkeypatch.delenv("CHARTASSAY_WORKSPACE", raising=False)
    monkeypatch.chdir(tmp_path)


def run_command(arguments: list[str]) -> int:
    """Run the program as its entry point does, and return its exit code."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["chartassay", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
    return int(ended.value.code or 0)


def ask(capsys: Capture, *arguments: str) -> Any:
    capsys.readouterr()
    assert run_command([*arguments, "--json"]) in (0, 1)
    return json.loads(capsys.readouterr().out)


def refused(capsys: Capture, *arguments: str) -> tuple[int, str]:
    capsys.readouterr()
    code = run_command(list(arguments))
    captured = capsys.readouterr()
    assert captured.out == ""
    first, *rest = captured.err.splitlines()
    assert first.startswith("chartassay: ")
    assert all(line.startswith("chartassay: hint: ") for line in rest)
    return code, first.removeprefix("chartassay: ")


@pytest.fixture
def made(capsys: Capture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, Any]:
    result: dict[str, Any] = ask(capsys, "init", "ws", "--name", "olga", "--recovery", "safe/recovery.txt")
    monkeypatch.setenv("CHARTASSAY_WORKSPACE", str(tmp_path / "ws"))
    return result


def test_init_makes_a_workspace_and_an_identity_that_only_its_owner_reads(made: dict[str, Any], tmp_path: Path) -> None:
    assert made["workspace"] == str(tmp_path / "ws")
    identity = Path(made["identity"])
    assert identity.name == f"{made['trail_id']}.key"
    assert (identity.stat().st_mode & 0o777, identity.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert (tmp_path / "safe/recovery.txt").stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in (tmp_path / "ws").iterdir()) == ["chartassay.db", "chartassay.toml"]


@pytest.mark.usefixtures("made")
def test_the_workspace_is_found_from_a_folder_below(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("CHARTASSAY_WORKSPACE")
    below = tmp_path / "ws" / "a" / "b"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert ask(capsys, "trail", "verify")["entries"] == 2
    monkeypatch.chdir(tmp_path)
    assert refused(capsys, "trail", "verify")[0] == 2


@pytest.mark.usefixtures("made")
def test_a_second_person_joins_and_acts_by_his_role(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(capsys, "identity", "new", "--out", "max.key")
    added = ask(capsys, "user", "add", "max", "--role", "manager", "--public", "max.key.pub", "--coder", "C01")
    assert added["entry"] == 3
    assert ask(capsys, "keys", "grant", "max")["granted"] == 2
    users = ask(capsys, "user", "list")
    assert [(user["name"], user["role"], user["coder"]) for user in users] == [
        ("olga", "officer", None),
        ("recovery", "recovery", None),
        ("max", "manager", "C01"),
    ]
    monkeypatch.setenv("CHARTASSAY_IDENTITY", "max.key")
    assert [entry["kind"] for entry in ask(capsys, "trail", "show")][:2] == ["genesis", "epoch.open"]
    assert refused(capsys, "user", "revoke", "olga") == (4, "max is manager here; this needs an officer")
    assert refused(capsys, "trail", "show", "--access")[0] == 4
    monkeypatch.delenv("CHARTASSAY_IDENTITY")
    ask(capsys, "user", "revoke", "max")
    monkeypatch.setenv("CHARTASSAY_IDENTITY", "max.key")
    assert refused(capsys, "trail", "show") == (4, "this identity is not a member of this workspace")


def test_the_trail_is_verified_without_any_secret(
    made: dict[str, Any], capsys: Capture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    Path(made["identity"]).unlink()
    monkeypatch.delenv("CHARTASSAY_PASSPHRASE")
    note = ask(capsys, "trail", "checkpoint")["checkpoint"]
    (tmp_path / "kept.txt").write_text(note)
    found = ask(capsys, "trail", "verify", "--checkpoint", "kept.txt")
    assert found == {
        "schema_version": 1,
        "verdict": "intact",
        "entries": 2,
        "first_bad": None,
        "damage": None,
        "unfinished": [],
        "recoveries": [],
        "anchor": "checkpoint",
        "cosigned": [],
        "since": 2,
    }


@pytest.mark.usefixtures("made")
def test_a_second_officer_cosigns_what_he_has_checked(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, role in (("ida", "officer"), ("ada", "auditor")):
        ask(capsys, "identity", "new", "--out", f"{name}.key")
        ask(capsys, "user", "add", name, "--role", role, "--public", f"{name}.key.pub")
    assert refused(capsys, "trail", "cosign") == (4, "the last entries are your own")
    monkeypatch.setenv("CHARTASSAY_IDENTITY", "ada.key")
    assert refused(capsys, "trail", "cosign")[0] == 4
    monkeypatch.setenv("CHARTASSAY_IDENTITY", "ida.key")
    note = ask(capsys, "trail", "cosign")["checkpoint"]
    kept = tmp_path / "kept.txt"
    kept.write_text(note)
    found = ask(capsys, "trail", "verify", "--checkpoint", "kept.txt")
    assert (found["verdict"], found["anchor"], [row["name"] for row in found["cosigned"]]) == (
        "intact",
        "checkpoint",
        ["ida"],
    )
    start = note.rindex(" ") + 12
    kept.write_text(note[:start] + ("A" if note[start] != "A" else "B") + note[start + 1 :])
    assert refused(capsys, "trail", "verify", "--checkpoint", "kept.txt") == (
        3,
        "kept.txt: a cosignature does not hold",
    )


def test_an_entrys_proof_can_be_checked_by_itself(made: dict[str, Any], capsys: Capture) -> None:
    proof = parse_proof(ask(capsys, "trail", "prove", "0")["proof"])
    assert hashlib.sha256(proof.record).hexdigest() == made["trail_id"]
    assert verify_proof(proof).size == 2
    assert refused(capsys, "trail", "prove", "2") == (3, "the trail has no entry 2")


@pytest.mark.usefixtures("made")
def test_a_damaged_trail_ends_in_exit_one(capsys: Capture, tmp_path: Path) -> None:
    (tmp_path / "ws" / "chartassay.db").write_bytes(b"x" * 5000)
    capsys.readouterr()
    assert run_command(["trail", "verify"]) == 1
    assert capsys.readouterr().out.startswith("damaged: ")
    assert refused(capsys, "trail", "show")[0] == 1


def test_each_reason_to_stay_outside_is_one_line(
    made: dict[str, Any], capsys: Capture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    identity = Path(made["identity"])
    monkeypatch.setenv("CHARTASSAY_PASSPHRASE", "wrong horse battery")
    assert refused(capsys, "trail", "show") == (4, "wrong passphrase")
    monkeypatch.delenv("CHARTASSAY_PASSPHRASE")
    assert refused(capsys, "trail", "show") == (4, "no passphrase was given")
    (tmp_path / "pass").write_text(f"{PASSPHRASE}\n")
    ask(capsys, "trail", "show", "--passphrase-file", "pass")
    monkeypatch.setenv("CHARTASSAY_PASSPHRASE", PASSPHRASE)
    assert refused(capsys, "trail", "show", "--passphrase-file", "none")[0] == 4
    identity.chmod(0o644)
    assert refused(capsys, "trail", "show") == (4, f"{identity}: other users may read this identity")
    identity.chmod(0o600)
    identity.write_text("{}")
    identity.chmod(0o600)
    assert refused(capsys, "trail", "show") == (4, "the identity file is not one of chartassay")
    identity.unlink()
    assert refused(capsys, "trail", "show") == (4, f"{identity}: no identity file can be read there")
    assert ask(capsys, "trail", "verify")["verdict"] == "intact"


@pytest.mark.usefixtures("made")
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["init", "other"], 2),
        (["init", "other", "--no-recovery", "--recovery", "x"], 2),
        (["init", "other", "--no-recovery", "--store", "postgresql://me:secret@host/db"], 2),
        (["init", "other", "--no-recovery", "--store", "postgresql:///db?password=secret"], 2),
        (["init", "other", "--no-recovery", "--store", "postgresql:///db?host=/nowhere"], 3),
        (["init", "other", "--no-recovery", "--store", "mysql://host/db"], 2),
        (["init", "other", "--no-recovery", "--name", "recovery"], 2),
        (["init", "ws", "--no-recovery"], 3),
        (["identity", "new", "--out", "safe/recovery.txt"], 3),
        (["user", "add", "x", "--role", "king", "--public", "x"], 2),
        (["user", "add", "x", "--role", "auditor", "--public", "none.pub"], 3),
        (["user", "add", "x", "--role", "auditor", "--public", "safe/recovery.txt"], 3),
        (["user", "revoke", "nobody"], 3),
        (["user", "revoke", "olga"], 3),
        (["user", "revoke", "recovery"], 3),
        (["keys", "grant", "nobody"], 3),
        (["trail", "verify", "--checkpoint", "none.txt"], 3),
        (["trail", "verify", "--checkpoint", "safe/recovery.txt"], 3),
    ],
)
def test_wrong_usage_and_bad_input_change_nothing(
    capsys: Capture, tmp_path: Path, arguments: list[str], code: int
) -> None:
    assert refused(capsys, *arguments)[0] == code
    assert not (tmp_path / "other").exists()
    assert ask(capsys, "trail", "verify")["entries"] == 2


def test_a_short_passphrase_makes_no_workspace(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CHARTASSAY_PASSPHRASE", "too short")
    assert refused(capsys, "init", "ws", "--no-recovery")[0] == 2
    assert not (tmp_path / "ws").exists()


def test_a_workspace_that_fails_half_way_leaves_nothing(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("audit.flow.founding.write_workspace", full)
    assert refused(capsys, "init", "ws", "--no-recovery", "--identity", "k.key") == (
        3,
        f"{tmp_path / 'ws'}: no space left on device",
    )
    assert sorted(path.name for path in tmp_path.iterdir()) in ([], ["state"])


def test_an_officer_of_one_workspace_founds_another_with_the_same_identity(
    made: dict[str, Any], capsys: Capture
) -> None:
    second = ask(capsys, "init", "ws2", "--no-recovery", "--identity", made["identity"])
    assert second["identity"] == made["identity"]
    assert ask(capsys, "user", "list", "--workspace", "ws2", "--identity", made["identity"])[0]["role"] == "officer"


@pytest.mark.usefixtures("made")
def test_a_backup_is_made_restored_and_accepted(capsys: Capture, tmp_path: Path) -> None:
    done = ask(capsys, "trail", "backup", "kept")
    assert done["entries"] == ask(capsys, "trail", "verify")["entries"]
    ask(capsys, "trail", "show", "--access")
    moved = ask(capsys, "trail", "restore", "kept", "again")
    assert (moved["entries"], moved["older"]) == (done["entries"], True)
    again = ["--workspace", str(tmp_path / "again")]
    assert refused(capsys, "user", "list", *again)[0] == 1
    assert ask(capsys, "trail", "verify", *again)["damage"] == "rolled_back"
    assert ask(capsys, "trail", "accept-restore", "--reason", "disk lost", *again)["kept"] == done["entries"]
    assert ask(capsys, "trail", "verify", *again)["verdict"] == "intact"
    assert refused(capsys, "trail", "restore", "kept", "again")[0] == 3
    assert refused(capsys, "trail", "accept-restore", "--reason", "again", *again)[0] == 3


@pytest.mark.usefixtures("made")
def test_keys_are_rotated_recovered_and_shredded_by_command(capsys: Capture) -> None:
    ask(capsys, "identity", "new", "--out", "ada.key")
    ask(capsys, "identity", "new", "--out", "ada-new.key")
    ask(capsys, "identity", "new", "--out", "nora.key")
    ask(capsys, "user", "add", "ada", "--role", "auditor", "--public", "ada.key.pub")
    ask(capsys, "user", "list")
    assert ask(capsys, "keys", "rotate", "ada", "--public", "ada-new.key.pub")["name"] == "ada"
    assert refused(capsys, "keys", "rotate", "olga", "--public", "nora.key.pub")[0] == 3
    recovered = ask(capsys, "keys", "recover", "nora", "--recovery", "safe/recovery.txt", "--public", "nora.key.pub")
    assert recovered["granted"] > 0
    shown = ask(capsys, "trail", "verify")["recoveries"]
    assert ask(capsys, "keys", "acknowledge", "--identity", "nora.key")["seen"] == shown != []
    assert ask(capsys, "trail", "verify")["recoveries"] == []
    assert refused(capsys, "keys", "shred", "00" * 16, "--reason", "time is up")[0] == 3


def test_a_stranger_checks_what_the_commands_print(capsys: Capture, made: dict[str, Any], tmp_path: Path) -> None:
    from audit.trail import verify_alone

    (tmp_path / "old.txt").write_text(ask(capsys, "trail", "checkpoint")["checkpoint"])
    ask(capsys, "trail", "show", "--access")
    capsys.readouterr()
    run_command(["trail", "prove", "1", "--chain"])
    (tmp_path / "proof.txt").write_text(capsys.readouterr().out)
    run_command(["trail", "checkpoint", "--since", "old.txt"])
    (tmp_path / "growth.txt").write_text(capsys.readouterr().out)
    assert verify_alone.main(["proof", "proof.txt", made["trail_id"]]) == 0
    assert verify_alone.main(["growth", "old.txt", "growth.txt"]) == 0
    assert verify_alone.main(["checkpoint", "old.txt", "proof.txt", made["trail_id"]]) == 0
    assert verify_alone.main(["proof", "proof.txt", "0" * 64]) == 1
