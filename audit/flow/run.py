"""The main job: from tables to findings, scores and reports, as one act that the trail can prove.

An audit is a function of plan, inputs, packs, tables, tool version, seed and determinations. Its id is the digest of
all but the last two, so the same run again finds its own result and appends nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from audit.domain.encounter import Case
from audit.domain.membership import MemberRole
from audit.domain.rule import Rule, Verdict
from audit.domain.score import Basis, Score, ScoreVerdict
from audit.domain.summary import AuditedCase, AuditSummary
from audit.errors import CheckFailedError, InputError
from audit.flow.audits import (
    RUN,
    StoredAudit,
    load_cases,
    load_summary,
    seal_case,
    seal_summary,
    stored_audits,
)
from audit.flow.checking import Checked, check
from audit.flow.descriptions import descriptions
from audit.flow.drawing import committed_seed, draw_sample
from audit.flow.frame import draw_units, encounters_of
from audit.flow.journal import pending_files
from audit.flow.ledger import Act, Ledger, OvertakenError, open_ledger
from audit.flow.outputs import refuse_unwritable, stage_reports, staged_files, sweep
from audit.flow.plan import Plan, read_plan
from audit.flow.population import Population, open_population
from audit.flow.revision import KEPT_BY_CASES, draw_again, same_draw, with_determinations
from audit.flow.rules import lapse_notices
from audit.flow.scores import score_cases
from audit.flow.sources import Sources, audit_id_of, find_sources
from audit.flow.summaries import Background, Drawn, summarise
from audit.flow.workspace import Unlocked, Workspace
from audit.intake.cases import read_cases
from audit.intake.tables import sample_lines

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how far, and of how many."""


class NameTakenError(InputError):
    """Another audit of this name is in the workspace, with other content."""


class LostEncounterError(InputError):
    """An encounter that was drawn before is no longer in the tables."""


class BelowTargetError(CheckFailedError):
    """A coder is below the target by a person's determinations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """What ``run`` prints."""

    audit: str
    audit_id: str
    again: bool
    population: int
    excluded: int
    encounters: int
    codes: int
    findings: Mapping[str, int]
    verdict_on: str
    scores: tuple[Score, ...]
    outputs: tuple[str, ...]


def run(
    plan_path: Path,
    workspace: Workspace,
    unlocked: Unlocked,
    *,
    today: date,
    revise: bool = False,
    progress: Progress = lambda *_: None,
) -> RunResult:
    """Run the plan, or return the stored result of the very same run.

    Raises NameTakenError (another content under the same name without ``revise``) and every InputError of the plan,
    the tables and the packs; then nothing was written.
    """
    plan = read_plan(plan_path)
    with open_ledger(workspace, unlocked, need=MemberRole.AUDITOR) as ledger:
        sources = find_sources(plan, workspace)
        with open_population(plan, today, readable=sources.reference.files) as population:
            audit_id = audit_id_of(plan, population.digests, sources)
            stored = [audit for audit in stored_audits(ledger) if audit.name == plan.name]
            again = _same(ledger, stored, audit_id)
            if again is not None:
                return again
            if stored and not revise:
                raise NameTakenError(
                    f"{plan_path.name}, [audit] name: an audit of this name with other content is in the workspace",
                    hint="give it another name, or --revise to keep seed, draw and determinations",
                )
            refuse_unwritable(plan.directory)
            sweep(plan.directory, keep=_unnamed(ledger, workspace.root))
            job = _Job(
                plan=plan,
                audit_id=audit_id,
                ledger=ledger,
                sources=sources,
                rules=sources.rules(*population.days()),
                population=population,
                progress=progress,
            )
            try:
                return job.run(stored[-1] if stored else None)
            except OvertakenError:
                again = _same(ledger, stored_audits(ledger), audit_id)
                if again is None:
                    raise
                return again


def refuse_below(result: RunResult) -> None:
    """Raise BelowTargetError if a coder is below the target by a person's determinations."""
    below = [s for s in result.scores if s.basis is Basis.PERSON and s.coder_id and s.verdict is ScoreVerdict.BELOW]
    if below:
        raise BelowTargetError(f"{len(below)} coders are below the target", hint="chartassay score shows which")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """One run, step by step; the values of one step are what the next is handed."""

    plan: Plan
    audit_id: str
    ledger: Ledger
    sources: Sources
    rules: tuple[Rule, ...]
    population: Population
    progress: Progress

    def run(self, revised: StoredAudit | None) -> RunResult:
        """Do it all. Raises OvertakenError if the same name was run meanwhile, after which nothing was written."""
        before = load_cases(self.ledger, revised, purpose="revise") if revised else {}
        drawn = self._redraw(revised, before.values()) if revised else self._draw()
        checked = self._check(drawn)
        cases = with_determinations(checked.cases, before.values())
        summary = self._summary(drawn, checked, cases)
        case_ids = {audited.case.encounter.encounter_id: case_id for case_id, audited in before.items()}
        return self._commit(summary, drawn, cases, case_ids, revised)

    def _draw(self) -> Drawn:
        seed = committed_seed(self.ledger, self.plan, self.audit_id)
        return draw_sample(self.ledger, self.plan, self.audit_id, self.population, seed)

    def _redraw(self, revised: StoredAudit, before: Iterable[AuditedCase]) -> Drawn:
        if self.plan.sampling.unit == "encounter" and str(revised.run.ops["method"]) in KEPT_BY_CASES:
            return draw_again(self.ledger, revised, before)
        made = draw_units(self.population.database, self.plan.sampling, str(revised.run.ops["seed"]))
        return same_draw(self.ledger, revised, made)

    def _check(self, drawn: Drawn) -> Checked:
        database = self.population.database
        encounters = encounters_of(database, self.plan.sampling, drawn.draw)
        sample_lines(database, encounters)
        folder = self.plan.tables["documents"].parent
        cases = read_cases(database, folder, mapped=tuple(self.plan.identifiers))
        if len(cases) != len(encounters):
            lost = len(encounters) - len(cases)
            raise LostEncounterError(f"{lost} of the drawn encounters are not in the tables any more")
        loaded = self.sources.reference.load(database)
        steps = _counted(self.progress, "reading charts", len(cases))
        return check(database, self.rules, cases, self.sources.terms, loaded=loaded, progress=steps)

    def _summary(self, drawn: Drawn, checked: Checked, cases: Sequence[AuditedCase]) -> AuditSummary:
        population = self.population
        background = Background(
            audit_id=self.audit_id,
            population=population.encounters,
            per_coder=population.per_coder(),
            period=population.period(),
            excluded=population.excluded,
            sources=self.sources.used,
            rules={rule.id: rule for rule in self.rules},
            not_assessed=checked.not_assessed,
            notices=(*population.notices, *lapse_notices(self.sources.packs, population.days()[1])),
        )
        scores = score_cases(
            cases,
            background.per_coder,
            target=self.plan.target,
            verdict_on=self.plan.verdict_on,
            facts=drawn.facts,
        )
        return summarise(self.plan, background, drawn, cases, scores)

    def _commit(
        self,
        summary: AuditSummary,
        drawn: Drawn,
        cases: Sequence[AuditedCase],
        case_ids: Mapping[str, str],
        revised: StoredAudit | None,
    ) -> RunResult:
        """Write the reports under temporary names, seal every case, and commit all of it as one entry."""
        plan = self.plan
        with staged_files() as staged:
            checkpoint = self.ledger.checkpoint()
            texts = descriptions(cases, self.sources.classification)
            stage_reports(staged, plan.reports, plan.directory, summary, cases, texts=texts, checkpoint=checkpoint)
            act = Act(RUN, self._record(summary, drawn, cases, staged.paths, revised))
            staged.hand_to(act, "run")
            for audited in cases:
                seal_case(act, case_ids.get(audited.case.encounter.encounter_id), audited)
            seal_summary(act, summary)
            known = revised.run.seq if revised else 0
            self.ledger.write(act, unless=lambda e: e.kind == RUN and e.ops["audit"] == plan.name and e.seq > known)
        return _result(act.ops, summary, again=False)

    def _record(
        self,
        summary: AuditSummary,
        drawn: Drawn,
        cases: Sequence[AuditedCase],
        outputs: Sequence[Path],
        revised: StoredAudit | None,
    ) -> dict[str, Any]:
        found = Counter(finding.verdict for audited in cases for finding in audited.findings)
        return {
            "audit": summary.audit,
            "audit_id": summary.audit_id,
            "tool": summary.tool_version,
            "plan": self.plan.recorded,
            "inputs": dict(self.population.digests),
            "draw_of": revised.run.ops["draw_of"] if revised else summary.audit_id,
            "method": summary.method,
            "seed": summary.seed,
            "frame_digest": summary.frame_digest,
            "strata": [[stratum.name, stratum.size, stratum.drawn] for stratum in drawn.draw.strata],
            "findings": {verdict.value: found[verdict] for verdict in Verdict},
            "outputs": [str(path) for path in outputs],
        }


def _counted(progress: Progress, what: str, total: int) -> Callable[[Case], None]:
    done = 0

    def step(_: Case) -> None:
        nonlocal done
        done += 1
        progress(what, done, total)

    return step


def _unnamed(ledger: Ledger, root: Path) -> set[str]:
    """Return the temporary files whose entry is written and that still wait for their names."""
    entered = {identifier for kind, identifier, _ in ledger.walk.items if kind == b"f"}
    return {pending.temporary for pending in pending_files(root) if bytes.fromhex(pending.file_id) in entered}


def _same(ledger: Ledger, stored: Iterable[StoredAudit], audit_id: str) -> RunResult | None:
    """Return the stored result of the very same run, if there is one."""
    return next((_stored_result(ledger, audit) for audit in stored if audit.audit_id == audit_id), None)


def _stored_result(ledger: Ledger, audit: StoredAudit) -> RunResult:
    return _result(audit.run.ops, load_summary(ledger, audit), again=True)


def _result(ops: Mapping[str, Any], summary: AuditSummary, *, again: bool) -> RunResult:
    return RunResult(
        audit=summary.audit,
        audit_id=summary.audit_id,
        again=again,
        population=summary.population,
        excluded=sum(count.count for count in summary.excluded),
        encounters=summary.sampled,
        codes=summary.code_lines,
        findings={verdict.value: int(ops["findings"][verdict]) for verdict in Verdict},
        verdict_on=summary.verdict_on,
        scores=summary.scores,
        outputs=tuple(ops["outputs"]),
    )
