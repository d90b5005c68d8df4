"""``deid``: de-identify one text or many, offline, without a workspace."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from audit.cli.common import SCHEMA_VERSION, Session, session_options, tell
from audit.domain.canonical import to_json
from audit.errors import InputError, UnreadableFileError

if TYPE_CHECKING:
    from audit.deid.known import KnownRecord


class NotUtf8Error(InputError):
    """The input is not UTF-8, so offsets in it would mean nothing."""


class BadKnownFileError(InputError):
    """The file given with --known is not JSON."""


@click.command()
@click.argument("file")
@click.option("--jsonl", is_flag=True, help='Read and write JSONL: {"id","text","known"} a line.')
@click.option("--method", type=click.Choice(["safe-harbor", "limited"]), default="safe-harbor", show_default=True)
@click.option("--agreement", default="", help="The data use agreement of a limited data set.")
@click.option("--known", type=click.Path(path_type=Path), help="A JSON file: what the patient's record knows.")
@session_options
def deid(session: Session, *, file: str, jsonl: bool, method: str, agreement: str, known: Path | None) -> None:
    """De-identify FILE (- for standard input)."""
    from audit.flow import deid as flow

    flow.refuse_without_agreement(method, agreement)
    name = "standard input" if file == "-" else file
    text = _decoded(_read(file), name)
    record = _known(known)
    if jsonl:
        _print(
            "".join(
                _line(result)
                for result in flow.deidentify_lines(
                    text.removeprefix("\ufeff").split("\n"), name, record, method=method
                )
            )
        )
        return
    result = flow.deidentify(text, record, method=method)
    what = "limited data set, still protected" if method == flow.LIMITED else "Safe-Harbor-transformed, not certified"
    tell(session, f"{len(result.spans)} identifiers found; {what}")
    spans = {"schema_version": SCHEMA_VERSION, "text": result.text, "spans": to_json(result.spans)}
    _print(json.dumps(spans, indent=2) + "\n" if session.as_json else result.text)


def _read(file: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise UnreadableFileError.at(file, error) from error


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotUtf8Error(
            f"{name}: not UTF-8 at byte {error.start}", hint="convert the file to UTF-8 first"
        ) from error


def _known(path: Path | None) -> KnownRecord | None:
    if path is None:
        return None
    from audit.deid.known import known_from_json

    try:
        value = json.loads(_decoded(_read(str(path)), str(path)))
    except ValueError as error:
        raise BadKnownFileError(f"{path}: not JSON", hint="one JSON object with the columns of patients") from error
    return known_from_json(value, str(path))


def _line(result: Any) -> str:
    """Return one line of JSON in ASCII, so that a lone surrogate of the input survives any output encoding."""
    return json.dumps(to_json(result)) + "\n"


def _print(text: str) -> None:
    """Write bytes, so that line ends stay what they were in the input."""
    click.echo(text.encode("utf-8", "surrogatepass"), nl=False)
