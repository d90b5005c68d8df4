"""Is the code one that can be submitted on the date of service?"""

from __future__ import annotations

from audit.domain.check import CheckKind, Family, ParameterType
from audit.domain.rule import Rule
from audit.edits.sql import NOTHING_SUGGESTED, EditQuery, edition_of, outside_editions, scope, texts

IN_EDITION = CheckKind(
    name="in_edition",
    family=Family.EDIT,
    summary="A diagnosis code is not in the edition of ICD-10-CM that is in force on the date of service.",
    may_be_error=True,
    needs=("icd10cm",),
)
BILLABLE = CheckKind(
    name="billable",
    family=Family.EDIT,
    summary="A diagnosis code is in the edition in force, but further characters are required to submit it.",
    may_be_error=True,
    needs=("icd10cm",),
)
CODE_SYSTEM = CheckKind(
    name="code_system",
    family=Family.EDIT,
    summary="A line uses a code system that may not be used on the date of service (the dates of the rule).",
    may_be_error=True,
    required={"systems": ParameterType.TEXTS},
)
IN_HCPCS = CheckKind(
    name="in_hcpcs",
    family=Family.EDIT,
    summary="A HCPCS Level II code is not in the table of the day, or was not yet or no longer valid on it.",
    may_be_error=True,
    needs=("hcpcs",),
)
_LEVEL_II = "l.system = 'HCPCS' AND regexp_full_match(l.code, '[A-CE-V][0-9]{4}')"
"""Dental codes (D) are not in the table's own keeping and are left to the payer."""
_FEW = 6
_ANY_DIAGNOSIS = "l.system = 'ICD10CM'"


def compose_in_edition(rule: Rule) -> EditQuery:
    """Find codes that the edition of the day does not know."""
    return EditQuery(
        finds=f"""
            SELECT l.encounter_id, l.line, l.code, {NOTHING_SUGGESTED} AS suggested, '' AS detail
            FROM lines l {edition_of("icd10cm")}
            ANTI JOIN icd10cm c ON c.code = l.code AND c.valid_from = ed.valid_from
            WHERE {scope(rule)} AND {_ANY_DIAGNOSIS}""",
        not_assessed=outside_editions("icd10cm", rule, _ANY_DIAGNOSIS),
        needs=IN_EDITION.needs,
    )


def compose_billable(rule: Rule) -> EditQuery:
    """Find categories and subcategories in place of codes, and codes without their 7th character.

    The codes below the heading are suggested where they are few enough to choose from.
    """
    return EditQuery(
        finds=f"""
            WITH headings AS MATERIALIZED (
                SELECT l.encounter_id, l.line, l.code, c.valid_from
                FROM lines l {edition_of("icd10cm")}
                JOIN icd10cm c ON c.code = l.code AND c.valid_from = ed.valid_from
                WHERE {scope(rule)} AND {_ANY_DIAGNOSIS} AND NOT c.billable
            ), below AS (
                SELECT h.code, h.valid_from, list(b.code ORDER BY b.code) AS codes
                FROM (SELECT DISTINCT code, valid_from FROM headings) h
                JOIN icd10cm_ancestor n ON n.ancestor = h.code AND n.valid_from = h.valid_from
                JOIN icd10cm b ON b.code = n.code AND b.valid_from = n.valid_from AND b.billable
                GROUP BY h.code, h.valid_from HAVING count(*) <= {_FEW})
            SELECT h.encounter_id, h.line, h.code, coalesce(below.codes, {NOTHING_SUGGESTED}) AS suggested, '' AS detail
            FROM headings h LEFT JOIN below ON below.code = h.code AND below.valid_from = h.valid_from""",
        not_assessed=outside_editions("icd10cm", rule, _ANY_DIAGNOSIS),
        needs=BILLABLE.needs,
    )


def compose_code_system(rule: Rule) -> EditQuery:
    """Find every line of the systems; the dates of the rule say when that is wrong."""
    return EditQuery(
        finds=f"""
            SELECT l.encounter_id, l.line, l.code, {NOTHING_SUGGESTED} AS suggested, '' AS detail
            FROM lines l WHERE {scope(rule)} AND l.system IN {texts(rule.parameters["systems"])}"""
    )


def compose_in_hcpcs(rule: Rule) -> EditQuery:
    """Find Level II codes that no row of the table holds for the day."""
    return EditQuery(
        finds=f"""
            SELECT l.encounter_id, l.line, l.code, {NOTHING_SUGGESTED} AS suggested, '' AS detail
            FROM lines l {edition_of("hcpcs")}
            ANTI JOIN hcpcs h ON h.code = l.code AND h.valid_from = ed.valid_from AND NOT h.modifier
                AND l.service_day BETWEEN coalesce(h.added, DATE '1900-01-01')
                    AND coalesce(h.terminated, DATE '9999-12-31')
            WHERE {scope(rule)} AND {_LEVEL_II}""",
        not_assessed=outside_editions("hcpcs", rule, _LEVEL_II),
        needs=IN_HCPCS.needs,
    )
