"""Present-on-admission indicators of institutional inpatient diagnoses."""

from __future__ import annotations

from audit.domain.check import CheckKind, Family, ParameterType
from audit.domain.rule import Rule
from audit.edits.sql import DIAGNOSIS, NOTHING_SUGGESTED, EditQuery, edition_of, outside_editions, scope, texts

POA_INVALID = CheckKind(
    name="poa_invalid",
    family=Family.EDIT,
    summary="The POA indicator of an inpatient diagnosis is not one of the indicators there are.",
    may_be_error=True,
    required={"indicators": ParameterType.TEXTS},
)
POA_MISSING = CheckKind(
    name="poa_missing",
    family=Family.EDIT,
    summary="An inpatient diagnosis that is not exempt has no POA indicator, or claims to be exempt.",
    may_be_error=True,
    required={"exempt_indicators": ParameterType.TEXTS},
    needs=("poa-exempt",),
)
_REPORTED = f"{DIAGNOSIS} AND l.claim_type = 'institutional' AND l.setting = 'inpatient'"


def compose_poa_invalid(rule: Rule) -> EditQuery:
    """Find indicators that are neither empty nor among ``indicators``."""
    return EditQuery(
        finds=f"""
            SELECT l.encounter_id, l.line, l.code, {NOTHING_SUGGESTED} AS suggested, '' AS detail
            FROM lines l WHERE {scope(rule)} AND {_REPORTED} AND l.poa <> ''
                AND upper(l.poa) NOT IN {texts(rule.parameters["indicators"])}"""
    )


def compose_poa_missing(rule: Rule) -> EditQuery:
    """Find diagnoses outside the exempt list whose indicator is empty or one of ``exempt_indicators``."""
    return EditQuery(
        finds=f"""
            SELECT l.encounter_id, l.line, l.code, {NOTHING_SUGGESTED} AS suggested, '' AS detail
            FROM lines l {edition_of("poa-exempt")}
            ANTI JOIN poa_exempt x ON x.code = l.code AND x.valid_from = ed.valid_from
            WHERE {scope(rule)} AND {_REPORTED}
                AND (l.poa = '' OR upper(l.poa) IN {texts(rule.parameters["exempt_indicators"])})""",
        not_assessed=outside_editions("poa-exempt", rule, f"{_REPORTED} AND l.poa = ''"),
        needs=POA_MISSING.needs,
    )
