"""Medically unlikely edits (MUE): more units than the table holds possible, on a line or on a day across claims."""

from __future__ import annotations

from audit.domain.check import CheckKind, Family, ParameterType
from audit.domain.rule import Rule
from audit.edits.payers import PAYER_PARAMETERS, payers
from audit.edits.sql import (
    NOTHING_SUGGESTED,
    SERVICE,
    EditQuery,
    edition_of,
    in_force,
    outside_editions,
    scope,
    table,
    text,
    texts,
)

MUE = CheckKind(
    name="mue",
    family=Family.EDIT,
    summary="More units stand on a line (adjudication 1) or a day (2, 3) than the MUE table allows.",
    may_be_error=True,
    required={
        "table": ParameterType.TEXT,
        "claim_type": ParameterType.TEXT,
        "adjudication": ParameterType.TEXTS,
    },
    optional={**PAYER_PARAMETERS, "same_provider": ParameterType.FLAG},
)


def compose_mue(rule: Rule) -> EditQuery:
    """Find units above the table's value.

    Adjudication 1 looks at each line. 2 and 3 add the units of one code, patient and day (and provider, where
    ``same_provider``) over all claims at hand; of those lines the sampled one with the most units carries the finding.
    """
    kind = rule.parameters["table"]
    relevant = f"{SERVICE} AND l.claim_type = {text(rule.parameters['claim_type'])} AND {payers(rule)}"
    provider = "l.rendering_provider_id, " if rule.parameters.get("same_provider") else ""
    nameless = (
        "CASE WHEN l.rendering_provider_id = '' THEN l.encounter_id END, "
        if rule.parameters.get("same_provider")
        else ""
    )
    return EditQuery(
        finds=f"""
            WITH limited AS MATERIALIZED (
                SELECT l.*, u.value, u.adjudication,
                    CASE WHEN u.adjudication = '1' THEN l.units ELSE sum(l.units) OVER (
                        PARTITION BY l.patient_id, l.service_day, {provider}{nameless}l.code) END AS counted
                FROM lines l {edition_of(kind)}
                JOIN {table(kind)} u ON u.code = l.code AND u.valid_from = ed.valid_from
                WHERE {relevant} AND {in_force(rule)} AND u.adjudication IN {texts(rule.parameters["adjudication"])}
            ), over AS (
                SELECT l.*, row_number() OVER (
                    PARTITION BY l.patient_id, l.service_day, {provider}{nameless}l.code
                    ORDER BY l.units DESC, l.encounter_id, l.line) AS place
                FROM limited l WHERE l.counted > l.value AND {scope(rule)})
            SELECT encounter_id, line, code, {NOTHING_SUGGESTED} AS suggested,
                format('{{}} units, at most {{}}', rtrim(rtrim(CAST(counted AS VARCHAR), '0'), '.'), value) AS detail
            FROM over WHERE adjudication = '1' OR place = 1""",
        not_assessed=outside_editions(kind, rule, relevant),
        needs=(kind,),
    )
