"""How well notes carry their adjudicated codes, and how rarely wrong ones: planted codes on coded notes.

Plants, per note: *gold* (its own codes), *random* (gold codes of other notes of another category), *sibling* (a random
leaf of the same category), *near* (a random leaf under the same parent, same side), *attribute* (a leaf of the category
with another stage, acuity, type …), *phase* (7th character D for A), *side* (the other side), *negated* and *family* (a
code of another note, with one sentence added that denies it or tells it of a relative).

``aci_even`` are the notes that were read while the lexicon was written, ``aci_odd`` those that nobody read. Figures are
with the Alphabetic Index of ``codesets`` where the folder has one; those without it are printed as ``…_no_index``.
The lines below list the codes of the even notes that are not supported, by cause, and where a note denies its gold.
"""

from __future__ import annotations

import json
import random
import re
import resource
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from audit.chart.decide import Decision, Reason
from audit.chart.reader import read_case
from audit.chart.table import CodeFacts
from audit.chart.terms import TermTable, load_terms
from audit.codesets.imports import INDEX
from audit.domain.codes import CodeSystem, normalise_code
from audit.domain.encounter import Case, ClaimType, CodeLine, Document, Encounter, Setting
from audit.domain.finding import Support
from audit.flow.reference import AlphabeticIndex, cache_folder, find_reference
from audit.flow.table_files import digest_of, write_tables
from audit.flow.terms import load_term_table

DAY = date(2026, 5, 4)
RANDOM_PER_NOTE = 40
RELATIVES_PER_CODE = 5
TARGETS: dict[str, dict[str, float]] = {
    "aci.gold.exact": {"min": 0.83},
    "aci.gold.category": {"min": 0.91},
    "aci_odd.gold.exact": {"min": 0.78},
    "aci_odd.gold.category": {"min": 0.87},
    "aci.random.exact": {"max": 0.014},
    "aci.random.category": {"max": 0.025},
    "aci.side.exact": {"max": 0.03},
    "aci.near.exact": {"max": 0.12},
    "aci.sibling.exact": {"max": 0.07},
    "codiesp_dev.random.exact": {"max": 0.005},
    "table.load_seconds": {"max": 0.3},
    "table.memory_mb": {"max": 300},
    "aci.notes_per_second": {"min": 150},
}
Note = tuple[str, tuple[str, ...]]
Plant = tuple[str, str, str]
"""What is planted, the code, and a sentence added to the note for it."""


def figures(data: Path) -> dict[str, Any]:
    """Measure on ``data/coded_notes``; ``measure.py chart`` calls this."""
    return chart_figures(data)


def chart_figures(data_dir: Path) -> dict[str, Any]:
    """Return ``figures`` (shares of 0..1 and counts) and ``targets`` for every corpus of ``data_dir/coded_notes``."""
    classification = find_reference(None).classification()
    names = {entry.code: entry.description for entry in classification.entries}
    bare = load_term_table(classification, cache_folder())
    aci = _notes(data_dir / "coded_notes" / "aci_coded.jsonl")
    corpora = {"aci": aci, "aci_even": aci[::2], "aci_odd": aci[1::2]}
    corpora["codiesp_dev"] = _notes(data_dir / "coded_notes" / "codiesp_dev.jsonl")
    with tempfile.TemporaryDirectory() as folder:
        index = _index(data_dir / "codesets", Path(folder))
        table = load_term_table(classification, cache_folder(), index) if index else bare
    measured = _table_figures(table)
    for name, notes in corpora.items():
        measured.update({f"{name}.{key}": value for key, value in _measure(notes, table, names).items()})
    if index:
        plain = _measure(aci, bare, names)
        measured.update({f"aci_no_index.{key}": value for key, value in plain.items()})
    return {"figures": measured, "targets": TARGETS, "lines": [*_residual(aci[::2], table, names)]}


def _index(codesets: Path, folder: Path) -> AlphabeticIndex | None:
    """Import the Alphabetic Index of the data, as ``tables import icd10cm-index`` does."""
    files = [file for pattern in ("*Index.csv", "*index*.xml", "*neoplasm*.xml") for file in codesets.rglob(pattern)]
    if not files:
        return None
    write_tables(INDEX, folder, files)
    return AlphabeticIndex(digest_of(files), folder / "icd10cm_index.parquet")


def _residual(notes: Sequence[Note], table: TermTable, names: Mapping[str, str]) -> Iterator[str]:
    """List the gold codes not supported, by cause; a denied one is where the gold is wrong by its own note."""
    causes: dict[str, list[str]] = defaultdict(list)
    for _, code, decision in _decided(notes, table):
        if decision.support is not Support.SUPPORTED:
            facts = table.facts(code)
            causes[_cause(decision)].append(f"{code} {names[facts.code] if facts else 'not in the edition'}")
    for cause in sorted(causes):
        yield f"{cause}: {len(causes[cause])}"
        yield from (f"    {line}" for line in sorted(causes[cause]))


def _decided(notes: Sequence[Note], table: TermTable) -> Iterator[tuple[str, str, Decision]]:
    for text, codes in notes:
        decisions = read_case(_case(text, codes), table).decisions
        yield from ((text, code, decisions[number]) for number, code in enumerate(codes, start=1))


def _cause(decision: Decision) -> str:
    if decision.reason in {Reason.NEGATED, Reason.FAMILY, Reason.SIDE, Reason.ATTRIBUTE}:
        return f"gold wrong by its own note ({decision.reason.value})"
    if decision.reason is Reason.DETAIL:
        return f"category only, not documented as coded ({decision.detail})"
    if decision.reason is Reason.EVIDENCE:
        return "category only, circumstance or reason of the visit"
    return f"not found ({decision.reason.value})"


def _table_figures(table: TermTable) -> dict[str, float]:
    data = table.dump()
    began = time.process_time()
    load_terms(data)
    took = time.process_time() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {"table.load_seconds": took, "table.memory_mb": memory, "table.keys": len(table.keys)}


def _notes(path: Path) -> list[Note]:
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [(row["text"], tuple(c["code"] for c in row["codes"] if c["system"] == "ICD-10-CM")) for row in rows]


def _measure(notes: Sequence[Note], table: TermTable, names: Mapping[str, str]) -> dict[str, float]:
    every = sorted({code for _, codes in notes for code in codes})
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    spent = 0.0
    for text, codes in notes:
        rng = random.Random(text)  # a note has the same plants in every corpus and whatever was drawn before
        began = time.process_time()
        read_case(_case(text, codes), table)
        spent += time.process_time() - began
        plants = list(_plants(codes, every, table, names, rng))
        told = "\n\n".join([text, *(sentence for _, _, sentence in plants if sentence)])
        plain = [(kind, code) for kind, code, sentence in plants if not sentence]
        added = [(kind, code) for kind, code, sentence in plants if sentence]
        for whole, group in ((text, plain), (told, added)):
            for (kind, _), line in zip(group, read_case(_case(whole, [c for _, c in group]), table).lines, strict=True):
                count = counts[kind]
                count[0] += 1
                count[1] += line.support is Support.SUPPORTED
                count[2] += line.category_support is Support.SUPPORTED
    result: dict[str, float] = {"notes": len(notes), "notes_per_second": len(notes) / max(spent, 1e-9)}
    for kind, (total, exact, category) in counts.items():
        shares = {"count": total, "exact": exact / total, "category": category / total}
        result.update({f"{kind}.{key}": value for key, value in shares.items()})
    return result


def _plants(
    codes: Sequence[str], every: Sequence[str], table: TermTable, names: Mapping[str, str], rng: random.Random
) -> Iterator[Plant]:
    categories = {code[:3] for code in codes}
    others = [code for code in every if code[:3] not in categories]
    yield from (("gold", code, "") for code in codes)
    yield from (("random", code, "") for code in rng.sample(others, min(RANDOM_PER_NOTE, len(others))))
    for code in codes:
        yield from (plant for plant in _wrong_relatives(code, table, rng) if plant[1] not in codes)
    for kind, form in (("negated", "No evidence of {}."), ("family", "Family history: mother with {}.")):
        code = rng.choice(others)
        facts = table.facts(code)
        if facts and code[0] not in "RVWXYZ":
            yield kind, code, form.format(_spoken(names[facts.code]))


def _wrong_relatives(code: str, table: TermTable, rng: random.Random) -> Iterator[Plant]:
    own = table.facts(code)
    if own is None:
        return
    family = [f for c in table.families[code[:3]] if (f := table.facts(c)) and f.leaf and f.code != own.code]
    sides = {"right": "left", "left": "right"}
    turned = [f for f in family if f.said == own.said and f.side == sides.get(own.side)]
    near = [f for f in family if f.parent == own.parent and f.side == own.side]
    rest = code[len(own.code) :]
    other = [f for f in family if f.side == own.side and _contrary(own, f, table)]
    groups = {"sibling": family, "near": near, "attribute": other, "side": turned if own.side in sides else []}
    for kind, group in groups.items():
        for facts in rng.sample(group, min(RELATIVES_PER_CODE, len(group))):
            yield kind, facts.code + rest, ""
    if code.startswith(("S", "T")) and code.endswith("A"):
        yield "phase", f"{code[:-1]}D", ""


def _contrary(own: CodeFacts, other: CodeFacts, table: TermTable) -> bool:
    """Whether two codes of a category lie apart on an axis: stage, acuity, type, displacement and the like."""
    axis_of = {item: axis for axis, items in table.lexicon.entries("axes") if axis != "site" for item in items}
    mine, theirs = ({axis_of[w]: w for w in facts.said if w in axis_of} for facts in (own, other))
    return any(theirs[axis] != word for axis, word in mine.items() if axis in theirs)


def _spoken(description: str) -> str:
    return re.sub(r",? (?:unspecified|without|not)\b.*|\(.*?\)|^Unspecified ", "", description).lower()


def _case(text: str, codes: Sequence[str]) -> Case:
    encounter = Encounter(
        encounter_id="E",
        patient_id="P",
        service_from=DAY,
        setting=Setting.PROFESSIONAL,
        claim_type=ClaimType.PROFESSIONAL,
    )
    system = CodeSystem.ICD10CM
    lines = tuple(
        CodeLine(encounter_id="E", line=number, system=system, code=normalise_code(system, code))
        for number, code in enumerate(codes, start=1)
    )
    document = Document(encounter_id="E", document_id="D", kind="progress_note", text=text)
    return Case(encounter=encounter, lines=lines, documents=(document,))
