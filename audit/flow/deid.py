"""De-identify texts handed over directly: no workspace, no trail, no network."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from audit.deid.known import KnownRecord, known_from_json
from audit.deid.lexicon import Lexicon, load_lexicon
from audit.deid.limited import LimitedDataSet
from audit.deid.transform import SafeHarbor, Transforms
from audit.errors import InputError, UsageError
from audit.packs.data_root import data_root

if TYPE_CHECKING:
    from audit.deid.detector import Detector

SAFE_HARBOR, LIMITED = "safe-harbor", "limited"
METHODS = (SAFE_HARBOR, LIMITED)


class BadLineError(InputError):
    """A line of the input is not of the published form."""


class NoAgreementError(UsageError):
    """A limited data set is made only under a data use agreement."""


@dataclass(frozen=True, slots=True)
class FoundSpan:
    """One identifier as it is printed: offsets of the input, end exclusive."""

    start: int
    end: int
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deidentified:
    """One text after transformation, and where its identifiers stood in the input."""

    id: Any
    text: str
    spans: tuple[FoundSpan, ...]


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """Return the word lists that ship with the program."""
    return load_lexicon(data_root("policies") / "deid")


@lru_cache(maxsize=1)
def detector() -> Detector:
    """Return the one detector of this process; building it imports presidio."""
    from audit.deid.detector import Detector

    return Detector(lexicon())


def safe_harbor() -> SafeHarbor:
    """Return the transformation with the bundled lists."""
    return SafeHarbor(lexicon().restricted_zip3, lexicon().states)


def transformation(method: str) -> Transforms:
    """Return the transformation of a method with the bundled lists."""
    return LimitedDataSet(lexicon().streets) if method == LIMITED else safe_harbor()


def deidentify(
    text: str, record: KnownRecord | None = None, *, name: Any = None, method: str = SAFE_HARBOR
) -> Deidentified:
    """Find and tag the identifiers of one text."""
    found = detector().find(text, record)
    spans = tuple(FoundSpan(item.start, item.end, str(item.type)) for item in found)
    return Deidentified(id=name, text=transformation(method).transform(text, found).text, spans=spans)


def deidentify_lines(
    lines: Sequence[str], where: str, record: KnownRecord | None = None, *, method: str = SAFE_HARBOR
) -> list[Deidentified]:
    """De-identify JSONL: ``{"id", "text", "known"}`` a line; ``record`` is used for lines without their own.

    Raises BadLineError or KnownRecordError with file and line; nothing is returned then.
    """
    read = [_request(line, f"{where}: line {number}", record) for number, line in enumerate(lines, 1) if line.strip()]
    return [deidentify(text, known, name=name, method=method) for name, text, known in read]


def refuse_without_agreement(method: str, agreement: str) -> None:
    """Stop a limited data set that names no agreement. Raises NoAgreementError."""
    if method == LIMITED and not agreement.strip():
        raise NoAgreementError(
            "a limited data set is made only under a data use agreement", hint="name it with --agreement"
        )


def _request(line: str, where: str, record: KnownRecord | None) -> tuple[Any, str, KnownRecord | None]:
    try:
        request = json.loads(line)
    except ValueError as error:
        raise BadLineError(f"{where}: not JSON", hint="one JSON object a line: id, text, known") from error
    if not isinstance(request, dict) or not isinstance(request.get("text"), str):
        raise BadLineError(f"{where}: field text is missing or not a string", hint="see the interface of deid")
    known = request.get("known")
    return request.get("id"), request["text"], record if known is None else known_from_json(known, where)
