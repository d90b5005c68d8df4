"""How much of an encounter is decided, and how."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from audit.domain.determination import CaseDeterminations


def undetermined_lines(lines: Sequence[int], decided: CaseDeterminations | None) -> tuple[int, ...]:
    """Return the code lines of one encounter that nobody has decided, in the order given."""
    known = {one.line for one in decided.lines} if decided else set()
    return tuple(line for line in lines if line not in known)


def undetermined(cases: Mapping[str, Sequence[int]], decided: Mapping[str, CaseDeterminations]) -> int:
    """Return how many code lines of the sampled encounters (id to line numbers) nobody has decided."""
    return sum(len(undetermined_lines(lines, decided.get(encounter))) for encounter, lines in cases.items())
