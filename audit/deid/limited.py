"""The limited data set of 45 CFR 164.514(e): exactly the sixteen direct identifiers of (e)(2) go.

Dates, ages, towns, states and ZIP codes may stay, and so may numbers that (e)(2) does not name (encounter,
accession, study). Names of employers are names of (e)(2)(i); the finders cannot tell them from care sites, so both go.
What is left is still protected health information and leaves only under a data use agreement.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from audit.deid.alternation import any_of
from audit.deid.identifiers import Identifier, IdentifierType
from audit.deid.known import KnownRecord
from audit.deid.transform import Transformed, replace_each

_MAY_STAY = frozenset(
    {IdentifierType.DATE, IdentifierType.AGE_OVER_89, IdentifierType.ZIP, IdentifierType.OTHER_ID},
)


class LimitedDataSet:
    """Writes tags in place of the sixteen direct identifiers."""

    def __init__(self, streets: Sequence[str]) -> None:
        """Take the words that name a kind of street: a place with one of them, or with a number, is an address."""
        self._address = re.compile(rf"\d|\b(?:{any_of(streets)})\b")

    def transform(self, text: str, found: Sequence[Identifier]) -> Transformed:
        """Return ``text`` with the direct identifiers of ``found`` (in order, without overlap) replaced by tags."""
        going = [item for item in found if self._goes(item, item.words(text))]
        return replace_each(text, going, lambda item: f"[{item.type}]")

    def zip3(self, code: str) -> str:
        """Return the whole code: a ZIP code may stay."""
        return code

    def _goes(self, item: Identifier, words: str) -> bool:
        if item.type is IdentifierType.LOCATION:
            return bool(self._address.search(words))
        return item.type not in _MAY_STAY


def direct_identifiers(record: KnownRecord) -> KnownRecord:
    """Return the record without what may stay: what the sweep of a limited data set must not meet."""
    other = tuple((value, kind) for value, kind in record.other if kind not in _MAY_STAY)
    return replace(record, birth_date=None, city="", zip="", service_dates=(), facilities=(), other=other)
