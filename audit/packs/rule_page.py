"""One rule page → one ``Rule``. A page that lacks an id, a citation, dates or running examples is not a rule."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from audit.domain.check import CheckKind, ParameterType
from audit.domain.rule import Authority, Category, Direction, Owner, Rule, Verdict
from audit.packs.example_page import read_examples
from audit.packs.page import BadDateError, MissingKeyError, Page, PageError, WrongTypeError

_KEYS = (
    "id", "name", "summary", "authority", "in_force", "verdict", "category", "direction", "owner", "check",
    "not_covered", "examples",
)  # fmt: skip
_ID = re.compile(r"[A-Z]{2,6}[0-9]{2,4}")
_SECOND_SENTENCE = re.compile(r"[.!?]\s+[A-Z]|[.!?\n]$|\n")
_CODES = re.compile(r"[A-Z0-9][A-Z0-9.]*(-[A-Z0-9][A-Z0-9.]*)?")


class SummaryError(PageError):
    """The summary is not one sentence without a full stop: it is printed as the finding's message."""


class RuleIdError(PageError):
    """The id is not capital letters followed by digits."""


class UnknownCheckError(PageError):
    """The rule names a check kind outside the vocabulary."""


class VerdictNotAllowedError(PageError):
    """The rule claims *error* for a kind that a provider's words or payer policy could excuse."""


def read_rule(page: Page, vocabulary: Mapping[str, CheckKind], pack: str, edition: str) -> Rule:
    """Read one rule of ``pack`` and ``edition``. Raises PageError at the first line that cannot be used."""
    found = page.fields(_KEYS, ("with",))
    kind = _kind(found["check"], vocabulary)
    verdict = _verdict(found["verdict"], kind)
    in_force = found["in_force"].fields(("from",), ("to",))
    first, last = in_force["from"].day(), in_force["to"].day() if "to" in in_force else None
    if last is not None and last < first:
        raise BadDateError(in_force["to"].where, "the rule ends before it begins")
    return Rule(
        id=_rule_id(found["id"]),
        name=found["name"].text(),
        summary=_summary(found["summary"]),
        authority=_authority(found["authority"]),
        in_force_from=first,
        in_force_to=last,
        verdict=verdict,
        category=found["category"].choice(Category),
        direction=found["direction"].choice(Direction),
        owner=found["owner"].choice(Owner),
        check=kind.name,
        parameters=_parameters(found.get("with"), kind, page),
        not_covered=found["not_covered"].text(),
        examples=read_examples(found["examples"], verdict),
        pack=pack,
        edition=edition,
    )


def _rule_id(page: Page) -> str:
    if not _ID.fullmatch(page.text()):
        raise RuleIdError(page.where, f"{page.text()} is not a rule id such as ICD001")
    return page.text()


def _summary(page: Page) -> str:
    if _SECOND_SENTENCE.search(page.text()):
        raise SummaryError(page.where, "the summary is one sentence without a full stop")
    return page.text()


def _authority(page: Page) -> tuple[Authority, ...]:
    items = page.items()
    if not items:
        raise WrongTypeError(page.where, "expected at least one citation")
    return tuple(_citation(item) for item in items)


def _citation(page: Page) -> Authority:
    found = page.fields(("cite", "edition", "url"))
    if not found["url"].text().startswith("https://"):
        raise WrongTypeError(found["url"].where, "expected a url that begins with https://")
    return Authority(cite=found["cite"].text(), edition=found["edition"].text(), url=found["url"].text())


def _kind(page: Page, vocabulary: Mapping[str, CheckKind]) -> CheckKind:
    if page.text() not in vocabulary:
        known = ", ".join(sorted(vocabulary))
        raise UnknownCheckError(page.where, f"unknown check kind {page.text()}", hint=f"known kinds: {known}")
    return vocabulary[page.text()]


def _verdict(page: Page, kind: CheckKind) -> Verdict:
    verdict = page.choice(Verdict)
    if verdict is Verdict.ERROR and not kind.may_be_error:
        raise VerdictNotAllowedError(page.where, f"a rule of kind {kind.name} is review or advisory, never error")
    return verdict


def _parameters(page: Page | None, kind: CheckKind, rule: Page) -> Mapping[str, Any]:
    if page is None:
        if kind.required:
            raise MissingKeyError(rule.where, f"missing key with: kind {kind.name} needs {', '.join(kind.required)}")
        return {}
    forms = {**kind.required, **kind.optional}
    found = page.fields(tuple(kind.required), tuple(kind.optional))
    return {name: _parameter(value, forms[name]) for name, value in found.items()}


def _parameter(page: Page, form: ParameterType) -> Any:
    match form:
        case ParameterType.TEXT:
            return page.text()
        case ParameterType.TEXTS:
            return page.texts()
        case ParameterType.NUMBER:
            return page.number()
        case ParameterType.FLAG:
            return page.flag()
        case ParameterType.CODES:
            return _codes(page)


def _codes(page: Page) -> tuple[str, ...]:
    for item, code in zip(page.items(), page.texts(), strict=True):
        if not _CODES.fullmatch(code):
            raise WrongTypeError(item.where, f"{code} is not a code or a range such as I60-I69")
    return page.texts()
