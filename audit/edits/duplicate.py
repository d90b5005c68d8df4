"""The same code twice: on one encounter (diagnoses), or on one patient, provider and day (services)."""

from __future__ import annotations

from audit.domain.check import CheckKind, Family, ParameterType
from audit.domain.rule import Rule
from audit.edits.sql import DIAGNOSIS, NOTHING_SUGGESTED, SERVICE, EditQuery, in_force, scope, texts

DUPLICATE_DIAGNOSIS = CheckKind(
    name="duplicate_diagnosis",
    family=Family.EDIT,
    summary="One diagnosis code stands twice on an encounter; the later line carries the finding.",
    may_be_error=False,
)
DUPLICATE_SERVICE = CheckKind(
    name="duplicate_service",
    family=Family.EDIT,
    summary="One service with the same modifiers stands twice for one patient, provider and day.",
    may_be_error=False,
    required={"repeat_modifiers": ParameterType.TEXTS},
)


def compose_duplicate_diagnosis(rule: Rule) -> EditQuery:
    """Find every diagnosis line after the first with its code."""
    return EditQuery(
        finds=f"""
            SELECT l.encounter_id, l.line, l.code, {NOTHING_SUGGESTED} AS suggested, '' AS detail
            FROM lines l WHERE {scope(rule)} AND {DIAGNOSIS}
            QUALIFY row_number() OVER (PARTITION BY l.encounter_id, l.code ORDER BY l.line) > 1"""
    )


def compose_duplicate_service(rule: Rule) -> EditQuery:
    """Find every service line after the first alike, unless a modifier of ``repeat_modifiers`` says it was repeated.

    Lines are alike in patient, provider, day, claim type, code, revenue code, modifiers and place in the population.
    """
    return EditQuery(
        finds=f"""
            SELECT l.encounter_id, l.line, l.code, {NOTHING_SUGGESTED} AS suggested, '' AS detail
            FROM (
                SELECT l.*, row_number() OVER (
                    PARTITION BY l.patient_id, l.rendering_provider_id, l.service_day, l.claim_type, l.system, l.code,
                        l.revenue_code, list_sort(l.modifiers)
                    ORDER BY l.encounter_id, l.line) AS place
                FROM lines l WHERE {SERVICE} AND {in_force(rule)}
            ) l
            WHERE l.place > 1 AND {scope(rule)}
                AND NOT list_has_any(l.modifiers, {texts(rule.parameters["repeat_modifiers"])})"""
    )
