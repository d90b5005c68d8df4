"""A made-up audit to hold reports against: 12 coders, one too small, one unassigned, notes with evidence.

Every person, number and note is invented here. ``python tests/golden/made_up.py`` writes the golden reports again;
read the difference before committing it, because a golden report is a promise to its readers.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from importlib.resources.abc import Traversable
from pathlib import Path

from audit.domain.canonical import text_digest
from audit.domain.codes import CodeSystem
from audit.domain.determination import CaseDeterminations, Closing, CorrectLine, Decision, Determination
from audit.domain.encounter import Case, ClaimType, CodeLine, CodeRole, Document, Encounter, Patient, Setting
from audit.domain.finding import CodeReading, Finding, NotAssessed, Span, Support
from audit.domain.rule import Authority, Category, Direction, Owner, Verdict
from audit.domain.score import Basis, Score, ScoreVerdict
from audit.domain.summary import (
    AuditedCase,
    AuditSummary,
    CoderSummary,
    Count,
    DeterminedTally,
    RuleCard,
    RuleOff,
    RuleTally,
    SourceUsed,
)
from audit.report.render import render
from audit.report.views import auditor_view, manager_view, officer_view

HERE = Path(__file__).parent
TEMPLATES = HERE.parents[1] / "reports"
TARGET = 0.95
GUIDELINES = Authority(
    cite="ICD-10-CM Official Guidelines, section IV.H",
    edition="FY 2026",
    url="https://www.cms.gov/medicare/coding-billing/icd-10-codes",
)
MANUAL = Authority(cite="42 CFR 424.5(a)(6)", edition="2026", url="https://www.ecfr.gov/current/title-42/section-424.5")

# id, name, summary, category, direction, verdict, owner, authority, not covered
_PAGES = (
    ("DX04", "dx.excludes1", "two codes stand together that the classification says exclude each other",
     "excludes", "over", "review", "coder", (GUIDELINES,), "pairs whose conditions are unrelated: the note decides"),
    ("DX01", "dx.not-in-force", "the code is not in force on the date of service",
     "invalid_code", "neutral", "error", "coder", (GUIDELINES,), "dates outside every imported edition"),
    ("DX02", "dx.not-billable", "the code is a heading and needs more characters",
     "not_billable", "neutral", "error", "coder", (GUIDELINES,), "procedure codes"),
    ("NT01", "note.not-found", "the documentation does not name the coded condition",
     "unsupported", "over", "review", "coder", (GUIDELINES, MANUAL), "documents that were not handed over"),
    ("NT02", "note.uncertain", "an uncertain diagnosis is coded as if it were established",
     "uncertain", "over", "review", "coder", (GUIDELINES,), "inpatient final statements, where II.H applies"),
    ("NT05", "note.laterality", "the code names another side than the note",
     "laterality", "neutral", "review", "coder", (GUIDELINES,), "codes without a side"),
    ("NT07", "note.not-coded", "the note states a condition that was not coded",
     "omitted", "under", "review", "coder", (GUIDELINES,), "conditions that did not affect care"),
    ("DC01", "document.unsigned", "the document carries no signature of its author",
     "signature", "over", "review", "provider", (MANUAL,), "signatures kept outside the record"),
)  # fmt: skip
CARDS = tuple(
    RuleCard(
        id=rule,
        name=name,
        summary=summary,
        category=Category(category),
        direction=Direction(direction),
        verdict=Verdict(verdict),
        owner=Owner(owner),
        authority=authority,
        not_covered=not_covered,
    )
    for rule, name, summary, category, direction, verdict, owner, authority, not_covered in _PAGES
)
BY_ID = {card.id: card for card in CARDS}

# coder, true share, encounters drawn, population, determined by a person, verdict of the headline
CODERS = (
    ("C01", 0.991, 60, 171, True, ScoreVerdict.MEETS), ("C02", 0.984, 60, 166, False, ScoreVerdict.MEETS),
    ("C03", 0.962, 60, 190, True, ScoreVerdict.NOT_SHOWN), ("C04", 0.873, 60, 158, True, ScoreVerdict.BELOW),
    ("C05", 0.955, 60, 181, False, ScoreVerdict.NOT_SHOWN), ("C06", 0.826, 60, 169, False, ScoreVerdict.BELOW),
    ("C07", 0.978, 60, 174, False, ScoreVerdict.NOT_SHOWN), ("C08", 0.995, 60, 163, False, ScoreVerdict.MEETS),
    ("C09", 0.934, 60, 177, False, ScoreVerdict.NOT_SHOWN), ("C10", 0.969, 42, 42, True, ScoreVerdict.MEETS),
    ("C11", 0.902, 60, 188, False, ScoreVerdict.BELOW), ("C12", 0.917, 8, 8, False, ScoreVerdict.NOT_SHOWN),
)  # fmt: skip
FORMULAS = (
    ("code.auditor_denominator", 0.0), ("code.auditor_denominator_net", -0.012), ("code.coder_denominator", -0.004),
    ("encounter.all_correct", -0.19), ("code.symmetric", -0.018),
)  # fmt: skip


def scores() -> Iterator[Score]:
    """Yield every coder by every formula and basis, and all coders together."""
    for row in CODERS:
        for formula, shift in FORMULAS:
            yield from (_score(row, basis, formula, shift) for basis in Basis)
    weights = {coder: round(population / n, 4) for coder, _, n, population, _, _ in CODERS}
    for formula, shift in FORMULAS:
        value = 0.944 + shift
        yield Score(
            coder_id=None, basis=Basis.TOOL, formula=formula, numerator=5010.4, denominator=5307.6, value=value,
            value_if_review_stands=value - 0.021, interval=(value - 0.008, value + 0.007), confidence=0.95,
            census=False, target=TARGET, verdict=ScoreVerdict.NOT_SHOWN, encounters=650, codes=4810, undetermined=3110,
            missing=3, weights=weights, more_encounters_needed=210,
        )  # fmt: skip


def _score(row: tuple[str, float, int, int, bool, ScoreVerdict], basis: Basis, formula: str, shift: float) -> Score:
    coder, share, encounters, population, determined, verdict = row
    share += shift
    open_person = basis is Basis.PERSON and not determined
    codes = 7 * encounters + len(coder) * 4
    wide = 0.34 * (share * (1 - share) / encounters) ** 0.5 + 0.006
    census = encounters == population
    judged = formula == "code.auditor_denominator"
    share = round(share, 4)
    return Score(
        coder_id=coder,
        basis=basis,
        formula=formula,
        numerator=0 if open_person else round(share * codes),
        denominator=0 if open_person else codes,
        value=None if open_person else share,
        value_if_review_stands=None if open_person else share if basis is Basis.PERSON else round(share - 0.017, 4),
        interval=None if open_person or census else (round(share - wide - 0.01, 4), round(min(1.0, share + wide), 4)),
        confidence=0.95,
        census=census,
        target=TARGET,
        verdict=verdict if judged and not open_person else ScoreVerdict.NOT_SHOWN,
        encounters=encounters,
        codes=codes,
        undetermined=codes - codes // 5 if open_person else 0,
        missing=1 if coder in ("C05", "C09") else 0,
        weights={},
        more_encounters_needed=38 if verdict is ScoreVerdict.NOT_SHOWN and judged and not census else None,
    )


def _coder(position: int, row: tuple[str, float, int, int, bool, ScoreVerdict]) -> CoderSummary:
    coder, share, encounters, population, determined, _ = row
    wrong = round((1 - share) * 7 * encounters)
    found = [(card, max(0, round(wrong * part))) for card, part in zip(CARDS, _parts(position), strict=True)]
    rules = tuple(
        RuleTally(
            rule=card.id,
            category=card.category,
            direction=card.direction,
            owner=card.owner,
            verdict=card.verdict,
            found=count,
            upheld=count - count // 4 if determined else 0,
            overturned=count // 4 if determined else 0,
        )
        for card, count in found
        if count
    )
    decided = tuple(
        DeterminedTally(category=rule.category, direction=rule.direction, owner=rule.owner, count=rule.upheld)
        for rule in rules
        if rule.upheld
    )
    lines = 7 * encounters + len(coder) * 4
    return CoderSummary(
        coder_id=coder,
        population=population,
        sampled=encounters,
        code_lines=lines,
        rules=rules,
        determined=decided,
        lines_determined=lines if determined else lines // 5,
        lines_agreed_in_one_act=lines - 120 if determined else 0,
        encounters_complete=encounters if determined else encounters // 5,
    )


def _parts(position: int) -> list[float]:
    base = [0.06, 0.12, 0.1, 0.26, 0.16, 0.08, 0.24, 0.05]
    return base[position % 8 :] + base[: position % 8] if position % 3 else base


def summary() -> AuditSummary:
    """Return the made-up audit's facts."""
    coders = [_coder(i, row) for i, row in enumerate(CODERS)]
    nobody = CoderSummary(
        coder_id="unassigned",
        population=26,
        sampled=0,
        code_lines=0,
        rules=(),
        determined=(),
        lines_determined=0,
        lines_agreed_in_one_act=0,
        encounters_complete=0,
    )
    return AuditSummary(
        audit="2026-Q2-outpatient",
        audit_id="5d0c6e0d4a0f6f3b8f2a4d6c0a3a19a4b1f9d75c2b8f1b6d5f4e3c2b1a09f8e7",
        tool_version="0.1.0",
        period="2026 Q2",
        population=1813,
        excluded=(Count(name="date of service outside the period", count=4), Count(name="no code line", count=2)),
        sampled=650,
        code_lines=4810,
        missing=3,
        method="per_coder",
        size=60,
        seed="1f0c2a77b9d34e0f8c61aa52e97d0b13",
        frame_digest="a3c1f09e7d55b2c8841f6e0d97ab3c2219e4f5d6a7b8c9d0e1f2031425364758",
        draw_number=3,
        earlier_draws=(17, 23),
        target=TARGET,
        verdict_on="code.auditor_denominator",
        sources=(
            SourceUsed(kind="pack", name="icd10cm", edition="2026", digest="9b" * 32),
            SourceUsed(kind="pack", name="documentation", edition="2026", digest="4e" * 32),
            SourceUsed(kind="table", name="icd10cm-tabular", edition="2026-04-01 to 2026-09-30", digest="c7" * 32),
        ),
        rules_off=(RuleOff(rule="NT09", reason="copied text is reviewed by another team this quarter"),),
        not_assessed=(
            NotAssessed(rule="PR01", reason="no ncci-ptp-practitioner table is imported", count=1204),
            NotAssessed(rule="DX01", reason="date outside every imported edition", count=7),
        ),
        rules=CARDS,
        scores=tuple(scores()),
        coders=(*coders, nobody),
        notices=("1.3 % of the encounters of the population were quarantined; they stand in the exclusions.",),
        checkpoint="chartassay.example/trail\n41\nq1Zc0m9vYyQy6xk2m1m0cQ2dH6o6w7u1r3Y8k5t9a0E=\n\n"
        "- epoch-3 Zm9yIGxvb2tpbmcgYXQgb25seSwgbm90IGEgc2lnbmF0dXJlIG9mIGFueW9uZQ==\n",
    )


NOTE = """\
{family}, {given}  MRN {mrn}
Date of service: {day}

HISTORY: {given} is a {age}-year-old seen for follow-up. Known type 2 diabetes mellitus with diabetic chronic kidney
disease, taking metformin <500 mg twice daily & insulin glargine>. Denies chest pain. Cough for two weeks, {doubt}.

PAST MEDICAL HISTORY: myocardial infarction in 2011. Cataract surgery of the {side} eye.

EXAM: BP 142/86. Lungs with scattered rhonchi. Pain on motion of the {side} knee.

ASSESSMENT AND PLAN:
1. Type 2 diabetes with chronic kidney disease stage 3a - continue, recheck creatinine.
2. Primary osteoarthritis of the {side} knee - physical therapy.
3. {doubt_cap} - chest film ordered, no antibiotics yet.
4. Essential hypertension, well controlled on lisinopril.
{signature}
"""
NAMES = (
    ("Orla", "Vantongeren"), ("Ismet", "Brackwater"), ("Tamsin", "Oakhollow"), ("Kofi", "Lindqvarn"),
    ("Pilar", "Mestrovich"), ("Anselm", "Quillfeather"), ("Yuki", "Harrowgate"), ("Bram", "O'Sedgwick"),
)  # fmt: skip
LINES = (
    ("E11.22", "Type 2 diabetes mellitus with diabetic chronic kidney disease"),
    ("N18.31", "Chronic kidney disease, stage 3a"),
    ("M17.12", "Unilateral primary osteoarthritis, left knee"),
    ("J18.9", "Pneumonia, unspecified organism"),
    ("I21.9", "Acute myocardial infarction, unspecified"),
)
DESCRIPTIONS = dict(LINES)


def cases(count: int) -> list[AuditedCase]:
    """Return ``count`` encounters with notes, findings and, for every fourth, determinations."""
    return [_audited(number) for number in range(count)]


def _audited(n: int) -> AuditedCase:
    case = _case(n)
    note = case.documents[0] if case.documents else None
    if note is None:
        return AuditedCase(case=case, readings=(), findings=(), determinations=None)
    return AuditedCase(
        case=case,
        readings=tuple(_readings(case, note)),
        findings=tuple(_findings(n, case, note)),
        determinations=_determined(case) if n % 4 == 1 else None,
    )


def _case(n: int) -> Case:
    encounter_id, day = f"E-{n + 100241:06d}", date(2026, 4 + n % 3, 1 + n % 27)
    given, family = NAMES[n % len(NAMES)]
    doubt = "probable pneumonia" if n % 2 else "possible pneumonia, cannot rule out bronchitis"
    text = NOTE.format(
        family=family, given=given, mrn=f"M{70000 + 13 * n}", day=day.isoformat(), age=48 + n % 30,
        side="right" if n % 3 == 0 else "left", doubt=doubt, doubt_cap=doubt.capitalize(),
        signature="" if n % 5 == 0 else "Electronically signed by the author.",
    )  # fmt: skip
    note = Document(
        encounter_id=encounter_id, document_id=f"D-{n:05d}", kind="progress_note", text=text, author="A. Example",
        author_credential="MD", authored_at=datetime(2026, day.month, day.day, 9, 30),  # noqa: DTZ001 - notes carry local times
        signed_at=None if n % 5 == 0 else datetime(2026, day.month, day.day, 17, 5),  # noqa: DTZ001 - as above
    )  # fmt: skip
    lines = tuple(
        CodeLine(
            encounter_id=encounter_id, line=i, system=CodeSystem.ICD10CM, code=code, sequence=i,
            role=CodeRole.PRINCIPAL if i == 1 else CodeRole.SECONDARY,
        )
        for i, (code, _) in enumerate(LINES, start=1)
    )  # fmt: skip
    visit = CodeLine(
        encounter_id=encounter_id, line=6, system=CodeSystem.HCPCS, code="G0463", units=Decimal(1), modifiers=("25",),
        dx_pointers=(1, 3), charge=Decimal("184.00"), service_date=day,
    )  # fmt: skip
    return Case(
        encounter=Encounter(
            encounter_id=encounter_id, patient_id=f"P-{n:05d}", service_from=day, setting=Setting.OUTPATIENT,
            claim_type=ClaimType.INSTITUTIONAL, coder_id=f"C{1 + n % 12:02d}", payer_type="medicare",
            provider_specialty="internal medicine", restricted="part2" if n == 3 else "",
        ),
        lines=(*lines, visit),
        documents=() if n == 7 else (note,),
        patient=Patient(
            patient_id=f"P-{n:05d}", given_name=given, family_name=family, birth_date=date(1970 - n % 30, 3, 9),
            sex="F" if n % 2 else "M", mrn=f"M{70000 + 13 * n}", ssn="000-00-0000", street="1 Nowhere Lane",
        ),
    )  # fmt: skip


def _span(note: Document, words: str) -> Span:
    start = note.text.index(words)
    return Span(note.document_id, start, start + len(words), text_digest(note.text))


def _readings(case: Case, note: Document) -> Iterator[CodeReading]:
    said = {
        1: (Support.SUPPORTED, "Type 2 diabetes with chronic kidney disease stage 3a"),
        2: (Support.SUPPORTED, "chronic kidney disease stage 3a"),
        3: (Support.SUPPORTED, "Primary osteoarthritis of the left knee"),
        4: (Support.NOT_FOUND, ""),
        5: (Support.NOT_FOUND, ""),
    }
    if "right knee" in note.text:
        said[3] = (Support.CONTRADICTED, "Primary osteoarthritis of the right knee")
    for line in case.lines:
        support, words = said.get(line.line, (Support.NOT_ASSESSED, ""))
        yield CodeReading(
            encounter_id=case.encounter.encounter_id, line=line.line, system=line.system, code=line.code,
            support=support, category_support=support, spans=(_span(note, words),) if words else (),
            suggested=("M17.11",) if support is Support.CONTRADICTED else (),
        )  # fmt: skip


def _findings(n: int, case: Case, note: Document) -> Iterator[Finding]:
    encounter_id = case.encounter.encounter_id
    if n % 6 == 4:
        return
    yield _finding("NT02", encounter_id, 4, "J18.9", (_span(note, "pneumonia"), _span(note, "no antibiotics yet")))
    if n % 3 == 0:
        words = _span(note, "Primary osteoarthritis of the right knee")
        yield _finding("NT05", encounter_id, 3, "M17.12", (words,), ("M17.11",))
    if n % 4 == 0:
        yield _finding("DX02", encounter_id, 5, "I21.9", ())
        yield _finding("NT01", encounter_id, 5, "I21.9", (_span(note, "myocardial infarction in 2011"),), ("I25.2",))
    if n % 5 == 0:
        yield _finding("DC01", encounter_id, None, "", ())
    yield _finding(
        "NT07", encounter_id, None, "I10", (_span(note, "Essential hypertension, well controlled"),), ("I10",)
    )


def _finding(
    rule: str, encounter_id: str, line: int | None, code: str, spans: tuple[Span, ...], suggested: tuple[str, ...] = ()
) -> Finding:
    card = BY_ID[rule]
    return Finding(
        encounter_id=encounter_id, line=line, code=code, rule=rule, verdict=card.verdict, category=card.category,
        direction=card.direction, owner=card.owner, message=card.summary,
        citation="; ".join(f"{a.cite} ({a.edition})" for a in card.authority), spans=spans, suggested=suggested,
    )  # fmt: skip


def _determined(case: Case) -> CaseDeterminations:
    encounter_id = case.encounter.encounter_id
    wrong = Determination(
        encounter_id=encounter_id, line=4, decision=Decision.DISAGREE, category=Category.UNCERTAIN,
        direction=Direction.OVER, owner=Owner.CODER, note="symptom only; cough should be coded",
        correct=CorrectLine(system=CodeSystem.ICD10CM, code="R05.9"),
    )  # fmt: skip
    omitted = Determination(
        encounter_id=encounter_id, line=None, decision=Decision.DISAGREE, category=Category.OMITTED,
        direction=Direction.UNDER, owner=Owner.CODER, correct=CorrectLine(system=CodeSystem.ICD10CM, code="I10"),
    )  # fmt: skip
    agreed = tuple(
        Determination(encounter_id=encounter_id, line=line, decision=Decision.AGREE) for line in (1, 2, 3, 5, 6)
    )
    return CaseDeterminations(
        encounter_id=encounter_id, lines=tuple(sorted((*agreed, wrong), key=lambda d: d.line or 0)), omitted=(omitted,),
        closing=Closing(encounter_id=encounter_id, complete=True, omissions_checked=True), agreed_in_one_act=(5, 6),
    )  # fmt: skip


def reports(encounters: int = 8, templates: Traversable = TEMPLATES) -> dict[str, bytes]:
    """Return every report of the made-up audit by file name."""
    facts = summary()
    views = {
        "manager": manager_view(facts),
        "auditor": auditor_view(facts, cases(encounters), descriptions=DESCRIPTIONS),
        "officer": officer_view(facts),
    }
    return {
        f"{kind}.{form}": render(view, kind=kind, format=form, templates=templates)
        for kind, view in views.items()
        for form in ("html", "json", "csv")
    }


def main(folder: Path, encounters: int) -> None:
    """Write every report into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in reports(encounters).items():
        (folder / name).write_bytes(content)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "reports", int(sys.argv[2]) if len(sys.argv) > 2 else 8)
