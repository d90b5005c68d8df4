"""Export an audit de-identified: tables, notes, manifest and leak report; all of it swept before any of it is seen."""

from __future__ import annotations

import contextlib
import secrets
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from audit.deid.sweep import Leak
from audit.domain.membership import MemberRole
from audit.errors import InputError, UnreadableFileError, UsageError
from audit.flow.audits import find_audit, load_cases
from audit.flow.deid import LIMITED
from audit.flow.export_files import MANIFEST, Exported, LeakError, NothingToExportError, Terms, build
from audit.flow.ledger import Act, UnfinishedFileError, open_ledger
from audit.flow.workspace import Unlocked, Workspace

__all__ = ["Exported", "LeakError", "NothingToExportError", "Terms", "build", "export", "leak_counts", "printed"]

EXPORT = "export"


class TargetExistsError(InputError):
    """The folder of an export must not exist yet."""


class LimitedExportError(UsageError):
    """A limited data set leaves only under a data use agreement, for a purpose, to a recipient."""


def export(name: str, workspace: Workspace, unlocked: Unlocked, *, out: Path, terms: Terms) -> Exported:
    """Export the audit into the new folder ``out``.

    Raises LimitedExportError, TargetExistsError, UnknownAuditError, NotPermittedError (only an officer exports),
    UnclassifiedColumnError, NothingToExportError, LeakError.
    """
    refuse_without_agreement(terms)
    if out.exists():
        raise TargetExistsError(f"{out}: exists already", hint="name a folder that does not exist yet")
    with open_ledger(workspace, unlocked, need=MemberRole.OFFICER) as ledger:
        audit = find_audit(ledger, name)
        cases = list(load_cases(ledger, audit, purpose=f"export: {terms.purpose}").values())
        with _hidden_folder(out) as folder:
            result = build(cases, folder, out, terms, audit.run.ops["plan"].get("identifiers"))
            ops = {"audit": audit.name, "audit_id": audit.audit_id, "method": terms.method, **terms.said()}
            act = Act(EXPORT, {**ops, "rows": result.rows, "manifest_sha256": result.manifest_sha256, "leaks": 0})
            act.file(folder / MANIFEST, out / MANIFEST, purpose=terms.purpose, phi=terms.limited)
            # The manifest cannot get its name in the act, for its folder has none yet: until the folder is renamed the
            # trail calls the export unfinished; after that, finish_files finds the manifest where the entry says it is.
            with contextlib.suppress(UnfinishedFileError):
                ledger.write(act)
            _rename(folder, out)
            ledger.finish_files()
    return result


def refuse_without_agreement(terms: Terms) -> None:
    """Stop a limited data set that lacks its agreement, purpose or recipient. Raises LimitedExportError."""
    if terms.method != LIMITED:
        return
    missing = [name for name in ("agreement", "purpose", "recipient") if not getattr(terms, name).strip()]
    if missing:
        raise LimitedExportError(
            f"a limited data set leaves only under a data use agreement: {', '.join(missing)} missing",
            hint="name --agreement, --purpose and --recipient",
        )


def printed(done: Exported) -> dict[str, Any]:
    """Return the JSON of a finished export."""
    return {
        "path": done.path,
        "method": done.method,
        "manifest_sha256": done.manifest_sha256,
        "counts": {"rows": done.rows, "withheld_encounters": done.withheld, "identifiers": done.found},
        "residuals": done.residuals,
        "human_sample": done.human_sample,
        "leaks": list(done.leaks),
    }


def leak_counts(leaks: Sequence[Leak]) -> dict[str, int]:
    """Return how many leaks of each type there were."""
    return dict(sorted(Counter(str(leak.type) for leak in leaks).items()))


def _rename(folder: Path, out: Path) -> None:
    try:
        folder.rename(out)
    except OSError as error:
        raise UnreadableFileError.at(out, error) from error


@contextmanager
def _hidden_folder(out: Path) -> Iterator[Path]:
    """Make a hidden folder beside ``out``; whatever was not renamed to ``out`` is gone when the block ends."""
    folder = out.parent / f".{secrets.token_hex(8)}.part"
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700)
    except OSError as error:
        raise UnreadableFileError.at(out.parent, error) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
