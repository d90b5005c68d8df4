"""Does the side that a procedure's modifier names fit the diagnosis the line points to?"""

from __future__ import annotations

from audit.domain.check import CheckKind, Family, ParameterType
from audit.domain.rule import Rule
from audit.edits.sql import (
    DIAGNOSIS,
    NOTHING_SUGGESTED,
    SERVICE,
    EditQuery,
    counted,
    covers,
    edition_of,
    outside_editions,
    scope,
    texts,
    together,
)

MODIFIER_SIDE = CheckKind(
    name="modifier_side",
    family=Family.EDIT,
    summary="A modifier names one side, and every sided diagnosis the line points to is of the other.",
    may_be_error=False,
    required={"left": ParameterType.TEXTS, "right": ParameterType.TEXTS},
    optional={"except": ParameterType.CODES},
    needs=("icd10cm",),
)


def compose_modifier_side(rule: Rule) -> EditQuery:
    """Find lines with modifiers of one side whose pointed-to diagnoses are sided and all of the other side.

    A pointer counts the diagnoses of the encounter in sequence order from 1. The side of a diagnosis is the word
    *left* or *right* in its title; ``except`` names codes whose title uses the word otherwise.
    """
    sided = f"{SERVICE} AND {_one_side(rule)}"
    return EditQuery(
        finds=f"""
            WITH diagnoses AS (
                SELECT l.encounter_id, l.code, {_side_of_title(rule)} AS side, row_number() OVER (
                    PARTITION BY l.encounter_id ORDER BY l.sequence NULLS LAST, l.line) AS place
                FROM lines l SEMI JOIN (
                    SELECT l.encounter_id FROM lines l WHERE {scope(rule)} AND {sided} AND len(l.dx_pointers) > 0
                ) pointing USING (encounter_id) {edition_of("icd10cm")}
                LEFT JOIN icd10cm c ON c.code = l.code AND c.valid_from = ed.valid_from
                WHERE {DIAGNOSIS} AND l.sampled
            ), pointed AS (
                SELECT l.encounter_id, l.line, l.code, {_side_of_modifiers(rule)} AS side, d.side AS of_diagnosis,
                    d.code AS diagnosis
                FROM lines l JOIN diagnoses d ON d.encounter_id = l.encounter_id
                    AND list_contains(l.dx_pointers, CAST(d.place AS INTEGER))
                WHERE {scope(rule)} AND {sided} AND d.side IS NOT NULL)
            SELECT encounter_id, line, code, {NOTHING_SUGGESTED} AS suggested,
                'points to ' || string_agg(DISTINCT diagnosis, ', ' ORDER BY diagnosis) AS detail
            FROM pointed GROUP BY encounter_id, line, code, side
            HAVING bool_and(of_diagnosis <> side AND of_diagnosis <> 'both')""",
        not_assessed=together(
            outside_editions("icd10cm", rule, sided),
            counted("the line points to no diagnosis", f"{scope(rule)} AND {sided} AND len(l.dx_pointers) = 0"),
        ),
        needs=MODIFIER_SIDE.needs,
    )


def _one_side(rule: Rule) -> str:
    left, right = texts(rule.parameters["left"]), texts(rule.parameters["right"])
    return f"list_has_any(l.modifiers, {left}) <> list_has_any(l.modifiers, {right})"


def _side_of_modifiers(rule: Rule) -> str:
    return f"CASE WHEN list_has_any(l.modifiers, {texts(rule.parameters['left'])}) THEN 'left' ELSE 'right' END"


def _side_of_title(rule: Rule) -> str:
    left, right = (f"regexp_matches(lower(c.description), '\\b{side}\\b')" for side in ("left", "right"))
    excepted = rule.parameters.get("except")
    spared = f"WHEN {covers('l.code', excepted)} THEN NULL " if excepted else ""
    both = "regexp_matches(lower(c.description), '\\bbilateral\\b')"
    return (
        f"CASE {spared}WHEN {both} OR ({left} AND {right}) THEN 'both'"
        f" WHEN {left} THEN 'left' WHEN {right} THEN 'right' END"
    )
