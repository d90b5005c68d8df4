"""The formulas a report may print: their ids, what their per cent is a per cent of, and one line that explains each.

Sources: AHIMA, *Benchmarking to Improve Coding Accuracy and Productivity* (2009), for the reviewer's denominator,
its net form and record over record. The symmetric form is the Jaccard index
of the coder's and the reviewer's code sets.
"""

from __future__ import annotations

from dataclasses import dataclass

from audit.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """One formula. ``unit`` completes "95 % of …"; ``way`` is the arithmetic in the letters of ``says``."""

    id: str
    name: str
    unit: str
    way: str
    says: str


class UnknownFormulaError(UsageError):
    """A score carries a formula id that no report can explain."""

    @classmethod
    def of(cls, formula: str) -> UnknownFormulaError:
        """Build the error for the id ``formula``."""
        return cls(f"unknown formula {formula}", hint=f"the formulas are {', '.join(sorted(FORMULAS))}")


_ALL = (
    Formula(
        id="code.auditor_denominator",
        name="Right codes of the codes there should be",
        unit="codes",
        way="M / |A|",
        says="Correct codes (M) over every code the reviewer holds right (A). An omitted code counts as an error.",
    ),
    Formula(
        id="code.auditor_denominator_net",
        name="The same, net of extra codes",
        unit="codes, net of extra codes",
        way="max(0, M \u2212 X) / |A|",
        says="As above, but every extra code that should not be there (X) takes one correct code away.",
    ),
    Formula(
        id="code.coder_denominator",
        name="Right codes of the codes submitted",
        unit="submitted codes",
        way="1 \u2212 errors / |C|",
        says="Errors over the codes the coder submitted (C): an omission is an error but enlarges no denominator.",
    ),
    Formula(
        id="encounter.all_correct",
        name="Encounters without any error",
        unit="encounters",
        way="encounters with 0 errors / encounters",
        says="One wrong code makes the whole encounter wrong, so this is always the strictest number.",
    ),
    Formula(
        id="encounter.weighted",
        name="Codes weighted by what they weigh in payment",
        unit="weighted codes",
        way="1 \u2212 Σw(errors) / Σw(all)",
        says="Codes that move payment weigh more than codes that do not; never carries a verdict.",
    ),
    Formula(
        id="drg.correct",
        name="Encounters with the right DRG",
        unit="encounters with a DRG",
        way="encounters with the right DRG / encounters with a DRG",
        says="Whether the encounter was grouped, and so paid, as it should have been.",
    ),
    Formula(
        id="code.symmetric",
        name="Codes on which coder and reviewer meet",
        unit="codes of coder and reviewer together",
        way="M / |C \u222a A|",
        says="Correct codes over all codes either of the two assigned: extra and omitted codes cost the same.",
    ),
)

FORMULAS = {formula.id: formula for formula in _ALL}


def formula_of(formula_id: str) -> Formula:
    """Return the formula of that id. Raises UnknownFormulaError."""
    try:
        return FORMULAS[formula_id]
    except KeyError:
        raise UnknownFormulaError.of(formula_id) from None


def formula_rows(formula_ids: set[str], verdict_on: str) -> list[dict[str, object]]:
    """Return the formulas in use as rows: the judging one first, the others in the order of the catalogue."""
    for formula_id in formula_ids:
        formula_of(formula_id)
    used = [formula for formula in _ALL if formula.id in formula_ids]
    used.sort(key=lambda formula: formula.id != verdict_on)
    return [
        {
            "id": formula.id,
            "name": formula.name,
            "unit": formula.unit,
            "way": formula.way,
            "says": formula.says,
            "judges": formula.id == verdict_on,
        }
        for formula in used
    ]
