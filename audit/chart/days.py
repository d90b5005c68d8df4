"""Which day governs a diagnosis line."""

from __future__ import annotations

from datetime import date

from audit.domain.encounter import ClaimType, CodeLine, Encounter, Setting


def day_of(encounter: Encounter, line: CodeLine) -> date:
    """Return the day whose code set and rules govern a diagnosis: the discharge of a stay, else the day of service."""
    stay = encounter.claim_type is ClaimType.INSTITUTIONAL and encounter.setting in {
        Setting.INPATIENT,
        Setting.SKILLED_NURSING,
    }
    if stay and encounter.service_to:
        return encounter.service_to
    return line.service_date or encounter.service_from
