"""May the diagnosis be treated where the claim says it was?"""

from __future__ import annotations

from audit.domain.check import CheckKind, Family, ParameterType
from audit.domain.rule import Rule
from audit.edits.sql import DIAGNOSIS, NOTHING_SUGGESTED, EditQuery, counted, covers, scope, texts

OUTSIDE_PLACE = CheckKind(
    name="outside_place",
    family=Family.EDIT,
    summary="A professional claim states a diagnosis in a place of service where it is not treated.",
    may_be_error=False,
    required={"codes": ParameterType.CODES, "places": ParameterType.TEXTS},
)


def compose_outside_place(rule: Rule) -> EditQuery:
    """Find covered diagnoses of professional claims whose place of service is not one of ``places``."""
    codes = covers("l.code", rule.parameters["codes"])
    relevant = f"{scope(rule)} AND {DIAGNOSIS} AND l.claim_type = 'professional' AND {codes}"
    return EditQuery(
        finds=f"""
            SELECT l.encounter_id, l.line, l.code, {NOTHING_SUGGESTED} AS suggested,
                'place of service ' || l.place_of_service AS detail
            FROM lines l WHERE {relevant} AND l.place_of_service <> ''
                AND l.place_of_service NOT IN {texts(rule.parameters["places"])}""",
        not_assessed=counted("the claim states no place of service", f"{relevant} AND l.place_of_service = ''"),
    )
