from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from audit.domain.codes import CodeSystem
from audit.domain.determination import CaseDeterminations, Closing, CorrectLine, Decision, Determination
from audit.domain.encounter import Case, ClaimType, CodeLine, CodeRole, Document, Encounter, Setting
from audit.domain.finding import Finding
from audit.domain.rule import Category, Direction, Owner, Verdict
from audit.scoring.cases import ScoredCase
from audit.scoring.formulas import FORMULAS
from audit.scoring.tally import Tally, by_person, by_tool

CORRECT = CorrectLine(system=CodeSystem.ICD10CM, code="E11.21")


def case(count: int = 8, text: str = "note") -> Case:
    encounter = Encounter(
        encounter_id="E1",
        patient_id="P",
        service_from=date(2026, 5, 1),
        setting=Setting.OUTPATIENT,
        claim_type=ClaimType.INSTITUTIONAL,
        coder_id="C1",
    )
    lines = tuple(
        CodeLine(encounter_id="E1", line=n, system=CodeSystem.ICD10CM, code=f"E11.{n}") for n in range(1, count + 1)
    )
    return Case(
        encounter=encounter, lines=lines, documents=(Document(encounter_id="E1", document_id="D", kind="n", text=text),)
    )


def finding(
    line: int | None,
    verdict: Verdict,
    category: Category = Category.SPECIFICITY,
    owner: Owner = Owner.CODER,
    suggested: tuple[str, ...] = (),
    rule: str = "R",
) -> Finding:
    return Finding(
        encounter_id="E1",
        line=line,
        code="",
        rule=rule,
        verdict=verdict,
        category=category,
        direction=Direction.OVER,
        owner=owner,
        message="",
        citation="",
        suggested=suggested,
    )


def disagree(line: int | None, **more: object) -> Determination:
    values = {"category": Category.UNSUPPORTED, **more}
    return Determination(encounter_id="E1", line=line, decision=Decision.DISAGREE, **values)  # type: ignore[arg-type]  # test data


def decided(*wrong: Determination, omitted: tuple[Determination, ...] = ()) -> CaseDeterminations:
    by_line = {one.line: one for one in wrong}
    lines = tuple(
        by_line.get(n) or Determination(encounter_id="E1", line=n, decision=Decision.AGREE) for n in range(1, 9)
    )
    closing = Closing(encounter_id="E1", complete=True, omissions_checked=True)
    return CaseDeterminations(encounter_id="E1", lines=lines, omitted=omitted, closing=closing)


def plain(tally: Tally) -> Tally:
    """Leave the weights and the DRG aside, which tests of their own look at."""
    return replace(tally, weight_right=0, weight_all=0, drg_right=0, drg_cases=0)


def share(formula: str, tally: Tally) -> float:
    numerator, denominator = FORMULAS[formula].term(tally)
    return round(100 * numerator / denominator, 1)


def test_the_same_chart_scores_differently_by_each_formula() -> None:
    # Eight codes submitted: seven match, one lacks specificity, and one more was omitted.
    omitted = disagree(None, category=Category.OMITTED, correct=CORRECT)
    scored = ScoredCase.of(case(), (), decided(disagree(3, correct=CORRECT), omitted=(omitted,)))

    tally = by_person(scored)

    assert plain(tally) == Tally(matched=7, replaced=1, omitted=1)
    assert share("code.auditor_denominator", tally) == 77.8
    assert share("code.coder_denominator", tally) == 75.0
    assert share("code.symmetric", tally) == 70.0
    assert share("encounter.all_correct", tally) == 0.0


def test_an_unsupported_extra_counts_against_net_and_symmetric_but_not_against_the_reviewers_codes() -> None:
    tally = by_person(ScoredCase.of(case(), (), decided(disagree(1), disagree(2))))

    assert plain(tally) == Tally(matched=6, extra=2)
    assert share("code.auditor_denominator", tally) == 100.0
    assert share("code.auditor_denominator_net", tally) == 66.7
    assert share("code.coder_denominator", tally) == 75.0
    assert share("code.symmetric", tally) == 75.0


@pytest.mark.parametrize("owner", [Owner.PROVIDER, Owner.TEMPLATE, Owner.ENGINE, Owner.REFERENCE_DATA])
def test_what_is_not_the_coders_doing_is_not_charged_to_the_coder(owner: Owner) -> None:
    omitted = disagree(None, category=Category.OMITTED, correct=CORRECT, owner=owner)
    person = by_person(ScoredCase.of(case(), (), decided(disagree(1, owner=owner), omitted=(omitted,))))
    tool = by_tool(ScoredCase.of(case(), [finding(1, Verdict.ERROR, owner=owner)]), reviews_stand=True)

    assert plain(person) == plain(tool) == Tally(matched=8)


def test_the_tool_counts_errors_at_best_and_reviews_too_at_worst() -> None:
    findings = [
        finding(1, Verdict.ERROR),
        finding(1, Verdict.REVIEW),
        finding(2, Verdict.REVIEW),
        finding(2, Verdict.REVIEW, rule="S"),
        finding(3, Verdict.ADVISORY),
    ]
    scored = ScoredCase.of(case(), findings)

    assert plain(by_tool(scored, reviews_stand=False)) == Tally(matched=7, replaced=1)
    assert plain(by_tool(scored, reviews_stand=True)) == Tally(matched=6, replaced=2)


def test_a_code_missed_by_two_rules_is_one_omission_and_only_in_the_worst_case() -> None:
    omitted = [finding(None, Verdict.REVIEW, Category.OMITTED, suggested=("I10",), rule=rule) for rule in ("R1", "R2")]
    scored = ScoredCase.of(case(), omitted)

    assert plain(by_tool(scored, reviews_stand=False)) == Tally(matched=8)
    assert plain(by_tool(scored, reviews_stand=True)) == Tally(matched=8, omitted=1)


def test_an_omission_shown_beside_a_line_is_no_fault_of_that_line() -> None:
    scored = ScoredCase.of(case(), [finding(4, Verdict.REVIEW, Category.OMITTED, suggested=("I10",))])

    assert plain(by_tool(scored, reviews_stand=True)) == Tally(matched=8, omitted=1)


def test_an_error_of_the_whole_encounter_spoils_the_record_but_no_code() -> None:
    scored = ScoredCase.of(case(), [finding(None, Verdict.ERROR, Category.IDENTITY)])

    tally = by_tool(scored, reviews_stand=False)

    assert share("encounter.all_correct", tally) == 0.0
    assert share("code.auditor_denominator", tally) == 100.0


def test_an_encounter_is_settled_only_when_every_line_is_decided_and_it_is_closed_with_omissions_checked() -> None:
    whole = decided()
    some = CaseDeterminations(encounter_id="E1", lines=whole.lines[:5])
    unclosed = CaseDeterminations(encounter_id="E1", lines=whole.lines)
    unchecked = CaseDeterminations(
        encounter_id="E1",
        lines=whole.lines,
        closing=Closing(encounter_id="E1", complete=True, omissions_checked=False),
    )

    states = [ScoredCase.of(case(), (), one) for one in (whole, some, unclosed, unchecked, None)]

    assert [one.settled for one in states] == [True, False, False, False, False]
    assert [one.undetermined for one in states] == [0, 3, 8, 8, 8]


def test_a_record_without_text_is_missing_unless_the_caller_knows_better() -> None:
    assert ScoredCase.of(case(text=" "), ()).missing
    assert not ScoredCase.of(case(text=" "), (), missing=False).missing


def with_drg(lines: tuple[CodeLine, ...], drg: str = "291") -> Case:
    plain_case = case(0)
    return replace(plain_case, encounter=replace(plain_case.encounter, drg=drg), lines=lines)


def test_codes_that_move_payment_weigh_twice() -> None:
    lines = (
        CodeLine(encounter_id="E1", line=1, system=CodeSystem.ICD10CM, code="I50.9", role=CodeRole.PRINCIPAL),
        CodeLine(encounter_id="E1", line=2, system=CodeSystem.ICD10CM, code="I10", sequence=2),
        CodeLine(encounter_id="E1", line=3, system=CodeSystem.HCPCS, code="G0000", sequence=3),
    )
    first, other = (
        by_tool(ScoredCase.of(with_drg(lines), [finding(line, Verdict.ERROR)]), reviews_stand=False) for line in (1, 2)
    )

    assert share("encounter.weighted", first) == 60.0
    assert share("encounter.weighted", other) == 80.0


def test_an_omitted_procedure_weighs_twice_for_a_person() -> None:
    correct = CorrectLine(system=CodeSystem.HCPCS, code="G0000")
    omitted = disagree(None, category=Category.OMITTED, correct=correct)

    assert share("encounter.weighted", by_person(ScoredCase.of(case(), (), decided(omitted=(omitted,))))) == 80.0


@pytest.mark.parametrize(("correct_drg", "right"), [(None, 1), ("291", 1), ("292", 0)])
def test_a_drg_is_right_unless_the_reviewer_gave_another(correct_drg: str | None, right: int) -> None:
    closing = Closing(encounter_id="E1", complete=True, omissions_checked=True, correct_drg=correct_drg)
    settled = CaseDeterminations(encounter_id="E1", closing=closing)

    assert FORMULAS["drg.correct"].term(by_person(ScoredCase.of(with_drg(()), (), settled))) == (right, 1)


def test_an_encounter_without_a_drg_counts_in_no_drg_score() -> None:
    assert FORMULAS["drg.correct"].term(by_tool(ScoredCase.of(case(), ()), reviews_stand=False)) == (0, 0)


def test_what_the_tool_says_of_the_drg_is_wrong_at_best_or_at_worst() -> None:
    scored = ScoredCase.of(with_drg(()), [finding(None, Verdict.REVIEW, Category.DRG)])

    ends = [FORMULAS["drg.correct"].term(by_tool(scored, reviews_stand=stand)) for stand in (False, True)]
    assert ends == [(1, 1), (0, 1)]
