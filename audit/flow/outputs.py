"""Files that an act leaves: whole under a temporary name, renamed only after their entry stands in the trail."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from audit.domain.summary import AuditedCase, AuditSummary
from audit.errors import UnreadableFileError
from audit.flow.ledger import Act
from audit.packs.data_root import data_root
from audit.report.render import render
from audit.report.views import auditor_view, manager_view, officer_view

FORMATS = ("html", "json", "csv")
PHI_FOLDER = "phi"


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """A file written under ``temporary``, to be called ``final`` once its entry is committed."""

    temporary: Path
    final: Path
    phi: bool


class Staged:
    """The files of one act, none of them visible yet."""

    def __init__(self) -> None:
        """Start with none."""
        self._outputs: list[Output] = []

    def write(self, final: Path, data: bytes, *, phi: bool, own_folder: bool = True) -> None:
        """Write ``data`` beside ``final``. A file with PHI is readable by its owner alone.

        ``own_folder``: the folder is the tool's, so with PHI it too is closed to others; one the user named stays as
        it is. Raises UnreadableFileError where the folder or file cannot be written.
        """
        temporary = final.with_name(f".{secrets.token_hex(8)}.part")
        try:
            final.parent.mkdir(parents=True, exist_ok=True, mode=0o700 if phi else 0o777)
            if phi and own_folder:
                final.parent.chmod(0o700)
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if phi else 0o666)
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise UnreadableFileError.at(final.parent, error) from error
        self._outputs.append(Output(temporary=temporary, final=final, phi=phi))

    @property
    def paths(self) -> list[Path]:
        """What the files will be called."""
        return [output.final for output in self._outputs]

    def hand_to(self, act: Act, purpose: str) -> None:
        """Name every file in the act, which renames them once it is committed."""
        for output in self._outputs:
            act.file(output.temporary, output.final, purpose=purpose, phi=output.phi)

    def discard(self) -> None:
        """Remove what was not renamed."""
        for output in self._outputs:
            output.temporary.unlink(missing_ok=True)


@contextmanager
def staged_files() -> Iterator[Staged]:
    """Collect the files of one act; whatever the act did not rename is gone when the block ends."""
    staged = Staged()
    try:
        yield staged
    finally:
        staged.discard()


def report_view(
    kind: str, summary: AuditSummary, cases: Sequence[AuditedCase], *, texts: Mapping[str, str], checkpoint: str
) -> dict[str, Any]:
    """Return the view model of one report of ``kind`` (manager, auditor, officer).

    ``texts`` maps codes to descriptions; only the auditor's report shows them.
    """
    printed = replace(summary, checkpoint=checkpoint)
    if kind == "auditor":
        return auditor_view(printed, cases, descriptions=texts)
    return manager_view(printed) if kind == "manager" else officer_view(printed)


def report_bytes(view: Mapping[str, Any], kind: str, form: str) -> bytes:
    """Render a view in ``form`` (html, json, csv)."""
    return render(view, kind=kind, format=form, templates=data_root("reports"))


def report_path(directory: Path, kind: str, form: str) -> Path:
    """Return where ``run`` leaves a report: the auditor's, which holds PHI, in a folder of its own."""
    return directory / PHI_FOLDER / f"{kind}.{form}" if kind == "auditor" else directory / f"{kind}.{form}"


def stage_reports(
    staged: Staged,
    kinds: Sequence[str],
    directory: Path,
    summary: AuditSummary,
    cases: Sequence[AuditedCase],
    *,
    texts: Mapping[str, str],
    checkpoint: str,
) -> None:
    """Write every report of the plan in every form."""
    for kind in kinds:
        view = report_view(kind, summary, cases, texts=texts, checkpoint=checkpoint)
        for form in FORMATS:
            staged.write(report_path(directory, kind, form), report_bytes(view, kind, form), phi=kind == "auditor")
