"""From audited cases to scores: the bridge between what was found and decided and the statistics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from audit.domain.score import Score
from audit.domain.summary import AuditedCase
from audit.scoring.cases import ScoredCase
from audit.scoring.scores import score_audit
from audit.scoring.settings import ScoreSettings


def score_cases(
    cases: Sequence[AuditedCase], per_coder: Mapping[str, int], *, target: float, verdict_on: str
) -> tuple[Score, ...]:
    """Score the cases by every formula; ``per_coder`` maps coders to their encounters of the period."""
    scored = [ScoredCase.of(audited.case, audited.findings, audited.determinations) for audited in cases]
    return score_audit(scored, per_coder, ScoreSettings(target=target, verdict_on=verdict_on))
