"""From the tables of a plan to its frame: units, strata, amounts, and what scores must know of the draw."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from audit.domain.encounter import ClaimType, Encounter, Setting
from audit.domain.sample import FrameUnit
from audit.engine.duck import DuckDatabase, open_database
from audit.flow.frame import (
    MixedUnitError,
    NoUnitIdError,
    Sampling,
    design_facts,
    design_notices,
    draw_units,
    encounters_of,
    frame_units,
    populations,
    stratum_of,
)
from audit.sampling.draw import Design

ROWS = (
    "('E1','P1','C1','ann','outpatient',10.50),('E2','P1','C1','ann','outpatient',20.25),"
    "('E3','P2','C2','bob','inpatient',300.00),('E4','P3','C3','bob','outpatient',NULL)"
)


@pytest.fixture
def tables() -> Iterator[DuckDatabase]:
    with open_database() as database:
        database.execute(
            "CREATE TABLE auditable AS SELECT *, paid::DECIMAL(18,2) AS paid_amount FROM (VALUES "
            + ROWS
            + ") t(encounter_id, patient_id, claim_id, coder_id, setting, paid)"
        )
        database.execute(
            "CREATE TABLE codes AS SELECT * FROM (VALUES ('E1',1,5.5),('E1',2,5.0),('E3',1,300.0))"
            " t(encounter_id, line, paid)"
        )
        yield database


def test_a_claim_is_the_unit_of_all_its_encounters(tables: DuckDatabase) -> None:
    sampling = Sampling(
        method="stratified", size=1, unit="claim", stratum="setting", design=Design(allocation="neyman")
    )

    assert frame_units(tables, sampling) == (
        FrameUnit("C1", "outpatient", Decimal("30.75")),
        FrameUnit("C2", "inpatient", Decimal("300.00")),
        FrameUnit("C3", "outpatient", None),
    )


def test_a_drawn_unit_stands_for_all_its_encounters(tables: DuckDatabase) -> None:
    sampling = Sampling(method="purposive", unit="patient", design=Design(named=("P1",)))

    assert encounters_of(tables, sampling, draw_units(tables, sampling, "s")) == ["E1", "E2"]


def test_lines_are_units_of_their_own(tables: DuckDatabase) -> None:
    sampling = Sampling(method="pps", size=2, unit="line")
    drawn = draw_units(tables, sampling, "s")

    assert {unit.unit for unit in frame_units(tables, sampling)} == {"E1#1", "E1#2", "E3#1"}
    assert {unit.unit: unit.inclusion for unit in drawn.units}["E3#1"] == 1.0


def test_a_unit_in_two_strata_is_refused(tables: DuckDatabase) -> None:
    tables.execute("UPDATE auditable SET setting = 'inpatient' WHERE encounter_id = 'E2'")

    with pytest.raises(MixedUnitError):
        frame_units(tables, Sampling(method="stratified", size=1, unit="patient", stratum="setting"))


def test_encounters_without_the_unit_are_refused(tables: DuckDatabase) -> None:
    tables.execute("UPDATE auditable SET claim_id = '' WHERE encounter_id = 'E2'")

    with pytest.raises(NoUnitIdError, match="1 rows"):
        frame_units(tables, Sampling(method="simple", size=1, unit="claim"))


def test_amounts_make_strata_that_scores_find_again(tables: DuckDatabase) -> None:
    sampling = Sampling(method="stratified", size=1, stratum="paid_amount", cuts=(Decimal(20), Decimal("20.25")))
    facts = design_facts(tables, sampling)
    encounter = Encounter(
        encounter_id="E2", patient_id="P1", service_from=date(2026, 5, 1), setting=Setting.OUTPATIENT,
        claim_type=ClaimType.INSTITUTIONAL, paid_amount=Decimal("20.25"),
    )  # fmt: skip

    assert {unit.unit: unit.stratum for unit in frame_units(tables, sampling)} == {
        "E1": "01", "E2": "02", "E3": "03", "E4": "",
    }  # fmt: skip
    assert stratum_of(encounter, facts) == "02"
    assert populations({}, facts) == {("ann", "01"): 1, ("ann", "02"): 1, ("bob", "03"): 1, ("bob", ""): 1}


@pytest.mark.parametrize(
    ("method", "unit", "equal"),
    [
        ("simple", "encounter", True),
        ("per_coder", "encounter", True),
        ("systematic", "encounter", True),
        ("simple", "patient", False),
        ("simple", "line", False),
        ("pps", "encounter", False),
        ("cluster", "encounter", False),
        ("purposive", "encounter", False),
    ],
)
def test_only_encounters_drawn_one_by_one_carry_verdicts(
    tables: DuckDatabase, method: str, unit: str, *, equal: bool
) -> None:
    sampling = Sampling(method=method, size=1, unit=unit)
    facts = design_facts(tables, sampling)

    assert facts.equal_chances is equal
    assert bool(design_notices(sampling, facts)) is not equal
