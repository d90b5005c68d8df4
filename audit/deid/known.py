"""What the structured record already says about a person and the people around: the identifiers that are known."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any

from audit.deid.identifiers import IdentifierType
from audit.errors import InputError

TYPE_OF_COLUMN: Mapping[str, IdentifierType] = {
    "given_name": IdentifierType.NAME,
    "family_name": IdentifierType.NAME,
    "birth_date": IdentifierType.DATE,
    "street": IdentifierType.LOCATION,
    "city": IdentifierType.LOCATION,
    "zip": IdentifierType.ZIP,
    "phone": IdentifierType.PHONE,
    "email": IdentifierType.EMAIL,
    "mrn": IdentifierType.MRN,
    "ssn": IdentifierType.SSN,
    "health_plan_id": IdentifierType.HEALTH_PLAN,
    "account_number": IdentifierType.ACCOUNT,
    "patient_id": IdentifierType.MRN,
}
"""Columns of ``patients`` that identify; ``sex`` and ``state`` may stay and are never looked for."""

_ISO_DATE = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d)")
_LISTS = ("providers", "facilities", "kin", "employers")
_MAY_STAY = frozenset({"sex", "gender", "state", "age", "race", "ethnicity", "language", "country"})
_SHORTEST_NUMBER = 4
_LIST_OF_TYPE = {
    IdentifierType.NAME: "kin",
    IdentifierType.ORGANIZATION: "employers",
    IdentifierType.LOCATION: "facilities",
}


class KnownRecordError(InputError):
    """The record that stands beside a text is not of the published form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRecord:
    """One patient's known identifiers. ``other`` holds further columns that the user mapped to a type."""

    given_name: str = ""
    family_name: str = ""
    birth_date: date | None = None
    street: str = ""
    city: str = ""
    zip: str = ""
    phone: str = ""
    email: str = ""
    mrn: str = ""
    ssn: str = ""
    health_plan_id: str = ""
    account_number: str = ""
    patient_id: str = ""
    other: tuple[tuple[str, IdentifierType], ...] = ()
    providers: tuple[str, ...] = ()
    facilities: tuple[str, ...] = ()
    kin: tuple[str, ...] = ()
    employers: tuple[str, ...] = ()
    service_dates: tuple[date, ...] = field(default=())

    def numbers(self) -> tuple[tuple[str, IdentifierType], ...]:
        """Return the identifying numbers with their types; separators in them mean nothing."""
        columns = ("phone", "mrn", "ssn", "health_plan_id", "account_number", "zip", "patient_id")
        pairs = tuple((getattr(self, c), TYPE_OF_COLUMN[c]) for c in columns)
        return tuple((value, kind) for value, kind in (*pairs, *self.other) if value)


def known_from_json(value: Any, where: str) -> KnownRecord:
    """Build the record from its JSON form: ``patients`` columns, lists of names, ``service_date``.

    Columns it does not know are taken as further identifiers (``with_further``). Raises KnownRecordError naming
    ``where`` and the field.
    """
    if not isinstance(value, Mapping):
        raise KnownRecordError(f"{where}: known must be an object", hint="see the interface of deid")
    plain = {f.name for f in fields(KnownRecord)} & set(TYPE_OF_COLUMN)
    dates = ("birth_date", "service_date")
    record: dict[str, Any] = {name: _text(value, name, where) for name in plain - {"birth_date"}}
    record.update({name: _names(value, name, where) for name in _LISTS})
    record["birth_date"] = _date(value, "birth_date", where)
    service = _date(value, "service_date", where)
    record["service_dates"] = (service,) if service else ()
    extra = sorted(set(value) - plain - set(_LISTS) - set(dates) - _MAY_STAY)
    return with_further(KnownRecord(**record), [_text(value, name, where) for name in extra])


def with_further(record: KnownRecord, values: Iterable[str]) -> KnownRecord:
    """Return the record with values of columns nobody has typed: dates, numbers and codes, else names."""
    days, numbers, names = list(record.service_dates), list(record.other), list(record.kin)
    for value in values:
        if _ISO_DATE.fullmatch(value):
            days.append(date.fromisoformat(value))
        elif any(c.isdigit() for c in value):
            numbers += [(value, IdentifierType.OTHER_ID)] if len(value) >= _SHORTEST_NUMBER else []
        elif value:
            names.append(value)
    return replace(record, service_dates=tuple(days), other=tuple(numbers), kin=tuple(names))


def with_typed(record: KnownRecord, values: Mapping[str, str], types: Mapping[str, str]) -> KnownRecord:
    """Return the record with further columns (name → value), each of the identifier type that ``types`` names.

    A column without a type is judged by its value (``with_further``).
    """
    untyped = [value for column, value in values.items() if column not in types]
    lists: dict[IdentifierType, list[str]] = {kind: [] for kind in _LIST_OF_TYPE}
    numbers: list[tuple[str, IdentifierType]] = []
    for column, value in values.items():
        kind = IdentifierType(types[column]) if column in types else None
        if kind is IdentifierType.DATE:
            untyped.append(value)
        elif kind in lists and value:
            lists[kind].append(value)
        elif kind and value:
            numbers.append((value, kind))
    grown: dict[str, Any] = {name: (*getattr(record, name), *lists[kind]) for kind, name in _LIST_OF_TYPE.items()}
    return with_further(replace(record, other=(*record.other, *numbers), **grown), untyped)


def _text(value: Mapping[str, Any], name: str, where: str) -> str:
    found = value.get(name)
    if found is None:
        return ""
    if isinstance(found, (str, int)):
        return str(found).strip()
    raise KnownRecordError(f"{where}: field {name} of known must be text", hint="write it as a JSON string")


def _names(value: Mapping[str, Any], name: str, where: str) -> tuple[str, ...]:
    found = value.get(name) or []
    if isinstance(found, str):
        found = [found]
    if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
        raise KnownRecordError(
            f"{where}: field {name} of known must be a list of names", hint="write a JSON list of strings"
        )
    return tuple(item.strip() for item in found if item.strip())


def _date(value: Mapping[str, Any], name: str, where: str) -> date | None:
    text = _text(value, name, where)
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError as error:
        raise KnownRecordError(
            f"{where}: field {name} of known is not a date", hint="write dates as YYYY-MM-DD"
        ) from error
