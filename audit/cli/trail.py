"""``chartassay trail``: see, prove and anchor what was done."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from audit.cli.common import Session, emit, session_options
from audit.cli.enter import enter


@click.group()
def trail() -> None:
    """Show and verify what was done."""


@trail.command("show")
@click.option("--access", is_flag=True, help="Who could read what, and who did; looking is an entry too.")
@session_options
def show(*, access: bool, session: Session) -> None:
    """Show the entries you hold the keys to, oldest first."""
    from audit.flow.trail_view import show_access, show_trail

    workspace, unlocked = enter(session)
    if access:
        found = show_access(workspace, unlocked)
        emit(session, found, _access_lines(found))
        return
    entries = show_trail(workspace, unlocked)
    emit(session, entries, [_entry_line(entry) for entry in entries])


@trail.command("verify")
@click.option(
    "--checkpoint", type=click.Path(path_type=Path, dir_okay=False), help="A checkpoint that was kept elsewhere."
)
@session_options
def verify(*, checkpoint: Path | None, session: Session) -> int:
    """Re-read every stored byte and prove the trail; needs no secret. Exit 1 when it is damaged."""
    from audit.flow.trail_view import verify_workspace
    from audit.flow.workspace import find_workspace

    verdict = verify_workspace(find_workspace(session.workspace), checkpoint)
    emit(session, verdict, _verdict_lines(verdict))
    return 0 if verdict["verdict"] == "intact" else 1


@trail.command("checkpoint")
@click.option(
    "--since",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Prove as well that the log only grew since this one.",
)
@session_options
def checkpoint(*, since: Path | None, session: Session) -> None:
    """Print the latest signed checkpoint; kept elsewhere, it proves that nothing was rolled back."""
    from audit.flow.proving import trail_checkpoint, trail_growth
    from audit.flow.workspace import find_workspace

    workspace = find_workspace(session.workspace)
    note = trail_growth(workspace, since) if since else trail_checkpoint(workspace)
    emit(session, {"checkpoint": note}, note.rstrip("\n"))


@trail.command("cosign")
@session_options
def cosign(*, session: Session) -> None:
    """Verify the trail, then print its checkpoint with your cosignature; a second officer's act."""
    from audit.flow.witness import cosign as cosign_checkpoint

    note = cosign_checkpoint(*enter(session))
    emit(session, {"checkpoint": note}, note.rstrip("\n"))


@trail.command("prove")
@click.argument("seq", type=click.IntRange(min=0))
@click.option("--chain", is_flag=True, help="With the proofs that make the signing key trustworthy.")
@session_options
def prove(seq: int, *, chain: bool, session: Session) -> None:
    """Print the proof that an entry stands in the trail: a text file a stranger can check."""
    from audit.flow.proving import prove_entry
    from audit.flow.workspace import find_workspace

    proof = prove_entry(find_workspace(session.workspace), seq, chain=chain)
    emit(session, {"seq": seq, "proof": proof}, proof.rstrip("\n"))


@trail.command("accept-restore")
@click.option("--reason", required=True, help="Why the trail is lawfully older than what you have seen.")
@session_options
def accept_restore(*, reason: str, session: Session) -> None:
    """Begin from a restored trail again; until then every command but verify stops. An officer's act."""
    from audit.flow.restoring import accept_restore as accept

    done = accept(*enter(session), reason)
    emit(session, done, f"entry {done['entry']}: {done['kept']} entries are kept of the {done['lost']} you had seen")


@trail.command("backup")
@click.argument("folder", type=click.Path(path_type=Path))
@session_options
def backup(folder: Path, *, session: Session) -> None:
    """Copy the workspace, sealed as it is, to a new folder; an officer's act."""
    from audit.flow.restoring import back_up

    done = back_up(*enter(session), folder)
    emit(session, done, f"{done['entries']} entries in {done['backup']}")


@trail.command("restore")
@click.argument("backup", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.argument("folder", type=click.Path(path_type=Path))
@session_options
def restore(backup: Path, folder: Path, *, session: Session) -> None:
    """Make a workspace in a new folder from a backup, once its trail is verified; needs no secret."""
    from audit.flow.restoring import restore as restore_backup

    done = restore_backup(backup, folder)
    then = ["it is older than what you have seen: chartassay trail accept-restore"] if done["older"] else []
    emit(session, done, [f"{done['entries']} entries in {done['workspace']}", *then])


def _entry_line(entry: dict[str, Any]) -> str:
    ops = json.dumps(entry["ops"], ensure_ascii=False)
    return f"{entry['seq']:>5}  {entry['recorded_at']}  {entry['actor']}  {entry['kind']}  {ops}"


def _access_lines(found: dict[str, Any]) -> list[str]:
    could = [
        f"from entry {row['opened_at_entry']} ({row['writer']}): patients' content {_names(row['phi'])}; "
        f"the rest {_names(row['ops'])}"
        for row in found["could_read"]
    ]
    did = [
        f"entry {row['seq']}  {row['recorded_at']}  {row['actor']} read {len(row['cases'])} cases "
        f"({row['count']} objects): {row['purpose']}"
        for row in found["did_read"]
    ]
    return ["could read", *could, "did read", *(did or ["nobody"])]


def _names(names: list[str]) -> str:
    return ", ".join(names) or "nobody"


def _verdict_lines(verdict: dict[str, Any]) -> list[str]:
    if verdict["verdict"] == "damaged":
        place = "" if verdict["first_bad"] is None else f", first at entry {verdict['first_bad']}"
        first = f"damaged: {verdict['damage']}{place} ({verdict['entries']} entries)"
    else:
        first = f"intact: {verdict['entries']} entries"
    anchors = {
        "checkpoint": f"the checkpoint you gave proves that it only grew since entry {verdict['since']}",
        "mark": f"your own mark on this machine vouches for the first {verdict['since']} entries",
        "none": "nothing outside the database vouches for it: a rollback would not be seen",
    }
    cosigned = [f"cosigned by {row['name']} at {row['at']}" for row in verdict["cosigned"]]
    unfinished = [f"unfinished: entry {row['entry']} left no {row['file']}" for row in verdict["unfinished"]]
    recovered = [
        f"entry {seq} was written with the recovery identity and is not acknowledged: chartassay keys acknowledge"
        for seq in verdict["recoveries"]
    ]
    return [first, anchors[verdict["anchor"]], *cosigned, *recovered, *unfinished]
