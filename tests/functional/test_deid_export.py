"""An export: what leaves, what is withheld, and that one leak leaves nothing behind."""

import csv
import dataclasses
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from audit.deid import columns as classification
from audit.domain.codes import CodeSystem
from audit.domain.encounter import Case, ClaimType, CodeLine, Document, Encounter, Patient, Setting
from audit.domain.finding import Finding, Span
from audit.domain.rule import Category, Direction, Owner, Verdict
from audit.domain.summary import AuditedCase
from audit.errors import UsageError
from audit.flow import export as flow
from audit.flow import export_files as files

NOTE = "Name: Thistlewood, Philippa\nMRN: MR0028348\nDOS: 05/06/2026\nShe has type 2 diabetes. Brother Alder agrees."


def case(number: int, patient: Patient, text: str = NOTE, **more: object) -> AuditedCase:
    encounter = Encounter(
        encounter_id=f"ENC00{number}7",
        patient_id=patient.patient_id,
        service_from=date(2026, 5, 6),
        setting=Setting.PROFESSIONAL,
        claim_type=ClaimType.PROFESSIONAL,
        claim_id=f"CLM00{number}7",
        provider_id="DRX1",
        coder_id="coder-anna",
        **more,
    )
    line = CodeLine(encounter_id=encounter.encounter_id, line=1, system=CodeSystem.ICD10CM, code="E11.9")
    document = Document(
        encounter_id=encounter.encounter_id,
        document_id=f"DOC00{number}7",
        kind="progress_note",
        text=text,
        author="Ignatius Quimby",
        signed_at=datetime(2026, 5, 6, 9, 30, tzinfo=UTC),
        source_path="/charts/thistlewood.txt",
    )
    start = text.find("type 2 diabetes")
    spans = (Span(document.document_id, start, start + 15, "00"),) if start >= 0 else ()
    finding = Finding(
        encounter_id=encounter.encounter_id,
        line=1,
        code="E11.9",
        rule="DOC001",
        verdict=Verdict.REVIEW,
        category=Category.UNSUPPORTED,
        direction=Direction.OVER,
        owner=Owner.CODER,
        message="the note of 05/06/2026 is by Dr. Quimby",
        citation="I.A.1",
        spans=spans,
    )
    whole = Case(encounter=encounter, lines=(line,), documents=(document,), patient=patient)
    return AuditedCase(case=whole, readings=(), findings=(finding,), determinations=None)


PHILIPPA = Patient(
    patient_id="PAT0017",
    given_name="Philippa",
    family_name="Thistlewood",
    birth_date=date(1931, 7, 13),
    sex="F",
    street="5490 Bluebell Avenue",
    city="East Triciafurt",
    state="WY",
    zip="82101",
    phone="(543) 946-7009",
    email="pip@example.org",
    mrn="MR0028348",
    ssn="649-88-4326",
    health_plan_id="HP9521626",
    account_number="AC3528088",
    other={"badge": "BDG77123"},
)
OTHER = Patient(
    patient_id="PAT0027", given_name="Ottoline", family_name="Harkness", birth_date=date(1980, 1, 2), zip="60614"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "export"
    made.mkdir()
    return made


def rows(folder: Path, table: str) -> list[dict[str, str]]:
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def everything(folder: Path) -> str:
    return "\n".join([*(p.name for p in folder.iterdir()), *(p.read_text(encoding="utf-8") for p in folder.iterdir())])


def test_no_known_value_of_any_patient_is_in_any_file(folder: Path) -> None:
    flow.build([case(1, PHILIPPA), case(2, OTHER, "Ms. Harkness sat beside Mrs. Thistlewood.")], folder, folder)
    text = everything(folder).lower()
    values = [
        v
        for p in (PHILIPPA, OTHER)
        for v in (p.patient_id, p.given_name, p.family_name, p.street, p.city, p.mrn, p.ssn)
    ]
    values += [
        "enc0017",
        "clm0017",
        "doc0017",
        "drx1",
        "coder-anna",
        "quimby",
        "bdg77123",
        "05/06/2026",
        "2026-05-06",
        "alder",
    ]
    assert [v for v in values if v and v.lower() in text] == []


def test_what_an_analyst_needs_is_still_there(folder: Path) -> None:
    flow.build([case(1, PHILIPPA), case(2, OTHER)], folder, folder)
    encounters, patients, codes = rows(folder, "encounters"), rows(folder, "patients"), rows(folder, "codes")
    assert {row["service_from"] for row in encounters} == {"2026"}
    assert {row["code"] for row in codes} == {"E11.9"}
    assert {row["encounter_id"] for row in codes} == {row["encounter_id"] for row in encounters}
    assert {row["patient_id"] for row in encounters} == {row["patient_id"] for row in patients}
    assert {(row["zip"], row["birth_date"]) for row in patients} == {("000", ""), ("606", "1980")}


def test_a_finding_keeps_its_words(folder: Path) -> None:
    flow.build([case(1, PHILIPPA)], folder, folder)
    (document,), (finding,) = rows(folder, "documents"), rows(folder, "findings")
    name, start, end, _ = finding["spans"].split(":")
    assert name == document["document_id"]
    assert document["text"][int(start) : int(end)] == "type 2 diabetes"
    assert "[DATE:2026]" in finding["message"]


def test_restricted_encounters_stay_and_are_counted(folder: Path) -> None:
    kept = [case(1, PHILIPPA), case(2, OTHER, restricted="part2"), case(3, OTHER, restricted="psychotherapy")]
    done = flow.build(kept, folder, folder)
    assert done.rows["encounters"] == 1
    assert done.withheld == {"part2": 1, "psychotherapy": 1}
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["withheld_encounters"] == {"part2": 1, "psychotherapy": 1}


def test_an_export_of_nothing_is_refused(folder: Path) -> None:
    with pytest.raises(flow.NothingToExportError):
        flow.build([case(1, PHILIPPA, restricted="part2")], folder, folder)


@pytest.mark.parametrize("column", ["drg", "discharge_disposition", "provider_specialty", "bill_type"])
@pytest.mark.parametrize("value", ["Thistlewood", "649884326", "7/13/1931", "Ottoline Harkness"])
def test_a_value_in_a_column_that_is_kept_stops_the_export(folder: Path, column: str, value: str) -> None:
    with pytest.raises(flow.LeakError) as caught:
        flow.build([case(1, PHILIPPA, **{column: value}), case(2, OTHER)], folder, folder)
    assert caught.value.exit_code == 1
    assert "encounters.csv row" in caught.value.message
    assert value not in caught.value.message


def test_nothing_is_left_behind_when_an_export_stops(tmp_path: Path) -> None:
    out = tmp_path / "wanted"
    with pytest.raises(flow.LeakError), flow._hidden_folder(out) as hidden:
        flow.build([case(1, PHILIPPA, drg="Thistlewood")], hidden, out)
    assert list(tmp_path.iterdir()) == []


def test_two_exports_of_one_audit_share_no_id(tmp_path: Path) -> None:
    found = []
    for name in ("one", "two"):
        made = tmp_path / name
        made.mkdir()
        flow.build([case(1, PHILIPPA)], made, made)
        found.append(rows(made, "patients")[0]["patient_id"])
    assert found[0] != found[1]


def test_the_manifest_says_what_it_is_and_never_certified(folder: Path) -> None:
    flow.build([case(1, PHILIPPA)], folder, folder)
    text = (folder / "manifest.json").read_text(encoding="utf-8")
    manifest = json.loads(text)
    assert manifest["label"].startswith("Safe-Harbor-transformed per policy ")
    assert "certified" not in text
    assert manifest["not_examined"]["known_values_too_short_or_plain"] >= 0
    assert manifest["found"]["NAME"] >= 2
    assert json.loads((folder / "leak_report.json").read_text(encoding="utf-8"))["leaks"] == []


def test_an_unclassified_column_stops_the_export(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    @dataclasses.dataclass(frozen=True)
    class Widened(Patient):
        tribe: str = ""

    monkeypatch.setattr(classification, "EXPORTED", {"patients": Widened})
    with pytest.raises(classification.UnclassifiedColumnError, match="column tribe"):
        flow.build([case(1, PHILIPPA)], folder, folder)


LIMITED = flow.Terms(method="limited", purpose="research", agreement="DUA-7", recipient="Some University")


@pytest.mark.parametrize("missing", ["agreement", "purpose", "recipient"])
def test_a_limited_data_set_without_its_terms_is_refused(missing: str) -> None:
    with pytest.raises(UsageError, match=missing):
        flow.refuse_without_agreement(dataclasses.replace(LIMITED, **{missing: " "}))


def test_a_limited_data_set_keeps_dates_towns_and_zip_codes_and_loses_the_sixteen(folder: Path) -> None:
    note = NOTE + " She lives at 5490 Bluebell Avenue, moved from Springfield, IL 62704 on 03/04/2020; she is 94."
    flow.build([case(1, PHILIPPA, note), case(2, OTHER)], folder, folder, LIMITED)
    text = everything(folder).lower()
    gone = [PHILIPPA.given_name, PHILIPPA.family_name, PHILIPPA.street, PHILIPPA.phone, PHILIPPA.email, PHILIPPA.mrn]
    gone += [PHILIPPA.ssn, PHILIPPA.health_plan_id, PHILIPPA.account_number, PHILIPPA.patient_id, "quimby", "bdg77123"]
    assert [v for v in gone if v.lower() in text] == []
    for kept in ("springfield, il 62704", "03/04/2020", "05/06/2026", "2026-05-06", "1931-07-13", "82101", "she is 94"):
        assert kept in text
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["label"].startswith("limited data set")
    assert (manifest["agreement"], manifest["recipient"]) == ("DUA-7", "Some University")


def test_a_further_column_is_of_the_type_that_the_plan_names(folder: Path) -> None:
    patient = dataclasses.replace(
        PHILIPPA, other={"badge": "BDG77123", "godmother": "Wilhelmina Zappard", "job": "Zorbex"}
    )
    note = NOTE + " Badge BDG-77123; Zappard and Zorbex were called."
    types = {"badge": "LICENSE", "godmother": "NAME", "job": "ORGANIZATION"}
    flow.build([case(1, patient, note)], folder, folder, LIMITED, types)
    (document,) = rows(folder, "documents")
    assert document["text"].endswith("Badge [LICENSE]; [NAME] and [ORGANIZATION] were called.")


def test_part_2_records_leave_only_with_their_authority_and_the_notice(folder: Path) -> None:
    kept = [case(1, PHILIPPA), case(2, OTHER, restricted="part2"), case(3, OTHER, restricted="psychotherapy")]
    done = flow.build(kept, folder, folder, flow.Terms(part2="consent of 2026-04-01"))
    assert (done.rows["encounters"], done.withheld) == (2, {"psychotherapy": 1})
    notice = (folder / "notice_42_cfr_part_2.txt").read_text(encoding="utf-8")
    assert notice.startswith("42 CFR part 2 prohibits unauthorized use or disclosure")


def test_providers_are_named_only_where_the_officer_says_so(folder: Path) -> None:
    note = NOTE + " Seen by Dr. Quimby with Dr. Thistlewood."
    flow.build([case(1, PHILIPPA, note)], folder, folder, flow.Terms(name_workforce=True))
    (document,) = rows(folder, "documents")
    assert document["author"] == "Ignatius Quimby"
    assert "Dr. Quimby" in document["text"]
    assert "thistlewood" not in everything(folder).lower()


@pytest.mark.parametrize("column", ["mrn", "email", "family_name"])
def test_a_canary_stops_an_export_whose_columns_are_classified_wrongly(
    monkeypatch: pytest.MonkeyPatch, folder: Path, column: str
) -> None:
    columns = files.load_columns(files.data_root("policies") / "deid")
    kept = tuple(
        classification.Column(c.name, classification.Treatment.KEEP) if c.name == column else c
        for c in columns["patients"]
    )
    monkeypatch.setattr(files, "load_columns", lambda *_, **__: {**columns, "patients": kept})
    with pytest.raises(flow.LeakError, match=f"canary {column}"):
        flow.build([case(1, OTHER)], folder, folder)
    assert list(folder.iterdir()) == []


def test_an_export_says_how_well_it_is_proven(folder: Path) -> None:
    done = flow.build([case(1, PHILIPPA), case(2, OTHER)], folder, folder)
    proven = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["verification"]
    assert proven["canary_values_met"] == 0
    assert proven["human_sample"]["notes"] == done.human_sample == 2
    assert proven["measured"]["date"] >= "2026-11-21"
    assert len(rows(folder, "documents")) == (folder / "human_review.csv").read_text(encoding="utf-8").count("\n") - 1


AUDIT = "2026-Q2-hospital"


def test_the_command_leaves_a_whole_folder_and_an_entry(audited: Any, hospital: Path, tmp_path: Path) -> None:
    out = tmp_path / "export"
    done = audited("export", AUDIT, "--method", "safe-harbor", "--out", str(out), "--json")
    assert done.returncode == 0, done.stderr
    printed = json.loads(done.stdout)
    assert printed["leaks"] == []
    assert printed["counts"]["rows"]["encounters"] == len(rows(out, "encounters")) == 60
    assert [p.name for p in tmp_path.iterdir()] == ["export"]
    verified = json.loads(audited("trail", "verify", "--json").stdout)
    assert (verified["verdict"], verified["unfinished"]) == ("intact", [])
    text = everything(out)
    with (hospital / "patients.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            assert not [row[c] for c in ("mrn", "ssn", "email", "phone", "street", "patient_id") if row[c] in text]


def test_the_command_makes_a_limited_data_set_under_its_terms(audited: Any, tmp_path: Path) -> None:
    out = tmp_path / "limited"
    terms = ("--agreement", "DUA-7", "--purpose", "research", "--recipient", "Some University")
    done = audited("export", AUDIT, "--method", "limited", *terms, "--out", str(out), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["method"] == "limited"
    assert all(len(row["service_from"]) == 10 for row in rows(out, "encounters"))
    trail = audited("trail", "show", "--json").stdout
    assert "DUA-7" in trail
    assert json.loads(audited("trail", "verify", "--json").stdout)["verdict"] == "intact"


def test_the_command_says_no_where_it_must(audited: Any, tmp_path: Path) -> None:
    out = tmp_path / "export"
    out.mkdir()
    assert audited("export", AUDIT, "--method", "safe-harbor", "--out", str(out)).returncode == 3
    assert audited("export", AUDIT, "--method", "limited", "--out", str(tmp_path / "other")).returncode == 2
    assert (
        audited("export", "no-such-audit", "--method", "safe-harbor", "--out", str(tmp_path / "other")).returncode == 2
    )
    assert [p.name for p in tmp_path.iterdir()] == ["export"]
    assert list(out.iterdir()) == []
