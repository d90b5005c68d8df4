"""How many planted errors the product catches, and how many clean lines it troubles.

The hospital speaks with the second set of phrases, which nothing else uses. How a finding is laid to a plant:

- a data-decidable plant is caught by an *error* of the planted category on its line;
- a note-decidable plant on a line is caught by any *error* or *review* on that line;
- an omitted code is caught by a finding *omitted* without line that suggests its 3-character category; a fault of the
  record (signature, identity, date) by a finding of that category on the encounter;
- an error that lies between two lines (a pair, a sequence, two sides) may be found on either of them: a finding of the
  planted category elsewhere in that encounter catches it too, and does not count against the clean partner.
"""

from __future__ import annotations

import csv
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from make_hospital import make_hospital

ENCOUNTERS, SEED = 2000, 20260401
TARGETS: dict[str, dict[str, float]] = {
    "planted.error": {"min": 0.90},
    "planted.review": {"min": 0.80},
    "clean.error": {"max": 0.02},
    "clean.review": {"max": 0.15},
}
BETWEEN_LINES = frozenset({"excludes", "bundling", "duplicate", "sequencing", "manifestation", "laterality"})
MOVES_THE_FIRST = frozenset({"sequencing", "manifestation"})
"""What stood first now stands second: a finding of either name on it is this error's doing."""
OF_THE_RECORD = frozenset({"signature", "identity", "date"})
_SHOWN = 40

Row = Mapping[str, str]
FindingRecord = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Audited:
    """A hospital's submitted lines, its key and what the product found, as rows."""

    codes: Sequence[Row]
    key: Sequence[Row]
    findings: Sequence[FindingRecord]


def figures(_data: Path | None = None) -> dict[str, Any]:
    """Measure on the default hospital; ``measure.py catch`` calls this."""
    return catch_figures(encounters=ENCOUNTERS, seed=SEED)


def catch_figures(*, encounters: int, seed: int) -> dict[str, Any]:
    """Make a hospital, audit all of it with the installed product, and compare with the key.

    Returns ``figures`` (shares of 0..1 and counts), ``targets``, ``categories`` (one row each), ``missed`` and
    ``falsely_raised`` (rows to look at), ``lines`` (all of it as text). Raises CommandFailedError where the product
    refuses.
    """
    with tempfile.TemporaryDirectory() as folder:
        hospital = Path(folder) / "hospital"
        make_hospital(hospital, encounters=encounters, seed=seed, plan="all", phrases="second")
        findings = _audit(hospital, Path(folder))
        return compare(Audited(codes=_rows(hospital, "codes"), key=_rows(hospital, "key"), findings=findings))


def _audit(hospital: Path, folder: Path) -> list[dict[str, Any]]:
    from product import Product

    product = Product.start(folder)
    audit = product.json("run", str(hospital / "plan.toml"))["audit"]
    return product.lines("findings", str(audit))


def compare(audited: Audited) -> dict[str, Any]:
    """Lay every scored finding to a plant or to a clean line, and count."""
    scored = [finding for finding in audited.findings if finding["verdict"] in ("error", "review")]
    found = defaultdict(list)
    for finding in scored:
        found[finding["encounter_id"]].append(finding)
    plants = [(row, _catches(row, found[row["encounter_id"]])) for row in audited.key]
    raised = _raised(audited, found)
    clean = len(audited.codes) - sum(bool(row["line"]) for row in audited.key)
    measured = {
        "planted.error": _share([caught for row, caught in plants if row["decidable_by"] == "data"]),
        "planted.review": _share([caught for row, caught in plants if row["decidable_by"] == "note"]),
        "clean.error": len({_place(f) for f in raised if f["verdict"] == "error"}) / max(clean, 1),
        "clean.review": len({_place(f) for f in raised if f["verdict"] == "review"}) / max(clean, 1),
    }
    categories = _categories(plants)
    missed = [dict(row) for row, caught in plants if not caught]
    return {
        "figures": measured,
        "targets": TARGETS,
        "categories": categories,
        "missed": missed,
        "falsely_raised": [dict(finding) for finding in raised],
        "lines": _report(categories, missed, raised, clean) + _report_encounters(audited, found),
    }


def _catches(plant: Row, findings: Sequence[FindingRecord]) -> list[FindingRecord]:
    """Return the findings that catch this plant; empty if it was missed."""
    category = plant["category"]
    if category == "omitted":
        return [f for f in findings if f["line"] is None and f["category"] == "omitted" and _suggests(f, plant)]
    if category in OF_THE_RECORD:
        return [f for f in findings if f["category"] == category]
    same_line = [f for f in findings if str(f["line"]) == plant["line"]]
    if category in BETWEEN_LINES:
        same_line += [f for f in findings if f["category"] == category and f not in same_line]
    if plant["decidable_by"] == "data":
        return [f for f in same_line if f["verdict"] == "error" and f["category"] == category]
    return same_line


def _suggests(finding: FindingRecord, plant: Row) -> bool:
    return any(code[:3] == plant["correct"][:3] for code in finding["suggested"] or [finding["code"] or ""])


def _raised(audited: Audited, found: Mapping[str, Sequence[FindingRecord]]) -> list[FindingRecord]:
    """Findings on clean lines that no plant of the same encounter explains."""
    wrong = {(row["encounter_id"], row["line"]) for row in audited.key if row["line"]}
    explained = defaultdict(set)
    for row in audited.key:
        if row["category"] in BETWEEN_LINES | OF_THE_RECORD:
            explained[row["encounter_id"]].add(row["category"])
        if row["category"] in MOVES_THE_FIRST:
            explained[row["encounter_id"]] |= MOVES_THE_FIRST
    return [
        finding
        for encounter_id, findings in found.items()
        for finding in findings
        if finding["line"] is not None
        and (encounter_id, str(finding["line"])) not in wrong
        and finding["category"] not in explained[encounter_id]
    ]


def _place(finding: FindingRecord) -> tuple[str, int]:
    return finding["encounter_id"], finding["line"]


def _share(caught: Sequence[object]) -> float:
    return sum(map(bool, caught)) / max(len(caught), 1)


def _categories(plants: Iterable[tuple[Row, Sequence[FindingRecord]]]) -> list[dict[str, Any]]:
    """One row per planted category: how many, caught, and caught under that very name."""
    planted: Counter[tuple[str, str]] = Counter()
    caught: Counter[tuple[str, str]] = Counter()
    named: Counter[tuple[str, str]] = Counter()
    for row, findings in plants:
        kind = row["decidable_by"], row["category"]
        planted[kind] += 1
        caught[kind] += bool(findings)
        named[kind] += any(finding["category"] == row["category"] for finding in findings)
    return [
        {
            "decidable_by": kind[0],
            "category": kind[1],
            "planted": count,
            "caught": caught[kind],
            "in_category": named[kind],
        }
        for kind, count in sorted(planted.items())
    ]


def _report(
    categories: Sequence[Mapping[str, Any]], missed: Sequence[Row], raised: Sequence[FindingRecord], clean: int
) -> list[str]:
    lines = ["", f"{'planted':<28}{'of':>6}{'caught':>8}{'so named':>10}"]
    for row in categories:
        kind = f"{row['decidable_by']} {row['category']}"
        lines.append(f"{kind:<28}{row['planted']:>6}{row['caught']:>8}{row['in_category']:>10}")
    by_rule = Counter((finding["verdict"], finding["rule"], finding["category"]) for finding in raised)
    lines += ["", f"raised on {clean} clean lines, by rule"]
    lines += [f"{count:>6}  {' '.join(kind)}" for kind, count in by_rule.most_common()]
    lines += ["", f"missed ({len(missed)}), the first {_SHOWN}"]
    lines += ["  " + " ".join(f"{k}={v}" for k, v in row.items() if v) for row in missed[:_SHOWN]]
    lines += ["", f"falsely raised ({len(raised)}), the first {_SHOWN}"]
    lines += [f"  {f['encounter_id']} {f['line']} {f['code']} {f['verdict']} {f['rule']}" for f in raised[:_SHOWN]]
    return lines


def _report_encounters(audited: Audited, found: Mapping[str, Sequence[FindingRecord]]) -> list[str]:
    """Count, by rule, findings on whole encounters that lead to no plant there: omissions nobody made, and so on."""
    planted = defaultdict(list)
    for row in audited.key:
        planted[row["encounter_id"]].append(row)
    idle = Counter(
        (finding["verdict"], finding["rule"], finding["category"])
        for encounter_id, findings in found.items()
        for finding in findings
        if finding["line"] is None and not any(_leads_to(finding, row) for row in planted[encounter_id])
    )
    lines = ["", "raised on encounters without such a fault, by rule (outside the four figures)"]
    return lines + [f"{count:>6}  {' '.join(kind)}" for kind, count in idle.most_common()]


def _leads_to(finding: FindingRecord, plant: Row) -> bool:
    if finding["category"] == "omitted":
        return bool(plant["correct"]) and _suggests(finding, plant)
    return bool(finding["category"] == plant["category"])


def _rows(hospital: Path, table: str) -> list[dict[str, str]]:
    with (hospital / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
