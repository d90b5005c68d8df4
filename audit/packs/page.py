"""A YAML page read strictly: every value knows its file and line, and nothing is guessed or ignored.

Scalars are taken as they are written (``2026-05-04``, ``00100`` and ``1E10`` stay text); the reader asks for the form
it needs and a page that does not have it is refused at its line.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TypeVar

import yaml

from audit.errors import InputError

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_HINT = "policies/README.md says how a rule is written"

Choice = TypeVar("Choice", bound=StrEnum)


class PageError(InputError):
    """A page of a pack cannot be used."""

    def __init__(self, where: str, problem: str, *, hint: str = _HINT) -> None:
        """Name the place as ``file:line`` and what is wrong there."""
        super().__init__(f"{where}: {problem}", hint=hint)


class NotYamlError(PageError):
    """The file is not one YAML document."""


class UnknownKeyError(PageError):
    """A key that no page has at this place."""


class MissingKeyError(PageError):
    """A key that every page must have at this place."""


class DuplicateKeyError(PageError):
    """The same key twice in one mapping."""


class WrongTypeError(PageError):
    """A value of another form than the key asks for."""


class BadDateError(PageError):
    """A date that is not an ISO 8601 day of the calendar."""


@dataclass(frozen=True, slots=True)
class Page:
    """One value of a page with the file it stands in."""

    file: str
    node: yaml.Node

    @property
    def where(self) -> str:
        """The place as ``file:line``, counted from 1."""
        return f"{self.file}:{self.node.start_mark.line + 1}"

    def fields(self, required: Collection[str], optional: Collection[str] = ()) -> dict[str, Page]:
        """Return the values of a mapping by key; every ``required`` key is there and no other than ``optional``."""
        found = self.mapping()
        for key, page in found.items():
            if key not in required and key not in optional:
                known = ", ".join([*required, *optional])
                raise UnknownKeyError(page.where, f"unknown key {key}", hint=f"known here: {known}")
        for key in required:
            if key not in found:
                raise MissingKeyError(self.where, f"missing key {key}")
        return found

    def mapping(self) -> dict[str, Page]:
        """Return the values of a mapping by key, in order; a key that stands twice is refused."""
        if not isinstance(self.node, yaml.MappingNode):
            raise WrongTypeError(self.where, "expected keys with values")
        found: dict[str, Page] = {}
        for key_node, value in self.node.value:
            key = Page(self.file, key_node)
            if key.text() in found:
                raise DuplicateKeyError(key.where, f"key {key.text()} stands twice")
            found[key.text()] = Page(self.file, value)
        return found

    def items(self) -> list[Page]:
        """Return the items of a list."""
        if not isinstance(self.node, yaml.SequenceNode):
            raise WrongTypeError(self.where, "expected a list")
        return [Page(self.file, item) for item in self.node.value]

    def raw(self) -> str:
        """Return a scalar as written, the empty string for nothing."""
        if not isinstance(self.node, yaml.ScalarNode):
            raise WrongTypeError(self.where, "expected one value")
        return "" if self.is_null() else str(self.node.value)

    def text(self) -> str:
        """Return a scalar that says something, without the blanks around it."""
        text = self.raw().strip()
        if not text:
            raise WrongTypeError(self.where, "expected text, found nothing")
        return text

    def texts(self) -> tuple[str, ...]:
        """Return a list of scalars, at least one."""
        found = tuple(item.text() for item in self.items())
        if not found:
            raise WrongTypeError(self.where, "expected at least one item")
        return found

    def day(self) -> date:
        """Return a date written YYYY-MM-DD."""
        text = self.text()
        try:
            day = date.fromisoformat(text)
        except ValueError:
            raise BadDateError(self.where, f"{text} is not a date (YYYY-MM-DD)") from None
        if day.isoformat() != text:
            raise BadDateError(self.where, f"{text} is not a date (YYYY-MM-DD)")
        return day

    def number(self) -> int | Decimal:
        """Return a number: int where it is whole, else Decimal."""
        try:
            value = Decimal(self.text())
        except InvalidOperation:
            raise WrongTypeError(self.where, "expected a number") from None
        if not value.is_finite():
            raise WrongTypeError(self.where, "expected a number")
        return int(value) if value == value.to_integral_value() else value

    def flag(self) -> bool:
        """Return true or false."""
        if self.raw() not in {"true", "false"}:
            raise WrongTypeError(self.where, "expected true or false")
        return self.raw() == "true"

    def choice(self, of: type[Choice]) -> Choice:
        """Return the member of ``of`` that the text names."""
        try:
            return of(self.text())
        except ValueError:
            raise WrongTypeError(self.where, f"expected one of {', '.join(of)}") from None

    def is_null(self) -> bool:
        """Whether the value is empty or ``null``."""
        return self.node.tag == "tag:yaml.org,2002:null"

    def is_text(self) -> bool:
        """Whether the value is a scalar that is neither null nor a list nor a mapping."""
        return isinstance(self.node, yaml.ScalarNode) and not self.is_null()


def read_page(file: str, data: bytes) -> Page:
    """Parse ``data`` (UTF-8, exactly one YAML document) as the page ``file``. Raises NotYamlError at its line."""
    try:
        node = yaml.compose(data.decode("utf-8"), Loader=_Loader)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise NotYamlError(f"{file}:{line}", "not utf-8 text") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = mark.line + 1 if mark else 1
        raise NotYamlError(f"{file}:{line}", f"not yaml: {error.problem}") from None
    except yaml.YAMLError:
        raise NotYamlError(f"{file}:1", "not yaml: a character that yaml does not allow") from None
    if node is None:
        raise NotYamlError(f"{file}:1", "the file is empty")
    return Page(file, node)
