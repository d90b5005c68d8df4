"""May the diagnosis stand where it stands? First-listed is the principal, else the lowest sequence of the encounter."""

from __future__ import annotations

from audit.domain.check import CheckKind, Family, ParameterType
from audit.domain.rule import Rule
from audit.edits.sql import DIAGNOSIS, NOTHING_SUGGESTED, EditQuery, covers, edition_of, outside_editions, scope

NEVER_FIRST = CheckKind(
    name="never_first",
    family=Family.EDIT,
    summary="A diagnosis that may only follow another is listed first.",
    may_be_error=True,
    required={"codes": ParameterType.CODES},
    optional={"except": ParameterType.CODES},
)
ONLY_FIRST = CheckKind(
    name="only_first",
    family=Family.EDIT,
    summary="A diagnosis that may only be listed first follows another that is not of its kind.",
    may_be_error=False,
    required={"codes": ParameterType.CODES},
)
MANIFESTATION_FIRST = CheckKind(
    name="manifestation_first",
    family=Family.EDIT,
    summary="A manifestation code is listed first.",
    may_be_error=True,
    needs=("icd10cm",),
)
_FIRST = f"{DIAGNOSIS} AND l.first_listed"


def compose_never_first(rule: Rule) -> EditQuery:
    """Find first-listed codes that are covered and not excepted."""
    excepted = rule.parameters.get("except")
    spared = f" AND NOT {covers('l.code', excepted)}" if excepted else ""
    return EditQuery(
        finds=f"""
            SELECT l.encounter_id, l.line, l.code, {NOTHING_SUGGESTED} AS suggested, '' AS detail
            FROM lines l
            WHERE {scope(rule)} AND {_FIRST} AND {covers("l.code", rule.parameters["codes"])}{spared}"""
    )


def compose_only_first(rule: Rule) -> EditQuery:
    """Find covered codes below the first place, unless the first place holds one of them too."""
    codes = rule.parameters["codes"]
    return EditQuery(
        finds=f"""
            SELECT l.encounter_id, l.line, l.code, {NOTHING_SUGGESTED} AS suggested, '' AS detail
            FROM lines l ANTI JOIN (
                SELECT f.encounter_id FROM lines f WHERE f.first_listed AND {covers("f.code", codes)}
            ) of_its_kind USING (encounter_id)
            WHERE {scope(rule)} AND {DIAGNOSIS} AND NOT l.first_listed AND {covers("l.code", codes)}"""
    )


def compose_manifestation_first(rule: Rule) -> EditQuery:
    """Find first-listed codes that the edition of the day holds for manifestations."""
    return EditQuery(
        finds=f"""
            SELECT l.encounter_id, l.line, l.code, {NOTHING_SUGGESTED} AS suggested, '' AS detail
            FROM lines l {edition_of("icd10cm")}
            SEMI JOIN icd10cm_manifestation m ON m.code = l.code AND m.valid_from = ed.valid_from
            WHERE {scope(rule)} AND {_FIRST}""",
        not_assessed=outside_editions("icd10cm", rule, _FIRST),
        needs=MANIFESTATION_FIRST.needs,
    )
