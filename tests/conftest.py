"""What any test may ask for, and the words in which a machine without it says so."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "data"

# A deadline would be a timed assertion, and machines are shared: speed is measured by scripts/bench.py.
settings.register_profile("house", deadline=None)
settings.load_profile("house")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of measurement data beside the checkout."""
    if not SHARED.is_dir():
        pytest.skip("the measurement data are not beside the checkout; enable: put them at ../shared/data")
    return SHARED


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of a Chromium browser."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("no Chromium on this machine; enable: apt install chromium")
    return found
