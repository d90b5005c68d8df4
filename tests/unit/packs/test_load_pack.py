from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pytest

from audit.domain.check import CheckKind
from audit.domain.rule import ExpectedFind, Verdict
from audit.errors import InputError, UnreadableFileError
from audit.packs.example_page import ExamplesError
from audit.packs.load import DuplicateRuleError, EmptyPackError, StrayFileError, load_pack, pack_digest
from audit.packs.page import (
    BadDateError,
    DuplicateKeyError,
    MissingKeyError,
    NotYamlError,
    PageError,
    UnknownKeyError,
    WrongTypeError,
)
from audit.packs.rule_page import RuleIdError, SummaryError, UnknownCheckError, VerdictNotAllowedError

Vocabulary = Mapping[str, CheckKind]
MakePack = Callable[..., Path]

PASSING = "  - title: second\n"


def test_a_rule_page_becomes_a_rule_with_its_examples(
    make_pack: MakePack, vocabulary: Vocabulary, rule_text: str
) -> None:
    pack = load_pack(make_pack(rule_text), vocabulary)
    (rule,) = pack.rules
    assert (pack.name, pack.edition, rule.pack, rule.edition) == ("mine", "2026", "mine", "2026")
    assert rule.parameters == {"codes": ("V00-Y99",), "limit": 2}
    assert rule.in_force_on(date(2026, 4, 1))
    assert not rule.in_force_on(date(2026, 10, 1))
    failing, passing = rule.examples
    assert failing.finds == (ExpectedFind(line=1, verdict=Verdict.ERROR),)
    assert passing.codes == ({"line": "1", "code": "S72.001A"}, {"line": "2", "code": "W19.XXXA"})
    assert rule.citation == "OCG I.A.13 (FY2026)"


@pytest.mark.parametrize(
    "fault",
    [
        ("owner: coder", "owner: coder\nsevrity: high", UnknownKeyError, 11),
        ("owner: coder\n", "", MissingKeyError, 1),
        ("owner: coder", "owner: coder\nowner: coder", DuplicateKeyError, 11),
        ("owner: coder", "owner: nurse", WrongTypeError, 10),
        ("owner: coder", "owner: [coder]", WrongTypeError, 10),
        ("id: ICD901", "id: icd-901", RuleIdError, 1),
        ("from: 2026-04-01", "from: 2026-02-30", BadDateError, 6),
        ("from: 2026-04-01", "from: 20260401", BadDateError, 6),
        ("to: 2026-09-30", "to: 2025-09-30", BadDateError, 6),
        ("check: position", "check: postion", UnknownCheckError, 11),
        ("limit: 2", "limt: 2", UnknownKeyError, 12),
        ("limit: 2", "limit: two", WrongTypeError, 12),
        ("limit: 2", "limit: NaN", WrongTypeError, 12),
        ("limit: 2", "strict: maybe", WrongTypeError, 12),
        ("limit: 2", "names: []", WrongTypeError, 12),
        ("[V00-Y99]", "[V00 Y99]", WrongTypeError, 12),
        ("[V00-Y99]", "V00", WrongTypeError, 12),
        ("with: {codes: [V00-Y99], limit: 2}\n", "", MissingKeyError, 1),
        ("follow another", "follow another. It is wrong", SummaryError, 3),
        ("follow another", "follow another.", SummaryError, 3),
        ("https://", "http://", WrongTypeError, 5),
        ("finds: [{line: 1, verdict: error}]", "finds: []", ExamplesError, 15),
        ("finds: []", "finds: [{line: 2, verdict: error}]", ExamplesError, 15),
        ("verdict: error}", "verdict: review}", ExamplesError, 18),
        ("line: 1, verdict", "line: 1.5, verdict", WrongTypeError, 18),
        ("setting: inpatient", "place: inpatient", UnknownKeyError, 20),
        ("2    | W19.XXXA", "2", WrongTypeError, 21),
        ("not_covered: what the note says", "not_covered:", WrongTypeError, 13),
        ("name: a code", "name: [a code", NotYamlError, 3),
    ],
)
def test_a_faulty_page_is_refused_with_its_line(
    make_pack: MakePack, vocabulary: Vocabulary, rule_text: str, fault: tuple[str, str, type[PageError], int]
) -> None:
    old, new, error, line = fault
    assert old in rule_text
    folder = make_pack(rule_text.replace(old, new, 1))
    with pytest.raises(error, match=rf"R0\.yaml:{line}: ") as caught:
        load_pack(folder, vocabulary)
    assert caught.value.hint


def test_a_rule_needs_two_to_four_examples(make_pack: MakePack, vocabulary: Vocabulary, rule_text: str) -> None:
    one = rule_text[: rule_text.index(PASSING)]
    with pytest.raises(ExamplesError, match="1 examples"):
        load_pack(make_pack(one), vocabulary)


def test_five_examples_are_too_many(make_pack: MakePack, vocabulary: Vocabulary, rule_text: str) -> None:
    example = rule_text[rule_text.index(PASSING) :]
    with pytest.raises(ExamplesError, match="5 examples"):
        load_pack(make_pack(rule_text + example * 3), vocabulary)


def test_a_kind_that_can_be_excused_may_not_be_an_error(
    make_pack: MakePack, vocabulary: Vocabulary, rule_text: str
) -> None:
    folder = make_pack(rule_text.replace("check: position", "check: excuse"))
    with pytest.raises(VerdictNotAllowedError, match=r"R0\.yaml:7: "):
        load_pack(folder, vocabulary)


def test_one_id_on_two_pages_is_refused(make_pack: MakePack, vocabulary: Vocabulary, rule_text: str) -> None:
    with pytest.raises(DuplicateRuleError, match=r"R1\.yaml:1: "):
        load_pack(make_pack(rule_text, rule_text), vocabulary)


def test_an_empty_pack_is_refused(make_pack: MakePack, vocabulary: Vocabulary) -> None:
    with pytest.raises(EmptyPackError):
        load_pack(make_pack(), vocabulary)


def test_a_page_with_another_ending_is_not_passed_over(
    make_pack: MakePack, vocabulary: Vocabulary, rule_text: str
) -> None:
    folder = make_pack(rule_text)
    (folder / "rules" / "R2.yml").write_text(rule_text, encoding="utf-8")
    with pytest.raises(StrayFileError, match=r"R2\.yml"):
        load_pack(folder, vocabulary)


def test_a_folder_without_pack_yaml_is_named(tmp_path: Path, vocabulary: Vocabulary) -> None:
    with pytest.raises(UnreadableFileError, match=r"pack\.yaml: no such file"):
        load_pack(tmp_path, vocabulary)


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"a: \x00", b"--- 1\n--- 2\n", b"- 1\n", b"id: &a [*a]\n", b"\t"])
def test_bytes_that_are_no_page_are_refused_with_a_line(
    make_pack: MakePack, vocabulary: Vocabulary, data: bytes
) -> None:
    folder = make_pack("x")
    (folder / "rules" / "R0.yaml").write_bytes(data)
    with pytest.raises(InputError, match=r"R0\.yaml:[12]: "):
        load_pack(folder, vocabulary)


def test_the_digest_changes_with_any_byte_and_any_name(make_pack: MakePack, rule_text: str) -> None:
    folder = make_pack(rule_text)
    page = folder / "rules" / "R0.yaml"
    before = pack_digest(folder)
    (folder / ".DS_Store").write_bytes(b"x")
    assert pack_digest(folder) == before
    page.write_text(rule_text + " ", encoding="utf-8")
    changed = pack_digest(folder)
    page.rename(folder / "rules" / "R1.yaml")
    assert len({before, changed, pack_digest(folder)}) == 3
