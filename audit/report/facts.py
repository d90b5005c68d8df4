"""The facts every report prints whatever its reader: which audit, which sample, which rules and tables, which trail."""

from __future__ import annotations

from typing import Any

from audit.domain.canonical import to_json
from audit.domain.summary import AuditSummary
from audit.report.formulas import formula_of


def audit_facts(summary: AuditSummary) -> dict[str, Any]:
    """Return the audit's name, digest, period and target; the target never stands without its unit."""
    return {
        "audit": summary.audit,
        "audit_id": summary.audit_id,
        "tool_version": summary.tool_version,
        "period": summary.period,
        "target": summary.target,
        "target_unit": formula_of(summary.verdict_on).unit,
        "verdict_on": summary.verdict_on,
    }


def sample_facts(summary: AuditSummary) -> dict[str, Any]:
    """Return how the sample came to be: counts, exclusions by reason, method, seed, frame digest and every draw."""
    return {
        "population": summary.population,
        "excluded": to_json(summary.excluded),
        "excluded_total": sum(count.count for count in summary.excluded),
        "sampled": summary.sampled,
        "code_lines": summary.code_lines,
        "missing": summary.missing,
        "method": summary.method,
        "size": summary.size,
        "seed": summary.seed,
        "frame_digest": summary.frame_digest,
        "draw_number": summary.draw_number,
        "earlier_draws": list(summary.earlier_draws),
    }


def authority_facts(summary: AuditSummary) -> dict[str, Any]:
    """Return what the findings rest on and what was not looked at: sources, rules off, rules not assessed."""
    return {
        "sources": to_json(summary.sources),
        "rules_off": to_json(summary.rules_off),
        "not_assessed": to_json(summary.not_assessed),
        "rules": sorted(to_json(summary.rules), key=lambda card: card["id"]),
    }
