"""Every relational check kind a rule may use, and the SQL each one makes of a rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from audit.domain.check import CheckKind
from audit.domain.rule import Rule
from audit.edits import duplicate, pair, partners, person, place, poa, position, services, side, units, validity
from audit.edits.sql import EditQuery

_KINDS: tuple[tuple[CheckKind, Callable[[Rule], EditQuery]], ...] = (
    (validity.IN_EDITION, validity.compose_in_edition),
    (validity.BILLABLE, validity.compose_billable),
    (validity.IN_HCPCS, validity.compose_in_hcpcs),
    (validity.CODE_SYSTEM, validity.compose_code_system),
    (position.NEVER_FIRST, position.compose_never_first),
    (position.ONLY_FIRST, position.compose_only_first),
    (position.MANIFESTATION_FIRST, position.compose_manifestation_first),
    (partners.EXCLUDES1, partners.compose_excludes1),
    (partners.CODE_FIRST, partners.compose_code_first),
    (partners.REQUIRES, partners.compose_requires),
    (partners.NOT_BESIDE, partners.compose_not_beside),
    (person.AGE, person.compose_age),
    (side.MODIFIER_SIDE, side.compose_modifier_side),
    (pair.PTP, pair.compose_ptp),
    (units.MUE, units.compose_mue),
    (poa.POA_INVALID, poa.compose_poa_invalid),
    (poa.POA_MISSING, poa.compose_poa_missing),
    (duplicate.DUPLICATE_DIAGNOSIS, duplicate.compose_duplicate_diagnosis),
    (duplicate.DUPLICATE_SERVICE, duplicate.compose_duplicate_service),
    (place.OUTSIDE_PLACE, place.compose_outside_place),
    (services.ADD_ON, services.compose_add_on),
    (services.FEE_INDICATOR, services.compose_fee_indicator),
    (services.COVERAGE, services.compose_coverage),
    (services.EARLIER_SERVICE, services.compose_earlier_service),
)
_COMPOSE = {kind.name: composed for kind, composed in _KINDS}

VOCABULARY: Mapping[str, CheckKind] = {kind.name: kind for kind, _ in _KINDS}


def compose(rule: Rule) -> EditQuery:
    """Return the SQL of one rule whose check kind is in ``VOCABULARY``."""
    return _COMPOSE[rule.check](rule)
