"""Does the diagnosis fit the patient's age at the start of service?"""

from __future__ import annotations

from audit.domain.check import CheckKind, Family, ParameterType
from audit.domain.rule import Rule
from audit.edits.sql import DIAGNOSIS, NOTHING_SUGGESTED, EditQuery, counted, covers, number, scope

AGE = CheckKind(
    name="age",
    family=Family.EDIT,
    summary="A diagnosis belongs to another age than the patient's, in completed years at the start of service.",
    may_be_error=False,
    required={"codes": ParameterType.CODES},
    optional={
        "except": ParameterType.CODES,
        "youngest": ParameterType.NUMBER,
        "oldest": ParameterType.NUMBER,
    },
)


def compose_age(rule: Rule) -> EditQuery:
    """Find covered diagnoses of patients younger than ``youngest`` or older than ``oldest``."""
    relevant = f"{scope(rule)} AND {DIAGNOSIS} AND {covers('l.code', rule.parameters['codes'])}"
    if "except" in rule.parameters:
        relevant += f" AND NOT {covers('l.code', rule.parameters['except'])}"
    limits = [
        f"l.age_years {sign} {number(rule.parameters[name])}"
        for name, sign in (("youngest", "<"), ("oldest", ">"))
        if name in rule.parameters
    ]
    return EditQuery(
        finds=f"""
            SELECT l.encounter_id, l.line, l.code, {NOTHING_SUGGESTED} AS suggested, '' AS detail
            FROM lines l WHERE {relevant} AND ({" OR ".join(limits) or "false"})""",
        not_assessed=counted("the patient has no birth date", f"{relevant} AND l.age_years IS NULL"),
    )
