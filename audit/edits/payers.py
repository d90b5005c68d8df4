"""Which payers a table of Medicare binds. A line that names no payer type is read as bound."""

from __future__ import annotations

from audit.domain.check import ParameterType
from audit.domain.rule import Rule
from audit.edits.sql import texts

PAYER_PARAMETERS = {"payer_types": ParameterType.TEXTS, "unstated_payer": ParameterType.FLAG}


def payers(rule: Rule, payer_type: str = "l.payer_type") -> str:
    """Return the condition that the payer of a line is one of ``payer_types`` (or, if told so, not stated)."""
    named = rule.parameters.get("payer_types")
    if not named:
        return "true"
    unstated = f" OR {payer_type} = ''" if rule.parameters.get("unstated_payer") else ""
    return f"({payer_type} IN {texts(named)}{unstated})"
