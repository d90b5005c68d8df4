"""Procedure-to-procedure edits (PTP): two services that are not paid together, compared across claims and encounters.

Lines are paired before the edits are joined: the other order was measured at 20 GB on a table of real size.
"""

from __future__ import annotations

from audit.domain.check import CheckKind, Family, ParameterType
from audit.domain.rule import Rule
from audit.edits.payers import PAYER_PARAMETERS, payers
from audit.edits.sql import (
    NOTHING_SUGGESTED,
    SERVICE,
    EditQuery,
    edition_of,
    outside_editions,
    scope,
    table,
    text,
    texts,
)

PTP = CheckKind(
    name="ptp",
    family=Family.EDIT,
    summary="A column-two code stands with its column-one code on one day, without a modifier that allows the pair.",
    may_be_error=True,
    required={
        "table": ParameterType.TEXT,
        "claim_type": ParameterType.TEXT,
        "indicators": ParameterType.TEXTS,
        "bypass": ParameterType.TEXTS,
    },
    optional={**PAYER_PARAMETERS, "bypass_either": ParameterType.TEXTS, "same_provider": ParameterType.FLAG},
)


def compose_ptp(rule: Rule) -> EditQuery:
    """Find column-two lines of one patient and day (and provider, where ``same_provider``) with their column-one code.

    ``indicators`` are the modifier indicators looked for. With indicator 1 a modifier of ``bypass`` on the column-two
    line, or of ``bypass_either`` on either line, allows the pair; indicator 0 knows no bypass.
    """
    kind, claim_type = rule.parameters["table"], rule.parameters["claim_type"]
    of_claims = f"{SERVICE} AND l.claim_type = {text(claim_type)}"
    pairs = (
        f"pairs_of_{table(kind)}_{table(claim_type)}{'_same_provider' if rule.parameters.get('same_provider') else ''}"
    )
    return EditQuery(
        finds=f"""
            SELECT l.encounter_id, l.line, l.code, {NOTHING_SUGGESTED} AS suggested,
                'with ' || string_agg(DISTINCT l.first_code, ', ' ORDER BY l.first_code) AS detail
            FROM {pairs} l
            WHERE {scope(rule)} AND {payers(rule)} AND {payers(rule, "l.first_payer_type")}
                AND l.indicator IN {texts(rule.parameters["indicators"])}
                AND (l.indicator = '0' OR NOT {_allowed(rule)})
            GROUP BY l.encounter_id, l.line, l.code""",
        not_assessed=outside_editions(kind, rule, f"{of_claims} AND {payers(rule)}"),
        needs=(kind,),
        shared={pairs: _pairs(rule, kind, of_claims)},
    )


def _pairs(rule: Rule, kind: str, of_claims: str) -> str:
    """Every pair of lines that an edit of the table names on its day, whatever indicator, modifiers and payer say."""
    return f"""
        WITH services AS MATERIALIZED (
            SELECT l.encounter_id, l.line, l.code, l.modifiers, l.service_day, l.patient_id, l.rendering_provider_id,
                l.payer_type, l.sampled, ed.valid_from
            FROM lines l {edition_of(kind)} WHERE {of_claims}
        ), pairs AS MATERIALIZED (
            SELECT l.encounter_id, l.line, l.code, l.modifiers, l.service_day, l.payer_type, l.sampled, l.valid_from,
                o.code AS first_code, o.modifiers AS first_modifiers, o.payer_type AS first_payer_type
            FROM services l JOIN services o ON o.patient_id = l.patient_id AND o.service_day = l.service_day
                AND o.code <> l.code {_same_provider(rule)}
            WHERE l.sampled)
        SELECT p.*, e.indicator FROM pairs p JOIN {table(kind)} e
            ON e.column1 = p.first_code AND e.column2 = p.code AND e.valid_from = p.valid_from
        WHERE p.service_day BETWEEN e.effective AND coalesce(e.deletion, DATE '9999-12-31')"""


def _same_provider(rule: Rule) -> str:
    """One provider where the rule asks for it; without a provider on the lines, one encounter."""
    if not rule.parameters.get("same_provider"):
        return ""
    return (
        "AND o.rendering_provider_id = l.rendering_provider_id"
        " AND (l.rendering_provider_id <> '' OR o.encounter_id = l.encounter_id)"
    )


def _allowed(rule: Rule) -> str:
    bypass, either = texts(rule.parameters["bypass"]), rule.parameters.get("bypass_either")
    on_second = f"list_has_any(l.modifiers, {bypass})"
    if not either:
        return on_second
    return (
        f"({on_second} OR list_has_any(l.modifiers, {texts(either)})"
        f" OR list_has_any(l.first_modifiers, {texts(either)}))"
    )
