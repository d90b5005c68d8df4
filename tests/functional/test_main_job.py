"""The main job as a user meets it: one command from tables to reports, and everything that follows from it."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

AUDIT = "2026-Q2-hospital"
EDITION_BEGINS = "2026-04-01"
"""The bundled ICD-10-CM is in force from this day, which every report says; it may be a day of service too."""
FINDING_KEYS = {
    "encounter_id", "line", "code", "rule", "verdict", "category", "direction", "owner", "message", "citation",
    "spans", "suggested", "fingerprint",
}  # fmt: skip
CODE_KEYS = {
    "encounter_id", "line", "system", "code", "support", "category_support", "spans", "findings", "suggested",
}  # fmt: skip
SCORE_KEYS = {
    "coder_id", "basis", "formula", "numerator", "denominator", "value", "value_if_review_stands", "interval",
    "confidence", "census", "target", "verdict", "encounters", "codes", "undetermined", "missing", "weights",
    "more_encounters_needed",
}  # fmt: skip


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def _entries(program: Any) -> int:
    return int(json.loads(program("trail", "verify", "--json").stdout)["entries"])


def test_run_prints_what_it_did_and_leaves_the_reports(audited: Any, hospital: Path) -> None:
    again = audited("run", str(hospital / "plan.toml"), "--json")
    assert again.returncode == 0, again.stderr
    result = json.loads(again.stdout)
    assert (result["audit"], result["population"], result["schema_version"]) == (AUDIT, 120, 1)
    per_coder = Counter(row["coder_id"] for row in _rows(hospital / "encounters.csv"))
    assert result["encounters"] == sum(min(5, n) for n in per_coder.values())
    assert len(result["audit_id"]) == 64
    assert sum(result["findings"].values()) > 0
    for path in result["outputs"]:
        assert Path(path).is_file()
    assert (hospital / "out" / "phi" / "auditor.html").stat().st_mode & 0o777 == 0o600
    assert (hospital / "out" / "phi").stat().st_mode & 0o777 == 0o700


def test_the_same_run_again_prints_the_stored_result_and_appends_nothing(audited: Any, hospital: Path) -> None:
    before = _entries(audited)
    result = json.loads(audited("run", str(hospital / "plan.toml"), "--json").stdout)
    assert result["again"] is True
    assert _entries(audited) == before


def test_every_finding_names_rule_citation_and_words_that_are_in_the_note(audited: Any, hospital: Path) -> None:
    texts = {row["document_id"]: row["text"] for row in _rows(hospital / "documents.csv")}
    findings = _lines(audited("findings", AUDIT).stdout)
    assert findings
    for finding in findings:
        assert set(finding) == FINDING_KEYS
        assert finding["rule"]
        assert finding["citation"]
        for span in finding["spans"]:
            text = texts[span["document_id"]]
            assert hashlib.sha256(text.encode()).hexdigest() == span["sha256"]
            assert text[span["start"] : span["end"]].strip()


def test_codes_lists_every_submitted_line_of_the_sample_once(audited: Any, hospital: Path) -> None:
    codes = _lines(audited("codes", AUDIT).stdout)
    assert all(set(code) == CODE_KEYS for code in codes)
    drawn = {code["encounter_id"] for code in codes}
    submitted = {
        (r["encounter_id"], int(r["line"])) for r in _rows(hospital / "codes.csv") if r["encounter_id"] in drawn
    }
    listed = [(code["encounter_id"], code["line"]) for code in codes]
    assert sorted(listed) == sorted(submitted)


def test_the_draw_is_the_smallest_keys_of_each_coder(audited: Any, hospital: Path) -> None:
    units = json.loads(audited("sample", "draw", str(hospital / "plan.toml"), "--json").stdout)
    seed = re.search(r'seed = "(.*)"', (hospital / "plan.toml").read_text()).group(1)  # type: ignore[union-attr]
    keyed: dict[str, list[tuple[str, str]]] = {}
    for row in _rows(hospital / "encounters.csv"):
        key = hashlib.sha256(f"{seed}\n{row['encounter_id']}".encode()).hexdigest()
        keyed.setdefault(row["coder_id"], []).append((key, row["encounter_id"]))
    expected = [(c, unit, key) for c in sorted(keyed) for key, unit in sorted(keyed[c])[:5]]
    assert [(u["stratum"], u["unit"], u["key"]) for u in units] == expected


def test_sample_verify_derives_the_draw_again(audited: Any, hospital: Path) -> None:
    done = audited("sample", "verify", str(hospital / "plan.toml"), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["verdict"] == "verified"


def test_scores_have_every_formula_on_both_bases_for_every_coder_and_overall(audited: Any) -> None:
    scores = json.loads(audited("score", AUDIT, "--json").stdout)
    assert all(set(score) == SCORE_KEYS for score in scores)
    coders = {score["coder_id"] for score in scores}
    assert None in coders
    assert len(scores) == 7 * 2 * len(coders)
    for score in scores:
        if score["basis"] == "person":
            assert score["verdict"] == "not_shown"
            assert score["undetermined"] > 0


def test_two_workspaces_give_the_same_bytes(
    make_program: Callable[[], Any], audited: Any, hospital: Path, tmp_path: Path
) -> None:
    other, copy = make_program(), tmp_path / "elsewhere"
    shutil.copytree(hospital, copy, ignore=shutil.ignore_patterns("out"))
    elsewhere = {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONHASHSEED": "123", "HOME": str(tmp_path)}
    other("init", str(other.folder / "workspace"), "--no-recovery")
    done = other("run", str(copy / "plan.toml"), **elsewhere)
    assert done.returncode == 0, done.stderr
    for command in (("findings", AUDIT), ("codes", AUDIT), ("score", AUDIT, "--json")):
        assert other(*command, **elsewhere).stdout == audited(*command).stdout
    for name in ("manager.csv", "phi/auditor.csv"):
        assert (copy / "out" / name).read_bytes() == (hospital / "out" / name).read_bytes()
    for name in ("manager.json", "phi/auditor.json"):
        assert _without_checkpoint(copy / "out" / name) == _without_checkpoint(hospital / "out" / name)


def test_parquet_tables_with_their_rows_in_another_order_give_the_same_findings(
    make_program: Callable[[], Any], audited: Any, hospital: Path, tmp_path: Path
) -> None:
    other, copy = make_program(), tmp_path / "parquet"
    shutil.copytree(hospital, copy, ignore=shutil.ignore_patterns("out", "key.csv", "coders_truth.csv"))
    types = {
        "service_from": "DATE",
        "line": "BIGINT",
        "units": "DOUBLE",
        "authored_at": "TIMESTAMP",
        "charge": "DECIMAL(9,2)",
    }
    for table in copy.glob("*.csv"):
        source = f"read_csv('{table}', all_varchar=true, header=true)"
        with duckdb.connect() as database:
            names = [row[0] for row in database.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()]
            typed = ", ".join(f'CAST("{n}" AS {types.get(n, "VARCHAR")}) AS "{n}"' for n in names)
            to = copy / f"{table.stem}.parquet"
            database.execute(
                f"COPY (SELECT {typed} FROM {source} ORDER BY hash({names[0]})) TO '{to}' (FORMAT parquet)"
            )
        table.unlink()
        plan = copy / "plan.toml"
        plan.write_text(plan.read_text().replace(f'"{table.name}"', f'"{to.name}"'))
    other("init", str(other.folder / "workspace"), "--no-recovery")
    done = other("run", str(copy / "plan.toml"))
    assert done.returncode == 0, done.stderr
    for command in (("findings", AUDIT), ("codes", AUDIT), ("score", AUDIT, "--json")):
        assert other(*command).stdout == audited(*command).stdout


def _without_checkpoint(path: Path) -> str:
    document = json.loads(path.read_text(encoding="utf-8"))
    assert '"checkpoint"' in json.dumps(document)

    def strip(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: strip(v) for k, v in value.items() if k != "checkpoint"}
        return [strip(v) for v in value] if isinstance(value, list) else value

    return json.dumps(strip(document))


def test_other_content_under_the_same_name_is_refused_until_revised(
    make_program: Callable[[], Any], hospital: Path, tmp_path: Path
) -> None:
    program, copy = make_program(), tmp_path / "quarter"
    shutil.copytree(hospital, copy, ignore=shutil.ignore_patterns("out"))
    program("init", str(program.folder / "workspace"), "--no-recovery")
    first = json.loads(program("run", str(copy / "plan.toml"), "--json").stdout)
    drawn = {code["encounter_id"] for code in _lines(program("codes", AUDIT).stdout)}
    plan = copy / "plan.toml"
    plan.write_text(plan.read_text().replace("target = 0.95", "target = 0.9"))
    before = _entries(program)
    refused = program("run", str(plan))
    assert refused.returncode == 3
    assert "an audit of this name with other content" in refused.stderr
    assert _entries(program) == before
    revised = json.loads(program("run", str(plan), "--revise", "--json").stdout)
    assert revised["audit_id"] != first["audit_id"]
    assert {code["encounter_id"] for code in _lines(program("codes", AUDIT).stdout)} == drawn
    before = _entries(program)
    proof = json.loads(program("sample", "verify", str(plan), "--json").stdout)
    units = json.loads(program("sample", "draw", str(plan), "--json").stdout)
    assert (proof["verdict"], {unit["unit"] for unit in units}) == ("verified", drawn)
    assert _entries(program) == before
    assert {score["target"] for score in json.loads(program("score", AUDIT, "--json").stdout)} == {0.9}
    assert {s["target"] for s in json.loads(program("score", first["audit_id"], "--json").stdout)} == {0.95}


def test_a_manager_reads_scores_and_report_but_no_patient(audited: Any, hospital: Path, tmp_path: Path) -> None:
    key = tmp_path / "manager.key"
    assert audited("identity", "new", "--out", str(key)).returncode == 0
    public = next(tmp_path.glob("*.pub"))
    added = audited("user", "add", "mona", "--role", "manager", "--public", str(public))
    assert added.returncode == 0, added.stderr
    granted = audited("keys", "grant", "mona")
    assert granted.returncode == 0, granted.stderr
    as_manager = {"CHARTASSAY_IDENTITY": str(key)}
    assert json.loads(audited("score", AUDIT, "--json", **as_manager).stdout)
    report = audited("report", AUDIT, "--for", "manager", "--out", str(tmp_path / "m.html"), **as_manager)
    assert report.returncode == 0, report.stderr
    before = _entries(audited)
    officer = ("report", AUDIT, "--for", "officer", "--out", str(tmp_path / "o.html"))
    for command in (("findings", AUDIT), ("codes", AUDIT), ("run", str(hospital / "plan.toml")), officer):
        refused = audited(*command, **as_manager)
        assert refused.returncode == 4, command
        assert refused.stdout == ""
    assert _entries(audited) == before
    assert audited("user", "revoke", "mona").returncode == 0
    assert audited("score", AUDIT, **as_manager).returncode == 4


@pytest.mark.usefixtures("audited")
def test_the_managers_report_holds_no_value_of_a_patient(hospital: Path) -> None:
    values = set(_patient_values(hospital))
    assert len(values) > 500
    for name in ("manager.html", "manager.json", "manager.csv"):
        text = (hospital / "out" / name).read_text(encoding="utf-8")
        assert [value for value in values if value in text] == []


def _patient_values(hospital: Path) -> Iterator[str]:
    """Yield what could identify: every value of the patients' table but sex, state and single letters, and every id."""
    for row in _rows(hospital / "patients.csv"):
        yield from (v for k, v in row.items() if k not in ("sex", "state", "city", "zip") and len(v) > 4)
    for row in _rows(hospital / "encounters.csv"):
        yield from (row[k] for k in ("encounter_id", "claim_id", "service_from") if row[k] != EDITION_BEGINS)


def test_a_persons_determinations_make_a_score_by_a_person(
    make_program: Callable[[], Any], hospital: Path, tmp_path: Path
) -> None:
    program, copy = make_program(), tmp_path / "quarter"
    shutil.copytree(hospital, copy, ignore=shutil.ignore_patterns("out"))
    program("init", str(program.folder / "workspace"), "--no-recovery")
    program("run", str(copy / "plan.toml"))
    form = tmp_path / "form.jsonl"
    assert program("review", "export", AUDIT, str(form)).returncode == 0
    assert form.stat().st_mode & 0o777 == 0o600
    closing, agreed = {"complete": True, "omissions_checked": True}, {"decision": "agree"}
    records = _lines(form.read_text(encoding="utf-8"))
    filled = [json.dumps(record | (closing if "complete" in record else agreed)) for record in records]
    form.write_text("\n".join(filled), encoding="utf-8")
    done = program("review", "import", AUDIT, str(form), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["undetermined"] == 0
    scores = json.loads(program("score", AUDIT, "--json").stdout)
    overall = [s for s in scores if s["coder_id"] is None and s["basis"] == "person"]
    assert overall
    assert {s["value"] for s in overall} == {1.0}
    before = _entries(program)
    again = json.loads(program("review", "import", AUDIT, str(form), "--json").stdout)
    assert again["changed"] == 0
    assert _entries(program) - before <= 2  # the reading of the cases, and its epoch


BAD_DETERMINATIONS = [
    ("not JSON", "{", "line 1"),
    ("an unknown encounter", '{"encounter_id": "nobody", "line": 1, "decision": "agree"}', "encounter"),
    ("an unknown key", '{"encounter_id": "x", "line": 1, "decision": "agree", "colour": "red"}', "colour"),
]


@pytest.mark.parametrize(("what", "text", "message"), BAD_DETERMINATIONS, ids=[case[0] for case in BAD_DETERMINATIONS])
def test_bad_determinations_are_refused_whole(audited: Any, tmp_path: Path, what: str, text: str, message: str) -> None:
    form = tmp_path / "form.jsonl"
    form.write_text(text, encoding="utf-8")
    refused = audited("review", "import", AUDIT, str(form))
    assert refused.returncode == 3, what
    assert message in refused.stderr
    assert "Traceback" not in refused.stderr
