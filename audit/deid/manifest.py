"""The manifest of an export: what was found, transformed and not examined, in counts, with the label it may bear."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from importlib.resources.abc import Traversable
from typing import Any

from audit.deid.export import Tally
from audit.deid.identifiers import PARAGRAPH, IdentifierType
from audit.deid.sweep import KnownValues

POLICY = {"safe-harbor": "chartassay-safe-harbor-1", "limited": "chartassay-limited-data-set-1"}
VERIFICATION = "known-value-sweep-1, residual-detector-1, canaries-1"
_LABEL = {
    "safe-harbor": "Safe-Harbor-transformed per policy {}, verification {}",
    "limited": "limited data set per policy {}, verification {}; still protected health information",
}
_SCHEMA_VERSION = 1


def policy_digest(root: Traversable) -> str:
    """Return the SHA-256 over the names and bytes of all lists of the policy, by name."""
    digest = hashlib.sha256()
    for entry in sorted(root.iterdir(), key=lambda e: e.name):
        if entry.is_file():
            digest.update(entry.name.encode() + b"\0" + hashlib.sha256(entry.read_bytes()).digest())
    return digest.hexdigest()


def manifest(
    *,
    method: str,
    terms: Mapping[str, str],
    tally: Tally,
    known: KnownValues,
    rows: Mapping[str, int],
    ids: Mapping[str, int],
    files: Mapping[str, str],
    residuals: Mapping[str, Mapping[str, int]],
    sample: Mapping[str, Any],
    measured: Mapping[str, Any],
    digest: str,
    version: str,
) -> dict[str, Any]:
    """Return the manifest; it holds counts, digests of the files written (name → SHA-256) and no value of a patient."""
    searched = len(known.words) + len(known.phrase_types) + len(known.numbers) + len(known.dates) + len(known.emails)
    return {
        "schema_version": _SCHEMA_VERSION,
        "label": _LABEL[method].format(POLICY[method], VERIFICATION),
        "method": method,
        **terms,
        "policy": {"name": POLICY[method], "sha256": digest},
        "tool_version": version,
        "rows": dict(rows),
        "found": dict(sorted(tally.found.items())),
        "found_by_paragraph": _by_paragraph(tally.found),
        "transformed": {**dict(sorted(tally.treated.items())), "surrogate_ids": dict(sorted(ids.items()))},
        "withheld_encounters": dict(sorted(tally.withheld.items())),
        "verification": {
            "name": VERIFICATION,
            "known_values_searched": searched,
            "leaks": 0,
            "canary_values_met": 0,
            "residuals": {locus: dict(found) for locus, found in sorted(residuals.items())},
            "human_sample": dict(sample),
            "measured": dict(measured),
        },
        "not_examined": {
            "known_values_too_short_or_plain": known.not_examined,
            "actual_knowledge": "facts that single a person out without being an identifier are not looked for",
        },
        "files": dict(sorted(files.items())),
    }


def _by_paragraph(found: Mapping[str, int]) -> dict[str, int]:
    """Return the counts by the paragraph of 164.514(b)(2)(i): ``(A)`` names, and so on."""
    counts: Counter[str] = Counter()
    for kind, count in found.items():
        counts[f"({PARAGRAPH[IdentifierType(kind)]})"] += count
    return dict(sorted(counts.items()))
