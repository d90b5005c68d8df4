"""The screen of a population, against the same joins written as one bare DuckDB query per table, in the same run.

3.3 million encounters with 10 million code lines, made-up PTP edits of 2.5 million pairs and MUE values of 15,000 codes
in the official layouts. Every run is a process of its own, so that its peak memory is its own.
``CHARTASSAY_BENCH_LINES`` sets another size.
"""

from __future__ import annotations

import csv
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

LINES = int(os.environ.get("CHARTASSAY_BENCH_LINES", "10000000"))
PAIRS, UNITS, CODES, SAMPLED = 2_500_000, 15_000, 9_000, 2_000
PER_ENCOUNTER = 3.03
DATES = "from = 2026-04-01, to = 2026-06-30"
BIG_TABLES = {"ncci-ptp-practitioner": "ptp.txt", "ncci-ptp-hospital": "ptp.txt"}
SMALL_TABLES = {"mue-practitioner": "mue.csv", "mue-hospital": "mue.csv"}


def figures() -> dict[str, Any]:
    """Return seconds and peak memory of the screen and of the bare queries, the ratio, and the import speeds."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["CHARTASSAY_CACHE"] = str(folder / "cache")
        make_population(folder, LINES)
        make_population(folder / "tenth", LINES // 10)
        make_tables(folder)
        plan, tenth = write_plan(folder), write_plan(folder / "tenth", tables="../")
        imported = _child("import", plan)
        bare, whole, small = _child("bare", plan), _child("screen", plan, "3GB"), _child("screen", plan, "1GB")
        tenth_run, sampled = _child("screen", tenth, "3GB"), _child("sampled", plan)
    return {
        "figures": {
            "screen.lines": LINES,
            "screen.s": whole["seconds"],
            "screen.peak_gb": whole["peak_gb"],
            "screen.1gb_s": small["seconds"],
            "screen.1gb_peak_gb": small["peak_gb"],
            "screen.tenth_s": tenth_run["seconds"],
            "screen.sampled_2000_s": sampled["seconds"],
            "bare.s": bare["seconds"],
            "bare.peak_gb": bare["peak_gb"],
            **{f"import.{kind}_rows_per_s": speed for kind, speed in imported.items() if kind in BIG_TABLES},
            **{f"import.{kind}_rows_per_s": speed for kind, speed in imported.items() if kind in SMALL_TABLES},
        },
        "ratios": {
            "screen.against_bare_queries": whole["seconds"] / bare["seconds"],
            "screen.growth_1_to_10": whole["seconds"] / tenth_run["seconds"],
        },
        "targets": {
            "screen.against_bare_queries": {"max": 2.0},
            "screen.peak_gb": {"max": 3.0},
            "screen.1gb_peak_gb": {"max": 1.0},
            "screen.sampled_2000_s": {"max": 2.0},
        },
    }


def make_population(folder: Path, lines: int) -> None:
    """Write encounters, codes, patients and an empty table of documents as Parquet."""
    import duckdb

    from audit.flow.reference import find_reference

    folder.mkdir(exist_ok=True)
    encounters = int(lines / PER_ENCOUNTER)
    (edition,) = (e for e in find_reference(None).editions if e.kind == "icd10cm")
    diagnoses = f"(SELECT list(code ORDER BY code) FROM read_parquet('{edition.files['icd10cm']}') WHERE billable)"
    database = duckdb.connect()
    database.execute("SELECT setseed(0.4)")
    database.execute(f"CREATE TABLE dx AS SELECT {diagnoses} AS codes")
    tables = {
        "encounters": f"""SELECT 'E' || lpad(i::VARCHAR, 9, '0') AS encounter_id,
            'P' || lpad((hash(i) % {encounters // 2})::VARCHAR, 9, '0') AS patient_id,
            DATE '2026-04-01' + (hash(i, 1) % 90)::INTEGER AS service_from,
            ['professional', 'professional', 'professional', 'outpatient', 'inpatient'][1 + (hash(i, 2) % 5)::INTEGER]
                AS setting, '11' AS place_of_service,
            ['medicare', 'medicare', 'commercial', ''][1 + (hash(i, 3) % 4)::INTEGER] AS payer_type,
            'D' || (hash(i, 4) % 2000)::VARCHAR AS provider_id, 'C' || (hash(i, 5) % 200)::VARCHAR AS coder_id
            FROM range({encounters}) r(i)""",
        "codes": f"""SELECT 'E' || lpad(i::VARCHAR, 9, '0') AS encounter_id, n AS line,
            CASE WHEN n % 3 = 1 THEN 'ICD10CM' ELSE 'HCPCS' END AS system,
            CASE WHEN n % 3 = 1 THEN (SELECT codes FROM dx)[1 + (hash(i, n) % 70000)::INTEGER]
                ELSE 'X' || lpad(floor({CODES} * pow((hash(i, n) % 1000000) / 1e6, 2))::INTEGER::VARCHAR, 4, '0') END
                AS code, n AS sequence,
            CASE WHEN n % 3 <> 1 THEN ['', '', '', '25', '59', 'LT'][1 + (hash(i, n, 6) % 6)::INTEGER] ELSE '' END
                AS modifiers, CASE WHEN n % 3 <> 1 THEN 1 + (hash(i, n, 7) % 3)::INTEGER END AS units,
            CASE WHEN n % 3 <> 1 THEN '1' ELSE '' END AS dx_pointers, CAST(100 AS DECIMAL(18, 2)) AS paid
            FROM range({encounters}) r(i), range(1, 5) s(n) WHERE n <= 3 OR i % 33 = 0""",
        "patients": f"""SELECT 'P' || lpad(i::VARCHAR, 9, '0') AS patient_id,
            DATE '1930-01-01' + (hash(i) % 34000)::INTEGER AS birth_date FROM range({encounters // 2}) r(i)""",
        "documents": "SELECT '' AS encounter_id, '' AS document_id, '' AS kind, '' AS text WHERE false",
    }
    for name, query in tables.items():
        database.execute(f"COPY ({query}) TO '{folder / name}.parquet' (FORMAT parquet, COMPRESSION zstd)")


def make_tables(folder: Path) -> None:
    """Write PTP edits that crowd on few first codes, and MUE values, in the official layouts; every code is made up."""
    chance = random.Random(4)
    with (folder / "ptp.txt").open("w", encoding="utf-8") as stream:
        stream.write("made-up edits\nColumn 1\tColumn 2\t*\tEffective\tDeletion\tModifier\tRationale\n")
        for _ in range(PAIRS):
            first, second = int(CODES * chance.random() ** 2), int(CODES * chance.random())
            ended = "*" if chance.random() < 0.6 else "20251231"  # noqa: PLR2004 - most are still in force
            stream.write(f"X{first:04}\tX{second:04}\t\t20200101\t{ended}\t{chance.choice('0119')}\twords\n")
    with (folder / "mue.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["made-up values"])
        writer.writerow(["HCPCS/\nCPT Code", "MUE Values", "MUE Adjudication Indicator", "MUE Rationale"])
        for number in range(UNITS):
            code = f"X{number:04}" if number < 10_000 else f"Y{number - 10_000:04}"  # noqa: PLR2004 - four digits
            writer.writerow([code, 1 + number % 4, f"{1 + number % 3} Edit", "words"])


def write_plan(folder: Path, tables: str = "") -> Path:
    """Write the plan beside the tables."""
    sections = "".join(f'{name} = "{name}.parquet"\n' for name in ("encounters", "codes", "documents", "patients"))
    brought = "".join(
        f'{kind} = {{file = "{tables}{file}", {DATES}}}\n' for kind, file in {**BIG_TABLES, **SMALL_TABLES}.items()
    )
    plan = folder / "plan.toml"
    plan.write_text(
        f'[audit]\nname = "bench"\n[population]\n{sections}[sample]\nmethod = "all"\n[tables]\n{brought}',
        encoding="utf-8",
    )
    return plan


def _child(what: str, plan: Path, *more: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, __file__, what, str(plan), *more], check=False, capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(f"bench {what}: {done.stderr}")
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _import(plan: Path) -> dict[str, float]:
    """Compile every table of the plan once, each timed."""
    from audit.flow.plan import read_plan
    from audit.flow.plan_tables import brought_edition

    speeds = {}
    for table in read_plan(plan).brought:
        start = time.perf_counter()
        brought_edition(table)
        rows = PAIRS if table.kind in BIG_TABLES else UNITS
        speeds[table.kind] = rows / (time.perf_counter() - start)
    return speeds


def _screen(plan: Path, memory: str) -> None:
    from audit.cli import run_command

    with tempfile.TemporaryDirectory() as name:
        os.environ |= {"CHARTASSAY_PASSPHRASE": "of a bench, long enough", "CHARTASSAY_STATE": f"{name}/state"}
        os.environ |= {"CHARTASSAY_IDENTITY": f"{name}/o.key", "CHARTASSAY_WORKSPACE": f"{name}/w"}
        sys.stdout = sys.stderr
        for arguments in (
            ["init", f"{name}/w", "--no-recovery"],
            ["screen", str(plan), "--out", f"{name}/found.parquet", "--memory", memory],
        ):
            if run_command(arguments):
                raise SystemExit(f"{arguments[0]} failed")
        sys.stdout = sys.__stdout__


def _sampled(plan: Path) -> float:
    """Time all edits over 2,000 encounters, with the whole reference tables loaded."""
    from audit.engine.duck import open_database
    from audit.flow.checking import find_edits
    from audit.flow.plan import read_plan
    from audit.flow.plan_tables import brought_edition
    from audit.flow.reference import find_reference
    from audit.flow.rules import bundled_packs
    from audit.intake.columns import TABLES
    from audit.intake.files import inspect
    from audit.intake.parts import SCREENED, load_part, type_part
    from audit.packs.catalogue import in_force

    said = read_plan(plan)
    reference = find_reference(None, [brought_edition(table) for table in said.brought])
    with open_database([*said.tables.values(), *reference.files]) as database:
        files = {t.name: inspect(database, TABLES[t.name], said.tables[t.name]) for t in SCREENED}
        loaded = reference.load(database)
        load_part(database, files, 0, max(1, int(LINES / PER_ENCOUNTER) // SAMPLED), datetime.now(UTC).date())
        type_part(database)
        rules = in_force(bundled_packs(), date(2026, 4, 1), date(2026, 6, 30))
        start = time.perf_counter()
        find_edits(database, rules, loaded)
        return time.perf_counter() - start


def _bare(plan: Path) -> None:
    """The yardstick: for each table one query, straight over the files, that counts what the table finds."""
    import duckdb

    from audit.flow.plan import read_plan
    from audit.flow.plan_tables import brought_edition
    from audit.flow.reference import find_reference

    said = read_plan(plan)
    reference = find_reference(None, [brought_edition(table) for table in said.brought])
    tables = {name: str(path) for edition in reference.editions for name, path in edition.files.items()}
    database = duckdb.connect()
    database.execute("SET disabled_optimizers='join_order,build_side_probe_side'")
    database.execute("SET temp_directory=''")
    database.execute(
        f"CREATE VIEW l AS SELECT c.*, e.patient_id, e.provider_id, e.service_from AS day, e.setting, e.payer_type"
        f" FROM read_parquet('{said.tables['codes']}') c JOIN read_parquet('{said.tables['encounters']}') e"
        f" USING (encounter_id)"
    )
    for query in _bare_queries(tables):
        database.execute(query).fetchall()


def _bare_queries(tables: dict[str, str]) -> list[str]:
    queries = []
    for side, settings in (("practitioner", "= 'professional'"), ("hospital", "<> 'professional'")):
        queries.append(f"""
            WITH s AS MATERIALIZED (SELECT * FROM l WHERE system = 'HCPCS' AND setting {settings}),
            pairs AS MATERIALIZED (SELECT a.code AS second, b.code AS first, a.day, a.modifiers, a.payer_type
                FROM s a JOIN s b ON a.patient_id = b.patient_id AND a.day = b.day AND a.provider_id = b.provider_id
                    AND a.code <> b.code)
            SELECT count(*), count(DISTINCT payer_type) FROM pairs p
            JOIN read_parquet('{tables[f"ncci_ptp_{side}"]}') e ON e.column1 = p.first AND e.column2 = p.second
            WHERE p.day BETWEEN e.effective AND coalesce(e.deletion, DATE '9999-12-31')
                AND (e.indicator = '0' OR e.indicator = '1' AND p.modifiers NOT IN ('25', '59'))""")
        queries.append(f"""
            SELECT count(*) FROM (SELECT sum(units) AS n, any_value(u.value) AS most, max(units) AS line FROM l
                JOIN read_parquet('{tables[f"mue_{side}"]}') u USING (code)
                WHERE system = 'HCPCS' AND setting {settings} GROUP BY patient_id, provider_id, day, code)
            WHERE n > most""")
    placed = f"SELECT l.*, n.ancestor FROM l JOIN read_parquet('{tables['icd10cm_ancestor']}') n USING (code)"
    queries.append(f"""
        SELECT count(*) FILTER (c.code IS NULL), count(*) FILTER (NOT c.billable) FROM l
        LEFT JOIN read_parquet('{tables["icd10cm"]}') c USING (code) WHERE system = 'ICD10CM'""")
    queries.append(f"""
        WITH p AS MATERIALIZED ({placed} WHERE system = 'ICD10CM') SELECT count(*) FROM p a
        JOIN read_parquet('{tables["icd10cm_excludes1"]}') x ON x.owner = a.ancestor
        JOIN p b ON b.encounter_id = a.encounter_id AND b.ancestor = x.other AND a.code <> b.code""")
    queries.append(f"""
        WITH p AS MATERIALIZED ({placed} WHERE system = 'ICD10CM'), w AS (SELECT * FROM p
            JOIN read_parquet('{tables["icd10cm_code_first"]}') x ON x.owner = p.ancestor WHERE x.closed)
        SELECT count(*) FROM w ANTI JOIN p ON p.encounter_id = w.encounter_id AND p.ancestor = w.other""")
    queries.append(f"""
        SELECT count(*) FROM l SEMI JOIN read_parquet('{tables["icd10cm_manifestation"]}') m USING (code)
        WHERE system = 'ICD10CM' AND sequence = 1""")
    return queries


if __name__ == "__main__":
    start = time.perf_counter()
    made = {"import": _import, "bare": _bare, "screen": _screen, "sampled": _sampled}[sys.argv[1]](
        Path(sys.argv[2]), *sys.argv[3:]
    )
    seconds = made if isinstance(made, float) else time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(json.dumps(made if isinstance(made, dict) else {"seconds": seconds, "peak_gb": peak}))
