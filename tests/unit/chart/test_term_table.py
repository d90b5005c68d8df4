from __future__ import annotations

import zlib
from pathlib import Path

import pytest

from audit.chart.lexicon import Lexicon, LexiconFileError, LexiconLineError, parse_lexicon
from audit.chart.terms import TermTable, load_terms


def test_the_cached_table_is_the_compiled_table(terms: TermTable) -> None:
    data = terms.dump()
    again = load_terms(data)
    assert again.dump() == data
    assert again.keys == terms.keys
    assert again.facts("I10") == terms.facts("I10")


def test_bytes_that_are_no_table_are_refused() -> None:
    with pytest.raises(zlib.error):
        load_terms(b"not a table")


def test_a_7th_character_leads_to_the_code_it_extends(terms: TermTable) -> None:
    for code in ("S72.301A", "S72.301XA"):
        facts = terms.facts(code)
        assert facts is not None
        assert facts.code == "S72.301"
    assert terms.facts("Q00") is None


def test_an_entry_that_is_none_is_named_by_file_and_line() -> None:
    with pytest.raises(LexiconLineError, match=r"words.txt:2: "):
        parse_lexicon({"words.txt": "kidney: renal\nno colon here\n"})


def test_a_misspelt_or_missing_file_is_refused() -> None:
    with pytest.raises(LexiconFileError, match="wrds"):
        parse_lexicon({"wrds.txt": "a: b"})
    with pytest.raises(LexiconFileError, match="missing"):
        parse_lexicon({"words.txt": "a: b"})


def test_the_lexicon_is_large_and_each_head_is_a_code(lexicon: Lexicon) -> None:
    heads = [head for head, _ in lexicon.terms]
    assert sum(len(names) for _, names in lexicon.terms) > 1500
    assert all(len(head) >= 3 and head[0].isalpha() and head[1].isdigit() for head in heads)


def test_no_line_of_the_lexicon_says_one_thing_twice() -> None:
    folder = Path(__file__).resolve().parents[3] / "policies" / "lexicon" / "terms"
    for path in folder.glob("*.txt"):
        for line in path.read_text("utf-8").splitlines():
            names = [name.strip() for name in line.partition(":")[2].split(";")]
            assert len(names) == len(set(names)), f"{path.name}: {line[:40]}"
