"""Make a synthetic hospital quarter with known errors: ``make_hospital.py --encounters N --seed S --out DIR``.

Standard library only. The same arguments give the same bytes. Nobody in it exists; nothing in it is taken from a
real record. ``key.csv`` names every planted error, ``coders_truth.csv`` the accuracy each coder truly has.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Sequence
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent))

from hospital import write
from hospital.clinic import Clinic
from hospital.distract import distract
from hospital.encounter import Encounter
from hospital.library import Library, load_library
from hospital.note import Scribe
from hospital.people import ACCURACIES, make_providers
from hospital.plant import CoderTruth, plant_errors


def make_hospital(folder: Path, *, encounters: int, seed: int, plan: str = "per_coder", phrases: str = "first") -> None:
    """Write the whole quarter into ``folder`` (made if absent).

    Args:
        folder: where the tables, the plan, the key and ``tables/`` go.
        encounters: how many; at least one per coder (12).
        seed: of everything that is left to chance.
        plan: ``per_coder`` (60 of each) or ``all``.
        phrases: ``first`` or ``second`` set of wordings.
    """
    rng = random.Random(f"{seed} {phrases}")
    library = load_library(phrases)
    providers = make_providers(rng)
    clinic = Clinic(library, rng, providers)
    made = [clinic.encounter(number) for number in range(1, encounters + 1)]
    truths = _code_them(made, library, rng)
    scribe = Scribe(library, rng)
    folder.mkdir(parents=True, exist_ok=True)
    write.write_documents(folder, [(encounter, scribe.write(encounter)) for encounter in made])
    write.write_encounters(folder, made, rng)
    write.write_people(folder, clinic.patients, providers, [truth.coder_id for truth in truths])
    write.write_truth(folder, made, truths)
    write.write_plan(folder, plan, seed)
    write.write_edits(folder / "tables", library)


def _code_them(encounters: list[Encounter], library: Library, rng: random.Random) -> list[CoderTruth]:
    """Share the encounters out among the coders, plant their errors, and add what should mislead nobody."""
    dealt = rng.sample(encounters, len(encounters))
    truths = []
    for index, accuracy in enumerate(ACCURACIES):
        own = sorted(dealt[index :: len(ACCURACIES)], key=lambda encounter: encounter.encounter_id)
        for encounter in own:
            encounter.coder_id = f"coder{index + 1:02d}"
        truths.append(plant_errors(own, accuracy, library, rng))
    for encounter in encounters:
        distract(encounter, library, rng)
    return truths


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the command line and make the hospital."""
    parser = argparse.ArgumentParser(description="Make a synthetic hospital quarter with known coding errors.")
    parser.add_argument("--encounters", type=int, default=2000, help="how many (default 2000)")
    parser.add_argument("--seed", type=int, default=1, help="of everything left to chance (default 1)")
    parser.add_argument("--out", type=Path, required=True, help="the folder to write")
    parser.add_argument("--plan", choices=("per_coder", "all"), default="per_coder", help="what plan.toml draws")
    parser.add_argument("--phrases", choices=("first", "second"), default="first", help="which wordings")
    said = parser.parse_args(arguments)
    if said.encounters < len(ACCURACIES):
        parser.error(f"--encounters must be at least {len(ACCURACIES)}, one for each coder")
    make_hospital(said.out, encounters=said.encounters, seed=said.seed, plan=said.plan, phrases=said.phrases)
    print(f"{said.encounters} encounters, 12 coders: {said.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
