"""De-identification: characters per second of one core, memory, the gain of two processes, beside stock Presidio.

The text is the notes of a generated hospital quarter. Every run is a process of its own, so that its peak memory is its
own; speed is per second of processor time, so that other work on the machine does not count. philter-lite and
scrubadub run beside it where they are installed.
"""

from __future__ import annotations

import csv
import importlib.util
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import make_hospital

ENCOUNTERS, SEED, RUNS = 600, 11, 3
_PEERS = {"philter": "philter_lite", "scrubadub": "scrubadub"}


def figures() -> dict[str, Any]:
    """Return speeds, memory and ratios; the median of three runs."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_hospital.make_hospital(folder, encounters=ENCOUNTERS, seed=SEED)
        kinds = ["with_record", "without_record", "stock_presidio"]
        kinds += [kind for kind, module in _PEERS.items() if importlib.util.find_spec(module)]
        found = {kind: _median([_child(kind, folder) for _ in range(RUNS)]) for kind in kinds}
        two = _median([_child("two_processes", folder) for _ in range(RUNS)])
    speeds = {f"deid.{kind}.chars_per_s": round(run["chars_per_s"]) for kind, run in found.items()}
    ours = found["with_record"]
    return {
        "figures": {**speeds, "deid.peak_mb": ours["peak_mb"], "deid.chars": ours["chars"]},
        "ratios": {
            "deid.two_processes_gain": two["gain"],
            "deid.against_stock_presidio": ours["chars_per_s"] / found["stock_presidio"]["chars_per_s"],
        },
        "targets": {
            "deid.with_record.chars_per_s": {"min": 120_000},
            "deid.without_record.chars_per_s": {"min": 400_000},
            "deid.peak_mb": {"max": 400},
        },
    }


def _median(runs: list[dict[str, float]]) -> dict[str, float]:
    key = "gain" if "gain" in runs[0] else "chars_per_s"
    return sorted(runs, key=lambda run: run[key])[len(runs) // 2]


def _child(kind: str, folder: Path) -> dict[str, float]:
    done = subprocess.run([sys.executable, __file__, kind, str(folder)], check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _rows(folder: Path, table: str) -> list[dict[str, str]]:
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _notes(folder: Path) -> list[tuple[str, Any]]:
    """Return the notes with the record of their patients."""
    from audit.deid.known import known_from_json

    patients = {row["patient_id"]: row for row in _rows(folder, "patients")}
    patient_of = {row["encounter_id"]: row["patient_id"] for row in _rows(folder, "encounters")}
    documents = _rows(folder, "documents")
    return [(d["text"], known_from_json(patients[patient_of[d["encounter_id"]]], "patients")) for d in documents]


def _finder(kind: str) -> Callable[[str, Any], Any]:
    if kind == "stock_presidio":
        return _stock_presidio()
    if kind == "philter":
        from philter_lite import detect_phi, load_filters

        filters = load_filters()
        return lambda text, _: detect_phi(text, patterns=filters)
    if kind == "scrubadub":
        import scrubadub

        scrubber = scrubadub.Scrubber()
        return lambda text, _: scrubber.clean(text)
    from audit.flow.deid import detector

    return lambda text, record: detector().find(text, record if kind == "with_record" else None)


def _stock_presidio() -> Callable[[str, Any], Any]:
    """Return Presidio's own patterns under its engine without a model; its web patterns get an empty suffix list."""
    import tldextract
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import NoOpNlpEngine
    from presidio_analyzer.predefined_recognizers import EmailRecognizer

    tldextract.extract = tldextract.TLDExtract(suffix_list_urls=(), fallback_to_snapshot=True)
    nothing = NoOpNlpEngine(models=[{"lang_code": "en", "model_name": "no_op"}])
    nothing.load()
    registry = RecognizerRegistry(supported_languages=["en"])
    registry.load_predefined_recognizers(languages=["en"], nlp_engine=nothing)
    registry.remove_recognizer("SpacyRecognizer")
    registry.remove_recognizer(EmailRecognizer.__name__)  # it looks a suffix list up on the network
    engine = AnalyzerEngine(registry=registry, nlp_engine=nothing, supported_languages=["en"])
    return lambda text, _: engine.analyze(text, language="en")


def _speed(kind: str, folder: Path) -> dict[str, float]:
    notes, find = _notes(folder), _finder(kind)
    find(*notes[0])
    began = time.process_time()
    for text, record in notes:
        find(text, record)
    seconds, chars = time.process_time() - began, sum(len(text) for text, _ in notes)
    return {"chars_per_s": chars / seconds, "chars": chars, "peak_mb": _peak()}


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _find_all(folder: Path, part: int) -> float:
    """Find in every second note, or in all for part -1; return the seconds by the clock, without the loading."""
    notes, find = _notes(folder), _finder("with_record")
    find(*notes[0])
    began = time.perf_counter()
    for text, record in notes if part < 0 else notes[part::2]:
        find(text, record)
    return time.perf_counter() - began


def _two(folder: Path) -> dict[str, float]:
    with ProcessPoolExecutor(1) as pool:
        alone = pool.submit(_find_all, folder, -1).result()
    with ProcessPoolExecutor(2) as pool:
        together = max(task.result() for task in [pool.submit(_find_all, folder, part) for part in (0, 1)])
    return {"gain": alone / together}


if __name__ == "__main__":
    what, where = sys.argv[1], Path(sys.argv[2])
    print(json.dumps(_two(where) if what == "two_processes" else _speed(what, where)))
