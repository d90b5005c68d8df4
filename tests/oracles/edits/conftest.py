"""A small made-up world for the twins: a classification of six categories in two editions, PTP, MUE and POA tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import strategies as st

from audit.codesets.kinds import KINDS, add_edition, create_tables
from audit.domain.rule import Authority, Category, Direction, Owner, Rule, Verdict
from audit.edits import EditQuery, compose, shared_tables
from audit.engine.duck import DuckDatabase, open_database
from audit.intake.columns import REQUIRED_TABLES
from audit.intake.tables import load_values

Row = dict[str, str]
World = dict[str, Any]

EDITIONS = [(date(2026, 4, 1), date(2026, 6, 30)), (date(2026, 7, 1), date(2026, 9, 30))]
CODES = {  # code: (description, billable); A00.1 is gone from the second edition
    "A00": ("Blue fever", False),
    "A00.0": ("Blue fever of the right arm", True),
    "A00.1": ("Blue fever of the left arm", True),
    "B00": ("Green fever of both arms, bilateral", True),
    "C00": ("Rash in diseases classified elsewhere", False),
    "C00.0": ("Red rash", True),
    "O10": ("Pregnant", True),
    "W00": ("Slip", True),
    "Z00": ("Examination", True),
}
ANCESTORS = [(code, code) for code in CODES] + [(code, code[:3]) for code in CODES if "." in code]
EXCLUDES1 = [("A00", "B00", "green fever (B00)"), ("Z00", "A00.0", "mild (A00.0)")]
CODE_FIRST = [("C00", "A00", True), ("C00", "B00", True), ("W00", "Z00", False)]
MANIFESTATIONS = ["C00.0"]
PTP = [
    ("X0001", "X0002", date(2020, 1, 1), None, "0"),
    ("X0001", "X0003", date(2020, 1, 1), None, "1"),
    ("X0003", "X0002", date(2020, 1, 1), date(2026, 5, 4), "1"),
    ("X0002", "X0003", date(2020, 1, 1), None, "9"),
]
MUE = [("X0001", 2, "1"), ("X0002", 2, "2"), ("X0003", 3, "3")]
HCPCS = [("A0001", False, date(2020, 1, 1), date(2026, 5, 4)), ("A0002", True, date(2020, 1, 1), None)]
EXEMPT = ["Z00", "W00"]
ADD_ONS = [  # add-on, primary, type, from, to
    ("X0003", "X0001", "1", date(2020, 1, 1), None),
    ("X0003", "A0001", "1", date(2020, 1, 1), date(2026, 5, 4)),
    ("X0002", None, "2", None, None),
    ("A0002", "X0002", "1", date(2026, 5, 5), None),
]
FEES = [
    ("X0001", None, "0", "1"),
    ("X0002", "26", "0", "0"),
    ("X0003", None, "1", "0"),
]  # code, modifier, pctc, bilateral
ARTICLES = [
    ("1", "procedure", "1", "X0001"),
    ("1", "diagnosis", "1", "A00.0"),
    ("1", "procedure", "2", "X0001"),
    ("1", "diagnosis", "2", "B00"),
    ("2", "procedure", "1", "X0002"),
    ("2", "diagnosis", "1", "Z00"),
    ("3", "procedure", "1", "X0003"),
]


def _relation(rows: list[tuple[Any, ...]], names: list[str]) -> str:
    values = ", ".join("(" + ", ".join(_literal(v) for v in row) + ")" for row in rows)
    return f"(VALUES {values}) v({', '.join(names)})"


def _literal(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else f"'{value}'"


def _load_reference(database: DuckDatabase) -> None:
    for kind in KINDS:
        create_tables(database, kind)
    for number, (first, last) in enumerate(EDITIONS):
        codes = [(c, d, None, c[:3], b) for c, (d, b) in CODES.items() if number == 0 or c != "A00.1"]
        rows = {
            "icd10cm": codes,
            "icd10cm_ancestor": [row for row in ANCESTORS if number == 0 or row[0] != "A00.1"],
            "icd10cm_excludes1": EXCLUDES1,
            "icd10cm_code_first": CODE_FIRST,
            "icd10cm_manifestation": [(code,) for code in MANIFESTATIONS],
            "icd10cm_note": [("excludes1", "A00", "x", "codes")],
        }
        _add(database, "icd10cm", rows, first, last)
        for place in ("practitioner", "hospital"):
            _add(database, f"ncci-ptp-{place}", {f"ncci_ptp_{place}": PTP}, first, last)
            _add(database, f"mue-{place}", {f"mue_{place}": MUE}, first, last)
        _add(database, "hcpcs", {"hcpcs": [(c, m, None, None, a, a, t) for c, m, a, t in HCPCS]}, first, last)
        _add(database, "ncci-aoc", {"ncci_aoc": ADD_ONS}, first, last)
        fees = [(c, m, "A", p, None, None, b, None, None, None) for c, m, p, b in FEES]
        _add(database, "pfs-rvu", {"pfs_rvu": fees}, first, last)
        articles = [(article, "1", role, True, group, code) for article, role, group, code in ARTICLES]
        _add(database, "mcd", {"mcd": articles}, first, last)
        _add(database, "poa-exempt", {"poa_exempt": [(code,) for code in EXEMPT]}, first, last)


def _add(database: DuckDatabase, kind: str, rows: Mapping[str, list[Any]], first: date, last: date) -> None:
    relations = {name: _relation(rows[name], list(columns)) for name, columns in KINDS[kind].items()}
    add_edition(database, kind, relations, first, last)


def _found(
    database: DuckDatabase, query: EditQuery, make_shared: Callable[[EditQuery], None]
) -> list[tuple[str, int | None]]:
    make_shared(query)
    return sorted((row[0], row[1]) for row in database.rows(query.finds))


@pytest.fixture(scope="session")
def find() -> Iterator[Callable[[World, list[Rule]], list[list[tuple[str, int | None]]]]]:
    with open_database() as database:
        _load_reference(database)

        def run(world: World, rules: list[Rule]) -> list[list[tuple[str, int | None]]]:
            rows = {name: world[name] for name in ("encounters", "patients", "codes", "documents")}
            load_values(database, rows, sampled=world["sampled"])
            try:
                with shared_tables(database) as make_shared:
                    return [_found(database, compose(rule), make_shared) for rule in rules]
            finally:
                made = [f"{raw}{table.name}" for table in REQUIRED_TABLES for raw in ("", "raw_")]
                for name in ("lines", "sampled", "defects", *made):
                    database.execute(f"DROP TABLE IF EXISTS {name}")

        yield run


@pytest.fixture(scope="session")
def make_rule() -> Callable[..., Rule]:
    def make(check: str, first: date = date(2026, 1, 1), last: date | None = None, **parameters: Any) -> Rule:
        return Rule(
            id="TST001",
            name="test",
            summary="test",
            authority=(Authority(cite="x", edition="x", url="https://example.org"),),
            in_force_from=first,
            in_force_to=last,
            verdict=Verdict.REVIEW,
            category=Category.EXCLUDES,
            direction=Direction.NEUTRAL,
            owner=Owner.CODER,
            check=check,
            parameters=parameters,
            not_covered="x",
            examples=(),
            pack="test",
            edition="1",
        )

    return make


_DAYS = [*["2026-05-04"] * 5, "2015-09-30", "2026-05-05", "2026-07-02", "2026-11-01"]
_ENCOUNTER = {
    "patient_id": ["P1", "P1", "P1", "P2"],
    "service_from": _DAYS,
    "setting": ["professional", "professional", "professional", "outpatient", "inpatient"],
    "place_of_service": ["", "11", "23"],
    "payer_type": ["", "medicare", "commercial"],
    "provider_id": ["", "D1"],
}
_DIAGNOSIS = {
    "system": ["ICD10CM"],
    "code": [*CODES, *["A00.0", "A00.1"] * 2, "Q99.9"],
    "sequence": ["", "1", "2", "3"],
    "role": ["", "", "principal", "secondary", "admitting"],
    "poa": ["", "Y", "1", "X"],
}
_SERVICE = {
    "system": ["HCPCS"],
    "code": ["X0001", "X0002", "X0003", "X0003", "A0001", "A0002"],
    "modifiers": ["", "", "59", "LT", "LT", "RT", "RT;76", "22"],
    "units": ["", "1", "2", "3"],
    "dx_pointers": ["", "1", "1;2", "2"],
    "service_date": ["", "", "", "2026-05-05"],
    "rendering_provider_id": ["", "", "D2"],
}


def _rows_of(columns: Mapping[str, list[str]]) -> st.SearchStrategy[Row]:
    return st.fixed_dictionaries({name: st.sampled_from(values) for name, values in columns.items()})


def _numbered(encounters: list[tuple[Row, list[Row]]], births: list[str], sampled: list[bool]) -> World:
    ids = [f"E{n}" for n, _ in enumerate(encounters)]
    pairs = list(zip(ids, encounters, strict=True))
    return {
        "encounters": [{"encounter_id": name, "service_to": e["service_from"], **e} for name, (e, _) in pairs],
        "patients": [{"patient_id": f"P{n}", "birth_date": birth} for n, birth in enumerate(births, start=1)],
        "codes": [
            {"encounter_id": name, "line": str(n), **line}
            for name, (_, lines) in pairs
            for n, line in enumerate(lines, start=1)
        ],
        "documents": [],
        "sampled": [name for name, chosen in zip(ids, sampled, strict=False) if chosen] or ids[:1],
    }


@pytest.fixture(scope="session")
def worlds() -> st.SearchStrategy[World]:
    line = st.one_of(_rows_of(_DIAGNOSIS), _rows_of(_SERVICE))
    encounter = st.tuples(_rows_of(_ENCOUNTER), st.lists(line, min_size=2, max_size=6))
    births = st.lists(st.sampled_from(["", "1950-01-01", "2016-05-05", "2026-01-01"]), min_size=2, max_size=2)
    return st.builds(
        _numbered, st.lists(encounter, min_size=1, max_size=3), births, st.lists(st.booleans(), min_size=3, max_size=3)
    )


@pytest.fixture(scope="session")
def reference() -> Mapping[str, Any]:
    return {
        "editions": EDITIONS,
        "codes": CODES,
        "ancestors": ANCESTORS,
        "excludes1": EXCLUDES1,
        "code_first": CODE_FIRST,
        "manifestations": MANIFESTATIONS,
        "ptp": PTP,
        "mue": MUE,
        "exempt": EXEMPT,
        "hcpcs": HCPCS,
        "add_ons": ADD_ONS,
        "fees": FEES,
        "articles": ARTICLES,
    }


@pytest.fixture(scope="session")
def full_of_errors() -> World:
    office = {"patient_id": "P1", "service_from": "2026-05-04", "setting": "professional", "place_of_service": "11"}
    service = {"system": "HCPCS", "modifiers": "", "units": "1", "dx_pointers": "", "service_date": ""}

    def dx(code: str, role: str = "", poa: str = "") -> Row:
        return {"system": "ICD10CM", "code": code, "sequence": "", "role": role, "poa": poa}

    lines = [dx("C00.0"), dx("A00.0"), dx("A00.0"), dx("B00"), dx("Q99.9"), dx("A00"), dx("O10"), dx("Z00")]
    services = [
        {**service, "code": "X0001", "modifiers": "LT", "dx_pointers": "2"},
        {**service, "code": "X0002", "units": "3"},
        {**service, "code": "A0002"},
        {**service, "code": "X0001", "modifiers": "LT", "dx_pointers": "2"},
    ]
    encounters = [
        ({**office, "payer_type": "medicare", "provider_id": "D1"}, lines + services),
        ({**office, "payer_type": "", "provider_id": "D1"}, [dx("W00"), dx("C00.0")]),
        (
            {**office, "service_from": "2026-05-06", "payer_type": "", "provider_id": "D1"},
            [
                {**service, "code": "X0001", "modifiers": "LT"},
                {**service, "code": "A0002"},
                {**service, "code": "X0003", "modifiers": "59"},
            ],
        ),
        (
            {**office, "setting": "inpatient", "payer_type": "", "provider_id": "D1", "patient_id": "P2"},
            [dx("A00.0", "principal", "X"), dx("O10", "secondary"), dx("Z00", "secondary"), *services],
        ),
    ]
    return _numbered(encounters, ["1950-01-01", "1950-01-01"], [True, True, True, True])
