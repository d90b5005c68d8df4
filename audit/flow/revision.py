"""Revising an audit: new content under the old name, with its seed, its draw and its determinations kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from audit.domain.sample import Draw, DrawnUnit, Stratum
from audit.domain.summary import AuditedCase, AuditSummary
from audit.errors import InputError
from audit.flow.audits import StoredAudit, load_summary
from audit.flow.ledger import Ledger
from audit.flow.summaries import Drawn
from audit.sampling.draw import unit_key

KEPT_BY_CASES = frozenset({"all", "simple", "per_coder", "discovery"})
"""Methods whose draw of encounters can be told from the encounters that were drawn."""


class RevisedFrameError(InputError):
    """The design needs the frame as it was drawn, and the tables or the plan give another."""


def same_draw(ledger: Ledger, revised: StoredAudit, made: Draw) -> Drawn:
    """Return the draw of the audit that is revised, made anew from its frame. Raises RevisedFrameError."""
    ops, summary = revised.run.ops, load_summary(ledger, revised)
    if (made.method, made.frame_digest) != (ops["method"], ops["frame_digest"]):
        raise RevisedFrameError(
            "revise: method or frame differ from the draw that is kept", hint="audit the new frame under a new name"
        )
    return _kept(revised, summary, made)


def draw_again(ledger: Ledger, revised: StoredAudit, before: Iterable[AuditedCase]) -> Drawn:
    """Return the draw of the audit that is revised: its encounters, whatever the frame is now."""
    ops, summary = revised.run.ops, load_summary(ledger, revised)
    strata = {str(name): Stratum(name=name, size=size, drawn=drawn) for name, size, drawn in ops["strata"]}
    units = [_unit(audited, str(ops["method"]), str(ops["seed"]), strata) for audited in before]
    draw = Draw(
        method=str(ops["method"]),
        seed=str(ops["seed"]),
        frame_digest=str(ops["frame_digest"]),
        units=tuple(sorted(units, key=lambda unit: (unit.stratum.encode(), unit.key))),
        strata=tuple(strata.values()),
    )
    return _kept(revised, summary, draw)


def _kept(revised: StoredAudit, summary: AuditSummary, draw: Draw) -> Drawn:
    notice = f"revises the audit of trail entry {revised.run.seq}: its seed, draw and determinations are kept"
    return Drawn(
        draw=draw,
        size=summary.size,
        number=summary.draw_number,
        earlier=summary.earlier_draws,
        notices=(notice,),
        facts=summary.design,
    )


def with_determinations(cases: Sequence[AuditedCase], before: Iterable[AuditedCase]) -> tuple[AuditedCase, ...]:
    """Return the cases with what was decided of the same encounters before."""
    decided = {audited.case.encounter.encounter_id: audited.determinations for audited in before}
    return tuple(replace(case, determinations=decided.get(case.case.encounter.encounter_id)) for case in cases)


def _unit(audited: AuditedCase, method: str, seed: str, strata: dict[str, Stratum]) -> DrawnUnit:
    encounter = audited.case.encounter
    name = encounter.coder_id if method == "per_coder" else ""
    return DrawnUnit(
        encounter.encounter_id, name, unit_key(seed, encounter.encounter_id), strata[name].drawn / strata[name].size
    )
