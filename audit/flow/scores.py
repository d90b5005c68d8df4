"""From audited cases to scores: the bridge between what was found and decided and the statistics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from audit.domain.sample import DesignFacts
from audit.domain.score import Score
from audit.domain.summary import AuditedCase
from audit.flow.frame import populations, stratum_of
from audit.scoring.cases import ScoredCase
from audit.scoring.scores import score_audit
from audit.scoring.settings import ScoreSettings


def score_cases(
    cases: Sequence[AuditedCase],
    per_coder: Mapping[str, int],
    *,
    target: float,
    verdict_on: str,
    facts: DesignFacts,
) -> tuple[Score, ...]:
    """Score the cases by every formula; ``per_coder`` maps coders to their encounters of the period."""
    scored = [
        ScoredCase.of(one.case, one.findings, one.determinations, stratum=stratum_of(one.case.encounter, facts))
        for one in cases
    ]
    settings = ScoreSettings(target=target, verdict_on=verdict_on, equal_chances=facts.equal_chances)
    return score_audit(scored, populations(per_coder, facts), settings)
