"""An encounter as it truly was and as it was coded: what the note mentions, the code lines, and what was planted."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from hospital.library import Condition
from hospital.people import Person, Provider

EXEMPT_FROM_POA = ("Z", "V", "W", "X", "Y", "I25.2")
"""How the codes of this hospital begin that need no present-on-admission indicator (guidelines, appendix I)."""
DIAGNOSIS, PROCEDURE, INPATIENT_PROCEDURE = "ICD10CM", "HCPCS", "ICD10PCS"


@dataclass(slots=True, kw_only=True)
class Mention:
    """One thing the note says of the patient, and the codes that follow from it."""

    key: str
    name: str
    codes: tuple[str, ...]
    plan: str = ""
    told: str = ""
    condition: Condition | None = None
    value: str = ""
    phase: str = "A"
    drugs: tuple[str, ...] = ()
    sym: tuple[str, ...] = ()
    state: str = "active"
    """active, history (in the past history), uncertain (the codes are the symptom's) or status (said, not treated)."""


@dataclass(slots=True, kw_only=True)
class Line:
    """One code line. ``source`` is the mention it comes from; a wrong line stays what the coder submitted."""

    line: int
    system: str
    code: str
    sequence: int
    source: Mention | None = None
    poa: str = ""
    modifiers: tuple[str, ...] = ()
    units: int | None = None
    planted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    """One planted error as ``key.csv`` prints it. ``counts``: how the auditor's denominator meets it."""

    encounter_id: str
    line: int | None
    category: str
    decidable_by: str
    submitted: str
    correct: str
    counts: str
    """replaced (a line that should be another), extra (one that should not be), omitted, encounter (no code line)."""


@dataclass(slots=True, kw_only=True)
class Encounter:
    """One encounter with everything its documents and its claim say."""

    encounter_id: str
    patient: Person
    provider: Provider
    specialty: str
    setting: str
    service_from: date
    service_to: date
    payer: tuple[str, str] = ("", "")
    """Name and payer type."""
    reason: str = ""
    coder_id: str = ""
    drg: str = ""
    mentions: list[Mention] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    plants: list[Plant] = field(default_factory=list)
    sentences: dict[str, list[str]] = field(default_factory=dict)
    """Further sentences of the note by section: family, social, procedure, assessment, present, feared (admission)."""
    signed: bool = True
    documented_patient: Person | None = None
    documented_day: date | None = None

    @property
    def age(self) -> int:
        """The patient's age at the start of service."""
        return self.patient.age_on(self.service_from)

    @property
    def groups(self) -> set[str]:
        """The groups of conditions the patient already has one of."""
        return {group for mention in self.mentions if mention.condition for group in mention.condition.group}

    @property
    def ncci_binds(self) -> bool:
        """Whether the Medicare edit tables decide this claim; another payer's policy could excuse it."""
        return self.payer[1] == "medicare"

    def diagnoses(self) -> list[Line]:
        """The ICD-10-CM lines in their sequence."""
        return sorted((line for line in self.lines if line.system == DIAGNOSIS), key=lambda line: line.sequence)

    def codes(self) -> set[str]:
        """Every code on the claim."""
        return {line.code for line in self.lines}

    def add_line(self, system: str, code: str, source: Mention | None = None, **fields: object) -> Line:
        """Append a code line with the next line and sequence numbers."""
        number = max((line.line for line in self.lines), default=0) + 1
        sequence = sum(line.system == system for line in self.lines) + 1
        line = Line(line=number, system=system, code=code, sequence=sequence, source=source, **fields)  # type: ignore[arg-type]  # fields of Line by name
        self.lines.append(line)
        return line

    def remove_line(self, line: Line) -> None:
        """Take a line away; the numbers close up, because a gap would betray what is missing."""
        self.lines.remove(line)
        for other in self.lines:
            if other.system == line.system and other.sequence > line.sequence:
                other.sequence -= 1
            if other.line > line.line:
                other.line -= 1
        self.plants = [
            replace(plant, line=plant.line - 1) if plant.line and plant.line > line.line else plant
            for plant in self.plants
        ]

    def add_sentence(self, section: str, sentence: str) -> None:
        """Let the note say one sentence more in this section."""
        self.sentences.setdefault(section, []).append(sentence)
