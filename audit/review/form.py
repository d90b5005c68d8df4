"""The form a reviewer fills: every line of every sampled encounter, as JSON lines that can be imported again."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from audit.domain.canonical import to_json
from audit.domain.determination import CaseDeterminations, Closing, Determination
from audit.domain.encounter import Case, CodeLine
from audit.domain.finding import Finding

_SHOWN = ("rule", "verdict", "category", "direction", "owner", "message", "citation", "suggested")


def export_determinations(
    cases: Iterable[Case], findings: Iterable[Finding], determinations: Mapping[str, CaseDeterminations]
) -> str:
    """Return the form, one JSON object per line of text; it holds PHI.

    Encounters come in id order. For each: every code line in line order, then every omitted code a person has added,
    then the closing. A code line has all keys of a determination (``encounter_id``, ``line``, ``decision``,
    ``category``, ``direction``, ``owner``, ``correct``, ``correct_paid``, ``note``), ``decision`` null while nobody has
    decided, and two read-only keys: ``submitted`` {``system``, ``code``, ``modifiers``, ``units``, ``sequence``,
    ``poa``} and ``findings``, what the tool says of the line. The closing has ``complete``, ``omissions_checked``,
    ``correct_drg`` and in ``findings`` what the tool says of the encounter as a whole. Filled in, the same text is
    read by ``parse_determinations``.
    """
    by_place: dict[tuple[str, int | None], list[Finding]] = defaultdict(list)
    for finding in sorted(findings, key=lambda one: one.sort_key):
        by_place[finding.encounter_id, finding.line].append(finding)
    records = (
        record
        for case in sorted(cases, key=lambda one: one.encounter.encounter_id)
        for record in _encounter(case, by_place, determinations.get(case.encounter.encounter_id))
    )
    return "".join(json.dumps(to_json(record), ensure_ascii=False) + "\n" for record in records)


def _encounter(
    case: Case, findings: Mapping[tuple[str, int | None], Sequence[Finding]], decided: CaseDeterminations | None
) -> Iterator[dict[str, Any]]:
    encounter_id = case.encounter.encounter_id
    so_far = decided or CaseDeterminations(encounter_id=encounter_id)
    by_line = {one.line: one for one in so_far.lines}
    for line in case.lines:
        record = _decision(by_line[line.line]) if line.line in by_line else _undecided(encounter_id, line.line)
        yield {**record, "submitted": _submitted(line), "findings": _shown(findings.get((encounter_id, line.line), ()))}
    for omitted in so_far.omitted:
        yield _decision(omitted)
    closing = so_far.closing or Closing(encounter_id=encounter_id, complete=False, omissions_checked=False)
    yield {**to_json(closing), "findings": _shown(findings.get((encounter_id, None), ()))}


def _decision(determination: Determination) -> dict[str, Any]:
    record: dict[str, Any] = to_json(determination)
    return record


def _undecided(encounter_id: str, line: int) -> dict[str, Any]:
    nothing = ("decision", "category", "direction", "owner", "correct", "correct_paid")
    return {"encounter_id": encounter_id, "line": line, **dict.fromkeys(nothing), "note": ""}


def _submitted(line: CodeLine) -> dict[str, Any]:
    return {name: getattr(line, name) for name in ("system", "code", "modifiers", "units", "sequence", "poa")}


def _shown(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    return [{name: getattr(finding, name) for name in _SHOWN} for finding in findings]
