"""What the checks find in real coded notes and real (synthetic-person) claims, by corpus, rule and category."""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from adapters import Tables, coded_notes, rif_claims, write_tables
from product import Product

SHOWN = 6
"""Findings of each rule that are printed with the words around their span."""
AROUND = 60


def figures(data: Path) -> dict[str, Any]:
    """Run the product over every corpus and return counts per category, with examples to read."""
    corpora = {
        "aci": coded_notes(data / "coded_notes" / "aci_coded.jsonl", "professional"),
        "codiesp_dev": coded_notes(data / "coded_notes" / "codiesp_dev.jsonl", "professional"),
        "codiesp_train": coded_notes(data / "coded_notes" / "codiesp_train.jsonl", "professional"),
        "cms_rif": rif_claims(data / "cms_rif"),
    }
    counts: dict[str, float] = {}
    lines: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        product = Product.start(Path(folder))
        for name, tables in corpora.items():
            product.run("run", str(write_tables(tables, Path(folder) / name, name)))
            findings = product.lines("findings", name)
            counts |= _counts(name, tables, findings, product.lines("codes", name))
            lines += _examples(name, tables, findings)
    return {"figures": counts, "lines": lines}


def _counts(
    name: str, tables: Tables, findings: Sequence[Mapping[str, Any]], codes: Sequence[Mapping[str, Any]]
) -> dict[str, float]:
    by_category = Counter((f["verdict"], f["category"]) for f in findings)
    by_support = Counter(c["support"] for c in codes if c["system"] == "ICD10CM")
    return {
        f"{name}.encounters": len(tables["encounters"]),
        f"{name}.code_lines": len(tables["codes"]),
        **{f"{name}.{verdict}.{category}": n for (verdict, category), n in sorted(by_category.items())},
        **{f"{name}.support.{support}": n for support, n in sorted(by_support.items())},
    }


def _examples(name: str, tables: Tables, findings: Sequence[Mapping[str, Any]]) -> list[str]:
    texts = {row["document_id"]: row["text"] for row in tables["documents"]}
    by_rule: dict[str, list[Mapping[str, Any]]] = {}
    for finding in findings:
        by_rule.setdefault(finding["rule"], []).append(finding)
    chosen = random.Random("real")
    lines = []
    for rule, of_rule in sorted(by_rule.items()):
        lines.append(f"\n{name} {rule}: {len(of_rule)} findings, such as")
        lines += [_example(f, texts) for f in chosen.sample(of_rule, min(SHOWN, len(of_rule)))]
    return lines


def _example(finding: Mapping[str, Any], texts: Mapping[str, str]) -> str:
    words = [
        texts[s["document_id"]][max(0, s["start"] - AROUND) : s["end"] + AROUND].replace("\n", " ")
        for s in finding["spans"][:2]
    ]
    place = f"{finding['encounter_id']} line {finding['line']} {finding['code']}"
    suggested = f" → {', '.join(finding['suggested'])}" if finding["suggested"] else ""
    return f"  {place}{suggested} [{finding['verdict']}] {finding['message']} | {' | '.join(words)}"
