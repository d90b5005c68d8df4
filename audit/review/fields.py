"""Reading one field of a determination strictly: its error names source, line and field, never what stands there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar

from audit.errors import InputError

E = TypeVar("E", bound=StrEnum)

_FIELD_NAME = re.compile(r"[a-z_]{1,32}")


class DeterminationError(InputError):
    """A line of the determinations cannot be read. The classes below are the reasons."""


class UnknownKeyError(DeterminationError):
    """A line has a key that its form does not have."""


class MissingFieldError(DeterminationError):
    """A line lacks a field that its form requires."""


class WrongTypeError(DeterminationError):
    """A field holds another type of JSON value than it may."""


class BadValueError(DeterminationError):
    """A field holds a value outside its vocabulary or range."""


@dataclass(frozen=True, slots=True)
class Fields:
    """One JSON object of a determinations file, where it stands (``place``, such as ``file.jsonl: line 3``)."""

    place: str
    values: Mapping[str, Any]
    prefix: str = ""

    def allow_only(self, *allowed: str) -> None:
        """Raise UnknownKeyError for any other key."""
        for key in self.values:
            if key not in allowed:
                # A key may be anything that was typed; only what looks like a field name is safe to repeat.
                name = f"{self.prefix}{key}" if _FIELD_NAME.fullmatch(key) else "(unprintable)"
                raise UnknownKeyError(f"{self.place}: field {name}: unknown", hint=f"use {', '.join(allowed)}")

    def require(self, *names: str) -> None:
        """Raise MissingFieldError unless every name is present (null counts as present)."""
        for name in names:
            if name not in self.values:
                raise MissingFieldError(f"{self.place}: field {self.prefix}{name}: missing", hint="add the field")

    def text(self, name: str, *, empty_allowed: bool = False) -> str:
        """Return a text field; null and absence are empty where that is allowed."""
        value = self.values.get(name)
        if value is None and empty_allowed:
            return ""
        if not isinstance(value, str):
            raise self.wrong_type(name, "text")
        if not value and not empty_allowed:
            raise self.bad_value(name, "empty", "fill the field")
        self._encodable(name, value)
        return value

    def flag(self, name: str) -> bool:
        """Return a true/false field."""
        value = self.values.get(name)
        if not isinstance(value, bool):
            raise self.wrong_type(name, "true or false")
        return value

    def integer(self, name: str) -> int | None:
        """Return a whole number or None."""
        value = self.values.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.wrong_type(name, "a whole number or null")
        return value

    def choice(self, name: str, vocabulary: type[E]) -> E | None:
        """Return a value of the vocabulary, or None for null and absence."""
        value = self.values.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            raise self.wrong_type(name, "text or null")
        try:
            return vocabulary(value)
        except ValueError:
            raise self.bad_value(name, "not in its vocabulary", f"use {', '.join(vocabulary)}") from None

    def amount(self, name: str) -> Decimal | None:
        """Return a number of zero or more, written as text or as a JSON number, or None."""
        value = self.values.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
            raise self.wrong_type(name, "a number or null")
        try:
            amount = Decimal(value)
        except InvalidOperation:
            raise self.bad_value(name, "not a number", 'write it as "12.34"') from None
        if not (amount.is_finite() and amount >= 0):
            raise self.bad_value(name, "not finite or negative", "an amount is zero or more")
        return amount

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts; null and absence are the empty list."""
        value = self.values.get(name)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.wrong_type(name, "a list of texts")
        self._encodable(name, "".join(value))
        return tuple(value)

    def inner(self, name: str) -> Fields | None:
        """Return the object below a field, or None for null and absence."""
        value = self.values.get(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise self.wrong_type(name, "an object or null")
        return Fields(self.place, value, f"{self.prefix}{name}.")

    def _encodable(self, name: str, value: str) -> None:
        if any("\ud800" <= character <= "\udfff" for character in value):
            raise self.bad_value(name, "not valid Unicode text", "save the file as UTF-8")

    def wrong_type(self, name: str, wanted: str) -> WrongTypeError:
        """Build the error of a field of the wrong type."""
        return WrongTypeError(f"{self.place}: field {self.prefix}{name}: not {wanted}", hint=f"write {wanted}")

    def bad_value(self, name: str, why: str, hint: str) -> BadValueError:
        """Build the error of a value that may not stand in the field."""
        return BadValueError(f"{self.place}: field {self.prefix}{name}: {why}", hint=hint)
