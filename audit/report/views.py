"""The view models: what each reader gets, as plain JSON values. The published JSON *is* the view model.

The manager's and the officer's views are made from ``AuditSummary`` alone, so they cannot hold a patient; the auditor's
view is PHI throughout and says so in its first field.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from audit.domain.encounter import UNASSIGNED
from audit.domain.score import FALSE_DISCOVERY_RATE, ScoreVerdict
from audit.domain.summary import AuditedCase, AuditSummary, CoderSummary, RuleCard
from audit.report.encounters import encounter_row, worst_first
from audit.report.facts import audit_facts, authority_facts, sample_facts
from audit.report.formulas import formula_rows
from audit.report.scores import headline, score_rows
from audit.report.tallies import (
    category_rows,
    determined_rows,
    directions,
    found,
    owner_rows,
    teach_rows,
)

PHI_NOTICE = (
    "This file holds protected health information. Keep it where the audit keeps it; disclose it to nobody else."
)


def manager_view(summary: AuditSummary) -> dict[str, Any]:
    """Return what a manager reads: each coder against the target, what goes wrong, what to teach.

    No PHI by construction. Coders stand in the order of their ids; nothing is ranked. Raises UnknownFormulaError.
    """
    coders = sorted(summary.coders, key=lambda coder: coder.coder_id)
    cards = {card.id: card for card in summary.rules}
    rows = [_coder(coder, summary, cards) for coder in coders]
    overall = score_rows(summary.scores, None, summary.verdict_on)
    return {
        "report": "manager",
        **audit_facts(summary),
        "notices": list(summary.notices),
        "sample": sample_facts(summary),
        "glance": _glance(rows),
        "overall": {"headline": headline(overall, summary.verdict_on), "scores": overall},
        "coders": rows,
        "found": found(coders),
        "categories": category_rows(coders),
        "directions": directions(coders),
        "owners": owner_rows(coders),
        "formulas": formula_rows({s.formula for s in summary.scores} | {summary.verdict_on}, summary.verdict_on),
        **authority_facts(summary),
        "checkpoint": summary.checkpoint,
    }


def auditor_view(
    summary: AuditSummary, cases: Sequence[AuditedCase], *, descriptions: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return every sampled encounter with its evidence, those with findings first. PHI throughout.

    ``descriptions`` maps a code to its description where a table the user may print from has one.
    Raises ForeignSpanError where evidence does not belong to the stored text.
    """
    encounters = sorted((encounter_row(case, descriptions or {}) for case in cases), key=worst_first)
    return {
        "holds_phi": PHI_NOTICE,
        "report": "auditor",
        **audit_facts(summary),
        "notices": list(summary.notices),
        "sample": sample_facts(summary),
        "found": {v: sum(row["counts"][v] for row in encounters) for v in ("error", "review", "advisory")},
        "encounters": encounters,
        **authority_facts(summary),
        "checkpoint": summary.checkpoint,
    }


def officer_view(summary: AuditSummary) -> dict[str, Any]:
    """Return what an outsider needs to draw the same sample again and to check the trail. No PHI by construction."""
    return {
        "report": "officer",
        **audit_facts(summary),
        "notices": list(summary.notices),
        "sample": sample_facts(summary),
        "coders": [
            {
                "coder_id": coder.coder_id,
                "population": coder.population,
                "sampled": coder.sampled,
                "encounters_complete": coder.encounters_complete,
                "lines_determined": coder.lines_determined,
                "lines_agreed_in_one_act": coder.lines_agreed_in_one_act,
            }
            for coder in sorted(summary.coders, key=lambda coder: coder.coder_id)
        ],
        "formulas": formula_rows({summary.verdict_on}, summary.verdict_on),
        **authority_facts(summary),
        "checkpoint": summary.checkpoint,
    }


def _coder(coder: CoderSummary, summary: AuditSummary, cards: Mapping[str, RuleCard]) -> dict[str, Any]:
    scores = score_rows(summary.scores, coder.coder_id, summary.verdict_on)
    return {
        "coder_id": coder.coder_id,
        "judged": coder.coder_id != UNASSIGNED,
        "population": coder.population,
        "sampled": coder.sampled,
        "code_lines": coder.code_lines,
        "encounters_complete": coder.encounters_complete,
        "lines_determined": coder.lines_determined,
        "lines_agreed_in_one_act": coder.lines_agreed_in_one_act,
        "headline": headline(scores, summary.verdict_on),
        "scores": scores,
        "found": found([coder]),
        "directions": directions([coder]),
        "owners": owner_rows([coder]),
        "determined": determined_rows(coder),
        "teach": teach_rows(coder, cards),
    }


def _glance(coders: list[dict[str, Any]]) -> dict[str, Any]:
    judged = [coder["headline"] for coder in coders if coder["judged"] and coder["headline"]]
    verdicts = Counter(score["verdict"] for score in judged)
    return {
        **{verdict.value: verdicts[verdict.value] for verdict in ScoreVerdict},
        "false_below_at_most": round(FALSE_DISCOVERY_RATE * verdicts[ScoreVerdict.BELOW.value], 1),
        "by_person": sum(score["basis"] == "person" for score in judged),
        "by_tool": sum(score["basis"] == "tool" for score in judged),
    }
