"""Export an audit de-identified: tables, notes, manifest and leak report; all of it swept before any of it is seen."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import secrets
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audit import __version__
from audit.deid.columns import Columns, Treatment, load_columns
from audit.deid.export import Exporter, Row, divide, known_records, table_ids
from audit.deid.manifest import manifest, policy_digest
from audit.deid.roster import Roster
from audit.deid.sweep import KnownValues, Leak, index_known, sweep
from audit.domain.canonical import sha256_hex
from audit.domain.membership import MemberRole
from audit.domain.summary import AuditedCase
from audit.errors import CheckFailedError, InputError, UnreadableFileError, UsageError
from audit.flow.audits import find_audit, load_cases
from audit.flow.deid import SAFE_HARBOR, detector, lexicon, safe_harbor
from audit.flow.ledger import Act, UnfinishedFileError, open_ledger
from audit.flow.workspace import Unlocked, Workspace
from audit.packs.data_root import data_root

EXPORT = "export"
MANIFEST, LEAKS = "manifest.json", "leak_report.json"
_SHOWN = 20


class LeakError(CheckFailedError):
    """The sweep met a known value in the output; nothing of the export is left."""

    def __init__(self, leaks: Sequence[Leak]) -> None:
        """Say types and places of the first leaks, never a value."""
        shown = "; ".join(f"{leak.type} in {leak.file} row {leak.row}" for leak in leaks[:_SHOWN])
        super().__init__(
            f"the export was stopped and removed: {len(leaks)} leaks: {shown}",
            hint="correct the column or the treatment that let it through, then export again",
        )
        self.leaks = tuple(leaks)


class TargetExistsError(InputError):
    """The folder of an export must not exist yet."""


class LimitedExportError(UsageError):
    """A limited data set leaves only under a data use agreement."""


class NothingToExportError(InputError):
    """No encounter of the audit may leave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What ``export`` prints: counts, and the leaks of an export that stands (none)."""

    path: str
    manifest_sha256: str
    rows: dict[str, int]
    withheld: dict[str, int]
    found: dict[str, int]
    leaks: tuple[Leak, ...] = ()


def export(name: str, workspace: Workspace, unlocked: Unlocked, *, method: str, out: Path, purpose: str) -> Exported:
    """Export the audit into the new folder ``out``.

    Raises LimitedExportError, TargetExistsError, UnknownAuditError, NotPermittedError (only an officer exports),
    UnclassifiedColumnError, NothingToExportError, LeakError.
    """
    refuse_limited(method, agreement=None, recipient=None)
    if out.exists():
        raise TargetExistsError(f"{out}: exists already", hint="name a folder that does not exist yet")
    with open_ledger(workspace, unlocked, need=MemberRole.OFFICER) as ledger:
        audit = find_audit(ledger, name)
        cases = list(load_cases(ledger, audit, purpose=f"export: {purpose}").values())
        with _hidden_folder(out) as folder:
            result = build(cases, folder, out)
            ops = {
                "audit": audit.name,
                "audit_id": audit.audit_id,
                "method": method,
                "purpose": purpose,
                "rows": result.rows,
            }
            act = Act(EXPORT, {**ops, "manifest_sha256": result.manifest_sha256, "leaks": 0})
            act.file(folder / MANIFEST, out / MANIFEST, purpose=purpose, phi=False)
            # The manifest cannot get its name in the act, for its folder has none yet: until the folder is renamed the
            # trail calls the export unfinished; after that, finish_files finds the manifest where the entry says it is.
            with contextlib.suppress(UnfinishedFileError):
                ledger.write(act)
            _rename(folder, out)
            ledger.finish_files()
    return result


def refuse_limited(method: str, *, agreement: str | None, recipient: str | None) -> None:
    """Stop unless the method is Safe Harbor. Raises LimitedExportError."""
    if method == SAFE_HARBOR:
        return
    if not (agreement and recipient):
        raise LimitedExportError(
            "a limited data set leaves only under a data use agreement",
            hint="name --agreement, --purpose and --recipient",
        )
    raise LimitedExportError("limited data sets are not made by this version", hint="use --method safe-harbor")


def printed(done: Exported) -> dict[str, Any]:
    """Return the JSON of a finished export."""
    return {
        "path": done.path,
        "manifest_sha256": done.manifest_sha256,
        "counts": {"rows": done.rows, "withheld_encounters": done.withheld, "identifiers": done.found},
        "leaks": list(done.leaks),
    }


def build(cases: Sequence[AuditedCase], folder: Path, out: Path) -> Exported:
    """Write the whole export into ``folder`` and sweep it.

    Raises LeakError, UnclassifiedColumnError, NothingToExportError.
    """
    policy = data_root("policies") / "deid"
    columns = load_columns(policy)
    records, ids = known_records(cases), table_ids(cases)
    exporter = Exporter(columns, detector(), safe_harbor(), records, Roster(records.values(), ids, lexicon()))
    leaving = divide(cases, exporter.tally)
    if not leaving:
        raise NothingToExportError(
            "no encounter of this audit may leave", hint="all of them are restricted, or there are none"
        )
    tables = exporter.tables(leaving)
    known = index_known(list(records.values()), ids, lexicon())
    files = {f"{table}.csv": _csv(columns, table, rows) for table, rows in tables.items()}
    rows = {table: len(found) for table, found in tables.items()}
    report = {"schema_version": 1, "leaks": [], "files_swept": [*sorted(files), MANIFEST, LEAKS]}
    files[LEAKS] = _json(report)
    content = manifest(
        tally=exporter.tally,
        known=known,
        rows=rows,
        ids=exporter.surrogate_counts(),
        files={name: sha256_hex(data) for name, data in files.items()},
        digest=policy_digest(policy),
        version=__version__,
    )
    files[MANIFEST] = _json(content)
    _write(folder, files)
    _refuse_leaks(folder, known)
    return Exported(
        path=str(out),
        manifest_sha256=sha256_hex(files[MANIFEST]),
        rows=rows,
        withheld=dict(exporter.tally.withheld),
        found=dict(exporter.tally.found),
    )


def leak_counts(leaks: Sequence[Leak]) -> dict[str, int]:
    """Return how many leaks of each type there were."""
    return dict(sorted(Counter(str(leak.type) for leak in leaks).items()))


def _refuse_leaks(folder: Path, known: KnownValues) -> None:
    if leaks := sweep(folder, known):
        raise LeakError(leaks)


def _rename(folder: Path, out: Path) -> None:
    try:
        folder.rename(out)
    except OSError as error:
        raise UnreadableFileError.at(out, error) from error


def _write(folder: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        with (folder / name).open("xb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())


def _csv(columns: Columns, table: str, rows: Sequence[Row]) -> bytes:
    header = [column.name for column in columns[table] if column.treatment is not Treatment.DROP]
    stream = io.StringIO()
    writer = csv.DictWriter(stream, header, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode("utf-8", "surrogatepass")


def _json(value: dict[str, Any]) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


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
