"""``chartassay user``: the members of a workspace."""

from __future__ import annotations

from pathlib import Path

import click

from audit.cli.common import Session, emit, session_options
from audit.cli.enter import enter
from audit.domain.membership import MemberRole


@click.group()
def user() -> None:
    """Add, list and revoke members."""


@user.command("add")
@click.argument("name")
@click.option("--role", required=True, type=click.Choice([role.value for role in MemberRole]), help="What he may do.")
@click.option("--public", required=True, type=click.Path(path_type=Path), help="His .pub file.")
@click.option("--coder", help="His own coder id, where he codes himself.")
@session_options
def add(name: str, *, role: str, public: Path, coder: str | None, session: Session) -> None:
    """Make someone a member; an officer's act."""
    from audit.flow.membership import add_user

    workspace, unlocked = enter(session)
    result = add_user(workspace, unlocked, name, role=MemberRole(role), public=public, coder=coder)
    emit(session, result, f"{name} is {role} from entry {result['entry']} on")


@user.command("list")
@session_options
def list_(*, session: Session) -> None:
    """List the members, revoked ones included."""
    from audit.flow.membership import list_users

    users = list_users(*enter(session))
    emit(session, users, [_line(each) for each in users])


@user.command("revoke")
@click.argument("name")
@session_options
def revoke(name: str, *, session: Session) -> None:
    """End a membership; an officer's act."""
    from audit.flow.membership import revoke_user

    result = revoke_user(*enter(session), name)
    emit(session, result, f"{name} is no member after entry {result['entry']}; what was readable to him stays so")


def _line(each: dict[str, object]) -> str:
    until = "" if each["until"] is None else f", revoked at entry {each['until']}"
    coder = f", coder {each['coder']}" if each["coder"] else ""
    return f"{each['name']}: {each['role']} since entry {each['since']}{until}{coder}"
