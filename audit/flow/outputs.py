"""Files that an act leaves: whole under a temporary name, renamed only after their entry stands in the trail."""

from __future__ import annotations

import os
import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from audit.domain.summary import AuditedCase, AuditSummary
from audit.errors import InputError
from audit.flow.ledger import Act, UnfinishedFileError
from audit.packs.data_root import data_root
from audit.report.render import render
from audit.report.views import auditor_view, manager_view, officer_view

FORMATS = ("html", "json", "csv")
PHI_FOLDER = "phi"
_OTHER_FOLDER = "make room there, or name another folder"


class UnwritableError(InputError):
    """A report cannot be written where it was asked for."""

    @classmethod
    def into(cls, folder: Path, error: OSError) -> UnwritableError:
        """Build the error for ``folder`` from the operating system's refusal."""
        return cls(f"{folder}: {(error.strerror or 'cannot be written').lower()}", hint=_OTHER_FOLDER)


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
        self._made: list[Path] = []
        self.handed = False

    def write(self, final: Path, data: bytes, *, phi: bool, own_folder: bool = True) -> None:
        """Write ``data`` beside ``final``. A file with PHI is readable by its owner alone.

        ``own_folder``: the folder is the tool's, so with PHI it too is closed to others; one the user named stays as
        it is. Raises UnwritableError where the folder or file cannot be written.
        """
        temporary = final.with_name(f".{os.getpid()}.{secrets.token_hex(8)}.part")
        try:
            self._made += [folder for folder in (final.parent, *final.parent.parents) if not folder.exists()]
            final.parent.mkdir(parents=True, exist_ok=True, mode=0o700 if phi else 0o777)
            if phi and own_folder:
                final.parent.chmod(0o700)
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if phi else 0o666)
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise UnwritableError.into(final.parent, error) from error
        self._outputs.append(Output(temporary=temporary, final=final, phi=phi))

    @property
    def paths(self) -> list[Path]:
        """What the files will be called."""
        return [output.final for output in self._outputs]

    def hand_to(self, act: Act, purpose: str) -> None:
        """Name every file in the act, which renames them once it is committed."""
        self.handed = True
        for output in self._outputs:
            act.file(output.temporary, output.final, purpose=purpose, phi=output.phi)

    def discard(self) -> None:
        """Remove the files, and the folders that were made for them."""
        for output in self._outputs:
            output.temporary.unlink(missing_ok=True)
        for folder in self._made:
            with suppress(OSError):  # something else lies in it by now
                folder.rmdir()


@contextmanager
def staged_files() -> Iterator[Staged]:
    """Collect the files of one act; when the block fails, they are gone.

    They stay where the entry is written and only the names are missing (UnfinishedFileError), and after an interrupt
    that may have come at that point: the next command names them, or ``sweep`` removes them.
    """
    staged = Staged()
    try:
        yield staged
    except UnfinishedFileError:
        raise
    except BaseException as error:
        if isinstance(error, Exception) or not staged.handed:
            staged.discard()
        raise


def sweep(directory: Path, keep: Collection[str]) -> None:
    """Remove what a killed run of this computer left in its output folders; ``keep``: files that still get a name."""
    for path in (*directory.glob(".*.part"), *(directory / PHI_FOLDER).glob(".*.part")):
        owner = path.name.split(".")[1]
        if owner.isdecimal() and str(path.resolve()) not in keep and not _runs(int(owner)):
            path.unlink(missing_ok=True)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def refuse_unwritable(directory: Path) -> None:
    """Raise UnwritableError if ``directory`` cannot be written, or made; asked before anything stands in the trail."""
    nearest = next(folder for folder in (directory, *directory.parents) if folder.exists())
    if not nearest.is_dir():
        raise UnwritableError(f"{nearest}: not a folder", hint=_OTHER_FOLDER)
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise UnwritableError(f"{nearest}: cannot be written", hint=_OTHER_FOLDER)


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
