"""Options that every command shares, and the one way a result is printed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from audit.domain.canonical import to_json

SCHEMA_VERSION = 1

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What the user said to every command: where, as whom, and how to print."""

    workspace: Path | None
    identity: Path | None
    passphrase_file: Path | None
    as_json: bool
    quiet: bool
    verbose: bool


def session_options(command: Command) -> Command:
    """Give a command the common options; it receives them as one ``session`` argument."""

    @click.option(
        "--workspace", type=click.Path(path_type=Path), envvar="CHARTASSAY_WORKSPACE", help="The workspace folder."
    )
    @click.option(
        "--identity", type=click.Path(path_type=Path), envvar="CHARTASSAY_IDENTITY", help="Your identity file."
    )
    @click.option(
        "--passphrase-file", type=click.Path(path_type=Path), help="A file whose first line is the passphrase."
    )
    @click.option("--json", "as_json", is_flag=True, help="Print JSON.")
    @click.option("-q", "--quiet", is_flag=True, help="Print only the result.")
    @click.option("-v", "--verbose", is_flag=True, help="Print more of what is being done.")
    @wraps(command)
    def wrapped(
        *args: Any,
        workspace: Path | None,
        identity: Path | None,
        passphrase_file: Path | None,
        as_json: bool,
        quiet: bool,
        verbose: bool,
        **kwargs: Any,
    ) -> Any:
        session = Session(
            workspace=workspace,
            identity=identity,
            passphrase_file=passphrase_file,
            as_json=as_json,
            quiet=quiet,
            verbose=verbose,
        )
        return command(*args, session=session, **kwargs)

    return wrapped  # type: ignore[return-value]  # click's decorators keep the command's call shape


def emit(session: Session, result: Any, human: str | Iterable[str]) -> None:
    """Print the result: as one JSON document (an object gets ``schema_version``), or as lines for a person."""
    if session.as_json:
        plain = to_json(result)
        document = {"schema_version": SCHEMA_VERSION, **plain} if isinstance(plain, dict) else plain
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
        return
    for line in [human] if isinstance(human, str) else human:
        click.echo(line)


def emit_lines(records: Iterable[Any]) -> None:
    """Print JSONL: one record a line, keys in the order of the record, no ``schema_version``."""
    for record in records:
        click.echo(json.dumps(to_json(record), ensure_ascii=False))


def tell(session: Session, text: str) -> None:
    """Say on stderr what is being done, unless the user asked for quiet."""
    if not session.quiet:
        click.echo(f"chartassay: {text}", err=True)
