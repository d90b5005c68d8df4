"""Random ids in place of the real ones, the same within one export and never derived from the value.

45 CFR 164.514(c): a code must not be derived from information about the individual, so neither a hash nor an encryption
of an identifier will do. Ids are letters only: a number in an export is never one of them.
"""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable

_LETTERS = 16


def random_letters() -> str:
    """Return 16 random lower-case letters: about 75 bits."""
    return "".join(secrets.choice(string.ascii_lowercase) for _ in range(_LETTERS))


class Surrogates:
    """The ids of one export, by kind and value. The crosswalk lives only as long as this object."""

    def __init__(self, draw: Callable[[], str] = random_letters) -> None:
        """Take the source of randomness; tests hand in their own."""
        self._draw = draw
        self._drawn: dict[tuple[str, str], str] = {}

    def of(self, kind: str, value: str) -> str:
        """Return the id that stands for ``value``; nothing stays nothing."""
        if not value:
            return ""
        key = (kind, value)
        if key not in self._drawn:
            self._drawn[key] = f"{kind}-{self._draw()}"
        return self._drawn[key]

    def counts(self) -> dict[str, int]:
        """Return how many ids of each kind were drawn."""
        found: dict[str, int] = {}
        for kind, _ in self._drawn:
            found[kind] = found.get(kind, 0) + 1
        return found
