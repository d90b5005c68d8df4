"""The tables of an export: cases in, de-identified rows out, with a count of every transformation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from enum import Enum
from typing import Any, Protocol

from audit.deid.ages import implies_over_89
from audit.deid.columns import Column, Columns, Treatment
from audit.deid.identifiers import Identifier, IdentifierType, merge
from audit.deid.known import KnownRecord, with_typed
from audit.deid.normal_forms import words_of
from audit.deid.roster import Roster
from audit.deid.surrogate import Surrogates
from audit.deid.transform import Transformed, Transforms
from audit.domain.canonical import text_digest
from audit.domain.encounter import Case, Document, Patient
from audit.domain.finding import Finding, Span
from audit.domain.summary import AuditedCase

Row = dict[str, str]
WITHHELD = frozenset({"part2", "psychotherapy"})
"""Encounters that leave only by their own consent or order: 42 CFR 2.31 and 45 CFR 164.508(a)(2)."""


_TITLES = frozenset({"dr", "doctor", "mr", "mrs", "ms", "miss", "nurse", "prof", "professor"})


class Detects(Protocol):
    """What the export needs of a detector."""

    def find(self, text: str, record: KnownRecord | None = None) -> tuple[Identifier, ...]:
        """Return the identifiers of ``text`` in order and without overlap."""
        ...


@dataclass(slots=True, kw_only=True)
class Tally:
    """What was found, transformed and withheld, in counts alone."""

    found: Counter[str] = field(default_factory=Counter)
    treated: Counter[str] = field(default_factory=Counter)
    withheld: Counter[str] = field(default_factory=Counter)


def divide(cases: Sequence[AuditedCase], tally: Tally, withheld: frozenset[str] = WITHHELD) -> list[AuditedCase]:
    """Return the cases that may leave, in order; the others are counted by their restriction."""
    for audited in cases:
        if audited.case.encounter.restricted in withheld:
            tally.withheld[audited.case.encounter.restricted] += 1
    return [a for a in cases if a.case.encounter.restricted not in withheld]


def known_records(cases: Sequence[AuditedCase], types: Mapping[str, str] | None = None) -> dict[str, KnownRecord]:
    """Return what is known of each patient, by patient id: the record, authors of notes, dates of service.

    ``types``: the identifier type of each further column of patients, as the plan maps them.
    """
    authors: dict[str, set[str]] = {}
    days: dict[str, set[date]] = {}
    patients: dict[str, Patient | None] = {}
    for audited in cases:
        key = audited.case.encounter.patient_id
        patients[key] = patients.get(key) or audited.case.patient
        authors.setdefault(key, set()).update(d.author for d in audited.case.documents if d.author)
        days.setdefault(key, set()).update(_days(audited.case))
    known = {key: _record(key, patient, authors[key], days[key]) for key, patient in patients.items()}
    others = {key: patient.other for key, patient in patients.items() if patient}
    return {key: with_typed(record, others.get(key, {}), types or {}) for key, record in known.items()}


def _days(case: Case) -> Iterator[date]:
    encounter = case.encounter
    yield from (d for d in (encounter.service_from, encounter.service_to) if d)
    yield from (line.service_date for line in case.lines if line.service_date)


def _record(patient_id: str, patient: Patient | None, authors: set[str], days: set[date]) -> KnownRecord:
    record = KnownRecord(providers=tuple(sorted(authors)), service_dates=tuple(sorted(days)), patient_id=patient_id)
    if patient is None:
        return record
    plain = {f.name for f in fields(KnownRecord)} & {f.name for f in fields(Patient)} - {"other", "patient_id"}
    return replace(record, **{name: getattr(patient, name) for name in plain})


def table_ids(cases: Sequence[AuditedCase]) -> set[str]:
    """Return the ids of the tables that no record holds: encounters, claims, documents."""
    ids: set[str] = set()
    for audited in cases:
        ids |= {audited.case.encounter.encounter_id, audited.case.encounter.claim_id}
        ids |= {line.claim_id for line in audited.case.lines} | {d.document_id for d in audited.case.documents}
    return ids - {""}


class Exporter:
    """Turns cases into the rows of the export."""

    def __init__(
        self,
        columns: Columns,
        detector: Detects,
        transform: Transforms,
        records: Mapping[str, KnownRecord],
        roster: Roster,
        *,
        workforce: frozenset[str] = frozenset(),
    ) -> None:
        """Take the classification, what finds and transforms, and what is known of all patients of the export.

        ``workforce``: words of the names of providers that may stay (``workforce_words``).
        """
        self._columns = columns
        self._detector = detector
        self._transform = transform
        self._records = records
        self._roster = roster
        self._workforce = workforce
        self._ids = Surrogates()
        self.tally = Tally()

    def tables(self, cases: Sequence[AuditedCase]) -> dict[str, list[Row]]:
        """Return the rows of every table; the order of patients is that of their random ids."""
        rows: dict[str, list[Row]] = {table: [] for table in self._columns}
        patients: dict[str, Row] = {}
        for audited in cases:
            self._add_case(rows, patients, audited)
        rows["patients"] = list(patients.values())
        return {table: sorted(found, key=_sort_key) for table, found in rows.items()}

    def surrogate_counts(self) -> dict[str, int]:
        """Return how many random ids were drawn, by kind."""
        return self._ids.counts()

    def _add_case(self, rows: dict[str, list[Row]], patients: dict[str, Row], audited: AuditedCase) -> None:
        case = audited.case
        record = self._records[case.encounter.patient_id]
        year = (case.encounter.service_to or case.encounter.service_from).year
        texts = {d.document_id: self._deidentified(d.text, record) for d in case.documents}
        rows["encounters"].append(self._row("encounters", case.encounter, record, year))
        rows["codes"] += [self._row("codes", line, record, year) for line in case.lines]
        rows["documents"] += [self._document(document, texts, record, year) for document in case.documents]
        rows["findings"] += [self._finding(finding, texts, record, year) for finding in audited.findings]
        if case.patient and case.encounter.patient_id not in patients:
            patients[case.encounter.patient_id] = self._row("patients", case.patient, record, year)

    def _document(self, document: Document, texts: Mapping[str, Transformed], record: KnownRecord, year: int) -> Row:
        return self._row("documents", document, record, year, {"text": texts[document.document_id].text})

    def _finding(self, finding: Finding, texts: Mapping[str, Transformed], record: KnownRecord, year: int) -> Row:
        spans = ";".join(
            self._span(span, texts[span.document_id]) for span in finding.spans if span.document_id in texts
        )
        return self._row("findings", finding, record, year, {"spans": spans})

    def _span(self, span: Span, text: Transformed) -> str:
        """Return ``document:start:end:sha256`` in the text as it leaves."""
        start, end = text.moved(span.start, span.end)
        return f"{self._ids.of('document', span.document_id)}:{start}:{end}:{text_digest(text.text)}"

    def _row(
        self, table: str, value: Any, record: KnownRecord, year: int, given: Mapping[str, str] | None = None
    ) -> Row:
        row: Row = {}
        for column in self._columns[table]:
            if column.treatment is Treatment.DROP:
                self.tally.treated["dropped"] += bool(getattr(value, column.name))
                continue
            ready = (given or {}).get(column.name)
            row[column.name] = self._cell(column, getattr(value, column.name), record, year) if ready is None else ready
        return row

    def _cell(self, column: Column, value: Any, record: KnownRecord, year: int) -> str:
        treat: dict[Treatment, Callable[[], str]] = {
            Treatment.KEEP: lambda: _plain(value),
            Treatment.ID: lambda: self._counted("id", self._ids.of(column.kind, value)),
            Treatment.YEAR: lambda: self._counted("year", _year(value, year, birth=column.name == "birth_date")),
            Treatment.ZIP3: lambda: self._counted("zip3", self._transform.zip3(value)) if value else "",
            Treatment.TEXT: lambda: self._deidentified(_plain(value), record).text,
        }
        return treat[column.treatment]()

    def _counted(self, treatment: str, value: str) -> str:
        self.tally.treated[treatment] += bool(value)
        return value

    def _is_workforce(self, item: Identifier, text: str) -> bool:
        """Return whether an identifier is the name of a provider who may be named."""
        words = [w for w in words_of(item.words(text)) if w not in _TITLES]
        return item.type is IdentifierType.NAME and bool(words) and self._workforce.issuperset(words)

    def _deidentified(self, text: str, record: KnownRecord) -> Transformed:
        if not text:
            return Transformed(text="", replacements=())
        every = merge([*self._detector.find(text, record), *self._roster.find(text)])
        found = [item for item in every if not self._is_workforce(item, text)]
        self.tally.found.update(str(item.type) for item in found)
        return self._transform.transform(text, found)


def workforce_words(records: Iterable[KnownRecord]) -> frozenset[str]:
    """Return the words of the known providers' names that no patient and no relative also bears, in lower case."""
    records = list(records)
    providers = {part for r in records for name in r.providers for part in words_of(name)}
    people = {part for r in records for name in (r.given_name, r.family_name, *r.kin) for part in words_of(name)}
    return frozenset(providers - people)


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, (tuple, list)):
        return ";".join(_plain(item) for item in value)
    return str(value)


def _year(value: date | None, service_year: int, *, birth: bool) -> str:
    """Return the year of a date; of a birth only where it tells no age over 89."""
    if value is None or (birth and implies_over_89(str(value.year), service_year)):
        return ""
    return str(value.year)


def _sort_key(row: Row) -> tuple[str, ...]:
    """Order rows by their random ids, so that the order of the source tables does not come along."""
    return tuple(row[name].rjust(12) if name == "line" else row[name] for name in _ORDER if name in row)


_ORDER = ("patient_id", "encounter_id", "line", "document_id", "rule", "code", "spans")
