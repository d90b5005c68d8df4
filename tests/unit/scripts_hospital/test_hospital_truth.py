"""A clean line is truly clean, and every planted error is one."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Table = Callable[[str], list[dict[str, str]]]
DATA = {"invalid_code", "not_billable", "manifestation", "sequencing", "bundling", "units", "poa"}
NOTE = {
    "excludes",
    "demographic",
    "laterality",
    "specificity",
    "unsupported",
    "contradicted",
    "uncertain",
    "history_as_active",
    "omitted",
    "signature",
    "identity",
    "date",
    "duplicate",
}


@pytest.fixture(scope="session")
def clean(table: Table) -> dict[str, list[dict[str, str]]]:
    """Diagnosis lines by encounter that key.csv does not name."""
    wrong = {(row["encounter_id"], row["line"]) for row in table("key")}
    lines = defaultdict(list)
    for row in table("codes"):
        if row["system"] == "ICD10CM" and (row["encounter_id"], row["line"]) not in wrong:
            lines[row["encounter_id"]].append(row)
    return lines


def test_every_code_a_coder_could_rightly_use_is_billable_in_the_tabular_list(tabular: Any) -> None:
    from hospital.tabular import every_code

    assert [code for code in every_code() if code not in tabular.billable] == []


def test_the_facts_on_file_are_those_of_the_tabular_list(tabular: Any) -> None:
    from hospital.library import load_library
    from hospital.tabular import conflicts, every_code

    library = load_library("first")
    codes = every_code()
    assert {code: tabular.header_of(code) for code in codes} == library.headers
    assert {code: tabular.never_existed(code) for code in codes} == library.never_existed
    pairs = {frozenset((code, other)) for code, others in library.conflicts.items() for other in others}
    assert pairs == {frozenset(pair) for pair in conflicts(tabular, codes)}


def test_clean_lines_are_billable_and_no_two_exclude_each_other(clean: dict[str, Any], tabular: Any) -> None:
    for lines in clean.values():
        codes = [row["code"] for row in lines]
        assert set(codes) <= tabular.billable
        assert [pair for pair in itertools.combinations(codes, 2) if tabular.conflict(*pair)] == []
        assert len(codes) == len(set(codes))


def test_clean_encounters_are_never_led_by_a_cause_or_a_manifestation(clean: dict[str, Any], table: Table) -> None:
    wrong = {row["encounter_id"] for row in table("key") if row["category"] in DATA}
    for encounter, lines in clean.items():
        first = [row["code"] for row in lines if row["sequence"] == "1" and encounter not in wrong]
        assert not any(code[0] in "VWXY" or code in {"G63", "F02.80", "I43"} for code in first)


def test_clean_inpatient_lines_have_an_indicator_unless_exempt(clean: dict[str, Any], table: Table) -> None:
    inpatient = {row["encounter_id"] for row in table("encounters") if row["setting"] == "inpatient"}
    for encounter, lines in clean.items():
        for row in lines:
            exempt = row["code"][0] in "ZVWXY" or row["code"] == "I25.2"
            allowed = {"Y", "N"} if encounter in inpatient and not exempt else {""}
            assert row["poa"] in allowed


def test_clean_services_break_no_made_up_edit(table: Table) -> None:
    from hospital.library import load_library

    visits = load_library("first").visits
    wrong = {(row["encounter_id"], row["line"]) for row in table("key")}
    limits = {edit["code"]: edit["value"] for edit in visits["mue"]}
    services: dict[str, dict[str, str]] = defaultdict(dict)
    for row in table("codes"):
        if row["system"] == "HCPCS" and (row["encounter_id"], row["line"]) not in wrong:
            services[row["encounter_id"]][row["code"]] = row["modifiers"]
            assert int(row["units"]) <= limits.get(row["code"], 1000)
    for codes in services.values():
        for pair in visits["ptp"]:
            if pair["column_1"] in codes and pair["column_2"] in codes and "deleted" not in pair:
                assert pair["indicator"] == "1"
                assert codes[pair["column_2"]] == "59"


def test_every_category_is_planted_on_both_sides(table: Table) -> None:
    planted = Counter((row["decidable_by"], row["category"]) for row in table("key"))
    assert {category for decidable, category in planted if decidable == "data"} == DATA
    assert {category for decidable, category in planted if decidable == "note"} == NOTE
    assert min(planted.values()) > 3


def test_a_planted_code_is_wrong_in_the_way_the_key_says(table: Table, tabular: Any) -> None:
    for row in table("key"):
        if row["category"] == "invalid_code":
            assert row["submitted"] not in tabular.billable | tabular.headers
        elif row["category"] == "not_billable":
            assert row["submitted"] in tabular.headers - tabular.billable
        elif row["submitted"] and row["submitted"][1].isdigit() and row["decidable_by"] == "note":
            assert row["submitted"] in tabular.billable or row["submitted"].startswith("X0")


def test_the_key_names_the_code_that_stands_on_its_line(table: Table) -> None:
    submitted = {(row["encounter_id"], row["line"]): row["code"] for row in table("codes")}
    lines = [row for row in table("key") if row["line"]]
    assert all(submitted[row["encounter_id"], row["line"]] == row["submitted"] for row in lines)
    assert len({(row["encounter_id"], row["line"]) for row in lines}) == len(lines)


def test_an_omitted_code_is_in_no_line_of_its_encounter(table: Table) -> None:
    codes = defaultdict(set)
    for row in table("codes"):
        codes[row["encounter_id"]].add(row["code"])
    omitted = [row for row in table("key") if row["category"] == "omitted"]
    assert all(row["line"] == "" and row["correct"] not in codes[row["encounter_id"]] for row in omitted)


def test_lines_are_numbered_without_a_gap(table: Table) -> None:
    lines = defaultdict(list)
    for row in table("codes"):
        lines[row["encounter_id"]].append(int(row["line"]))
    assert all(sorted(numbers) == list(range(1, len(numbers) + 1)) for numbers in lines.values())


def test_each_coder_is_as_accurate_as_the_truth_says(table: Table) -> None:
    coder = {row["encounter_id"]: row["coder_id"] for row in table("encounters")}
    right: Counter[str] = Counter()
    meant: Counter[str] = Counter()
    key = {(row["encounter_id"], row["line"]): row for row in table("key")}
    for row in table("codes"):
        plant = key.get((row["encounter_id"], row["line"]))
        right[coder[row["encounter_id"]]] += plant is None
        meant[coder[row["encounter_id"]]] += plant is None or bool(plant["correct"])
    for row in table("key"):
        meant[coder[row["encounter_id"]]] += row["category"] == "omitted"
    truth = {row["coder_id"]: float(row["code_accuracy"]) for row in table("coders_truth")}
    assert len(truth) == 12
    assert all(abs(right[name] / meant[name] - value) < 0.0001 for name, value in truth.items())
    assert min(truth.values()) < 0.83
    assert max(truth.values()) > 0.99


def test_a_faulty_record_shows_its_fault_in_the_document(table: Table) -> None:
    patients = {row["patient_id"]: row for row in table("patients")}
    encounters = {row["encounter_id"]: row for row in table("encounters")}
    documents = defaultdict(list)
    for row in table("documents"):
        documents[row["encounter_id"]].append(row)
    for row in table("key"):
        if row["category"] not in {"signature", "identity", "date"}:
            continue
        encounter = encounters[row["encounter_id"]]
        patient = patients[encounter["patient_id"]]
        for document in documents[row["encounter_id"]]:
            if row["category"] == "signature":
                assert document["signed_at"] == ""
                assert document["author"] not in document["text"]
            elif row["category"] == "identity":
                assert patient["mrn"] not in document["text"]
            else:
                assert document["authored_at"][:10] < encounter["service_from"]


def test_the_default_phrases_and_the_second_set_share_only_names_of_diseases() -> None:
    from hospital.library import load_library

    shared = _sentences(load_library("first").phrases) & _sentences(load_library("second").phrases)
    assert [text for text in shared if len(text.split()) > 3] == []


def _sentences(value: Any) -> set[str]:
    if isinstance(value, str):
        return {value.lower()}
    inner = value.values() if isinstance(value, dict) else value
    return {text for item in inner for text in _sentences(item)}


def test_no_document_keeps_a_hole_of_its_template(table: Table, hospital: Path) -> None:
    for row in table("documents"):
        assert "{" not in row["text"]
        assert "}" not in row["text"]
    assert (hospital / "plan.toml").is_file()
