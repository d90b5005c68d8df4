"""A hospital of each set of phrases, made once; scripts are found beside the tests' checkout."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

SCRIPTS = Path(__file__).resolve().parents[3] / "scripts"
Rows = list[dict[str, str]]


@pytest.fixture(scope="session", autouse=True)
def _scripts_on_path() -> Iterator[None]:
    sys.path.insert(0, str(SCRIPTS))
    yield
    sys.path.remove(str(SCRIPTS))


@pytest.fixture(scope="session")
def tabular(_scripts_on_path: None) -> Any:
    from hospital.tabular import find_tabular, read_tabular

    path = find_tabular()
    if path is None:
        pytest.skip("simple-icd-10-cm, which carries the tabular list, is not installed")
    return read_tabular(path)


@pytest.fixture(scope="session", params=["first", "second"])
def hospital(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, _scripts_on_path: None) -> Path:
    from make_hospital import make_hospital

    folder = tmp_path_factory.mktemp(request.param)
    make_hospital(folder, encounters=1200, seed=7, phrases=request.param)
    return folder


@pytest.fixture(scope="session")
def table(hospital: Path) -> Callable[[str], Rows]:
    def read(name: str) -> Rows:
        with (hospital / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    return read
