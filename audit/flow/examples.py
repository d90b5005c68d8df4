"""The examples of rules, executed: the same SQL, the same chart reader and the same tables as an audit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from audit.chart.terms import TermTable
from audit.codesets.kinds import KINDS, add_edition, create_tables
from audit.domain.check import Family
from audit.domain.finding import NotAssessed
from audit.domain.rule import Example, ExpectedFind, Rule
from audit.engine.duck import DuckDatabase, open_database
from audit.errors import CheckFailedError, InputError
from audit.flow.checking import VOCABULARY, find_edits, read_chart
from audit.flow.reference import Reference, cache_folder, find_reference
from audit.flow.rules import bundled_packs, read_pack
from audit.flow.terms import load_term_table
from audit.intake.cases import read_cases
from audit.intake.columns import REQUIRED_TABLES
from audit.intake.tables import load_values

_ENCOUNTER = {"encounter_id": "E1", "patient_id": "P1", "service_from": "2026-05-04", "setting": "professional"}
_MADE = ("lines", "sampled", "defects", *(f"{raw}{t.name}" for t in REQUIRED_TABLES for raw in ("", "raw_")))
_ALWAYS = (date(1900, 1, 1), date(9999, 12, 31))


class RuleFailedError(CheckFailedError):
    """A rule does not find what an example of its own expects."""


class ExampleTableError(InputError):
    """An example brings a table that there is no kind of, or a column it does not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleResult:
    """What came of one example. ``problem`` is empty when the rule found exactly what the example expects."""

    title: str
    expected: tuple[ExpectedFind, ...]
    found: tuple[ExpectedFind, ...]
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleResult:
    """What came of all examples of one rule."""

    rule: Rule
    examples: tuple[ExampleResult, ...]

    @property
    def passed(self) -> bool:
        """Whether every example came out as it says."""
        return not any(example.problem for example in self.examples)


class ExampleRunner:
    """Runs examples in one database that holds the reference tables; use ``open_runner``."""

    def __init__(self, database: DuckDatabase, loaded: frozenset[str], terms: Callable[[], TermTable]) -> None:
        """Take the database, the kinds of table it holds, and what gives the terms to chart rules."""
        self._database = database
        self._loaded = loaded
        self._terms = terms

    def run(self, rule: Rule) -> RuleResult:
        """Execute every example of ``rule``."""
        return RuleResult(rule=rule, examples=tuple(self._example(rule, example) for example in rule.examples))

    def _example(self, rule: Rule, example: Example) -> ExampleResult:
        try:
            found, unapplied = self._finds(rule, example)
        finally:
            self._clear(example)
        return ExampleResult(
            title=example.title,
            expected=example.finds,
            found=found,
            problem=_problem(example.finds, found, unapplied),
        )

    def _finds(self, rule: Rule, example: Example) -> tuple[tuple[ExpectedFind, ...], Sequence[NotAssessed]]:
        load_values(self._database, canonical_rows(example))
        for kind, rows in example.tables.items():
            self._add_table(rule, kind, rows)
        if VOCABULARY[rule.check].family is Family.EDIT:
            findings, unapplied = find_edits(self._database, [rule], {*self._loaded, *example.tables})
        else:
            (case,) = read_cases(self._database, Path())
            found, _, missed = read_chart([rule], case, self._terms())
            findings, unapplied = list(found), list(missed)
        return tuple(ExpectedFind(line=f.line, verdict=f.verdict) for f in findings), unapplied

    def _add_table(self, rule: Rule, kind: str, rows: Sequence[Mapping[str, str]]) -> None:
        if kind not in KINDS or len(KINDS[kind]) != 1 or kind in self._loaded:
            raise ExampleTableError(f"rule {rule.id}: an example cannot bring a table {kind}")
        create_tables(self._database, kind)
        ((name, columns),) = KINDS[kind].items()
        strange = sorted({column for row in rows for column in row} - set(columns))
        if strange:
            raise ExampleTableError(
                f"rule {rule.id}: table {kind} has no column {strange[0]}", hint=f"columns: {', '.join(columns)}"
            )
        self._database.execute(f"CREATE TABLE given ({', '.join(f'{column} VARCHAR' for column in columns)})")
        for row in rows:
            marks = ", ".join("nullif(?, '')" for _ in columns)
            self._database.execute(f"INSERT INTO given VALUES ({marks})", [row.get(column, "") for column in columns])
        typed = ", ".join(f"CAST({column} AS {form}) AS {column}" for column, form in columns.items())
        add_edition(self._database, kind, {name: f"(SELECT {typed} FROM given)"}, *_ALWAYS)

    def _clear(self, example: Example) -> None:
        kinds = [kind for kind in example.tables if kind in KINDS and kind not in self._loaded]
        brought = [name for kind in kinds for name in (*KINDS[kind], f"{kind.replace('-', '_')}_editions")]
        for name in ("given", *brought, *_MADE):
            self._database.execute(f"DROP TABLE IF EXISTS {name}")


def run_packs(folder: Path | None) -> Iterator[RuleResult]:
    """Run every example of the pack in ``folder``, or of every bundled pack. Raises PageError for a faulty page."""
    packs = bundled_packs() if folder is None else (read_pack(folder),)
    return run_rules(rule for pack in packs for rule in pack.rules)


def run_rules(rules: Iterable[Rule]) -> Iterator[RuleResult]:
    """Run every example of ``rules`` on the reference tables that ship."""
    reference = find_reference(None)
    terms = cache(lambda: load_term_table(reference.classification(), cache_folder()))
    with open_runner(reference, terms) as runner:
        for rule in rules:
            yield runner.run(rule)


@contextmanager
def open_runner(reference: Reference, terms: Callable[[], TermTable]) -> Iterator[ExampleRunner]:
    """Open a database with the reference tables for running examples; ``terms`` is called for chart rules only."""
    with open_database(reference.files) as database:
        yield ExampleRunner(database, reference.load(database), terms)


def canonical_rows(example: Example) -> dict[str, Sequence[Mapping[str, str]]]:
    """Return the example as canonical tables; what it leaves out is filled in, so that it says only what matters.

    Defaults: encounter E1 of patient P1, professional, served on 2026-05-04; ICD-10-CM; lines and documents numbered.
    """
    encounter = {**_ENCOUNTER, **example.encounter}
    owner = {"encounter_id": encounter["encounter_id"]}
    return {
        "encounters": [encounter],
        "patients": [{"patient_id": encounter["patient_id"], **example.patient}],
        "codes": [
            {**owner, "line": str(n), "system": "ICD10CM", **row} for n, row in enumerate(example.codes, start=1)
        ],
        "documents": [
            {**owner, "document_id": f"D{n}", "kind": "progress_note", **row}
            for n, row in enumerate(example.documents, start=1)
        ],
    }


def _problem(expected: Sequence[ExpectedFind], found: Sequence[ExpectedFind], unapplied: Sequence[NotAssessed]) -> str:
    """Say how the result differs; a rule that could not be applied has found nothing, so nothing is proven."""
    if unapplied:
        return f"not assessed: {unapplied[0].reason}"
    if sorted(map(_shown, expected)) == sorted(map(_shown, found)):
        return ""
    return f"expected {shown_finds(expected)}, found {shown_finds(found)}"


def _shown(find: ExpectedFind) -> str:
    return f"{find.verdict} on the encounter" if find.line is None else f"{find.verdict} on line {find.line}"


def shown_finds(finds: Sequence[ExpectedFind]) -> str:
    """Say in one line what is found."""
    return ", ".join(_shown(find) for find in finds) or "nothing"
