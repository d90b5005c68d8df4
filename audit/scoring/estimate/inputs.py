"""Reading the inputs of an estimator strictly: an error names the key, never the value."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from audit.errors import InputError

MOST_COUNT = 10**12
"""No frame is longer; larger numbers are slips, and would be computed on for ever."""


class MissingInputError(InputError):
    """An estimator lacks a key that it needs."""


class BadInputError(InputError):
    """A key holds another type or a number outside its range."""


class ImpossibleSampleError(InputError):
    """The numbers contradict each other: a sample larger than its frame, more marked units than sampled."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """The JSON object an estimator is given; ``place`` is its path, for messages; ``table`` its CSV file, read."""

    values: Mapping[str, Any]
    place: str = "inputs"
    table: Sequence[Mapping[str, str]] = ()

    def number(self, key: str) -> float:
        """Return a finite number."""
        return _finite(self._get(key), self._at(key))

    def positive(self, key: str) -> float:
        """Return a number above 0."""
        value = self.number(key)
        if value <= 0:
            raise _bad(self._at(key), "not above 0")
        return value

    def share(self, key: str) -> float:
        """Return a number between 0 and 1, both excluded."""
        value = self.number(key)
        if not 0 < value < 1:
            raise _bad(self._at(key), "not between 0 and 1")
        return value

    def level(self, key: str) -> float:
        """Return a confidence level as a share; it may be written in percent, as published cases do (90 is 0.90)."""
        value = self.number(key)
        level = value / 100 if value > 1 else value
        if not 0 < level < 1:
            raise _bad(self._at(key), "no confidence level")
        return level

    def count(self, key: str, least: int = 0) -> int:
        """Return a whole number of at least ``least``."""
        value = self.number(key)
        if value != int(value) or not least <= value <= MOST_COUNT:
            raise _bad(self._at(key), f"not a whole number of {least} or more")
        return int(value)

    def counts(self, key: str, least: int = 1) -> list[int]:
        """Return a list of at least ``least`` whole numbers of 0 or more."""
        return [Inputs({"": one}, f"{self._at(key)}[{n}]").count("") for n, one in enumerate(self._list(key, least))]

    def shares(self, key: str, least: int = 1) -> list[float]:
        """Return a list of at least ``least`` numbers between 0 and 1, both excluded."""
        return [Inputs({"": one}, f"{self._at(key)}[{n}]").share("") for n, one in enumerate(self._list(key, least))]

    def amounts(self, key: str, least: int = 1) -> list[float]:
        """Return a list of at least ``least`` finite numbers of 0 or more."""
        values = self.numbers(key, least)
        for n, value in enumerate(values):
            if value < 0:
                raise _bad(f"{self._at(key)}[{n}]", "below 0")
        return values

    def numbers(self, key: str, least: int = 1) -> list[float]:
        """Return a list of at least ``least`` finite numbers."""
        values = self._list(key, least)
        return [_finite(value, f"{self._at(key)}[{n}]") for n, value in enumerate(values)]

    def rows(self, key: str, least: int = 1) -> list[list[float]]:
        """Return a list of lists of finite numbers."""
        return [Inputs({"": row}, f"{self._at(key)}[{n}]").numbers("") for n, row in enumerate(self._list(key, least))]

    def objects(self, key: str, least: int = 1) -> list[Inputs]:
        """Return a list of objects."""
        values = self._list(key, least)
        for n, value in enumerate(values):
            if not isinstance(value, Mapping):
                raise _bad(f"{self._at(key)}[{n}]", "not an object")
        return [Inputs(value, f"{self._at(key)}[{n}]") for n, value in enumerate(values)]

    def raw(self, key: str) -> Any:
        """Return whatever stands at the key."""
        return self._get(key)

    def at_most(self, value: float, most: float, what: str) -> None:
        """Raise ImpossibleSampleError, saying ``what``, if a count exceeds what it is a part of."""
        if value > most:
            raise ImpossibleSampleError(f"estimate: {self.place}: {what}", hint="check the counts")

    def _get(self, key: str) -> Any:
        if key not in self.values:
            raise MissingInputError(f"estimate: {self._at(key)}: missing", hint="see estimate list")
        return self.values[key]

    def _list(self, key: str, least: int) -> list[Any]:
        value = self._get(key)
        if not isinstance(value, list) or len(value) < least:
            raise _bad(self._at(key), f"not a list of {least} or more")
        return value

    def _at(self, key: str) -> str:
        return f"{self.place}.{key}" if key else self.place


def _finite(value: Any, place: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise _bad(place, "not a finite number")
    return value


def _bad(place: str, why: str) -> BadInputError:
    return BadInputError(f"estimate: {place}: {why}", hint="see estimate list")
