"""The manifest of an export: what was found, transformed and not examined, in counts, with the label it may bear."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from importlib.resources.abc import Traversable
from typing import Any

from audit.deid.export import Tally
from audit.deid.sweep import KnownValues

POLICY = "chartassay-safe-harbor-1"
VERIFICATION = "known-value-sweep-1"
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
    tally: Tally,
    known: KnownValues,
    rows: Mapping[str, int],
    ids: Mapping[str, int],
    files: Mapping[str, str],
    digest: str,
    version: str,
) -> dict[str, Any]:
    """Return the manifest; it holds counts, digests of the files written (name → SHA-256) and no value of a patient."""
    searched = len(known.words) + len(known.phrase_types) + len(known.numbers) + len(known.dates) + len(known.emails)
    return {
        "schema_version": _SCHEMA_VERSION,
        "label": f"Safe-Harbor-transformed per policy {POLICY}, verification {VERIFICATION}",
        "method": "safe-harbor",
        "policy": {"name": POLICY, "sha256": digest},
        "tool_version": version,
        "rows": dict(rows),
        "found": dict(sorted(tally.found.items())),
        "transformed": {**dict(sorted(tally.treated.items())), "surrogate_ids": dict(sorted(ids.items()))},
        "withheld_encounters": dict(sorted(tally.withheld.items())),
        "verification": {"name": VERIFICATION, "known_values_searched": searched, "leaks": 0},
        "not_examined": {
            "known_values_too_short_or_plain": known.not_examined,
            "actual_knowledge": "facts that single a person out without being an identifier are not looked for",
        },
        "files": dict(sorted(files.items())),
    }
