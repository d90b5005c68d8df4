"""Screen a population where it lies: every edit over all encounters, part by part within a memory, and resumable.

Findings hold the units' ids, so they are written only where the user named a path; finished parts wait in a hidden
folder beside it, closed to others, until the last one is done.
"""

from __future__ import annotations

import json
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from audit.domain.canonical import canonical_bytes, from_json, to_json
from audit.domain.finding import NotAssessed
from audit.domain.membership import MemberRole
from audit.engine.duck import DuckDatabase, open_database
from audit.errors import InputError
from audit.flow.checking import gathered
from audit.flow.ledger import Act, Ledger, open_ledger
from audit.flow.outputs import UnwritableError
from audit.flow.plan import Plan, read_plan
from audit.flow.screening import PartFound, database_share, memory_of, parts_of, screen_part, write_found
from audit.flow.sources import Sources, audit_id_of, find_sources
from audit.flow.workspace import Unlocked, Workspace
from audit.intake.columns import TABLES
from audit.intake.defects import refuse
from audit.intake.files import TableFile, inspect
from audit.intake.parts import SCREENED, drop_part, load_part, type_part

DEFAULT_MEMORY = "3GB"
SCREEN = "screen"

Progress = Callable[[str, int, int], None]


class EmptyScreenError(InputError):
    """No encounter of the tables can be screened; an empty screen must not pass for a clean one."""


class StrayLinesError(InputError):
    """Code lines name no encounter of the tables, or one that stands twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenResult:
    """What ``screen`` prints."""

    plan: str
    encounters: int
    lines: int
    excluded: int
    parts: int
    findings: Mapping[str, int]
    not_assessed: tuple[NotAssessed, ...]
    seconds: float
    output: str | None


def screen(
    plan_path: Path,
    workspace: Workspace,
    unlocked: Unlocked,
    *,
    today: date,
    out: Path | None = None,
    memory: str = DEFAULT_MEMORY,
    progress: Progress = lambda *_: None,
) -> ScreenResult:
    """Run every edit in force over all encounters of the plan's tables; findings go to ``out`` as Parquet.

    A screen that was stopped goes on with the same ``out`` and ``memory``. Raises MemorySizeError, OutOfMemoryError,
    DefectiveTablesError and the InputErrors of plan, packs and tables; then no result was written.
    """
    began = time.monotonic()
    plan, size = read_plan(plan_path), memory_of(memory)
    with open_ledger(workspace, unlocked, need=MemberRole.AUDITOR) as ledger:
        sources = find_sources(plan, workspace)
        with _staging(out) as readable, _database(plan, sources, size, readable) as database:
            job = _job(database, plan, sources, today=today, memory=size, out=out)
            found = [_part(job, part, progress) for part in range(job.parts)]
            _refuse_strays(job, found)
            result = _result(job, found, time.monotonic() - began)
            _commit(ledger, job, result)
    return result


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    database: DuckDatabase
    plan: Plan
    sources: Sources
    files: Mapping[str, TableFile]
    loaded: frozenset[str]
    lines: int
    parts: int
    today: date
    out: Path | None
    folder: Path | None
    screen_id: str


def _job(database: DuckDatabase, plan: Plan, sources: Sources, *, today: date, memory: int, out: Path | None) -> _Job:
    files = {t.name: inspect(database, TABLES[t.name], plan.tables[t.name]) for t in SCREENED}
    lines = database.count_rows(files["codes"].path, files["codes"].header)
    parts = parts_of(lines, memory)
    ((engine,),) = database.rows("SELECT version()")
    digests = {name: file.sha256 for name, file in files.items()}
    screen_id = audit_id_of(plan, {**digests, "parts": str(parts), "engine": engine, "today": str(today)}, sources)
    folder = _parts_folder(out, screen_id) if out else None
    return _Job(
        database=database,
        plan=plan,
        sources=sources,
        files=files,
        loaded=sources.reference.load(database),
        lines=lines,
        parts=parts,
        today=today,
        out=out,
        folder=folder,
        screen_id=screen_id,
    )


@contextmanager
def _staging(out: Path | None) -> Iterator[list[Path]]:
    """Give the folder that the database may write to: that of ``out``, which must be there."""
    if out is None:
        yield []
        return
    if not out.resolve().parent.is_dir():
        raise UnwritableError(f"{out.parent}: not a folder", hint="make it first")
    yield [out.resolve().parent]


@contextmanager
def _database(plan: Plan, sources: Sources, memory: int, readable: list[Path]) -> Iterator[DuckDatabase]:
    files = [plan.tables[table.name] for table in SCREENED]
    share = f"{database_share(memory) // 10**6}MB"
    with open_database([*files, *sources.reference.files, *readable], memory=share) as database:
        yield database


def _parts_folder(out: Path, screen_id: str) -> Path:
    folder = out.resolve().parent / f".{out.name}.{screen_id[:16]}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise UnwritableError.into(out.parent, error) from error
    return folder


def _part(job: _Job, part: int, progress: Progress) -> PartFound:
    """Screen one part, or take it from the folder where a stopped screen has left it."""
    record = job.folder / f"{part:05}.json" if job.folder else None
    if record and record.exists():
        found = from_json(PartFound, json.loads(record.read_bytes()))
    else:
        found = _screen(job, part)
        if record:
            write_found(job.database, record.with_suffix(".parquet"))
            record.write_bytes(canonical_bytes(found))  # comes last, and makes the part a finished one
    progress("screening", part + 1, job.parts)
    return found


def _screen(job: _Job, part: int) -> PartFound:
    database = job.database
    try:
        load_part(database, job.files, part, job.parts, job.today)
        if not job.plan.quarantine:
            refuse(database, {name: file.path.name for name, file in job.files.items()})
        ((lines, row_sum),) = database.rows("SELECT count(*), coalesce(sum(_row), 0)::BIGINT FROM raw_codes")
        defective = "SELECT count(DISTINCT encounter_id) FROM defects WHERE encounter_id IS NOT NULL"
        ((excluded,),) = database.rows(defective)
        type_part(database)
        ((encounters, first, last),) = database.rows(
            "SELECT count(DISTINCT encounter_id), min(service_from), max(service_to) FROM lines"
        )
        rules = job.sources.rules(first, last) if encounters else ()
        findings, not_assessed = screen_part(database, rules, job.loaded)
    finally:
        drop_part(database)
    return PartFound(
        encounters=encounters,
        lines=lines,
        row_sum=row_sum,
        defective=excluded,
        findings=findings,
        not_assessed=tuple(not_assessed),
    )


def _refuse_strays(job: _Job, found: list[PartFound]) -> None:
    """Every code line was in one part, and in one only: their row numbers (from 2) add up to those of the file."""
    seen = sum(part.lines for part in found), sum(part.row_sum for part in found)
    if not sum(part.encounters for part in found):
        raise EmptyScreenError("no encounter of the tables can be screened", hint="the tables are empty")
    if seen != (job.lines, job.lines * (job.lines + 3) // 2) and not job.plan.quarantine:
        raise StrayLinesError(
            f"{job.files['codes'].path.name}: lines name no encounter of the table, or one that stands twice",
            hint="mend the tables, or leave such lines out with quarantine = true under [population]",
        )


def _result(job: _Job, found: list[PartFound], seconds: float) -> ScreenResult:
    counts = Counter[str]()
    for part in found:
        counts.update(part.findings)
    return ScreenResult(
        plan=job.plan.name,
        encounters=sum(part.encounters for part in found),
        lines=sum(part.lines for part in found),
        excluded=sum(part.defective for part in found),
        parts=job.parts,
        findings=dict(sorted(counts.items())),
        not_assessed=gathered([record for part in found for record in part.not_assessed]),
        seconds=round(seconds, 3),
        output=str(job.out) if job.out else None,
    )


def _commit(ledger: Ledger, job: _Job, result: ScreenResult) -> None:
    """Put the parts together under a temporary name, write the entry, and give the file its name."""
    act = Act(SCREEN, {"screen_id": job.screen_id, "inputs": _digests(job), "result": to_json(result)})
    if job.out and job.folder:
        whole = job.folder / "whole.parquet"
        pattern = str(job.folder / "[0-9]*.parquet").replace("'", "''")
        job.database.execute(
            f"COPY (FROM read_parquet('{pattern}')) TO '{_quoted(whole)}' (FORMAT parquet, COMPRESSION zstd)"
        )
        whole.chmod(0o600)
        act.file(whole, job.out, purpose=SCREEN, phi=True)
    ledger.write(act)
    if job.folder:
        shutil.rmtree(job.folder, ignore_errors=True)


def _digests(job: _Job) -> dict[str, str]:
    return {name: file.sha256 for name, file in job.files.items()}


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
