"""The ICD-10-CM tabular XML that an installed package carries, found without importing the package.

The file says only its fiscal year, so its dates come from this table by its digest; a file that is not in the table has
no known dates and is not used.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from importlib.util import find_spec
from pathlib import Path

_CARRIER = "simple_icd_10_cm"


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedEdition:
    """One official edition: SHA-256 of its XML, its name and the dates it is in force."""

    sha256: str
    edition: str
    valid_from: date
    valid_to: date


_KNOWN = (
    CarriedEdition(
        sha256="f161f8182aff3ce3a2a78e202f8259c08eaee2c670a9e45b0072445c52302935",
        edition="April 1, 2026",
        valid_from=date(2026, 4, 1),
        valid_to=date(2026, 9, 30),
    ),
)


def carried_edition() -> tuple[CarriedEdition, bytes] | None:
    """Return the carried edition with the bytes of its XML; None where the package or a known file is not there."""
    package = find_spec(_CARRIER)
    if package is None or package.origin is None:
        return None
    for file in sorted(Path(package.origin).parent.glob("data/*tabular*.xml")):
        data = file.read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        known = next((edition for edition in _KNOWN if edition.sha256 == digest), None)
        if known:
            return known, data
    return None
