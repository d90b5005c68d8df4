"""Diagnoses of one encounter beside each other: pairs that exclude each other, and partners that are missing."""

from __future__ import annotations

from audit.domain.check import CheckKind, Family, ParameterType
from audit.domain.rule import Rule
from audit.edits.sql import DIAGNOSIS, NOTHING_SUGGESTED, EditQuery, covers, edition_of, outside_editions, scope, texts

EXCLUDES1 = CheckKind(
    name="excludes1",
    family=Family.EDIT,
    summary="Two diagnoses of one encounter are named by an Excludes1 note at or above one of them.",
    may_be_error=False,
    needs=("icd10cm",),
)
CODE_FIRST = CheckKind(
    name="code_first",
    family=Family.EDIT,
    summary="A code-first note names every possible partner by code, and none of them is on the encounter.",
    may_be_error=False,
    required={"codes": ParameterType.CODES},
    needs=("icd10cm",),
)
REQUIRES = CheckKind(
    name="requires",
    family=Family.EDIT,
    summary="A diagnosis stands without the partner that must be coded with it.",
    may_be_error=False,
    required={"codes": ParameterType.CODES, "partner": ParameterType.CODES},
)
NOT_BESIDE = CheckKind(
    name="not_beside",
    family=Family.EDIT,
    summary="Two diagnoses stand beside each other that are coded as one combination.",
    may_be_error=False,
    required={"codes": ParameterType.CODES, "beside": ParameterType.CODES},
    optional={"suggested": ParameterType.TEXTS},
)


def _placed(of_encounters: str = "") -> str:
    """Every sampled diagnosis (of the encounters in a relation) with each node of the classification at or above it."""
    chosen = f"SEMI JOIN ({of_encounters}) chosen ON chosen.encounter_id = l.encounter_id" if of_encounters else ""
    return f"""
        placed AS MATERIALIZED (
            SELECT l.encounter_id, l.line, l.code, l.sampled, l.service_day, ed.valid_from, n.ancestor
            FROM lines l {chosen} {edition_of("icd10cm")}
            JOIN icd10cm_ancestor n ON n.code = l.code AND n.valid_from = ed.valid_from
            WHERE {DIAGNOSIS} AND l.sampled)"""


def compose_excludes1(rule: Rule) -> EditQuery:
    """Find pairs under an Excludes1 note; the later line carries the finding, its detail others and notes."""
    return EditQuery(
        finds=f"""
            WITH {_placed()}, pairs AS (
                SELECT DISTINCT l.encounter_id, greatest(l.line, o.line) AS line,
                    CASE WHEN l.line > o.line THEN l.code ELSE o.code END AS code,
                    CASE WHEN l.line > o.line THEN o.code ELSE l.code END AS other,
                    'note at ' || x.owner || ': ' || x.note AS note
                FROM placed l
                JOIN icd10cm_excludes1 x ON x.owner = l.ancestor AND x.valid_from = l.valid_from
                JOIN placed o ON o.encounter_id = l.encounter_id AND o.ancestor = x.other AND o.code <> l.code
                WHERE {scope(rule)})
            SELECT encounter_id, line, code, {NOTHING_SUGGESTED} AS suggested,
                string_agg('with ' || other || ' (' || note || ')', ', ' ORDER BY other, note) AS detail
            FROM pairs GROUP BY encounter_id, line, code""",
        not_assessed=outside_editions("icd10cm", rule, DIAGNOSIS),
        needs=EXCLUDES1.needs,
    )


def compose_code_first(rule: Rule) -> EditQuery:
    """Find covered diagnoses under a closed code-first note without any of its partners on the encounter."""
    return EditQuery(
        finds=f"""
            WITH {_placed(_having(rule, "codes"))}, wanted AS (
                SELECT DISTINCT l.encounter_id, l.line, l.code, x.owner, x.valid_from
                FROM placed l JOIN icd10cm_code_first x ON x.owner = l.ancestor AND x.valid_from = l.valid_from
                WHERE x.closed AND {scope(rule)} AND {covers("l.code", rule.parameters["codes"])}
            ), met AS (
                SELECT w.encounter_id, w.line, w.owner FROM wanted w
                JOIN icd10cm_code_first x ON x.owner = w.owner AND x.valid_from = w.valid_from
                JOIN placed o ON o.encounter_id = w.encounter_id AND o.ancestor = x.other AND o.line <> w.line)
            SELECT encounter_id, line, code, {NOTHING_SUGGESTED} AS suggested, '' AS detail
            FROM (SELECT DISTINCT encounter_id, line, code
                FROM wanted ANTI JOIN met USING (encounter_id, line, owner))""",
        not_assessed=outside_editions("icd10cm", rule, DIAGNOSIS),
        needs=CODE_FIRST.needs,
    )


def compose_requires(rule: Rule) -> EditQuery:
    """Find covered diagnoses on encounters without a partner."""
    return EditQuery(
        finds=f"""
            SELECT l.encounter_id, l.line, l.code, {NOTHING_SUGGESTED} AS suggested, '' AS detail
            FROM lines l ANTI JOIN ({_having(rule, "partner")}) p ON p.encounter_id = l.encounter_id
            WHERE {scope(rule)} AND {DIAGNOSIS} AND {covers("l.code", rule.parameters["codes"])}"""
    )


def compose_not_beside(rule: Rule) -> EditQuery:
    """Find covered diagnoses on encounters that also have one of ``beside``."""
    return EditQuery(
        finds=f"""
            SELECT l.encounter_id, l.line, l.code,
                CAST({texts(rule.parameters.get("suggested", ()))} AS VARCHAR[]) AS suggested,
                'with ' || b.codes AS detail
            FROM lines l JOIN ({_having(rule, "beside")}) b ON b.encounter_id = l.encounter_id
            WHERE {scope(rule)} AND {DIAGNOSIS} AND {covers("l.code", rule.parameters["codes"])}"""
    )


def _having(rule: Rule, parameter: str) -> str:
    """Encounters with a diagnosis of the parameter's codes."""
    return f"""
        SELECT o.encounter_id, string_agg(DISTINCT o.code, ', ' ORDER BY o.code) AS codes FROM lines o
        WHERE o.system = 'ICD10CM' AND o.role <> 'admitting' AND {covers("o.code", rule.parameters[parameter])}
        GROUP BY o.encounter_id"""
