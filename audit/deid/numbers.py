"""Numbers that single a person out: by the label before them, or by a shape no measurement has.

No validator drops a number: a wrong Social Security number is still somebody's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from audit.deid.alternation import any_of
from audit.deid.identifiers import Identifier, IdentifierType

_VALUE = r"[#]?(?=[\w/.-]{0,40}\d)[A-Za-z0-9]{1,40}(?:[-/.\u2013][A-Za-z0-9]{1,40}){0,8}"
_LINK = r"(?:[ \t]*(?:is|was|of|no|nos|num|number|id|code|\#|:|=|\||\(|\[)\.?){0,3}[ \t]*[#:|]?[ \t]*"
_UNIT = (
    r"(?!\s*(?:%|mg|mcg|ml|mm|cm|kg|lbs?|g|units?|iu|weeks?|days?|months?|years?|hours?|hrs?|minutes?|min|times?|x|"
    r"of|out|bpm|degrees?|refills?|tablets?|tabs?|pills?)\b)"
)
_NEEDS_DIGITS = {IdentifierType.VEHICLE: 2, IdentifierType.SSN: 4}
_DIGITS = 3
_DRUG_CODE = re.compile(r"\bNDC[ \t:#]*$")
_BEFORE = 8
_WARD = re.compile(rf"\b(?:[Rr]oom|[Bb]ed)[ \t]*(?:#|[Nn]o\.?|:)?[ \t]*(\d{{1,4}}[A-Z]?)(?!\w|[.,]\d){_UNIT}")
"""A bed in a ward singles out as well as a chart number does."""

_SSN = re.compile(r"(?<![\w-])\d{3}([-\u2013 ])\d{2}\1\d{4}(?![\w]|-\d)|\b[Xx*]{3}-[Xx*]{2}-\d{4}\b")
_PLATE = re.compile(
    r"\b(?:(?:license|licence|vehicle|car|number) )?(?:plates?|tag)(?:[ \t]*(?:no|number|is|was|\#|:)\.?){0,2}[ \t]*"
    r"((?=[A-Z0-9 -]*\d)[A-Z0-9]{2,4}[ -]?[A-Z0-9]{2,5})\b"
)
_VIN = re.compile(r"\b(?=[A-HJ-NPR-Z0-9]*\d[A-HJ-NPR-Z0-9]*\d)(?=\d*[A-Z])[A-HJ-NPR-Z0-9]{17}\b")
_SERIAL = re.compile(
    r"\b(?:S/N|SN|[Ss]erial|SERIAL)(?:[ \t]*(?:[Nn]o|[Nn]umber|\#|:)\.?){0,2}[ \t]*[A-Z0-9-]*\d[A-Z0-9-]{3,}"
)
_MBI = re.compile(r"\b[1-9][A-Z][A-Z0-9]\d-?[A-Z][A-Z0-9]\d-?[A-Z]{2}\d{2}\b|\b\d[A-Z0-9]{3}-[A-Z0-9]{3}-[A-Z0-9]{4}\b")
_SHAPED = re.compile(
    r"(?<![\w.-])(?:"
    r"#?[A-Z]{1,6}[-\u2013]\d{4,20}(?:[-\u2013]\w{1,20}){0,6}"
    r"|\d{4,}-[A-Z]{2,5}\b"
    r"|(?!NCT)[A-Z]{2,4}\d{5,}[A-Z]?|[A-Z]\d{7,}"
    r"|\d{2,20}(?:-\d{2,20}){2,9}"
    r"|\d{4,}-\d{3,}|\d{3}-\d{5,}"
    r"|\d{9,}"
    r"|\d{7,8}(?!\s*(?:copies|units?|iu|cells?|/|\.\d|per\b|mg|ml|ng))"
    r")(?!\w|\.\d|%)"
)


class NumberFinder:
    """Finds record, account, plan, licence, vehicle, device and other identifying numbers."""

    types = (
        IdentifierType.SSN,
        IdentifierType.MRN,
        IdentifierType.HEALTH_PLAN,
        IdentifierType.ACCOUNT,
        IdentifierType.LICENSE,
        IdentifierType.VEHICLE,
        IdentifierType.DEVICE,
        IdentifierType.BIOMETRIC,
        IdentifierType.PHOTO,
        IdentifierType.OTHER_ID,
    )

    def __init__(self, labels: tuple[tuple[str, str], ...]) -> None:
        """Take (identifier type, phrase) pairs; the longest phrase wins."""
        self._type_of = {phrase: IdentifierType(kind) for kind, phrase in labels}
        phrases = any_of(self._type_of)
        self._labelled = re.compile(rf"(?<![\w/-])({phrases})(?![\w-]){_LINK}({_VALUE})(?!\w){_UNIT}", re.IGNORECASE)

    def find(self, text: str) -> Iterator[Identifier]:
        """Yield every identifying number of ``text``; spans may overlap."""
        for match in self._labelled.finditer(text):
            label = " ".join(match.group(1).lower().replace("\u2019", "'").split())
            kind = self._type_of[label]
            if _enough_digits(kind, match.group(2)):
                yield Identifier(*match.span(2), kind)
        for pattern, kind in _SHAPES:
            for match in pattern.finditer(text):
                if not _DRUG_CODE.search(text, max(0, match.start() - _BEFORE), match.start()):
                    yield Identifier(*match.span(1 if pattern in _GROUPED else 0), kind)


_SHAPES = (
    (_SSN, IdentifierType.SSN),
    (_PLATE, IdentifierType.VEHICLE),
    (_VIN, IdentifierType.VEHICLE),
    (_SERIAL, IdentifierType.DEVICE),
    (_MBI, IdentifierType.HEALTH_PLAN),
    (_SHAPED, IdentifierType.OTHER_ID),
    (_WARD, IdentifierType.OTHER_ID),
)
_GROUPED = (_PLATE, _WARD)


def _enough_digits(kind: IdentifierType, value: str) -> bool:
    digits = sum(character.isdigit() for character in value)
    return digits >= _NEEDS_DIGITS.get(kind, _DIGITS)
