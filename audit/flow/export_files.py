"""The files of one export, built in memory, proven, and written into a folder nobody sees yet."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from audit import __version__
from audit.deid.canary import canary_types, draw_canaries
from audit.deid.columns import Columns, Treatment, keeping_workforce, load_columns
from audit.deid.export import WITHHELD, Exporter, Row, Tally, divide, known_records, table_ids, workforce_words
from audit.deid.human_sample import CONFIDENCE, HEADER, SHARE, draw_notes
from audit.deid.known import KnownRecord
from audit.deid.limited import direct_identifiers
from audit.deid.manifest import manifest, policy_digest
from audit.deid.residual import Residuals
from audit.deid.roster import Roster
from audit.deid.sweep import KnownValues, Leak, index_known, sweep
from audit.domain.canonical import sha256_hex
from audit.domain.summary import AuditedCase
from audit.errors import CheckFailedError, InputError
from audit.flow.deid import LIMITED, SAFE_HARBOR, detector, lexicon, transformation
from audit.packs.data_root import data_root

MANIFEST, LEAKS, SAMPLE, NOTICE = "manifest.json", "leak_report.json", "human_review.csv", "notice_42_cfr_part_2.txt"
PART2_NOTICE = "42 CFR part 2 prohibits unauthorized use or disclosure of these records.\n"
"""The short form of the notice that accompanies a disclosure: 42 CFR 2.32(a)(2)."""
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


class NothingToExportError(InputError):
    """No encounter of the audit may leave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Under what an export leaves. ``part2``: the consent or order under which Part 2 records leave with it."""

    method: str = SAFE_HARBOR
    purpose: str = ""
    agreement: str = ""
    recipient: str = ""
    part2: str = ""
    name_workforce: bool = False

    @property
    def limited(self) -> bool:
        """Whether it is a limited data set."""
        return self.method == LIMITED

    def said(self) -> dict[str, str]:
        """Return what of the terms stands in the manifest and the trail."""
        plain = {"purpose": self.purpose, "agreement": self.agreement, "recipient": self.recipient}
        plain |= {"part2_authority": self.part2, "workforce": "named" if self.name_workforce else "masked"}
        return {name: value for name, value in plain.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What ``export`` prints: counts, and the leaks of an export that stands (none)."""

    path: str
    method: str
    manifest_sha256: str
    rows: dict[str, int]
    withheld: dict[str, int]
    found: dict[str, int]
    residuals: dict[str, dict[str, int]]
    human_sample: int
    leaks: tuple[Leak, ...] = ()


def build(
    cases: Sequence[AuditedCase],
    folder: Path,
    out: Path,
    terms: Terms | None = None,
    types: Mapping[str, str] | None = None,
) -> Exported:
    """Write the whole export into ``folder`` and sweep it; ``out`` is the name it will get.

    ``types``: the identifier type of each further column of patients, as the plan maps them.

    Raises LeakError (a known value or a canary came through), UnclassifiedColumnError, NothingToExportError.
    """
    terms = terms or Terms()
    columns = _columns(terms)
    _send_canaries(columns, terms)
    tally = Tally()
    leaving = divide(cases, tally, WITHHELD - {"part2"} if terms.part2 else WITHHELD)
    if not leaving:
        raise NothingToExportError(
            "no encounter of this audit may leave", hint="all of them are restricted, or there are none"
        )
    records, ids = known_records(cases, types), table_ids(cases)
    exporter = _exporter(columns, records, ids, terms)
    exporter.tally.withheld = tally.withheld
    tables = exporter.tables(leaving)
    known = index_known(*_swept_for(records, ids, terms), lexicon())
    notes = draw_notes([row["document_id"] for row in tables["documents"]])
    residuals = _residuals(columns, tables)
    files = _files(
        columns, tables, notes, residuals, part2=any(a.case.encounter.restricted == "part2" for a in leaving)
    )
    rows = {table: len(found) for table, found in tables.items()}
    files[MANIFEST] = _manifest(exporter, known, rows, files, terms, residuals, len(notes))
    _write(folder, files)
    if leaks := sweep(folder, known):
        raise LeakError(leaks)
    return Exported(
        path=str(out),
        method=terms.method,
        manifest_sha256=sha256_hex(files[MANIFEST]),
        rows=rows,
        withheld=dict(exporter.tally.withheld),
        found=dict(exporter.tally.found),
        residuals=residuals,
        human_sample=len(notes),
    )


def _columns(terms: Terms) -> Columns:
    columns = load_columns(data_root("policies") / "deid", limited=terms.limited)
    return keeping_workforce(columns) if terms.name_workforce else columns


def _files(
    columns: Columns,
    tables: Mapping[str, Sequence[Row]],
    notes: Sequence[str],
    residuals: Mapping[str, Mapping[str, int]],
    *,
    part2: bool,
) -> dict[str, bytes]:
    """Return the files of the export but for the manifest, by name."""
    files = {f"{table}.csv": _csv(columns, table, found) for table, found in tables.items()}
    files[SAMPLE] = _sheet(notes)
    if part2:
        files[NOTICE] = PART2_NOTICE.encode()
    swept = [*sorted(files), MANIFEST, LEAKS]
    files[LEAKS] = _json({"schema_version": 1, "leaks": [], "residuals": residuals, "files_swept": swept})
    return files


def _manifest(  # noqa: PLR0917 - the parts of one document, in its order
    exporter: Exporter,
    known: KnownValues,
    rows: Mapping[str, int],
    files: Mapping[str, bytes],
    terms: Terms,
    residuals: Mapping[str, Mapping[str, int]],
    notes: int,
) -> bytes:
    policy = data_root("policies") / "deid"
    return _json(
        manifest(
            method=terms.method,
            terms=terms.said(),
            tally=exporter.tally,
            known=known,
            rows=rows,
            ids=exporter.surrogate_counts(),
            files={name: sha256_hex(data) for name, data in files.items()},
            residuals=residuals,
            sample=_sample_terms(notes, rows["documents"]),
            measured=json.loads((policy / "measured.json").read_text(encoding="utf-8")),
            digest=policy_digest(policy),
            version=__version__,
        )
    )


def _exporter(columns: Columns, records: Mapping[str, KnownRecord], ids: set[str], terms: Terms) -> Exporter:
    workforce = workforce_words(records.values()) if terms.name_workforce else frozenset()
    return Exporter(
        columns,
        detector(),
        transformation(terms.method),
        records,
        Roster(records.values(), ids, lexicon()),
        workforce=workforce,
    )


def _swept_for(records: Mapping[str, KnownRecord], ids: set[str], terms: Terms) -> tuple[list[KnownRecord], set[str]]:
    """Return the records and ids whose values may not be met in the output."""
    kept = list(records.values())
    if terms.limited:
        kept, ids = [direct_identifiers(record) for record in kept], set()
    if terms.name_workforce:
        kept = [replace(record, providers=()) for record in kept]
    return kept, ids


def _send_canaries(columns: Columns, terms: Terms) -> None:
    """Send patients who do not exist through the same columns, finders and transformation. Raises LeakError."""
    canaries = draw_canaries()
    cases = [canary.audited for canary in canaries]
    exporter = _exporter(columns, known_records(cases), table_ids(cases), terms)
    leaks = []
    for table, rows in exporter.tables(cases).items():
        text = _csv(columns, table, rows).decode()
        met = {name for canary in canaries for name in canary.met_in(text, limited=terms.limited)}
        met -= {"author", "provider_id", "coder_id"} if terms.name_workforce else set()
        leaks += [Leak(f"{table}.csv, canary {name}", 0, kind) for name, kind in canary_types(sorted(met)).items()]
    if leaks:
        raise LeakError(leaks)


def _residuals(columns: Columns, tables: Mapping[str, Sequence[Row]]) -> dict[str, dict[str, int]]:
    """Return what the second detector still meets, by ``table.column`` of free text and type."""
    detect = Residuals(lexicon())
    loci = [(t, c.name) for t in tables for c in columns[t] if c.treatment is Treatment.TEXT]
    counts = {
        f"{table}.{name}": dict(sorted(detect.of(row[name] for row in tables[table]).items())) for table, name in loci
    }
    return {locus: found for locus, found in counts.items() if found}


def _sample_terms(size: int, notes: int) -> dict[str, Any]:
    return {
        "sheet": SAMPLE,
        "notes": size,
        "of": notes,
        "shows": f"no leak in them shows at {CONFIDENCE:.0%} confidence that at most {SHARE:.0%} of the notes leak",
    }


def _sheet(notes: Sequence[str]) -> bytes:
    return ("\n".join([",".join(HEADER), *(f"{note},,," for note in notes)]) + "\n").encode()


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
