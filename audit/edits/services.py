"""Services against the tables that describe them: add-on codes, fee schedule indicators, article groups, history."""

from __future__ import annotations

from audit.domain.check import CheckKind, Family, ParameterType
from audit.domain.rule import Rule
from audit.edits.payers import PAYER_PARAMETERS, payers
from audit.edits.sql import (
    DIAGNOSIS,
    NOTHING_SUGGESTED,
    SERVICE,
    EditQuery,
    covers,
    edition_of,
    number,
    outside_editions,
    scope,
    texts,
)

ADD_ON = CheckKind(
    name="add_on",
    family=Family.EDIT,
    summary="An add-on code stands without any of its primary codes for the patient on the day.",
    may_be_error=True,
    required={"types": ParameterType.TEXTS},
    needs=("ncci-aoc",),
)
FEE_INDICATOR = CheckKind(
    name="fee_indicator",
    family=Family.EDIT,
    summary="A modifier stands on a code whose fee schedule indicator does not admit it.",
    may_be_error=False,
    required={"column": ParameterType.TEXT, "values": ParameterType.TEXTS, "modifiers": ParameterType.TEXTS},
    optional={**PAYER_PARAMETERS, "places": ParameterType.TEXTS},
    needs=("pfs-rvu",),
)
COVERAGE = CheckKind(
    name="coverage",
    family=Family.EDIT,
    summary="A service of an article has no diagnosis of the covered list of its group on the encounter.",
    may_be_error=False,
    optional=PAYER_PARAMETERS,
    needs=("mcd",),
)
EARLIER_SERVICE = CheckKind(
    name="earlier_service",
    family=Family.EDIT,
    summary="A service for a new patient follows another service of the same provider for that patient.",
    may_be_error=False,
    required={"codes": ParameterType.CODES, "years": ParameterType.NUMBER},
)
_FEE_COLUMNS = ("pctc", "multiple", "bilateral", "assistant", "co_surgeons", "team")
_DATED = "BETWEEN coalesce(a.effective, DATE '1900-01-01') AND coalesce(a.deletion, DATE '9999-12-31')"
_FOUND = f"{NOTHING_SUGGESTED} AS suggested, '' AS detail"


def compose_add_on(rule: Rule) -> EditQuery:
    """Find add-on codes of ``types`` whose primary codes are listed and none of which the patient has on the day."""
    return EditQuery(
        finds=f"""
            WITH wanted AS MATERIALIZED (
                SELECT DISTINCT l.encounter_id, l.line, l.code, l.patient_id, l.service_day, ed.valid_from
                FROM lines l {edition_of("ncci-aoc")}
                JOIN ncci_aoc a ON a.code = l.code AND a.valid_from = ed.valid_from
                WHERE {scope(rule)} AND {SERVICE} AND a.primary_code IS NOT NULL
                    AND a.type IN {texts(rule.parameters["types"])} AND l.service_day {_DATED}
            ), met AS (
                SELECT w.encounter_id, w.line FROM wanted w
                JOIN lines o ON o.patient_id = w.patient_id AND o.service_day = w.service_day
                JOIN ncci_aoc a ON a.code = w.code AND a.primary_code = o.code AND a.valid_from = w.valid_from
                WHERE w.service_day {_DATED})
            SELECT w.encounter_id, w.line, w.code, {_FOUND} FROM wanted w ANTI JOIN met USING (encounter_id, line)""",
        not_assessed=outside_editions("ncci-aoc", rule, SERVICE),
        needs=ADD_ON.needs,
    )


def compose_fee_indicator(rule: Rule) -> EditQuery:
    """Find professional lines with one of ``modifiers`` on a code whose ``column`` holds one of ``values``.

    ``places``: only lines of these places of service. Raises ValueError for a column the table does not have.
    """
    column = rule.parameters["column"]
    if column not in _FEE_COLUMNS:
        raise ValueError(f"column is none of {', '.join(_FEE_COLUMNS)}")
    places = rule.parameters.get("places")
    relevant = (
        f"{SERVICE} AND l.claim_type = 'professional' AND {payers(rule)}"
        f" AND list_has_any(l.modifiers, {texts(rule.parameters['modifiers'])})"
        + (f" AND l.place_of_service IN {texts(places)}" if places else "")
    )
    return EditQuery(
        finds=f"""
            SELECT l.encounter_id, l.line, l.code, {_FOUND}
            FROM lines l {edition_of("pfs-rvu")}
            SEMI JOIN pfs_rvu f ON f.code = l.code AND f.valid_from = ed.valid_from AND f.modifier IS NULL
                AND f.{column} IN {texts(rule.parameters["values"])}
            WHERE {scope(rule)} AND {relevant}""",
        not_assessed=outside_editions("pfs-rvu", rule, relevant),
        needs=FEE_INDICATOR.needs,
    )


def compose_coverage(rule: Rule) -> EditQuery:
    """Find services in a group of an article that lists covered diagnoses, none of which is on the encounter.

    A service in several groups is covered by any of them.
    """
    same = "d.article = w.article AND d.version = w.version AND d.code_group = w.code_group"
    listed = f"d.role = 'diagnosis' AND d.covered AND d.valid_from = w.valid_from AND {same}"
    relevant = f"{SERVICE} AND {payers(rule)}"
    return EditQuery(
        finds=f"""
            WITH wanted AS MATERIALIZED (
                SELECT DISTINCT l.encounter_id, l.line, l.code, m.article, m.version, m.code_group, m.valid_from
                FROM lines l {edition_of("mcd")}
                JOIN mcd m ON m.code = l.code AND m.role = 'procedure' AND m.valid_from = ed.valid_from
                WHERE {scope(rule)} AND {relevant}
            ), governed AS MATERIALIZED (
                SELECT w.* FROM wanted w SEMI JOIN mcd d ON {listed}
            ), met AS (
                SELECT w.encounter_id, w.line FROM governed w
                JOIN (SELECT l.encounter_id, l.code FROM lines l WHERE {DIAGNOSIS}) o ON o.encounter_id = w.encounter_id
                SEMI JOIN mcd d ON {listed} AND d.code = o.code)
            SELECT w.encounter_id, w.line, w.code, {_FOUND}
            FROM (SELECT DISTINCT encounter_id, line, code FROM governed) w ANTI JOIN met USING (encounter_id, line)""",
        not_assessed=outside_editions("mcd", rule, relevant),
        needs=COVERAGE.needs,
    )


def compose_earlier_service(rule: Rule) -> EditQuery:
    """Find covered services within ``years`` after a professional service of the same provider for the patient."""
    codes = covers("l.code", rule.parameters["codes"])
    return EditQuery(
        finds=f"""
            SELECT l.encounter_id, l.line, l.code, {_FOUND}
            FROM lines l SEMI JOIN (
                SELECT l.patient_id, l.rendering_provider_id, l.service_day FROM lines l
                WHERE {SERVICE} AND l.claim_type = 'professional' AND l.rendering_provider_id <> ''
            ) o ON o.patient_id = l.patient_id AND o.rendering_provider_id = l.rendering_provider_id
                AND o.service_day < l.service_day
                AND o.service_day > l.service_day - to_years({number(rule.parameters["years"])})
            WHERE {scope(rule)} AND {SERVICE} AND {codes}"""
    )
