"""Documented but not coded: a condition that the assessment states plainly, at the head of a clause, uncoded."""

from __future__ import annotations

from collections.abc import Iterator

from audit.chart.evidence_tables import Ranges
from audit.chart.hits import Hit
from audit.chart.reader import ChartReading
from audit.domain.codes import CodeSystem
from audit.domain.encounter import Case
from audit.domain.finding import Finding
from audit.domain.rule import Rule

_STATED = frozenset({"assessment", "final"})
_HEAD = 2
"""How many content words may stand before the condition in its clause."""
_OWN = 1
_SPURIOUS = ("R", "Z", "S", "T", "V", "W", "X", "Y", "O", "P", "M25.5", "M79.6")
"""Symptoms, pain of a limb or joint among them, may be integral to a diagnosis; factors, injuries and circumstances
are told in many other words."""


def omitted(rule: Rule, case: Case, reading: ChartReading) -> Iterator[Finding]:
    """Find conditions of the assessment whose category no line carries and no coded combination contains."""
    coded = {line.code[:3] for line in case.lines if line.system is CodeSystem.ICD10CM}
    if not coded:
        return
    held = [h for d in reading.decisions.values() for h in d.hits] + _parts(coded, case, reading)
    told: set[str] = set()
    for hit in reading.scanned.hits:
        code = _plain_code(hit, reading)
        if not code or code[:3] in told or _excepted(rule, code) or _is_coded(hit, coded, reading):
            continue
        if any(_overlap(hit, other) for other in held):
            continue
        told.add(code[:3])
        yield Finding.of(
            rule,
            case.encounter.encounter_id,
            None,
            "",
            spans=reading.scanned.spans([hit]),
            suggested=(code,),
        )


def _plain_code(hit: Hit, reading: ChartReading) -> str:
    """Return the code that a plain statement names, or '' where it is not plain."""
    if hit.section not in _STATED or hit.assertion or hit.cover >= 0 or hit.places[0] > _HEAD:
        return ""
    named = {
        code
        for code, rank in reading.tools.table.codes[hit.key].items()
        if rank <= _OWN and not code.startswith(_SPURIOUS) and (f := reading.tools.table.facts(code)) and f.leaf
    }
    categories = {code[:3] for code in named}
    return min(named) if len(categories) == 1 else ""


def _is_coded(hit: Hit, coded: set[str], reading: ChartReading) -> bool:
    return any(code[:3] in coded for code in reading.tools.table.codes[hit.key])


def _parts(coded: set[str], case: Case, reading: ChartReading) -> list[Hit]:
    """Return the hits that a coded combination contains: hypertension in I11, the kidney disease in E11.22."""
    parts: list[Ranges] = []
    for line in case.lines:
        for options in reading.tools.evidence.combinations.get(line.code, ()):
            parts.extend(options)
    parts += [Ranges.of(["I10-I16"])] if coded & {"I11", "I12", "I13", "I15", "I16"} else []
    table = reading.tools.table
    return [h for h in reading.scanned.hits if any(code in part for part in parts for code in table.codes[h.key])]


def _overlap(one: Hit, other: Hit) -> bool:
    same = one.clause.document == other.clause.document
    return same and one.start < other.end and other.start < one.end


def _excepted(rule: Rule, code: str) -> bool:
    only, without = rule.parameters.get("codes"), rule.parameters.get("except")
    return bool((only and code not in Ranges.of(only)) or (without and code in Ranges.of(without)))
