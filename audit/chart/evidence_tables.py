"""The lexicon's tables for codes whose support is not a phrase: ranges of codes, drugs, combinations, circumstances."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from audit.chart.lexicon import Lexicon
from audit.chart.trie import any_of


@dataclass(frozen=True, slots=True)
class Ranges:
    """Codes and ranges such as ``C50`` or ``C82-C88``; a code stands for itself and everything below it."""

    bounds: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, items: Iterable[str]) -> Ranges:
        """Parse the ranges."""
        pairs = (item.replace(".", "").partition("-") for item in items)
        return cls(tuple((low.strip(), (high or low).strip()) for low, _, high in pairs))

    def __contains__(self, code: object) -> bool:
        """Whether a code lies in one of the ranges."""
        bare = str(code).replace(".", "")
        return any(low <= bare and bare[: len(high)] <= high for low, high in self.bounds)


@dataclass(frozen=True, slots=True)
class EvidenceTables:
    """What tells of a code though no phrase names it."""

    history: tuple[tuple[str, Ranges], ...]
    told: tuple[tuple[str, Ranges], ...]
    family: tuple[tuple[str, Ranges], ...]
    combinations: dict[str, tuple[tuple[Ranges, ...], ...]]
    drugs: dict[str, re.Pattern[str]]
    circumstances: tuple[tuple[str, re.Pattern[str]], ...]
    reasons: tuple[tuple[str, re.Pattern[str]], ...]
    phases: dict[str, re.Pattern[str]]

    @classmethod
    def of(cls, lexicon: Lexicon) -> EvidenceTables:
        """Build from the lexicon."""
        combined = {
            code: tuple(tuple(Ranges.of([part]) for part in item.split("+")) for item in items)
            for code, items in lexicon.entries("combinations")
        }
        return cls(
            history=tuple((code, Ranges.of(items)) for code, items in lexicon.entries("history")),
            told=tuple((code, Ranges.of(items)) for code, items in lexicon.entries("told")),
            family=tuple((code, Ranges.of(items)) for code, items in lexicon.entries("family")),
            combinations=combined,
            drugs={code: _any_of(items) for code, items in lexicon.entries("drugs")},
            circumstances=tuple((code, _any_of(items)) for code, items in lexicon.entries("circumstances")),
            phases={seventh: _any_of(items) for seventh, items in lexicon.entries("phase")},
            reasons=tuple((code, _any_of(items)) for code, items in lexicon.entries("reasons")),
        )

    def past_code(self, code: str) -> str:
        """Return the history code of a condition whose past is not coded as active, or ''."""
        return next((past for past, conditions in self.history if code in conditions), "")

    def family_code(self, code: str) -> str:
        """Return the family-history code of a condition, or ''."""
        return next((own for own, conditions in self.family if code in conditions), "")


def _any_of(items: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\b{any_of(item.lower() for item in items)}\b", re.IGNORECASE)
