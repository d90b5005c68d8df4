import json
from dataclasses import replace
from types import ModuleType

import pytest

from audit.domain.rule import Verdict
from audit.report.encounters import ForeignSpanError
from audit.report.views import auditor_view, manager_view, officer_view


def test_coders_stand_in_the_order_of_their_ids_and_not_of_their_accuracy(made_up: ModuleType) -> None:
    facts = made_up.summary()
    view = manager_view(replace(facts, coders=tuple(reversed(facts.coders))))
    ids = [coder["coder_id"] for coder in view["coders"]]
    assert ids == sorted(ids)


def test_the_glance_counts_every_judged_coder_once(made_up: ModuleType) -> None:
    glance = manager_view(made_up.summary())["glance"]
    counts = {"meets": 4, "below": 3, "not_shown": 5, "by_person": 4, "by_tool": 8}
    assert glance == {**counts, "false_below_at_most": 0.3}


def test_the_target_never_stands_without_its_unit(made_up: ModuleType) -> None:
    for view in (manager_view(made_up.summary()), officer_view(made_up.summary())):
        assert (view["target"], view["target_unit"], view["verdict_on"]) == (0.95, "codes", "code.auditor_denominator")


def test_every_number_carries_its_formula_basis_and_interval(made_up: ModuleType) -> None:
    view = manager_view(made_up.summary())
    for score in [s for coder in view["coders"] for s in coder["scores"]]:
        assert {"formula", "basis", "interval", "confidence", "verdict", "unit"} <= set(score)


def test_the_views_are_plain_json(made_up: ModuleType) -> None:
    facts = made_up.summary()
    for view in (manager_view(facts), officer_view(facts), auditor_view(facts, made_up.cases(3))):
        assert json.loads(json.dumps(view)) == view


def test_encounters_with_errors_come_first_and_those_without_findings_last(made_up: ModuleType) -> None:
    rows = auditor_view(made_up.summary(), made_up.cases(12))["encounters"]
    errors = [row["counts"]["error"] for row in rows]
    assert errors == sorted(errors, reverse=True)
    assert not rows[-1]["findings"]


def test_within_an_encounter_errors_are_numbered_first_and_lines_point_at_their_numbers(made_up: ModuleType) -> None:
    row = auditor_view(made_up.summary(), made_up.cases(1))["encounters"][0]
    assert row["findings"][0]["verdict"] == Verdict.ERROR.value
    assert [finding["number"] for finding in row["findings"]] == list(range(1, len(row["findings"]) + 1))
    for line in row["lines"]:
        assert all(row["findings"][n - 1]["line"] == line["line"] for n in line["findings"])


def test_the_auditor_view_says_first_of_all_that_it_holds_phi(made_up: ModuleType) -> None:
    assert next(iter(auditor_view(made_up.summary(), []))) == "holds_phi"


def test_the_auditor_sees_no_more_of_the_patient_than_the_review_needs(made_up: ModuleType) -> None:
    text = json.dumps(auditor_view(made_up.summary(), made_up.cases(2)))
    assert "000-00-0000" not in text
    assert "Nowhere Lane" not in text


def test_evidence_that_is_not_of_the_stored_text_stops_the_report_without_quoting_it(made_up: ModuleType) -> None:
    audited = made_up.cases(1)[0]
    document = replace(audited.case.documents[0], text="another text altogether")
    changed = replace(audited, case=replace(audited.case, documents=(document,)))
    with pytest.raises(ForeignSpanError) as caught:
        auditor_view(made_up.summary(), [changed])
    assert "another text" not in caught.value.message
    assert audited.case.encounter.encounter_id not in caught.value.message


def test_words_in_another_encounters_document_are_named_and_not_shown(made_up: ModuleType) -> None:
    audited = made_up.cases(1)[0]
    finding = next(f for f in audited.findings if f.spans)
    elsewhere = replace(finding.spans[0], document_id="D-of-another")
    row = auditor_view(
        made_up.summary(), [replace(audited, findings=(replace(finding, spans=(elsewhere,)),), readings=())]
    )["encounters"][0]
    assert row["findings"][0]["spans"][0]["in_record"] is False
    assert row["documents"][0]["marks"] == []


def test_an_encounter_without_a_record_says_so(made_up: ModuleType) -> None:
    rows = auditor_view(made_up.summary(), made_up.cases(8))["encounters"]
    missing = [row for row in rows if row["missing_record"]]
    assert len(missing) == 1
    assert {line["support"] for line in missing[0]["lines"]} == {"not_assessed"}


def test_an_encounter_of_an_unknown_patient_is_still_shown(made_up: ModuleType) -> None:
    audited = made_up.cases(2)[1]
    row = auditor_view(made_up.summary(), [replace(audited, case=replace(audited.case, patient=None))])["encounters"][0]
    assert row["patient"] is None
