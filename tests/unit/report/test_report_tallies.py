from audit.domain.rule import Category, Direction, Owner, Verdict
from audit.domain.summary import CoderSummary, DeterminedTally, RuleCard, RuleTally
from audit.report.tallies import category_rows, determined_rows, directions, found, owner_rows, teach_rows


def _tally(rule: str, found: int, verdict: Verdict = Verdict.REVIEW, **more: object) -> RuleTally:
    values = {
        "category": Category.UNSUPPORTED, "direction": Direction.OVER, "owner": Owner.CODER, "upheld": 0,
        "overturned": 0,
    } | more  # fmt: skip
    return RuleTally(rule=rule, found=found, verdict=verdict, **values)  # type: ignore[arg-type]  # fields vary by case


def _coder(*rules: RuleTally, determined: tuple[DeterminedTally, ...] = ()) -> CoderSummary:
    return CoderSummary(
        coder_id="C01", population=100, sampled=60, code_lines=400, rules=rules, determined=determined,
        lines_determined=0, lines_agreed_in_one_act=0, encounters_complete=0,
    )  # fmt: skip


def _cards(*ids: str) -> dict[str, RuleCard]:
    return {
        rule: RuleCard(
            id=rule, name=rule, summary=rule, category=Category.UNSUPPORTED, direction=Direction.OVER,
            verdict=Verdict.REVIEW, owner=Owner.CODER, authority=(), not_covered="",
        )
        for rule in ids
    }  # fmt: skip


def _taught(coder: CoderSummary) -> list[str]:
    return [row["rule"] for row in teach_rows(coder, _cards("R1", "R2", "R3", "R4", "R5"))]


def test_errors_and_upheld_reviews_are_taught_before_open_questions() -> None:
    coder = _coder(_tally("R1", 30), _tally("R2", 2, Verdict.ERROR), _tally("R3", 5, upheld=4))
    assert _taught(coder) == ["R3", "R2", "R1"]


def test_what_lies_with_the_provider_is_not_taught_to_the_coder() -> None:
    assert _taught(_coder(_tally("R1", 30, owner=Owner.PROVIDER))) == []


def test_what_a_person_overturned_every_time_is_not_taught() -> None:
    assert _taught(_coder(_tally("R1", 3, overturned=3), _tally("R2", 3, overturned=2))) == ["R2"]


def test_an_advisory_is_not_taught() -> None:
    assert _taught(_coder(_tally("R1", 30, Verdict.ADVISORY))) == []


def test_a_coder_is_given_three_rules_at_most() -> None:
    assert len(_taught(_coder(*(_tally(f"R{i}", i) for i in range(1, 6))))) == 3


def test_over_under_and_neutral_are_always_all_three_there() -> None:
    ways = directions([_coder(_tally("R1", 4, direction=Direction.UNDER), _tally("R2", 2, Verdict.ERROR))])
    assert list(ways) == ["over", "under", "neutral"]
    assert ways["under"]["review"] == 4
    assert ways["over"]["error"] == 2
    assert ways["neutral"]["error"] == ways["neutral"]["review"] == 0


def test_a_category_only_a_person_found_is_listed_too() -> None:
    omitted = DeterminedTally(category=Category.OMITTED, direction=Direction.UNDER, owner=Owner.CODER, count=3)
    rows = category_rows([_coder(_tally("R1", 1), determined=(omitted,))])
    assert [(row["category"], row["determined"]) for row in rows] == [("unsupported", 0), ("omitted", 3)]


def test_advisories_are_counted_apart_and_in_no_category() -> None:
    coder = _coder(_tally("R1", 7, Verdict.ADVISORY))
    assert found([coder]) == {"error": 0, "review": 0, "advisory": 7}
    assert category_rows([coder])[0]["error"] == category_rows([coder])[0]["review"] == 0


def test_every_owner_is_counted() -> None:
    rows = owner_rows([_coder(_tally("R1", 7, owner=Owner.TEMPLATE))])
    assert {row["owner"]: row["review"] for row in rows}["template"] == 7


def test_what_persons_disagreed_with_is_listed_most_frequent_first() -> None:
    few = DeterminedTally(category=Category.UNITS, direction=Direction.OVER, owner=Owner.CODER, count=1)
    many = DeterminedTally(category=Category.OMITTED, direction=Direction.UNDER, owner=Owner.CODER, count=3)
    assert [row["count"] for row in determined_rows(_coder(determined=(few, many)))] == [3, 1]
