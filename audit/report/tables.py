"""Tidy CSV: one row per fact, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

# a cell beginning so is a formula to a spreadsheet, whatever it was to us (CWE-1236)
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

_SCORE_COLUMNS = (
    "basis", "formula", "verdict", "numerator", "denominator", "value", "value_if_review_stands", "interval_low",
    "interval_high", "confidence", "census", "target", "encounters", "codes", "undetermined", "missing",
    "more_encounters_needed", "judges",
)  # fmt: skip
_FINDING_COLUMNS = (
    "line", "code", "rule", "verdict", "category", "direction", "owner", "message", "citation", "suggested",
    "fingerprint",
)  # fmt: skip


def manager_table(view: Mapping[str, Any]) -> bytes:
    """Return one row per coder, formula and basis; an empty ``coder_id`` is all coders together."""
    scores = [*view["overall"]["scores"], *(score for coder in view["coders"] for score in coder["scores"])]
    return _csv(["audit", "coder_id", *_SCORE_COLUMNS], ([view["audit"], *_score_cells(score)] for score in scores))


def auditor_table(view: Mapping[str, Any]) -> bytes:
    """Return one row per finding. The first column, so the first line of the file, says that it holds PHI."""
    head = ["holds_protected_health_information", "encounter_id", "coder_id", *_FINDING_COLUMNS, "spans"]
    return _csv(head, (_finding_cells(row, finding) for row in view["encounters"] for finding in row["findings"]))


def officer_table(view: Mapping[str, Any]) -> bytes:
    """Return one row per fact of the draw and per source, with its digest."""
    sample = view["sample"]
    facts = [("audit", field, view[field]) for field in ("audit", "audit_id", "tool_version", "period", "verdict_on")]
    facts += [("sample", field, _flat(value)) for field, value in sample.items() if field != "excluded"]
    facts += [("excluded", count["name"], count["count"]) for count in sample["excluded"]]
    facts += [(s["kind"], f"{s['name']} {s['edition']}".strip(), s["digest"]) for s in view["sources"]]
    facts += [("checkpoint", "note", view["checkpoint"])]
    return _csv(["fact", "name", "value"], facts)


def _score_cells(score: Mapping[str, Any]) -> list[Any]:
    low, high = score["interval"] or (None, None)
    row = {**score, "interval_low": low, "interval_high": high}
    return [score["coder_id"], *(row[column] for column in _SCORE_COLUMNS)]


def _finding_cells(row: Mapping[str, Any], finding: Mapping[str, Any]) -> list[Any]:
    spans = (f"{span['document_id']}:{span['start']}-{span['end']}" for span in finding["spans"])
    values = (_flat(finding[column]) for column in _FINDING_COLUMNS)
    return ["yes", row["encounter"]["encounter_id"], row["encounter"]["coder_id"], *values, ";".join(spans)]


def _flat(value: Any) -> Any:
    return ";".join(str(item) for item in value) if isinstance(value, list) else value


def _csv(head: list[str], rows: Iterable[Iterable[Any]]) -> bytes:
    buffer = io.StringIO(newline="")
    # RFC 4180's line end; with a bare LF the writer would leave a CR inside a cell unquoted
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return buffer.getvalue().encode("utf-8", "replace")


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return f"'{value}"
    return value
