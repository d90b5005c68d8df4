"""Codes named in the prose of a tabular note: ``gout (M1A.-, M10.-)``, ``(N18.1-N18.6)``, ``E08-E10, E11``.

A note is understood whole or not at all: what holds a code but does not follow the grammar is counted as not parsed,
never guessed; what holds no code is prose for a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from audit.codesets.tabular import Level, Node, Tabular

_CODE = r"[A-Z][0-9][0-9A-Z](?:\.[0-9A-Z]{1,4})?"
_ITEM = re.compile(rf"(?P<first>{_CODE})(?:\.?-?-(?P<last>{_CODE}))?(?:\.?-)?")
_BETWEEN = re.compile(r"\s*(?:,\s*(?:and|or)?|;|\band\b|\bor\b)\s*")
_HAS_CODE = re.compile(r"\b[A-Z][0-9][0-9A-Z](?:\b|\.|-)")
_BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]")


class Understood(StrEnum):
    """Whether the note's codes could be read."""

    CODES = "codes"
    PROSE = "prose"
    NOT_PARSED = "not_parsed"


@dataclass(frozen=True, slots=True)
class Reference:
    """What a note names: the nodes it covers (each with all below it), and whether it was understood."""

    understood: Understood
    nodes: tuple[str, ...] = ()


_NOT_PARSED = Reference(Understood.NOT_PARSED)


def read_reference(text: str, tabular: Tabular) -> Reference:
    """Return the nodes that the note ``text`` names."""
    if not _HAS_CODE.search(text):
        return Reference(Understood.PROSE)
    groups = [group for group in _BRACKETS.findall(text) if _HAS_CODE.search(group)]
    if not groups or _HAS_CODE.search(_BRACKETS.sub(" ", text)):
        return _NOT_PARSED
    nodes: list[str] = []
    for group in groups:
        found = _group(group.strip(), tabular)
        if found is None:
            return _NOT_PARSED
        nodes += found
    return Reference(Understood.CODES, tuple(dict.fromkeys(nodes)))


def _group(text: str, tabular: Tabular) -> list[str] | None:
    """Read ``CODE[-CODE] {, CODE[-CODE]}`` to its end, or return None."""
    nodes: list[str] = []
    at = 0
    while True:
        item = _ITEM.match(text, at)
        covered = _cover(item["first"], item["last"] or item["first"], tabular) if item else None
        if item is None or covered is None:
            return None
        nodes += covered
        if item.end() == len(text):
            return nodes
        between = _BETWEEN.match(text, item.end())
        if between is None:
            return None
        at = between.end()


def _cover(first: str, last: str, tabular: Tabular) -> list[str] | None:
    """Return the fewest nodes that cover ``first`` to ``last`` with all below them, or None where one is unknown."""
    begin, end = tabular.by_name.get(first), tabular.by_name.get(last)
    if begin is None or end is None or begin.order > end.last:
        return None
    return [node.name for node in _fewest(begin.order, end.last, tabular)]


def _fewest(order: int, last: int, tabular: Tabular) -> Iterator[Node]:
    while order <= last:
        node = tabular.nodes[order]
        if node.level is Level.CODE and node.last > last:
            order += 1
            continue
        yield node
        order = node.last + 1
