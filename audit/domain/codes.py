"""Code systems and the one way a code is written."""

from __future__ import annotations

from enum import StrEnum

_DOT_AFTER = 3


class CodeSystem(StrEnum):
    """The code systems a code line may use."""

    ICD10CM = "ICD10CM"
    ICD10PCS = "ICD10PCS"
    CPT = "CPT"
    HCPCS = "HCPCS"


def normalise_code(system: CodeSystem, text: str) -> str:
    """Return ``text`` as it is stored: upper case, no blanks, ICD-10-CM with the dot after the third character."""
    code = text.strip().upper().replace(" ", "")
    if system is not CodeSystem.ICD10CM:
        return code
    bare = code.replace(".", "")
    return bare if len(bare) <= _DOT_AFTER else f"{bare[:_DOT_AFTER]}.{bare[_DOT_AFTER:]}"


def category_of(code: str) -> str:
    """Return the 3-character category of an ICD-10-CM code."""
    return code[:_DOT_AFTER]
