"""Integrity of the documents themselves: signed, of this patient, of this visit, written in time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from audit.chart.headers import ages, birth_dates, names, sexes, visit_dates
from audit.chart.reader import ChartReading
from audit.domain.encounter import Case, Document, Patient
from audit.domain.finding import Finding, Span
from audit.domain.rule import Rule

_UNSIGNED = re.compile(
    r"(?i)\b(?:unsigned|not (?:yet )?(?:been )?(?:electronically )?signed|no signature|not authenticated|"
    r"signature (?:pending|missing|required|not on file)|dictated but not (?:read|signed)|"
    r"(?:awaiting|pending) (?:\w+ )?(?:signature|authentication)|"
    r"(?:signature|signed(?: by)?)\s*:\s*(?:_+|none|\[\s*\]|-+)?\s*$)",
    re.MULTILINE,
)
_SIGNED = re.compile(
    r"(?i)(?:/s/\s*\w|\b(?:e-?signed|electronically signed|digitally signed|signed by|signed electronically|signed|"
    r"authenticated by|electronically authenticated|attested by|signature)\b[^\n]{0,12}?[:,]?\s*\w)"
)
_AGE_SLACK = 1


def unsigned(rule: Rule, case: Case, reading: ChartReading) -> Iterator[Finding]:
    """Find documents without the author's signature in table or text."""
    passed_over = set(rule.parameters.get("except_kinds", ()))
    for number, document in enumerate(case.documents):
        if not document.text.strip() or document.kind in passed_over or document.signed_at:
            continue
        open_line = _UNSIGNED.search(document.text)
        if open_line is None and _SIGNED.search(document.text):
            continue
        spans = (reading.scanned.span(number, open_line.start(), open_line.end()),) if open_line else ()
        yield _of_encounter(rule, case, spans)


def other_patients(rule: Rule, case: Case, reading: ChartReading) -> Iterator[Finding]:
    """Find documents that state another name, birth date, sex or age than the patient's record."""
    if case.patient is None:
        return
    day = case.encounter.service_from
    for number, document in enumerate(case.documents):
        found = {what: _COMPARED[what](document, case.patient, day) for what in rule.parameters["compare"]}
        places = {what: place for what, place in found.items() if place is not None}
        if places:
            spans = tuple(reading.scanned.span(number, *place) for place in places.values())
            yield _of_encounter(rule, case, spans, ", ".join(what.replace("_", " ") for what in places))


def other_dates(rule: Rule, case: Case, reading: ChartReading) -> Iterator[Finding]:
    """Find documents whose stated visit, or whose writing, lies outside the days of the encounter."""
    slack = timedelta(days=int(rule.parameters["days"]))
    first = case.encounter.service_from - slack
    last = (case.encounter.service_to or case.encounter.service_from) + slack
    for number, document in enumerate(case.documents):
        stated = list(visit_dates(document.text))
        if stated and not any(first <= one.day <= last for one in stated):
            yield _of_encounter(rule, case, (reading.scanned.span(number, stated[0].start, stated[0].end),))
        elif document.authored_at and not stated and not first <= document.authored_at.date() <= last:
            yield _of_encounter(rule, case, (), "by its time of writing")


def late_entries(rule: Rule, case: Case, _reading: ChartReading) -> Iterator[Finding]:
    """Find documents written or signed after the claim was billed."""
    billed = case.encounter.billed_on
    if billed is None:
        return
    for document in case.documents:
        if any(moment and moment.date() > billed for moment in (document.authored_at, document.signed_at)):
            yield _of_encounter(rule, case, ())


def _of_encounter(rule: Rule, case: Case, spans: tuple[Span, ...], detail: str = "") -> Finding:
    return Finding.of(rule, case.encounter.encounter_id, None, "", spans=spans, message=detail)


Place = tuple[int, int] | None


def _other_name(document: Document, patient: Patient, _day: date) -> Place:
    own = {part for name in (patient.given_name, patient.family_name) for part in _parts(name)}
    if not own:
        return None
    stated = list(names(document.text))
    if not stated or any(own & set(_parts(one.value)) for one in stated):
        return None
    return stated[0].start, stated[0].end


def _parts(name: str) -> list[str]:
    titles = {"mr", "mrs", "ms", "miss", "dr"}
    return [part for part in re.findall(r"[^\W\d_]{2,}", name.casefold()) if part not in titles]


def _other_birth_date(document: Document, patient: Patient, _day: date) -> Place:
    if patient.birth_date is None:
        return None
    stated = list(birth_dates(document.text))
    if not stated or any(one.day == patient.birth_date for one in stated):
        return None
    return stated[0].start, stated[0].end


def _other_sex(document: Document, patient: Patient, _day: date) -> Place:
    own = patient.sex[:1].upper()
    stated = list(sexes(document.text))
    if own not in {"F", "M"} or not stated or stated[0].value == own:
        return None
    return stated[0].start, stated[0].end


def _other_age(document: Document, patient: Patient, day: date) -> Place:
    if patient.birth_date is None:
        return None
    born = patient.birth_date
    age = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    stated = list(ages(document.text))
    if not stated or any(abs(int(one.value) - age) <= _AGE_SLACK for one in stated):
        return None
    return stated[0].start, stated[0].end


_COMPARED: dict[str, Callable[[Document, Patient, date], Place]] = {
    "name": _other_name,
    "birth_date": _other_birth_date,
    "sex": _other_sex,
    "age": _other_age,
}
