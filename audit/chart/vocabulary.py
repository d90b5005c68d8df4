"""The chart family of check kinds: what a rule of the documentation pack may ask."""

from __future__ import annotations

from collections.abc import Mapping

from audit.domain.check import CheckKind, Family, ParameterType

_CODES = {"codes": ParameterType.CODES, "except": ParameterType.CODES}


def _kind(
    name: str,
    summary: str,
    *,
    may_be_error: bool = False,
    required: Mapping[str, ParameterType] | None = None,
    optional: Mapping[str, ParameterType] | None = None,
) -> CheckKind:
    return CheckKind(
        name=name,
        family=Family.CHART,
        summary=summary,
        may_be_error=may_be_error,
        required=required or {},
        optional=optional or {},
    )


_KINDS = (
    _kind("not_documented", "The documents say nothing of the condition.", optional=_CODES),
    _kind("negated", "The documents only deny the condition.", optional=_CODES),
    _kind("family_only", "The documents tell the condition of a relative only.", optional=_CODES),
    _kind("history_only", "The documents tell the condition as past only.", optional=_CODES),
    _kind(
        "uncertain_only",
        "The documents only suspect the condition; scope: outpatient (IV.H) or inpatient (II.H, III.C).",
        required={"scope": ParameterType.TEXT},
        optional=_CODES,
    ),
    _kind("other_side", "The documents give the condition another side.", optional=_CODES),
    _kind("other_attribute", "The documents give the condition another stage, type, acuity or kind.", optional=_CODES),
    _kind("detail_missing", "The code says more than the documents.", optional=_CODES),
    _kind("detail_unused", "The documents say more than the code.", optional=_CODES),
    _kind(
        "unsigned",
        "A document carries no author's signature.",
        may_be_error=True,
        optional={"except_kinds": ParameterType.TEXTS},
    ),
    _kind(
        "other_patient",
        "A document names another patient; compare: name, birth_date, sex, age.",
        may_be_error=True,
        required={"compare": ParameterType.TEXTS},
    ),
    _kind(
        "other_date",
        "A document states a visit outside the days of the encounter, by more than days.",
        required={"days": ParameterType.NUMBER},
    ),
    _kind("late_entry", "A document was written or signed after the claim was billed."),
    _kind("omitted", "The assessment states a condition whose category is not coded.", optional=_CODES),
)

VOCABULARY: Mapping[str, CheckKind] = {kind.name: kind for kind in _KINDS}
