"""What the Alphabetic Index adds to reading: its paths are names, and it leads only to codes of the edition."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from audit.chart.index_keys import names_of
from audit.chart.lexicon import Lexicon
from audit.chart.reader import read_case
from audit.chart.terms import compile_terms
from audit.domain.classification import Classification, CodeEntry
from audit.domain.encounter import Case
from audit.domain.finding import Support

ROWS = [(("Blueness, blue", "grave"), "A00.1"), (("Blueness, blue", "specified NEC"), "A00.8"), (("Gone",), "A99")]


def classification() -> Classification:
    rows = {"A00": "Azure fever", "A00.1": "Grave azure fever", "A00.8": "Other azure fever"}
    entries = tuple(
        CodeEntry(code=code, description=text, parent=None if len(code) == 3 else "A00", billable=len(code) > 3)
        for code, text in rows.items()
    )
    first, last = date(2026, 4, 1), date(2026, 9, 30)
    return Classification(edition="t", digest="0", in_force_from=first, in_force_to=last, entries=entries)


def test_a_heading_with_several_forms_is_several_names() -> None:
    assert [name for name, _ in names_of(["Abdomen, abdominal", "acute"])] == ["abdomen, acute", "abdominal, acute"]
    assert [name for name, _ in names_of(["Debt, burdensome"])] == ["debt, burdensome"]
    assert list(names_of(["Fever", "with", "rash NEC"])) == [("fever, rash", False)]
    assert list(names_of(["Fever", "specified NEC"])) == [("fever", True)]
    assert list(names_of(["Fever", "without rash"])) == []


def test_a_code_is_found_by_the_words_of_the_index_alone(lexicon: Lexicon, case: Callable[..., Case]) -> None:
    table = compile_terms(classification(), lexicon, ROWS, "1")
    note = case("Assessment: grave blueness.", codes=("A00.1", "A00.8"))
    grave, other = read_case(note, table).lines
    assert grave.support is Support.SUPPORTED
    assert other.support is not Support.SUPPORTED
    assert "gone" not in " ".join(table.keys.lines)
    assert table.digest != compile_terms(classification(), lexicon).digest
